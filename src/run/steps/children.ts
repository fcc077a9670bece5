import type { Loaded, Work } from '../../connect/index.ts'
import { quoteAsset, quoteName } from '../../sql/index.ts'
import type { Job, StepTools } from './tools.ts'

type Bench = { readonly job: Job; readonly tools: StepTools; readonly work: Work }

/**
 * Child tables of nested lists, `<table>__<path>`: rows of a parent are replaced as a whole whenever the
 * parent is written, so that an element that vanished from its list vanishes here too.
 */
export async function writeChildren({ job, tools, work }: Bench, loaded: Loaded): Promise<void> {
  const { asset } = job
  for (const child of loaded.children) {
    const table = `${asset.name}__${child.path.replaceAll('.', '__')}`
    const names = child.columns.map(column => quoteName(column.name)).join(', ')
    const sql = `select ${names} from ${child.relation}`
    const merge = asset.write === 'merge'
    if (merge) await forget(work, { table, relation: child.relation })
    await work.write({
      table,
      strategy: merge ? 'append' : asset.write,
      sql,
      columns: child.columns,
      key: [],
      cursor: undefined,
      partition: undefined,
      atMs: tools.atMs,
      deleteMissing: false,
    })
  }
}

async function forget(work: Work, { table, relation }: { table: string; relation: string }): Promise<void> {
  const there = await work.query(
    `select 1 from duckdb_tables() where schema_name || '.' || table_name = $1 and not temporary`,
    { parameters: [table] },
  )
  if (there.rows.length === 0) return
  await work.query(
    `delete from ${quoteAsset(table)} where "_parent_key" in (select "_parent_key" from ${relation})`,
  )
}
