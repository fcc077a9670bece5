import type { Engine, Session } from '../../engine/index.ts'
import type { Failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import type { ObjectStore } from '../../objects/index.ts'
import type { DirectReads, Supply, TableField } from '../../tables/index.ts'
import type { Action, DeletionVector, Metadata, Protocol } from './actions.ts'

// What the modules of this room promise each other.

/** Where a table lies and what it is worked on with. */
export type DeltaPlace = {
  /** The table's own folder is the root of this store: `_delta_log/…` is a key. */
  readonly store: ObjectStore
  readonly engine: Engine
  /**
   * Places besides the table's own folder from which files may be read: where shallow clones come from.
   * Nothing is ever written or deleted there.
   */
  readonly readsFrom?: readonly string[]
  /**
   * The store that this table's folder is a part of: files of other tables in it may be read by their
   * absolute paths, where objects are no files of this machine.
   */
  readonly among?: ObjectStore
  /**
   * Where files of other machines are kept, for the next time too; undefined: where the engine's spill
   * lies.
   */
  readonly cacheDir?: string | undefined
  /** Data files of other machines are read by the engine itself, where it can. */
  readonly direct?: DirectReads | undefined
  readonly signal?: AbortSignal | undefined
  readonly nowMs: () => number
}

/** The table at one version. It stays what it is while others commit. */
export type Snapshot = {
  readonly version: number
  /** In-commit timestamp, else the file's time made monotonic. Unix milliseconds. */
  readonly timestampMs: number
  readonly protocol: Protocol
  readonly metadata: Metadata
  /** All columns in order, partition columns in their place. */
  readonly fields: readonly TableField[]
  /** Logical names. */
  readonly partitionColumns: readonly string[]
  /**
   * SQL that gives the live files, one row each, on any session of the engine: the columns of `filesColumns`.
   */
  readonly filesSql: string
  /**
   * Files that were removed, as far as a checkpoint keeps them, on any session: `path`, `deletion_ms BIGINT`,
   * `data_change`, `extended BOOLEAN`, and of the columns of live files `partition_values`, `size_bytes`,
   * `dv`,
   * `base_row_id`, `default_row_commit_version`.
   */
  readonly tombstonesSql: string
  /**
   * On any session: `app_id VARCHAR, version BIGINT, last_updated_ms BIGINT`, one row for each application.
   */
  readonly txnsSql: string
  /** On any session: `domain VARCHAR, configuration VARCHAR`; removed domains are not among them. */
  readonly domainsSql: string
  /** Highest version that was recorded for an application ("Transaction Identifiers"). */
  txn(appId: string): Promise<number | undefined>
  /** Configuration of a domain; undefined: none, or removed. */
  domain(name: string): Promise<string | undefined>
  scan(request?: ScanRequest): Promise<Scan>
}

/**
 * Live files as a relation, whatever they came from (commit, checkpoint, or staged by a transaction).
 * `path` is as in the log; `dv` is NULL where nothing is deleted; `stats` is JSON text or NULL.
 */
export const filesColumns = `path VARCHAR, partition_values MAP(VARCHAR, VARCHAR), size_bytes BIGINT,
  modified_ms BIGINT, data_change BOOLEAN, stats VARCHAR, tags MAP(VARCHAR, VARCHAR),
  dv STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, "offset" INTEGER, sizeInBytes INTEGER,
    cardinality BIGINT),
  base_row_id BIGINT, default_row_commit_version BIGINT, clustering_provider VARCHAR`

export type ScanRequest = {
  /** Logical names; undefined: all. */
  readonly columns?: readonly string[] | undefined
  /**
   * SQL over the logical columns. Files that cannot hold such a row are left out, and the rows are filtered
   * by it.
   */
  readonly where?: string | undefined
  /** Only rows of these live files (`path` of the log); undefined: of all. */
  readonly files?: readonly string[] | undefined
  /**
   * true: each row also has `_file` (VARCHAR: `path` of the log) and `_pos` (BIGINT: its number in that file,
   * from 0). Row ids `_row_id`, `_row_commit_version` besides where the table tracks rows.
   */
  readonly positions?: boolean | undefined
}

export type Scan = {
  /** A SELECT for any session of the engine, as long as the table is open. */
  readonly sql: string
  readonly files: number
  readonly filesPruned: number
  readonly bytes: number
}

/** One table, open. */
export type DeltaLog = {
  readonly place: DeltaPlace
  /** The newest version; looks for new commits. undefined: there is no table here. */
  latest(): Promise<Snapshot | undefined>
  at(when: { readonly version: number } | { readonly timestampMs: number }): Promise<Snapshot>
  begin(request: BeginRequest): Promise<Transaction>
  /**
   * A version that this process has just written, right after the newest one it knows: folded in without
   * being read back. What does not follow is left for the next look at the log.
   */
  fold(own: OwnCommit): Promise<Snapshot>
  /** One commit of this process at a time: two at once would race for the same version, and one lose. */
  committing<T>(act: () => Promise<T>): Promise<T>
  /** What this process has committed lately, by version: who waited for it need not read it. */
  readonly ownCommits: ReadonlyMap<number, readonly Action[]>
  /** What scans of this table stand on: for modules of this room. */
  readonly ground: Ground
  close(): Promise<void>
}

export type Ground = {
  readonly place: DeltaPlace
  /** The log's own: what plans scans runs on it, one statement after the other. */
  readonly session: Session
  /** The path on this machine of a file that the log names; refused where it leads out of the table. */
  locate(path: string): Promise<string>
  /** The same, for a scan: what statements read of it is fetched when they do. */
  locateToRead(path: string, sizeBytes?: number): Promise<string>
  readonly supply: Supply
  readonly deletions: Deletions
}

/** Positions of deleted rows, read once for each deletion vector. */
export type Deletions = {
  /** On any session: `vector BIGINT, pos BIGINT`. */
  readonly relation: string
  /** The number of each vector there. */
  numbersOf(vectors: readonly FileVector[]): Promise<readonly number[]>
}

export type FileVector = { readonly vector: DeletionVector; readonly file: string }

export type OwnCommit = {
  readonly version: number
  readonly actions: readonly Action[]
  /** Paths of files that were live before, and are not any more as they were: removed, or added anew. */
  readonly ended: readonly string[]
  /** When the file of the commit was written, by its store. */
  readonly modifiedMs: number
}

export type BeginRequest = {
  /** Rows are read and written on this session: it sees its own temporary relations. */
  readonly session: Session
  /** The version to stand on; undefined: the newest. */
  readonly base?: Snapshot
  readonly isolation?: 'Serializable' | 'WriteSerializable'
}

/** Changes that nobody else sees until they are committed, all at once. */
export type Transaction = {
  /** The table that it changes: for modules of this room. */
  readonly log: DeltaLog
  readonly session: Session
  /** undefined: the commit creates the table. */
  readonly base: Snapshot | undefined
  /** As the commit would leave them: of the base until `change` says otherwise. */
  readonly protocol: Protocol
  readonly metadata: Metadata
  readonly fields: readonly TableField[]
  readonly partitionColumns: readonly string[]
  /** Table property (`delta.…`) as it would be. */
  readonly property: (name: string) => string | undefined
  /** Rows that this decides by: what others add to or take from there meanwhile is a conflict. */
  readAll(): void
  readWhere(predicate: string): void
  /** New protocol or metadata; checked against the features that this writer knows. */
  change(to: { readonly protocol?: Protocol; readonly metadata?: Metadata }): void
  /** Adds and removes (with new or larger deletion vectors), change files, txn, domain metadata. */
  stage(actions: readonly Action[]): Promise<void>
  /** Live files as they would be after the commit: same columns as `Snapshot.filesSql`. */
  readonly filesSql: string
  scan(request?: ScanRequest): Promise<Scan>
  /** What the commit would say, as it stands: enough to stage it again, in another process too. */
  actions(): readonly Action[]
  /** A new name for a file of this transaction: deleted again unless the commit stands. */
  newFile(name: { readonly partition: string; readonly extension: string }): string
  /** Durable when it returns. Others' commits in between are rebased over unless they conflict. */
  commit(operation: Operation): Promise<Committed>
  /** Forget everything and delete what was written. Idempotent. */
  abandon(): Promise<void>
}

/** What a commit says of itself. */
export type Operation = {
  /** The names that Spark uses: `WRITE`, `MERGE`, `DELETE`, `UPDATE`, `OPTIMIZE`, `CREATE TABLE` … */
  readonly name: string
  readonly parameters: { readonly [name: string]: Json }
  readonly metrics?: { readonly [name: string]: string }
  /** true: rows were only added, and nothing that is in the table was looked at. */
  readonly blindAppend?: boolean
  readonly userMetadata?: string
}

export type Committed = {
  readonly version: number
  readonly timestampMs: number
  /** Commits of others that were rebased over. */
  readonly rebasedOver: number
  /** Why the checkpoint that was due is not there. The commit stands; the next one that is due writes it. */
  readonly checkpointFailure?: Failure
}
