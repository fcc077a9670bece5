/**
 * A column type in DuckDB's own spelling, normalised: `BIGINT`, `DECIMAL(18,3)`, `TIMESTAMP WITH TIME ZONE`,
 * `STRUCT(a INTEGER, b VARCHAR[])`. Connectors map their system's types to and from it (`types.ts`).
 */
export type ColumnType = string

export type Column = {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  readonly doc?: string
}

/** One column of one asset, as lineage speaks of it. */
export type ColumnRef = { readonly asset: string; readonly column: string }

/**
 * How a column came to be: the columns it is computed from, and those that only decide which rows there are.
 */
export type ColumnLineage = {
  readonly column: string
  /** Columns whose values flow into this one. `identity`: passed through unchanged. */
  readonly from: readonly (ColumnRef & { readonly how: 'identity' | 'transformation' | 'aggregation' })[]
  /** Columns that filter, join, group, sort or window the rows. */
  readonly shapedBy: readonly (ColumnRef & { readonly how: ShapedBy })[]
  /**
   * Rows with a value v here depend, of these assets, only on rows whose column is v. What partitions need to
   * be built one by one; being passed through unchanged is not enough (`sum(x) over (order by day)`).
   */
  readonly alignedWith?: readonly ColumnRef[]
}

export type ShapedBy = 'join' | 'filter' | 'group by' | 'sort' | 'window' | 'conditional'
