import type {
  AssetName,
  Column,
  Counts,
  Json,
  PartitionKey,
  PartitionScheme,
  WriteStrategy,
} from '../model/index.ts'
import type { About, Dialect } from './about.ts'
import type { Batch, FileFormat } from './batch.ts'
import type { Environments } from './environments.ts'
import type { Versions } from './versions.ts'

/** Where assets live. A frozen handle until `open`. */
export interface Target {
  readonly about: About
  readonly describe: string
  readonly options: Json
  open(context: TargetContext): Promise<Store>
}

export type TargetContext = {
  readonly root: string
  readonly memoryBytesMax: number
  /** `read`: nothing will be written; the target may be opened by others at the same time where it can. */
  readonly mode: 'read' | 'write'
  /** Folder for spill and temporary files; the store may fill it and must leave it empty. */
  readonly tempDir: string
  /** Folder for what may be wanted next time and can be had again; undefined: nothing outlives the store. */
  readonly cacheDir?: string | undefined
  readonly signal: AbortSignal
  /**
   * The environment that the store is opened for, where it stands beside its base: names mean its own tables
   * first, then those of the base; only its own are written. Given only where the target says that it can.
   */
  readonly environment?: string | undefined
}

/** An open target: an engine that answers queries, and a place where steps do their work. */
export interface Store {
  readonly dialect: Dialect
  /**
   * Small answers: every value as text or null, exact. Rows beyond `rowsMax` are cut and `truncated` is true.
   */
  query(sql: string, options?: QueryOptions): Promise<Answer>
  /**
   * Rows for TypeScript assets, in batches; values as connect/values.ts says. Reading does not disturb
   * writers.
   */
  read(
    sql: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<readonly { readonly [column: string]: unknown }[]>
  /** Names of all tables and views that are published here, the store's own bookkeeping aside. */
  assets(): Promise<readonly AssetName[]>
  /** Columns of the published asset; undefined: there is none. */
  columns(asset: AssetName): Promise<readonly Column[] | undefined>
  /** What was committed under this key, if it was. */
  effect(key: string): Promise<Effect | undefined>
  begin(request: WorkRequest): Promise<Work>
  /** Write the query's rows to one new file; returns the number of rows. The path must not exist. */
  unload(sql: string, file: UnloadFile): Promise<number>
  /** Where tables keep their past. */
  readonly versions?: Versions
  /** Where environments can stand beside a base. */
  readonly environments?: Environments
  close(): Promise<void>
}

export type QueryOptions = {
  readonly parameters?: readonly (string | null)[]
  readonly rowsMax?: number
  readonly signal?: AbortSignal
}
export type Answer = {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly truncated: boolean
}
export type UnloadFile = {
  readonly path: string
  readonly format: FileFormat
  readonly options: Json
  readonly signal?: AbortSignal
}

export type WorkRequest = {
  readonly asset: AssetName
  /**
   * Deterministic; committed with the rows. A key that is already there makes `publish` do nothing and say
   * so.
   */
  readonly effect: string
  /** false only in the proof that keys are needed. */
  readonly keyed: boolean
  readonly signal: AbortSignal
}

/** One step's work at a target: a transaction that nobody else sees until `publish`. */
export interface Work {
  /** Batches into staged relations of this work. */
  load(batches: AsyncIterable<Batch>, request: LoadRequest): Promise<Loaded>
  /** Apply a query's rows to the asset by the strategy. */
  write(request: WriteRequest): Promise<Written>
  /** Put rows into the asset's quarantine table; returns how many. */
  refuse(request: RefuseRequest): Promise<number>
  /** Close open rows of the asset's quarantine, all or those with these ids; returns how many. */
  settle(status: 'replayed' | 'discarded', ids?: readonly string[]): Promise<number>
  /** Take rows of one of the asset's own tables away; returns how many. */
  remove(table: AssetName, where: string): Promise<number>
  /** Query inside this work: sees what `publish` would make visible. Changes nothing but temporary tables. */
  query(sql: string, options?: QueryOptions): Promise<Answer>
  /** Commit everything with the effect key. Atomic and durable when it returns. */
  publish(effect: Omit<Effect, 'key'>): Promise<{ readonly already: boolean }>
  /** Forget everything. Idempotent; also after a failed publish. */
  abandon(): Promise<void>
}

export type LoadRequest = {
  /**
   * The kept contract's columns: read as these types, rows that do not fit are unreadable. Columns not named
   * here: detect.
   */
  readonly columns: readonly Column[] | undefined
  /** Without a contract: true keeps every column that could be text as text. */
  readonly detect: 'types' | 'text'
  readonly nested: 'keep' | 'split'
  /**
   * Columns that make a row itself, if they are known: with `split`, the key of a parent is made from them.
   */
  readonly key?: readonly string[] | undefined
  /** With `split`: columns that were lists in an earlier load, although this one may show none of them. */
  readonly lists?: readonly string[] | undefined
  readonly rowsMax?: number
}

export type Loaded = {
  /**
   * SQL relation with the rows that could be read; it has the source's columns, then `_source`, `_position`
   * (place in the source).
   */
  readonly relation: string
  /** Columns as they were found, before any contract. */
  readonly columns: readonly Column[]
  /** Rows that the source had, readable or not. */
  readonly rowsIn: number
  /**
   * Rows that could not be read as rows or as the contract's types; relation of (reason, rule, source,
   * position, raw).
   */
  readonly unreadable: { readonly relation: string; readonly rows: number }
  /** SQL over the relation for a row as it came, as JSON text; undefined: its columns are all there was. */
  readonly raw?: string | undefined
  /**
   * With `nested: 'split'`: child relations by column path, ancestors first, each with `_parent_key`,
   * `_index` and the element's columns; besides, `_row_source` and `_row_position` are the place of the row
   * that it came in.
   */
  readonly children: readonly {
    readonly path: string
    readonly relation: string
    readonly columns: readonly Column[]
  }[]
}

export type WriteRequest = {
  /** The table to write; its own name unless it is a child table. */
  readonly table: AssetName
  readonly strategy: WriteStrategy
  /** SELECT that gives the rows. */
  readonly sql: string
  readonly columns: readonly Column[]
  /**
   * Columns that say how a row came, not what it is: rows that differ in these alone are the same row, and
   * the one that stands stays.
   */
  readonly incidental?: readonly string[]
  readonly key: readonly string[]
  /** Orders rows of one key within a load: the largest wins; undefined: the last read wins. */
  readonly cursor: string | undefined
  readonly partition: PartitionSlice | undefined
  /** Logical time of the run: `valid_from` of new versions, `_snapshot_at`. */
  readonly atMs: number
  /** `merge`: keys that are absent from a complete read are deleted. */
  readonly deleteMissing: boolean
}

/** The partitions that a step owns: exactly these are deleted and written by `replace-partition`. */
export type PartitionSlice = {
  readonly scheme: PartitionScheme
  readonly first: PartitionKey
  readonly last: PartitionKey
  readonly where: string
}

export type Written = {
  /** Rows now in the asset because of this write. */
  readonly out: number
  readonly deduplicated: number
  /** true: not one row of the asset differs from before. */
  readonly unchanged: boolean
  /** Partitions whose rows changed, where the asset is partitioned. */
  readonly partitions: readonly PartitionKey[]
}

export type RefuseRequest = {
  /**
   * SELECT of (reason, rule, source, position, raw): all text; `raw` is the row as JSON or as the line that
   * was read.
   */
  readonly sql: string
  readonly run: string
}

/**
 * What is kept beside the rows, in the same transaction: enough to bring the ledger up to date after a crash.
 */
export type Effect = {
  readonly key: string
  readonly asset: AssetName
  readonly run: string
  readonly atMs: number
  readonly counts: Counts
  /** Position, cursor, contract version and partitions as the ledger will record them. */
  readonly record: Json
}

/** A place outside that rows are pushed to. */
export interface Sink {
  readonly about: About
  readonly describe: string
  readonly options: Json
  /** Idempotent under the same `effect`; atomic where the system allows. */
  write(request: SinkRequest): Promise<{ readonly rows: number }>
}

export type SinkRequest = {
  readonly asset: AssetName
  readonly effect: string
  readonly root: string
  readonly signal: AbortSignal
  readonly columns: readonly Column[]
  /** Write the rows to a file, for sinks that take files. */
  unload(path: string, format: FileFormat, options?: Json): Promise<number>
  /** The rows themselves, in batches, for sinks that take rows. */
  rows(): AsyncIterable<readonly { readonly [column: string]: unknown }[]>
}
