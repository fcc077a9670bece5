import type { At, Json } from './at.ts'

/** Names of the check vocabulary; what each means and how it is measured lives in the room `check`. */
export type CheckName =
  | 'not_null'
  | 'unique'
  | 'compound_unique'
  | 'in'
  | 'not_in'
  | 'between'
  | 'min'
  | 'max'
  | 'length'
  | 'matches'
  | 'is_type'
  | 'relationships'
  | 'row_count'
  | 'column_count'
  | 'columns_present'
  | 'freshness'
  | 'mean_between'
  | 'sum_between'
  | 'median_between'
  | 'stddev_between'
  | 'quantile_between'
  | 'distinct_count'
  | 'null_share'
  | 'increasing'
  | 'expression'
  | 'equal_to_other_table'
  | 'changed_by_at_most'
  | 'query'

/**
 * `error` stops the asset from being published; `warn` is recorded and shown; `quarantine` (ingest, checks
 * of single rows only) refuses the rows that break it and publishes the rest.
 */
export type Severity = 'error' | 'warn' | 'quarantine'

/** One promise about an asset, as written. */
export type Check = {
  /** Stable within the asset: `country not_null`, `unique(id, day)`, or the name of the SQL file. */
  readonly id: string
  readonly check: CheckName
  /** Columns it speaks of; empty for checks of the whole table. */
  readonly columns: readonly string[]
  /**
   * Arguments by name, as the vocabulary defines them: `{ min: '0', max: '100' }`. Numbers as text stay
   * exact.
   */
  readonly args: { readonly [name: string]: Json }
  readonly severity: Severity
  /** Share of rows, 0 to 1, that must pass. 1 unless said. */
  readonly mostly: number
  /** SQL predicate: only rows for which it is true are looked at. */
  readonly where?: string
  readonly at?: At
}

/** What a check found. No row data: counts, aggregates and words only. */
export type Verdict = {
  readonly check: string
  readonly severity: Severity
  readonly outcome: 'pass' | 'fail' | 'error'
  /** Rows looked at and rows that broke the promise, where the check is about rows. */
  readonly rows?: number
  readonly failing?: number
  /** The measured aggregate as text, where the check is about one (`row_count`, `mean_between`). */
  readonly observed?: string
  /** One sentence: what was promised and what was found. */
  readonly words: string
  /** SQL that shows the failing rows, for a person to paste. */
  readonly rowsSql?: string
}
