import type { DuckDBConnection } from '@duckdb/node-api'
import { findReferences } from '../sql/index.ts'
import type { Cell } from './session.ts'

// Files that statements name need not be there with all their bytes: whoever keeps them elsewhere brings what
// a statement will read before it runs. DuckDB opens no file to plan a `read_parquet` with a schema.

export type Supplier = {
  /** Bring what will be read. `plan`: EXPLAIN (FORMAT json) of the statement. */
  bring(plan: string, ask: Ask): Promise<void>
  /**
   * A statement failed, in these words: for the first time, or once more. Bring more than before; false: it
   * failed for something else, or there is no more.
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
  const plans = await plansOf(connection, statement)
  for (const plan of plans) for (const supplier of suppliers) await supplier.bring(plan, ask)
  const asked = [...suppliers].flatMap(supplier =>
    (plans.length === 0 ? [undefined] : plans).map(plan => [supplier, plan] as const),
  )
  for (let attempt = 1; ; attempt++) {
    try {
      return await act()
    } catch (thrown) {
      const words = thrown instanceof Error ? thrown.message : String(thrown)
      if (attempt > againMax) throw thrown
      let more = false
      for (const [supplier, plan] of asked) more = (await supplier.bringMore(plan, words, attempt)) || more
      if (!more) throw thrown
    }
  }
}

/** So often a statement is run again. */
const againMax = 8

const canRead = new RegExp(
  '^[\\s(]*(select|with|from|values|table|create|insert|copy|update|delete|merge|pivot|unpivot|' +
    'summarize|describe|explain|--|/\\*)',
  'i',
)

const explaining = /^\s*explain\s+(analyze\b)?\s*(\([^)]*\))?/i

/**
 * None: the engine has none, and will say why when the statement runs. A PIVOT whose columns come from the
 * data is several statements, of which it tells none: all of what it reads is planned then.
 */
async function plansOf(
  connection: DuckDBConnection,
  { sql, parameters }: Statement,
): Promise<readonly string[]> {
  const bare = sql.replace(explaining, '')
  const plan = await planOf(connection, { sql: bare, parameters })
  if (plan !== undefined) return [plan]
  if (!/\bpivot\b/i.test(bare)) return []
  const plans: string[] = []
  for (const { offset, length } of findReferences(bare)) {
    const read = await planOf(connection, { sql: `from ${bare.slice(offset, offset + length)}` })
    if (read !== undefined) plans.push(read)
  }
  return plans
}

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
