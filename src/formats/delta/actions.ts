import type { Json } from '../../model/index.ts'

// Delta Transaction Log Protocol, "Actions": the lines of a commit. Names are the log's own, so that a line
// is
// `JSON.stringify` of one of these. All integers here stay below 2^53 but row ids, which are kept as bigint.

export type Action =
  | { readonly commitInfo: CommitInfo }
  | { readonly protocol: Protocol }
  | { readonly metaData: Metadata }
  | { readonly add: AddFile }
  | { readonly remove: RemoveFile }
  | { readonly cdc: ChangeFile }
  | { readonly txn: SetTransaction }
  | { readonly domainMetadata: DomainMetadata }

export type Protocol = {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[]
  readonly writerFeatures?: readonly string[]
}

export type Metadata = {
  readonly id: string
  readonly name?: string
  readonly description?: string
  readonly format: { readonly provider: string; readonly options: { readonly [name: string]: string } }
  /** The schema as JSON text ("Schema Serialization Format"). */
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: { readonly [name: string]: string }
  readonly createdTime?: number
}

/** Partition values by the physical name of their column, as "Partition Value Serialization" says. */
export type PartitionValues = { readonly [column: string]: string | null }

export type AddFile = {
  /** Relative to the table and percent-encoded, or an absolute URI. */
  readonly path: string
  readonly partitionValues: PartitionValues
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** "Per-file Statistics" as JSON text. */
  readonly stats?: string
  readonly tags?: { readonly [name: string]: string | null }
  readonly deletionVector?: DeletionVector
  readonly baseRowId?: bigint
  readonly defaultRowCommitVersion?: number
  readonly clusteringProvider?: string
}

export type RemoveFile = {
  readonly path: string
  readonly deletionTimestamp?: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: PartitionValues
  readonly size?: number
  readonly stats?: string
  readonly tags?: { readonly [name: string]: string | null }
  readonly deletionVector?: DeletionVector
  readonly baseRowId?: bigint
  readonly defaultRowCommitVersion?: number
}

/** "Deletion Vector Descriptor Schema". */
export type DeletionVector = {
  /** `u` a file named by a UUID in the table, `i` the bytes themselves, `p` an absolute path. */
  readonly storageType: 'u' | 'i' | 'p'
  readonly pathOrInlineDv: string
  readonly offset?: number
  readonly sizeInBytes: number
  readonly cardinality: number
}

export type ChangeFile = {
  readonly path: string
  readonly partitionValues: PartitionValues
  readonly size: number
  readonly dataChange: false
}

export type SetTransaction = {
  readonly appId: string
  readonly version: number
  readonly lastUpdated?: number
}
export type DomainMetadata = {
  readonly domain: string
  readonly configuration: string
  readonly removed: boolean
}

/** "Commit Provenance Information"; what stands beyond these names is the writer's own. */
export type CommitInfo = {
  readonly timestamp: number
  readonly inCommitTimestamp?: number
  readonly operation: string
  readonly operationParameters: { readonly [name: string]: Json }
  readonly operationMetrics?: { readonly [name: string]: string }
  readonly readVersion?: number
  readonly isolationLevel?: 'Serializable' | 'WriteSerializable' | 'SnapshotIsolation'
  readonly isBlindAppend?: boolean
  readonly engineInfo: string
  /** One for each commit that was tried: after an unknown outcome it tells whose commit stands there. */
  readonly txnId: string
  readonly userMetadata?: string
}
