import type { Answer, Optimized, RowObject, Vacuumed } from '../../../connect/index.ts'
import type { Row } from '../../../engine/index.ts'
import type { Column } from '../../../model/index.ts'
import type { S3Options } from '../../../objects/index.ts'
import type { Assignments } from '../../../tables/index.ts'
import type { ConvertRequest } from '../care/convert/convert.ts'
import type { OptimizeRequest } from '../care/optimize/optimize.ts'
import type { Restored } from '../care/restore.ts'
import type { VacuumRequest } from '../care/vacuum.ts'
import type { MergeRequestClause } from '../rows/clauses.ts'
import type { ColumnChange, NewColumn } from '../schema/alter.ts'
import type { ColumnDeclaration } from '../schema/declare.ts'

/**
 * Rows to write: objects, one by one or in batches, with values as `sluice/connect` says (bigint for 64-bit
 * integers,
 * text for decimals and times), or a SELECT of DuckDB: `{ sql: "from 'orders.parquet'" }`.
 */
export type Rows =
  | Iterable<RowObject>
  | AsyncIterable<RowObject | readonly RowObject[]>
  | { readonly sql: string }

/** A version, or the newest one at an instant (ISO 8601, or a Date). */
export type AsOf = { readonly version: number } | { readonly at: string | Date }

export type OpenOptions = {
  /** Make the table if there is none. */
  readonly create?: NewTable
  /** Credentials and endpoint of an `s3://` address; from the environment unless said. */
  readonly s3?: S3Options
  /** Other folders from which files may be read: where a shallow clone comes from. */
  readonly readsFrom?: readonly string[]
  /** Memory of the engine in bytes; 1 GiB unless said. What needs more spills to disk. */
  readonly memoryBytesMax?: number
  readonly signal?: AbortSignal
}

export type NewTable = {
  /**
   * Types as DuckDB spells them: `{ id: 'BIGINT', at: 'TIMESTAMP WITH TIME ZONE' }`. `not null` may follow.
   */
  readonly columns: { readonly [name: string]: string | (ColumnDeclaration & { readonly type: string }) }
  readonly partitionBy?: readonly string[]
  /** Table properties: `{ 'delta.enableChangeDataFeed': 'true' }`. */
  readonly properties?: { readonly [name: string]: string }
  readonly comment?: string
}

export type ReadOptions = {
  readonly columns?: readonly string[]
  /** SQL over the columns; files that cannot hold such a row are not opened. */
  readonly where?: string
  readonly asOf?: AsOf
}

/** What a write did. `version` is undefined when there was nothing to do. */
export type Done = {
  readonly version: number | undefined
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
}

export type MergeOptions = {
  readonly rows: Rows
  /** SQL over `target` and `source`: `target.id = source.id`. */
  readonly on: string
  readonly clauses: readonly MergeRequestClause[]
  /** Columns that only the source has are added. */
  readonly evolve?: boolean
}

/** One version of the table, as its commit tells it. */
export type HistoryEntry = {
  readonly version: number
  readonly timestampMs: number
  readonly operation: string
  readonly parameters: { readonly [name: string]: unknown }
  readonly metrics: { readonly [name: string]: string }
  readonly engine: string
  readonly userMetadata: string | undefined
}

type Wish<T> = Omit<T, 'session'>

/**
 * A Delta table. Each call sees the newest version unless it says otherwise; a write that another writer
 * came before is
 * done again on top of it, as far as that cannot change its meaning for readers.
 */
export interface DeltaTable extends AsyncDisposable {
  readonly location: string
  /** The newest version; looks for commits of others. */
  version(): Promise<number>
  columns(asOf?: AsOf): Promise<readonly Column[]>
  properties(): Promise<{ readonly [name: string]: string }>

  /** Rows in batches. */
  rows(options?: ReadOptions): AsyncIterable<readonly Row[]>
  /** A query in which the table is called `delta`; every value as exact text. */
  query(sql: string, options?: { readonly asOf?: AsOf; readonly rowsMax?: number }): Promise<Answer>
  /**
   * Rows that changed from version to version, both inside: `_change_type`, `_commit_version`,
   * `_commit_timestamp`.
   */
  changes(versions: { readonly from: number; readonly to?: number }): AsyncIterable<readonly Row[]>
  /** Newest first. */
  history(options?: { readonly limit?: number }): Promise<readonly HistoryEntry[]>

  append(rows: Rows, options?: { readonly evolve?: boolean }): Promise<Done>
  /** In place of all rows, of those for which `where` holds, or of the partitions that come. */
  overwrite(
    rows: Rows,
    options?: { readonly where?: string; readonly partitions?: 'dynamic'; readonly evolve?: boolean },
  ): Promise<Done>
  /** By key: rows that are there take the new values, others are inserted. */
  upsert(rows: Rows, options: { readonly key: readonly string[]; readonly evolve?: boolean }): Promise<Done>
  merge(options: MergeOptions): Promise<Done>
  update(set: Assignments, where?: string): Promise<Done>
  delete(where?: string): Promise<Done>

  addColumns(columns: readonly NewColumn[]): Promise<Done>
  dropColumns(names: readonly string[]): Promise<Done>
  renameColumn(from: string, to: string): Promise<Done>
  changeColumn(name: string, change: ColumnChange): Promise<Done>
  setProperties(properties: { readonly [name: string]: string }): Promise<Done>
  addConstraint(name: string, expression: string): Promise<Done>
  dropConstraint(name: string): Promise<Done>

  optimize(options?: Wish<OptimizeRequest>): Promise<Optimized>
  vacuum(options?: Wish<VacuumRequest>): Promise<Vacuumed>
  restore(to: AsOf): Promise<Restored>
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export type ConvertOptions = OpenOptions & Wish<ConvertRequest>
