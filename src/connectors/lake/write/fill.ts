import { partitionsIn, stage, type Staged } from '../../../engine/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { mayBeBeyond } from '../types.ts'
import { type Applied, apply, type Outcome } from './apply.ts'
import { keptOf } from './shape.ts'
import { currentRows, type Writing } from './writing.ts'

/** The first rows of a table. */
export async function first(writing: Writing): Promise<Outcome> {
  const { session, request, columns } = writing
  const filled = await fill(writing)
  const partitions = await partitionsIn(session, filled.relation, { slice: request.partition, columns })
  const { rows: out, deduplicated } = filled
  return { ...filled, written: { out, deduplicated, unchanged: false, partitions } }
}

/**
 * The table anew: the query's rows and columns. Straight into files, in one pass; staging would write every
 * row twice. Where keys come more than once, or a type has to be chosen by the values, rows are staged after
 * all.
 */
export async function fill(writing: Writing): Promise<Applied & Staged> {
  const { columns, request, table } = writing
  if (columns.some(({ type }) => mayBeBeyond(type))) return filledFrom(writing, await stage(writing))
  const relation = `(${request.sql}\n)`
  const shape = await keptOf(writing, relation)
  const done = await apply(table, { shape, whole: true, add: relation })
  const now = await currentRows(done.table)
  if ((await keysIn(writing, now)) === done.added)
    return { ...done, relation: now, rows: done.added, deduplicated: 0 }
  const again = { ...writing, table: (await table.again?.()) ?? table }
  return filledFrom(again, await stage(again))
}

async function filledFrom(writing: Writing, staged: Staged): Promise<Applied & Staged> {
  const shape = await keptOf(writing, staged.relation)
  return { ...(await apply(writing.table, { shape, whole: true, add: staged.relation })), ...staged }
}

/** How many keys the rows have; without a key every row counts. */
async function keysIn({ session, request }: Writing, relation: string): Promise<number> {
  const key = request.key.map(quoteName).join(', ')
  return session.count(
    key === ''
      ? `select count(*) from ${relation}`
      : `select count(*) from (select 1 from ${relation} group by ${key})`,
  )
}
