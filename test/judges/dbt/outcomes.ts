import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../../src/engine/index.ts'
import { pythonWith } from '../../servers/install.ts'

/** Who carries a command out in a project's folder. */
export type Runner = (command: readonly string[], folder: string) => void

const sluice = fileURLToPath(new URL('../../../bin/sluice.js', import.meta.url))
/** Longest time of one command, on a machine that does other things too. */
const commandMsMax = 5 * 60_000

/** dbt-core with dbt-duckdb, on the engine that we run on. */
export function dbtCore(): Runner {
  const python = pythonWith(['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.6'])
  const program = join(python, '..', 'dbt')
  return (command, folder) => run(program, command, folder)
}

export const ours: Runner = (command, folder) => run(process.execPath, [sluice, 'dbt', ...command], folder)

/** A node that fails makes the exit code 1; anything else beside 0 is no outcome. */
function run(program: string, args: readonly string[], cwd: string): void {
  // What a command that failed early leaves behind is not its outcome.
  rmSync(join(cwd, 'target', 'run_results.json'), { force: true })
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', DO_NOT_TRACK: '1' }
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: commandMsMax })
  if (done.status !== 0 && done.status !== 1)
    throw new TypeError(`${program} ${args.join(' ')}\n${done.stdout}${done.stderr}`.slice(-4_000))
}

export type Outcome = { readonly status: string; readonly failures: number }

/** What came of every node, by id. */
export function outcomesIn(folder: string): ReadonlyMap<string, Outcome> {
  const { results } = JSON.parse(readFileSync(join(folder, 'target', 'run_results.json'), 'utf8')) as {
    readonly results: readonly {
      readonly unique_id: string
      readonly status: string
      readonly failures: number | null
    }[]
  }
  return new Map(
    results
      .map(({ unique_id: id, status, failures }) => [id, { status, failures: failures ?? 0 }] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Who reads whom. */
export function parentsIn(folder: string): { readonly [id: string]: readonly string[] } {
  const { parent_map: map } = JSON.parse(readFileSync(join(folder, 'target', 'manifest.json'), 'utf8')) as {
    readonly parent_map: { readonly [id: string]: readonly string[] }
  }
  const entries = Object.entries(map).map(([id, parents]) => [id, parents.toSorted()] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Columns that hold when something was done, or are made from that. */
const ofTheClock = /^dbt_(valid_from|valid_to|updated_at|scd_id)$/

/**
 * Every table and view: its columns with their types, its rows, and for each column a sum that no order
 * changes.
 */
export async function tablesIn(path: string): Promise<{ readonly [name: string]: unknown }> {
  const database = await openDatabase(path, { access_mode: 'READ_ONLY' })
  try {
    const connection = await database.connect(new AbortController().signal)
    const rows = async (sql: string) => (await connection.execute(sql, { fetch: true })).rows
    const found: { [name: string]: unknown } = {}
    const columns = await rows(
      `select schema_name, table_name, column_name, data_type from duckdb_columns()
       where not internal order by all`,
    )
    const tables = Map.groupBy(columns, ([schema, table]) => `"${String(schema)}"."${String(table)}"`)
    for (const [name, list] of tables) {
      const sums = list
        .filter(([, , column]) => !ofTheClock.test(String(column)))
        .map(([, , column]) => `sum(hash("${String(column)}"::varchar)::hugeint)::varchar`)
      const [values] = await rows(`select count(*)::varchar, ${sums.join(', ')} from ${name}`)
      found[name] = { columns: list.map(([, , column, type]) => `${String(column)} ${String(type)}`), values }
    }
    return found
  } finally {
    database.close()
  }
}
