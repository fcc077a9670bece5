import type { DbtEvent } from '../../door/index.ts'
import { endLine, type EndedNode } from './dbt-nodes.ts'
import type { Out } from './out.ts'

/** What a dbt project says while a command is carried out, put on paper. */
export type Voice = {
  readonly onEvent: (event: DbtEvent) => void
  readonly isQuiet: boolean
  /** All nodes that have ended. */
  readonly ended: () => readonly EndedNode[]
  /** What macros have printed. */
  readonly printed: () => readonly string[]
}

export function voiceOf(
  out: Out,
  { isQuiet, isStream }: { readonly isQuiet: boolean; readonly isStream: boolean },
): Voice {
  const ended: EndedNode[] = []
  const printed: string[] = []
  let nodes = 0
  const running = new Set<string>()
  const status = () => {
    const [first = ''] = running
    const name = first.split('.').slice(2).join('.')
    out.status(running.size === 0 ? undefined : `  ${ended.length} of ${nodes}  ${name}`)
  }
  const tell = (event: DbtEvent) => {
    switch (event.kind) {
      case 'message':
        if (!isQuiet) out.say(`  ${event.words}`)
        return
      case 'print':
        printed.push(event.words)
        if (!out.isJson) out.answer(event.words)
        return
      case 'warning':
        if (!isQuiet) out.say(`  ${out.palette.warn('!')} ${event.words}`)
        return
      case 'started':
        nodes = event.nodes
        return
      case 'node.started':
        running.add(event.unique_id)
        if (!isQuiet) status()
        return
      case 'node.finished':
        running.delete(event.node.unique_id)
        ended.push(event)
        if (!isQuiet) out.say(endLine(event, out.palette))
        if (!isQuiet) status()
    }
  }
  return {
    isQuiet,
    ended: () => ended,
    printed: () => printed,
    // Commands that carry nodes out answer with events, a line each; others with one document.
    onEvent: event => {
      if (out.isJson && isStream) out.json(event)
      tell(event)
    },
  }
}
