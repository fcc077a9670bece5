import type { DbtRows } from '../../door/index.ts'
import type { Acting } from './act.ts'

/** `show`: the first rows of a query. */
export async function show({ project, out, voice }: Acting): Promise<number> {
  const { settings } = project
  const all = await project.show()
  const isInline = settings.text('inline') !== undefined
  if (out.isJson) {
    out.json(all.map(({ node, ...rows }) => ({ node, show: records(rows) })))
    return 0
  }
  for (const { node, ...rows } of all) {
    if (settings.text('output') === 'json') {
      const show = records(rows)
      out.answer(JSON.stringify(isInline ? { show } : { node, show }, null, 2))
      continue
    }
    if (!isInline && !voice.isQuiet) out.say(`  ${out.palette.dim(node)}`)
    const columns = rows.columns.map(name => ({ name }))
    out.table(columns, rows.rows)
  }
  return 0
}

function records({ columns, values }: DbtRows): readonly object[] {
  return values.map(row => Object.fromEntries(columns.map((name, place) => [name, row[place] ?? null])))
}
