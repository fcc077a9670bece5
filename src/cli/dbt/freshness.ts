import { marked } from '../print/marks.ts'
import { counted, duration } from '../print/numbers.ts'
import type { Acting } from './act.ts'

const marks = { pass: 'success', warn: 'warn', error: 'failed', 'runtime error': 'failed' } as const

/** `source freshness`: how old the newest row of each source is. */
export async function freshness({ project, out, voice }: Acting): Promise<number> {
  const { results, elapsedMs, exit } = await project.freshness()
  if (out.isJson) {
    out.json({ results, elapsedMs, outcome: exit === 0 ? 'success' : 'failed' })
    return exit
  }
  for (const { unique_id: id, status, measured, message } of results) {
    const name = id.split('.').slice(2).join('.')
    const mark = marked(marks[status], out.palette)
    const age = measured ? `newest row ${ageOf(measured.snapshottedAtMs - measured.maxLoadedAtMs)} ago` : ''
    if (status === 'runtime error')
      out.warn([`  ${mark} ${name}`, ...(message ?? '').split('\n').map(line => `      ${line}`)])
    else if (!voice.isQuiet || status === 'error') out.say(`  ${mark} ${name}  ${age}`)
  }
  if (!voice.isQuiet)
    out.say(
      `  ${out.palette.good('done')}  ${counted(results.length, 'source')} measured  ` +
        out.palette.dim(duration(elapsedMs)),
    )
  return exit
}

const dayMs = 86_400_000

function ageOf(ms: number): string {
  return ms < 2 * dayMs ? duration(ms) : counted(Math.floor(ms / dayMs), 'day')
}
