import { counted } from '../print/numbers.ts'
import type { Acting } from './act.ts'

/** `compile`: code as it would be executed, into the target folder; of what was named also onto the paper. */
export async function compile({ project, out, voice }: Acting): Promise<number> {
  const { settings } = project
  const nodes = await project.compile()
  const failed = nodes.filter(({ code }) => code === undefined)
  const isInline = settings.text('inline') !== undefined
  const named = nodes.filter(({ isNamed }) => isNamed)
  if (out.isJson)
    out.json(
      nodes.map(({ id, code, words }) => ({ unique_id: id, compiled: code ?? null, error: words ?? null })),
    )
  else if (settings.text('output') === 'json')
    for (const { id, code } of named)
      out.answer(
        JSON.stringify(isInline ? { compiled: code } : { node: nameOf(id), compiled: code }, null, 2),
      )
  else for (const { code } of named) if (code !== undefined) out.answer(code)
  for (const { words = '' } of failed)
    out.warn([`  ${out.palette.bad('✗')} ${words.split('\n').join('\n    ')}`, ''])
  if (!voice.isQuiet && named.length === 0)
    out.say(`  ${out.palette.good('done')}  ${counted(nodes.length - failed.length, 'node')} compiled`)
  return failed.length > 0 ? 1 : 0
}

function nameOf(id: string): string {
  return id.split('.').slice(2).join('.')
}
