import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api'
import type { RowValue } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import { duckdbFailure } from './failures.ts'
import { endStream, type Session } from './session.ts'
import { rowValueOf } from './values.ts'

export type Row = { readonly [column: string]: RowValue }

/** A query's rows in batches, as `connect/values.ts` says; the session is closed when they end. */
export async function* readRows(
  opening: Promise<Session>,
  sql: string,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): AsyncGenerator<readonly Row[]> {
  const session = await opening
  let unread: DuckDBResult | undefined
  try {
    const { result, first } = await session.supplied(sql, () => begin(session, sql))
    unread = result
    const names = result.deduplicatedColumnNames()
    const values = result.columnTypes().map(rowValueOf)
    for (let chunk = first; chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
      yield chunk
        .getRows()
        .map(row => Object.fromEntries(row.map((value, i) => [names[i] ?? '', values[i]?.(value) ?? null])))
    }
    unread = undefined
    // An interrupted result ends as if it had no more rows.
    if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
  } catch (thrown) {
    throw duckdbFailure(thrown, { path, signal })
  } finally {
    // Whoever read may have had enough.
    if (unread) await endStream(session.connection, unread)
    session.close()
  }
}

/** The first rows are fetched at once: what cannot be read shows itself there. */
export async function begin(
  { connection }: Session,
  sql: string,
): Promise<{ readonly result: DuckDBResult; readonly first: DuckDBDataChunk | null }> {
  const result = await connection.stream(sql)
  return { result, first: await result.fetchChunk() }
}
