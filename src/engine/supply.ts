import type { DuckDBConnection } from '@duckdb/node-api'
import type { Cell } from './session.ts'

// Files that statements name need not be there with all their bytes: whoever keeps them elsewhere brings what
// a statement will read before it runs. DuckDB opens no file to plan a `read_parquet` with a schema.

export type Supplier = {
  /** Bring what will be read. `plan`: EXPLAIN (FORMAT json) of the statement. */
  bring(plan: string, ask: Ask): Promise<void>
  /**
   * A statement failed, in these words, for bytes that were not there: for the first time, or once more.
   * Bring more than before; false: there is no more.
   */
  bringMore(plan: string | undefined, words: string, attempt: number): Promise<boolean>
}

/** Runs SQL on the session whose statement waits. */
export type Ask = (sql: string) => Promise<readonly (readonly Cell[])[]>

export type Supplying = {
  readonly suppliers: ReadonlySet<Supplier>
  readonly connection: DuckDBConnection
  readonly ask: Ask
}

export type Statement = { readonly sql: string; readonly parameters?: readonly Cell[] | undefined }

/** Act, which runs the statement, with its files at hand. */
export async function supplied<T>(
  { suppliers, connection, ask }: Supplying,
  statement: Statement,
  act: () => Promise<T>,
): Promise<T> {
  if (suppliers.size === 0 || !canRead.test(statement.sql)) return act()
  const plan = await planOf(connection, statement)
  if (plan !== undefined) for (const supplier of suppliers) await supplier.bring(plan, ask)
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (thrown) {
      const words = thrown instanceof Error ? thrown.message : String(thrown)
      if (attempt > holesMax || !isHole.test(words)) throw thrown
      let more = false
      for (const supplier of suppliers) more = (await supplier.bringMore(plan, words, attempt)) || more
      if (!more) throw thrown
    }
  }
}

/** So often a statement is run again. */
const holesMax = 8

const canRead = /^[\s(]*(select|with|from|values|create|insert|copy|update|delete|merge|describe|--|\/\*)/i

/** What DuckDB says of zeros where it looks for the head of a page, of a filter or of a file. */
const isHole = /TProtocolException|No magic bytes|Invalid (footer|page|data)|Parquet/i

/** undefined: the engine has none, and will say why when the statement runs. */
async function planOf(
  connection: DuckDBConnection,
  { sql, parameters }: Statement,
): Promise<string | undefined> {
  try {
    // Prepared: of several statements in one text EXPLAIN would run all but the first.
    const prepared = await connection.prepare(`explain (format json) ${sql}`)
    try {
      if (parameters !== undefined) prepared.bind([...parameters])
      return String((await prepared.runAndReadAll()).getRows()[0]?.[1] ?? '')
    } finally {
      prepared.destroySync()
    }
  } catch {
    return undefined
  }
}
