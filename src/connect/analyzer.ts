import type { Column, ColumnLineage } from '../model/index.ts'

/**
 * SQL understood without running it: a function of its input (parser and planner of an engine over a
 * catalogue of empty tables). `compile` gets it as an argument and stays a function itself.
 */
export interface Analyzer {
  /** Parse many queries at once. Order is kept. */
  parse(queries: readonly string[]): Promise<readonly Parsed[]>
  /** Bind in the given order; each query sees the tables given and the results of those before it. */
  bind(request: BindRequest): Promise<readonly Bound[]>
  close(): Promise<void>
}

export type Parsed =
  | {
      readonly ok: true
      readonly reads: readonly TableRead[]
      /** Equal for queries that differ only in comments, white space and letter case of keywords. */
      readonly normal: string
    }
  | { readonly ok: false; readonly words: string; readonly offset: number | undefined }

/** A table that a query reads, outside its own CTEs. Offsets count characters from the start of the query. */
export type TableRead = {
  readonly schema: string | undefined
  readonly table: string
  readonly offset: number
  readonly length: number
}

export type BindRequest = {
  readonly tables: readonly { readonly name: string; readonly columns: readonly Column[] }[]
  readonly queries: readonly BindQuery[]
  /** Column lineage costs more than types; ask only where it is wanted: of every query, or of those named. */
  readonly lineage: boolean | readonly string[]
}

export type BindQuery = {
  readonly name: string
  readonly sql: string
  /**
   * Columns that writing adds to the query's own (`valid_from`): seen by the queries behind it, not part of
   * its answer.
   */
  readonly adds?: readonly Column[]
}

export type Bound =
  | {
      readonly ok: true
      readonly columns: readonly Column[]
      readonly lineage: readonly ColumnLineage[] | undefined
    }
  /**
   * Sound as far as can be seen, but its columns cannot be told before it runs. `words`: why, in one clause.
   */
  | { readonly ok: 'unknown'; readonly words: string }
  | {
      readonly ok: false
      readonly words: string
      readonly offset: number | undefined
      readonly missing?: MissingName
    }

/** What the binder did not find, where it says so. */
export type MissingName = {
  readonly kind: 'column' | 'table' | 'function'
  readonly name: string
  readonly near: readonly string[]
}
