/**
 * The nouns of a dbt project, in the names and shapes of dbt's own manifest (schema version 12): what lies
 * in memory, what templates see as `model` and `graph`, and what `manifest.json` holds are one thing.
 * Fields that are not named here are kept as they are.
 */
import type { Json } from '../model/index.ts'
import type { Table } from './context/table.ts'

/** `model.shop.customers`, `test.shop.unique_customers_id.5c9bf9911d`, `source.shop.raw.orders`. */
export type UniqueId = string

export type ResourceType =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'test'
  | 'unit_test'
  | 'analysis'
  | 'operation'
  | 'sql_operation'
  | 'source'
  | 'exposure'
  | 'metric'
  | 'semantic_model'
  | 'saved_query'
  | 'group'
  | 'macro'
  | 'doc'
  | 'function'

export type Config = { [key: string]: Json } & {
  enabled?: boolean
  materialized?: string
  tags?: string[]
  meta?: { [key: string]: Json }
}

export type Ref = { name: string; package: string | null; version: string | number | null }

/** What every resource has. Objects are changed while a project is parsed, and by nobody after. */
export type Resource = {
  unique_id: UniqueId
  resource_type: ResourceType
  name: string
  package_name: string
  /** Relative to the package's folder. */
  original_file_path: string
  /** Relative to the folder that the package names for this kind of file (`models`, `tests` …). */
  path: string
  fqn: string[]
  config: Config
  tags: string[]
  meta: { [key: string]: Json }
  description: string
  depends_on: { macros: UniqueId[]; nodes: UniqueId[] }
  refs: Ref[]
  sources: [source: string, table: string][]
  created_at: number
  unrendered_config: { [key: string]: Json }
  [field: string]: unknown
}

/** What is made in, or asked of, the database: models, seeds, snapshots, tests, analyses, hooks. */
export type Node = Resource & {
  database: string | null
  schema: string
  alias: string
  relation_name: string | null
  language: 'sql' | 'python'
  raw_code: string
  compiled_code?: string | null
  compiled_path?: string | null
  extra_ctes: { id: UniqueId; sql: string }[]
  checksum: { name: 'sha256' | 'path' | 'none'; checksum: string }
  columns: { [name: string]: ColumnFacts }
}

export type ColumnFacts = {
  name: string
  description: string
  data_type: string | null
  quote: boolean | null
  meta: { [key: string]: Json }
  tags: string[]
  constraints: { [key: string]: Json }[]
  [field: string]: unknown
}

export type MacroFacts = {
  unique_id: UniqueId
  resource_type: 'macro'
  name: string
  package_name: string
  original_file_path: string
  path: string
  macro_sql: string
  depends_on: { macros: UniqueId[] }
  description: string
  meta: { [key: string]: Json }
  arguments: { name: string; type: string | null; description: string }[]
  supported_languages: string[] | null
  [field: string]: unknown
}

/** A whole project, its packages and the built-in ones among it. */
export type Manifest = {
  metadata: { [key: string]: Json }
  /** Models, seeds, snapshots, tests, analyses and operations. */
  nodes: Map<UniqueId, Node>
  sources: Map<UniqueId, Resource>
  macros: Map<UniqueId, MacroFacts>
  docs: Map<
    UniqueId,
    {
      unique_id: UniqueId
      name: string
      package_name: string
      block_contents: string
      [field: string]: unknown
    }
  >
  exposures: Map<UniqueId, Resource>
  metrics: Map<UniqueId, Resource>
  groups: Map<UniqueId, Resource>
  selectors: { [name: string]: Json }
  /** By name: resources that are configured as not enabled. */
  disabled: Map<UniqueId, Resource[]>
  semantic_models: Map<UniqueId, Resource>
  saved_queries: Map<UniqueId, Resource>
  unit_tests: Map<UniqueId, Resource>
  functions: Map<UniqueId, Node>
}

/** The target of a profile, as templates see it (`target`), and what an adapter is opened with. */
export type Profile = {
  readonly profileName: string
  readonly targetName: string
  readonly threads: number
  readonly type: string
  readonly database: string
  readonly schema: string
  /** All fields of the output, rendered. */
  readonly credentials: { readonly [key: string]: Json }
}

/** What a command line asks for, as `flags` shows it to templates. */
export type Flags = {
  readonly which: string
  readonly fullRefresh: boolean
  readonly storeFailures: boolean
  readonly failFast: boolean
  readonly empty: boolean
  readonly vars: { readonly [name: string]: Json }
  readonly args: { readonly [name: string]: Json }
}

/** A finding about a project: an error ends the command with exit 2, a warning is printed. */
export type Problem = {
  readonly severity: 'error' | 'warning'
  readonly words: string
  readonly path?: string
  readonly line?: number
  readonly column?: number
  readonly node?: UniqueId
}

/**
 * Where nodes are built: one database, through as many connections as there are threads. The methods that
 * templates call (`adapter.…`) stand on these few; a database is added by writing this face and a package
 * of macros.
 */
export interface Adapter {
  /**
   * `duckdb`; macros with this prefix are preferred by `dispatch`, then those of `parents`, then
   * `default__`.
   */
  readonly type: string
  readonly parents: readonly string[]
  connect(name: string, signal: AbortSignal): Promise<Connection>
  quote(identifier: string): string
  close(): Promise<void>
}

/** One connection. Statements run one after the other. */
export interface Connection {
  /** Run SQL, which may be several statements; the rows of the last one are fetched on demand. */
  execute(sql: string, options: { readonly fetch: boolean; readonly rowsMax?: number }): Promise<Executed>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  close(): void
}

export type Executed = {
  /** `OK`, as `adapter_response._message` says it. */
  readonly message: string
  readonly rowsAffected: number | undefined
  /** Absent without `fetch`. */
  readonly table?: Table
}

/** What came of a node, in the names of `run_results.json`. */
export type NodeResult = {
  readonly unique_id: UniqueId
  readonly status:
    | 'success'
    | 'error'
    | 'skipped'
    | 'pass'
    | 'fail'
    | 'warn'
    | 'runtime error'
    | 'no-op'
    | 'partial success'
  readonly message: string | null
  readonly failures: number | null
  readonly execution_time: number
  readonly thread_id: string
  readonly adapter_response: { readonly [key: string]: Json }
  readonly timing: readonly {
    readonly name: 'compile' | 'execute'
    readonly started_at: string
    readonly completed_at: string
  }[]
  readonly compiled: boolean | null
  readonly compiled_code: string | null
  readonly relation_name: string | null
  readonly batch_results: Json
}
