import type { WriteRequest } from '../../../connect/index.ts'
import {
  deduplicate,
  type Incoming,
  requireColumns,
  type Session,
  type Staged,
} from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { catalog, publishedColumns, tableOf } from '../table.ts'

/** One write as its strategy sees it. */
export type Writing = Incoming & {
  /** The table, quoted in full. */
  readonly table: string
  /** Columns of the table that stands; undefined: there is none, or a view stands there. */
  readonly standing: readonly Column[] | undefined
}

export async function startWriting(
  session: Session,
  request: WriteRequest,
  temp: () => string,
): Promise<Writing> {
  const columns = await session.describe(request.sql)
  const name = tableOf(request.table)
  const table = `${catalog}.${quoteName(name.schema)}.${quoteName(name.table)}`
  requireColumns(request, columns)
  const view = await session.count(
    `select count(*) from duckdb_views() where database_name = '${catalog}'
     and schema_name = ${quoteText(name.schema)} and view_name = ${quoteText(name.table)}`,
  )
  if (view > 0 && request.strategy !== 'view') await session.run(`drop view ${table}`)
  const standing = view > 0 ? undefined : await publishedColumns(session, request.table)
  return { session, request, table, columns, standing, temp }
}

/** The first load of a table: straight into place, where staging would write every row twice. */
export async function fill(writing: Writing): Promise<Omit<Staged, 'relation'>> {
  await writing.session.run(`create or replace table ${writing.table} as ${writing.request.sql}\n`)
  return deduplicate(writing, writing.table)
}
