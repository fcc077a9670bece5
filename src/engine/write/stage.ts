import type { WriteRequest } from '../../connect/index.ts'
import { failure, near } from '../../errors/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteName } from '../../sql/index.ts'
import type { Session } from '../session.ts'

/** One write, as far as its incoming rows go. */
export type Incoming = {
  readonly session: Session
  readonly request: WriteRequest
  /** Columns of the query's rows, as DuckDB describes them. */
  readonly columns: readonly Column[]
  /** A new name for a temporary relation of this work. */
  readonly temp: () => string
}

/** The rows to write, staged: `rows` are left after `deduplicated` were taken out. */
export type Staged = { readonly relation: string; readonly rows: number; readonly deduplicated: number }

/** The rows of the query in a temporary table, one per key. */
export async function stage(incoming: Incoming): Promise<Staged> {
  const relation = incoming.temp()
  await incoming.session.run(`create temp table ${relation} as ${incoming.request.sql}\n`)
  return { relation, ...(await deduplicate(incoming, relation)) }
}

/**
 * Leave one row per key in a freshly filled table: the one with the largest cursor, else the one read last.
 * NULL is a key like any other, so that a second run finds it again. The row number tells the order of
 * reading: DuckDB keeps it.
 */
export async function deduplicate(
  { session, request }: Pick<Incoming, 'session' | 'request'>,
  relation: string,
): Promise<Omit<Staged, 'relation'>> {
  if (request.key.length === 0)
    return { rows: await session.count(`select count(*) from ${relation}`), deduplicated: 0 }
  const key = request.key.map(quoteName).join(', ')
  const [all, keys] = await session.row(
    `select coalesce(sum(n), 0)::bigint, count(*)
     from (select count(*) as n from ${relation} group by ${key})`,
  )
  const deduplicated = Number(all) - Number(keys)
  if (deduplicated > 0) {
    const latest = request.cursor === undefined ? '' : `${quoteName(request.cursor)} desc nulls last, `
    await session.run(`delete from ${relation} where rowid in (
      select rowid from ${relation}
      qualify row_number() over (partition by ${key} order by ${latest}rowid desc) > 1)`)
  }
  return { rows: Number(keys), deduplicated }
}

/** Columns that the request names must come with the rows. */
export function requireColumns({ key, cursor, table }: WriteRequest, columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name)
  const come = new Set(names.map(name => name.toLowerCase()))
  for (const column of cursor === undefined ? key : [...key, cursor]) {
    if (!come.has(column.toLowerCase()))
      throw failure('SLUICE_WRITE_COLUMN_MISSING', { table, column, near: near(column, names) })
  }
}

/** A column that the strategy writes itself may not come with the rows. */
export function reserve(
  { request, columns }: Pick<Incoming, 'request' | 'columns'>,
  ...names: readonly string[]
): void {
  const taken = columns.find(({ name }) => names.includes(name.toLowerCase()))
  if (taken)
    throw failure('SLUICE_WRITE_COLUMN_RESERVED', {
      table: request.table,
      column: taken.name,
      strategy: request.strategy,
    })
}

export function requireKey({ request }: Pick<Incoming, 'request'>): void {
  if (request.key.length === 0)
    throw failure('SLUICE_WRITE_KEY_MISSING', { table: request.table, strategy: request.strategy })
}
