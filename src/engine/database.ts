import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api'
import type { RowValue } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import { duckdbFailure, openFailure } from './failures.ts'
import { endStream } from './session.ts'
import { rowValueOf } from './values.ts'

/**
 * A database file as its owner configures it: settings, extensions and attached databases are whatever
 * statements make them. For projects that bring their own SQL of every kind; tables of Sluice's own lie in
 * an `Engine`, whose settings nobody changes.
 */
export type Database = {
  /** A connection of its own; the signal interrupts what runs on it. */
  connect(signal: AbortSignal): Promise<DatabaseConnection>
  close(): void
}

/** Statements of one connection run one after the other. */
export type DatabaseConnection = {
  /** One or more statements; what the last one answers is read on demand. */
  execute(sql: string, options: { readonly fetch: boolean; readonly rowsMax?: number }): Promise<Fetched>
  close(): void
}

export type Fetched = {
  readonly rowsChanged: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Values as `connect/values.ts` says; empty without `fetch`. */
  readonly rows: readonly (readonly RowValue[])[]
}

/**
 * Open a file, or `:memory:`, with DuckDB's own configuration names. Fails with SLUICE_TARGET_LOCKED,
 * _UNREADABLE, _UNWRITABLE, or the words of an option that DuckDB does not know.
 */
export async function openDatabase(
  path: string,
  config: { readonly [option: string]: string } = {},
): Promise<Database> {
  const instance = await DuckDBInstance.create(path, { ...config }).catch((thrown: unknown) => {
    throw openFailure(thrown, path)
  })
  const open = new Set<DatabaseConnection>()
  return {
    connect: async signal => {
      const connection = connectionOf(await instance.connect(), {
        path,
        signal,
        closed: () => open.delete(connection),
      })
      open.add(connection)
      return connection
    },
    close: () => {
      for (const connection of open) connection.close()
      instance.closeSync()
    },
  }
}

type Connecting = { readonly path: string; readonly signal: AbortSignal; readonly closed: () => void }

function connectionOf(
  connection: DuckDBConnection,
  { path, signal, closed }: Connecting,
): DatabaseConnection {
  let over = false
  let before: Promise<unknown> = Promise.resolve()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  const guarded = <T>(act: () => Promise<T>): Promise<T> => {
    const now = before.then(async () => {
      if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
      if (over) throw failure('SLUICE_TARGET_CLOSED', { what: 'database' })
      return act()
    })
    before = now.catch(() => undefined)
    return now.catch((thrown: unknown) => {
      throw duckdbFailure(thrown, { path, signal })
    })
  }
  return {
    execute: (sql, options) =>
      guarded(async () => {
        const result = await (options.fetch ? connection.stream(sql) : connection.run(sql))
        const answer = await fetched(result, options)
        if (options.fetch && answer.rows.length === options.rowsMax) await endStream(connection, result)
        // An interrupted result ends as if it had no more rows.
        if (signal.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
        return answer
      }),
    close: () => {
      if (over) return
      over = true
      closed()
      signal.removeEventListener('abort', interrupt)
      interrupt()
      connection.closeSync()
    },
  }
}

async function fetched(
  result: DuckDBResult,
  { fetch, rowsMax = Number.POSITIVE_INFINITY }: { readonly fetch: boolean; readonly rowsMax?: number },
): Promise<Fetched> {
  const types = result.columnTypes()
  const names = result.columnNames()
  const columns = names.map((name, i) => ({ name, type: String(types[i]) }))
  const rowsChanged = result.rowsChanged
  if (!fetch) return { rowsChanged, columns, rows: [] }
  const convert = types.map(rowValueOf)
  const rows: RowValue[][] = []
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const row of chunk.getRows()) {
      if (rows.length >= rowsMax) return { rowsChanged, columns, rows }
      rows.push(row.map((value, i) => convert[i]?.(value) ?? null))
    }
    if (rows.length >= rowsMax) break
  }
  return { rowsChanged, columns, rows }
}
