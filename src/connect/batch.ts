import type { Json } from '../model/index.ts'

export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet'

/**
 * How data moves. A reader yields batches; a target says which kinds it takes best; `run` never looks inside.
 * `position` is where the source stands once the batch is safe: a killed read goes on from the last one.
 */
export type Batch = { readonly position?: Json } & (
  | {
      /**
       * Files that the engine reads itself: absolute paths. `options` are the engine-neutral reader options
       * below.
       */
      readonly kind: 'files'
      readonly format: FileFormat
      readonly files: readonly SourceFile[]
      readonly options: FileOptions
    }
  | {
      readonly kind: 'bytes'
      readonly format: 'ndjson' | 'csv'
      readonly data: Uint8Array
      readonly rows?: number
      /** Where they come from, for `_source`, if that can be said. */
      readonly name?: string
    }
  /** Plain objects: the convenient, slow way, for user code. */
  | { readonly kind: 'rows'; readonly rows: readonly RowObject[] }
  /** Column by column: typed arrays where exact, else arrays of text, bigint or null. */
  | {
      readonly kind: 'columns'
      readonly names: readonly string[]
      readonly columns: readonly ColumnValues[]
      readonly rows: number
    }
)

export type SourceFile = {
  readonly path: string
  /** What people call it: relative to the project, or the URL it came from. Goes into `_source`. */
  readonly name: string
  readonly sizeBytes: number
}

export type RowObject = { readonly [column: string]: unknown }

export type ColumnValues =
  | { readonly type: string; readonly values: readonly unknown[] }
  | {
      readonly type: string
      readonly values: Int32Array | BigInt64Array | Float64Array
      readonly nulls?: Uint8Array
    }

/** Reader options, engine-neutral. undefined: detected from the file. */
export type FileOptions = {
  readonly delimiter?: string
  readonly quote?: string
  readonly header?: boolean
  readonly nullText?: readonly string[]
  readonly encoding?: 'utf-8' | 'latin-1' | 'utf-16'
  /** Path inside each JSON document at which the list of records lies: `data.items`. */
  readonly records?: string
  readonly lineBytesMax?: number
  /** Columns, by name, whose text is kept as text although it looks like a number or date. */
  readonly text?: readonly string[]
}
