import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBResult,
  DuckDBType,
} from '@duckdb/node-api'
import type { Answer } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import type { Column } from '../model/index.ts'
import { quoteName } from '../sql/index.ts'
import { duckdbFailure } from './failures.ts'
import { type Ask, type Statement, supplied, type Supplier } from './supply.ts'
import { textOf } from './values.ts'

export type Cell = string | null

/** One connection to the store's database. Statements of one session run one after the other. */
export type Session = {
  readonly connection: DuckDBConnection
  /** Rows that the statement changed. */
  run(sql: string): Promise<number>
  /** All rows, every value as exact text. For answers that are small by nature. */
  rows(sql: string): Promise<readonly (readonly Cell[])[]>
  /** The first row. */
  row(sql: string): Promise<readonly Cell[]>
  /** The one number of the one row. */
  count(sql: string): Promise<number>
  answer(sql: string, options: AnswerOptions): Promise<Answer>
  /** Columns of a query's rows, without running it. */
  describe(sql: string): Promise<readonly Column[]>
  /** Act, which runs the statement on the connection, with its files at hand. */
  supplied<T>(sql: string, act: () => Promise<T>): Promise<T>
  close(): void
}

export type AnswerOptions = {
  readonly parameters?: readonly Cell[] | undefined
  readonly rowsMax?: number | undefined
  /** A cut answer is computed to its end: interrupting it would abort the transaction. */
  readonly inTransaction?: boolean
}

export type SessionOptions = {
  /** What words about a failure call the place. */
  readonly path: string
  /** The attached catalogue in which names without one are looked up; undefined: the engine's own memory. */
  readonly catalog?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly suppliers: ReadonlySet<Supplier>
  readonly closed: () => void
}

/** A connection of its own; the signal interrupts what runs on it and lets nothing more begin. */
export async function openSession(instance: DuckDBInstance, options: SessionOptions): Promise<Session> {
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  let over = false
  options.signal?.addEventListener('abort', interrupt)
  // A second statement on a connection would cut off the first one's streaming result without a word.
  let before: Promise<unknown> = Promise.resolve()
  const guarded = <T>(act: () => Promise<T>): Promise<T> => {
    const now = before.then(() => allowed(act))
    before = now.catch(() => undefined)
    return now
  }
  const allowed = async <T>(act: () => Promise<T>): Promise<T> => {
    if (options.signal?.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
    if (over) throw failure('SLUICE_TARGET_CLOSED', { what: 'database' })
    return act().catch(thrown => {
      throw duckdbFailure(thrown, options)
    })
  }
  const ask: Ask = async sql => (await toAnswer(await connection.stream(sql), Number.POSITIVE_INFINITY)).rows
  const reading = <T>(statement: Statement, act: () => Promise<T>) =>
    guarded(() => supplied({ suppliers: options.suppliers, connection, ask }, statement, act))
  const answer = (sql: string, { parameters, rowsMax, inTransaction = false }: AnswerOptions) =>
    reading({ sql, parameters }, async () => {
      const result = await connection.stream(sql, parameters === undefined ? undefined : [...parameters])
      const found = await toAnswer(result, rowsMax ?? Number.POSITIVE_INFINITY)
      // An interrupted result ends as if it had no more rows.
      if (options.signal?.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
      if (found.truncated) await (inTransaction ? readOn(result) : endStream(connection, result))
      return found
    })
  const rows = async (sql: string) => (await answer(sql, {})).rows
  const session: Session = {
    connection,
    run: sql => reading({ sql }, async () => (await connection.run(sql)).rowsChanged),
    rows,
    row: async sql => (await rows(sql))[0] ?? [],
    count: async sql => Number((await rows(sql))[0]?.[0] ?? 0),
    answer,
    describe: async sql =>
      (await rows(`describe (${sql}\n)`)).map(([name, type]) => ({
        name: name ?? '',
        type: type ?? '',
        nullable: true,
      })),
    supplied: (sql, act) => supplied({ suppliers: options.suppliers, connection, ask }, { sql }, act),
    close: () => {
      if (over) return
      over = true
      options.closed()
      options.signal?.removeEventListener('abort', interrupt)
      // What still runs on it, left behind by its step, would go on and hold the file.
      interrupt()
      connection.closeSync()
    },
  }
  if (options.catalog !== undefined)
    await guarded(() => connection.run(`use ${quoteName(options.catalog ?? '')}`))
  return session
}

/**
 * A result that was not read to its end keeps its connection alive until it is collected as garbage. DuckDB's
 * instance cache waits for that, at full speed, when the same file is opened again: 7.7 s, or for ever.
 */
export async function endStream(connection: DuckDBConnection, result: DuckDBResult): Promise<void> {
  connection.interrupt()
  await readOn(result).catch((thrown: unknown) => {
    if (!(thrown instanceof Error && thrown.message.startsWith('INTERRUPT'))) throw thrown
  })
}

async function readOn(result: DuckDBResult): Promise<void> {
  while (((await result.fetchChunk())?.rowCount ?? 0) > 0);
}

/** Read up to `rowsMax` rows of a result that streams. */
async function toAnswer(result: DuckDBResult, rowsMax: number): Promise<Answer> {
  const types = result.columnTypes()
  const columns = result.columnNames().map((name, i) => ({ name, type: typeName(types[i]), nullable: true }))
  const texts = types.map(textOf)
  const rows: Cell[][] = []
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const row of textRows(chunk, texts)) {
      if (rows.length >= rowsMax) return { columns, rows, truncated: true }
      rows.push(row)
    }
  }
  return { columns, rows, truncated: false }
}

function textRows(chunk: DuckDBDataChunk, texts: readonly ReturnType<typeof textOf>[]): Cell[][] {
  return chunk.getRows().map(row => row.map((value, i) => texts[i]?.(value) ?? null))
}

/** DuckDB's own spelling, as DESCRIBE gives it. */
function typeName(type: DuckDBType | undefined): string {
  return type?.alias ?? String(type)
}
