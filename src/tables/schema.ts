/**
 * A column of a table as every format sees it. Types are spelled as the engine spells them, so that a format
 * needs one translation only: its own.
 */
export type TableField = {
  /** What people call it. */
  readonly name: string
  /** What data files call it; another name where columns were renamed. */
  readonly stored: string
  /** Its number for life, where the format gives one. */
  readonly id?: number | undefined
  readonly type: TableType
  readonly nullable: boolean
}

export type TableType =
  /** DuckDB's own spelling: `BIGINT`, `DECIMAL(10,2)`, `TIMESTAMP WITH TIME ZONE`. */
  | { readonly kind: 'scalar'; readonly sql: string }
  | { readonly kind: 'struct'; readonly fields: readonly TableField[] }
  | { readonly kind: 'list'; readonly element: TableField }
  | { readonly kind: 'map'; readonly key: TableField; readonly value: TableField }
