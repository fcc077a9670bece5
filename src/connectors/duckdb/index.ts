import type { About, Target } from '../../connect/index.ts'
import { effectsKeptDays } from './limits.ts'

/** DuckDB: the engine in the process, and the place where assets live unless said otherwise. */
export const about: About = {
  name: 'duckdb',
  summary: 'DuckDB 1.5 in one file, in this process: every write strategy, SQL, CSV, JSON and Parquet',
  tier: 'local',
  needs: { '@duckdb/node-api': '1.5' },
  can: {
    read: true,
    write: ['append', 'replace', 'merge', 'replace-partition', 'scd2', 'snapshot', 'view'],
    query: 'duckdb',
    transactions: true,
    unload: true,
  },
  limits: { lineBytesMax: 16 * 1024 * 1024, processesWriting: 1, effectsKeptDays },
  options: {
    path: {
      type: 'string',
      summary: 'The database file, relative to the project; `:memory:` keeps nothing.',
      required: true,
      example: 'warehouse.duckdb',
    },
  },
}

export type DuckdbOptions = {
  /** The database file, relative to the project; `:memory:` keeps nothing. */
  readonly path: string
}

/**
 * A target in one DuckDB file. Nothing is opened, and DuckDB itself is not loaded, before `open`.
 * @example duckdb('warehouse.duckdb')
 */
export function duckdb(options: string | DuckdbOptions): Target {
  const path = typeof options === 'string' ? options : options.path
  return Object.freeze({
    about,
    describe: `duckdb ${path}`,
    options: Object.freeze({ path }),
    open: async context => (await import('./store.ts')).openStore(path, context),
  } satisfies Target)
}
