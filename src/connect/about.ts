import type { WriteStrategy } from '../model/index.ts'

/** What a connector states about itself. `run` asks these facts and never tests for names. */
export type About = {
  readonly name: string
  /** One line: the system, its versions, what can be done with it. */
  readonly summary: string
  /** How it is tested. */
  readonly tier: 'local' | 'real server' | 'emulator' | 'recorded'
  /** npm packages it imports lazily, with the range that works: `{ pg: '^8.16' }`. */
  readonly needs: { readonly [packageName: string]: string }
  readonly can: Capabilities
  /** Limits by name with unit: `{ identifierBytes: 63 }`. */
  readonly limits: { readonly [nameWithUnit: string]: number }
  /** Options of its factory, by name: validation, docs and JSON schema come from here. */
  readonly options: { readonly [name: string]: OptionSpec }
}

export type Capabilities = {
  readonly read?: boolean
  readonly changes?: 'log' | 'poll'
  readonly write?: readonly WriteStrategy[]
  /** The SQL dialect it answers, if it is an engine. */
  readonly query?: Dialect
  readonly transactions?: boolean
  /** Environments stand beside their base, in the same target. */
  readonly environments?: boolean
  /** It can write files or push rows out: a sink for exports. */
  readonly unload?: boolean
}

export type Dialect = 'duckdb' | 'postgres' | 'mysql' | 'snowflake' | 'bigquery' | 'spark' | 'trino'

export type OptionSpec = {
  readonly type: 'string' | 'number' | 'boolean' | 'strings' | 'object' | 'function'
  readonly summary: string
  readonly required?: boolean
  readonly oneOf?: readonly string[]
  /** As a person would write it. */
  readonly default?: string
  readonly example?: string
}
