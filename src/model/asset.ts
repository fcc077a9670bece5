import type { At, Json } from './at.ts'
import type { Check } from './check.ts'
import type { Column } from './column.ts'
import type { ContractPolicy } from './contract.ts'
import type { PartitionScheme } from './partition.ts'

/**
 * `schema.table`. The first folder below `assets/` is the schema, the file name is the table, folders between
 * only group:
 * `assets/marts/finance/revenue.sql` is `marts.revenue`. A file directly in `assets/` lives in the schema
 * `main`.
 */
export type AssetName = string

export type WriteStrategy =
  | 'append'
  | 'replace'
  | 'merge'
  | 'replace-partition'
  | 'scd2'
  | 'snapshot'
  | 'view'

/** When a step may start, given how the steps before it ended (names after Airflow's trigger rules). */
export type TriggerRule =
  | 'all_success'
  | 'none_failed_min_one_success'
  | 'none_failed'
  | 'all_done'
  | 'all_done_min_one_success'
  | 'one_success'
  | 'one_failed'
  | 'all_failed'
  | 'none_skipped'
  | 'one_done'
  | 'all_skipped'
  | 'always'

export type RetryPolicy = {
  /** Attempts in all, the first included. */
  readonly attemptsMax: number
  readonly baseMs: number
  readonly capMs: number
  readonly factor: number
}

/**
 * Everything a person can say about an asset, in one grammar for SQL comments and one options object for
 * TypeScript.
 */
export type Facts = {
  readonly doc?: string
  readonly key: readonly string[]
  readonly cursor?: string
  readonly lagMs?: number
  readonly partition?: PartitionScheme
  readonly write?: WriteStrategy
  readonly materialize?: 'table' | 'view' | 'incremental' | 'snapshot'
  readonly everyMs?: number
  readonly owner?: string
  readonly tags: readonly string[]
  readonly checks: readonly Check[]
  readonly contract?: Partial<ContractPolicy>
  /** Declared columns: the contract that a person wrote. A `type` of '' leaves the type to inference. */
  readonly columns: readonly Column[]
  readonly trigger?: TriggerRule
  readonly retry?: Partial<RetryPolicy>
  readonly timeoutMs?: number
  /** Name of the pool whose slots its steps take. */
  readonly pool?: string
  /** Nested values: kept as STRUCT and LIST, or split into child tables `<table>__<column>`. */
  readonly nested?: 'keep' | 'split'
}

/**
 * What makes the asset's rows. Functions and open handles are not here: they stay with the project, under the
 * asset's name.
 */
export type Body =
  | { readonly kind: 'sql'; readonly text: string; readonly origin: 'file' | 'template' }
  | {
      readonly kind: 'ingest'
      readonly connector: string
      readonly describe: string
      readonly options: Json
      /** A read gives only what no committed load has given. */
      readonly eachOnce?: boolean
    }
  | { readonly kind: 'rows'; readonly inputs: readonly { readonly as: string; readonly asset: AssetName }[] }
  | { readonly kind: 'export'; readonly text: string; readonly connector: string; readonly options: Json }
  /** A table that something else makes and this project only reads. */
  | { readonly kind: 'source' }

/** One asset as it was read from its file, before anything was resolved. */
export type Declaration = {
  readonly name: AssetName
  readonly at: At
  readonly body: Body
  readonly facts: Facts
  /**
   * Hash of the TypeScript module closure, comments and white space aside; '' for SQL files (compile hashes
   * the parsed query).
   */
  readonly code: string
  /** Where facts stand, by fact name or column name, for error frames. */
  readonly spots: { readonly [fact: string]: At }
}

/** A check that stands in its own SQL file under `checks/`: it passes when the query returns no rows. */
export type CheckFile = {
  readonly name: string
  readonly at: At
  readonly text: string
  readonly severity: 'error' | 'warn'
}
