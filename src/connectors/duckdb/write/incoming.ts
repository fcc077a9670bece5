import type { WriteRequest } from '../../../connect/index.ts'
import type { Session } from '../../../engine/index.ts'
import { failure, near } from '../../../errors/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { catalog, publishedColumns, tableOf } from '../table.ts'

/** One write as its strategy sees it. */
export type Writing = {
  readonly session: Session
  readonly request: WriteRequest
  /** The table, quoted in full. */
  readonly table: string
  /** Columns of the query's rows, as DuckDB describes them. */
  readonly columns: readonly Column[]
  /** Columns of the table that stands; undefined: there is none, or a view stands there. */
  readonly standing: readonly Column[] | undefined
  /** A new name for a temporary relation of this work. */
  readonly temp: () => string
}

/** The rows to write, staged: `rows` are left after `deduplicated` were taken out. */
export type Incoming = { readonly relation: string; readonly rows: number; readonly deduplicated: number }

export async function startWriting(
  session: Session,
  request: WriteRequest,
  temp: () => string,
): Promise<Writing> {
  const columns = await session.describe(request.sql)
  const name = tableOf(request.table)
  const table = `${catalog}.${quoteName(name.schema)}.${quoteName(name.table)}`
  for (const column of [...request.key, ...(request.cursor === undefined ? [] : [request.cursor])])
    requireColumn(request, columns, column)
  const view = await session.count(
    `select count(*) from duckdb_views() where database_name = '${catalog}'
     and schema_name = ${quoteText(name.schema)} and view_name = ${quoteText(name.table)}`,
  )
  if (view > 0 && request.strategy !== 'view') await session.run(`drop view ${table}`)
  const standing = view > 0 ? undefined : await publishedColumns(session, request.table)
  return { session, request, table, columns, standing, temp }
}

/** The rows of the query in a temporary table, one per key. */
export async function stage(writing: Writing): Promise<Incoming> {
  const relation = writing.temp()
  await writing.session.run(`create temp table ${relation} as ${writing.request.sql}\n`)
  return { relation, ...(await deduplicate(writing, relation)) }
}

/** The first load of a table: straight into place, where staging would write every row twice. */
export async function fill(writing: Writing): Promise<Omit<Incoming, 'relation'>> {
  await writing.session.run(`create or replace table ${writing.table} as ${writing.request.sql}\n`)
  return deduplicate(writing, writing.table)
}

/**
 * Leave one row per key in a freshly filled table: the one with the largest cursor, else the one read last.
 * NULL is a key like any other, so that a second run finds it again. The row number tells the order of
 * reading: DuckDB keeps it.
 */
async function deduplicate(
  { session, request }: Writing,
  relation: string,
): Promise<{ readonly rows: number; readonly deduplicated: number }> {
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

/** A column that the strategy writes itself may not come with the rows. */
export function reserve({ request, columns }: Writing, ...names: readonly string[]): void {
  const taken = columns.find(({ name }) => names.includes(name.toLowerCase()))
  if (taken)
    throw failure('SLUICE_WRITE_COLUMN_RESERVED', {
      table: request.table,
      column: taken.name,
      strategy: request.strategy,
    })
}

export function requireKey({ request }: Writing): void {
  if (request.key.length === 0)
    throw failure('SLUICE_WRITE_KEY_MISSING', { table: request.table, strategy: request.strategy })
}

function requireColumn({ table }: WriteRequest, columns: readonly Column[], column: string): void {
  const names = columns.map(({ name }) => name)
  if (names.some(name => name.toLowerCase() === column.toLowerCase())) return
  throw failure('SLUICE_WRITE_COLUMN_MISSING', { table, column, near: near(column, names) })
}

/** `s."a" is not distinct from t."a" and …`: NULL equals NULL. */
export function sameKey(key: readonly string[], left: string, right: string): string {
  return key
    .map(name => `${left}.${quoteName(name)} is not distinct from ${right}.${quoteName(name)}`)
    .join(' and ')
}

/** The two rows differ in at least one of the columns. */
export function differ(columns: readonly Column[], left: string, right: string): string {
  if (columns.length === 0) return 'false'
  const pairs = columns.map(
    ({ name }) => `${left}.${quoteName(name)} is distinct from ${right}.${quoteName(name)}`,
  )
  return `(${pairs.join(' or ')})`
}

/** Columns that decide whether a row is another one than before. */
export function telling({ request }: Writing, columns: readonly Column[]): readonly Column[] {
  const incidental = new Set(request.incidental?.map(name => name.toLowerCase()))
  return columns.filter(({ name }) => !incidental.has(name.toLowerCase()))
}

export function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => quoteName(name)).join(', ')
}

/** A literal of the instant, exact to the millisecond that it is given in. */
export function instant(atMs: number): string {
  return `timestamptz '${new Date(atMs).toISOString()}'`
}
