import { quoteText } from '../../../sql/index.ts'
import { storedFields, type TableField, type TableType } from '../../../tables/index.ts'
import { durationMs, tombstoneRetentionMs } from '../durations.ts'
import type { Snapshot } from '../face.ts'
import { jsonOf } from './lines.ts'

// "Checkpoint Schema": one column for each kind of action, one row for each action.

type Sidecar = { readonly key: string; readonly sizeBytes: number }

/** Which actions; `sidecars`: those of the "V2 Spec", with the version that the checkpoint says of itself. */
export type Parts = {
  readonly files: boolean
  readonly others: boolean
  /** Statistics also in their own types, unless the table says whether. */
  readonly typed?: boolean
  readonly sidecars?: readonly Sidecar[]
}

export const parts: { readonly [name in 'all' | 'files' | 'top']: Parts } = {
  all: { files: true, others: true },
  files: { files: true, others: false },
  top: { files: false, others: true },
}

/** SELECT of the actions, on any session. */
export function checkpointSql(snapshot: Snapshot, wanted: Parts, nowMs: number): string {
  const selects = [
    ...(wanted.others ? otherActions(snapshot, nowMs) : []),
    ...(wanted.sidecars ? sidecarActions(snapshot.version, wanted.sidecars, nowMs) : []),
    ...(wanted.files ? [addActions(snapshot, wanted.typed), removeActions(snapshot, nowMs)] : []),
  ]
  return selects.join('\nunion all by name\n')
}

function otherActions(
  { protocol, metadata, txnsSql, domainsSql }: Snapshot,
  nowMs: number,
): readonly string[] {
  const name = 'delta.setTransactionRetentionDuration'
  const keptMs = durationMs(metadata.configuration, name, Number.POSITIVE_INFINITY)
  const kept = Number.isFinite(keptMs)
    ? ` where last_updated_ms is null or last_updated_ms >= ${Math.trunc(nowMs - keptMs)}`
    : ''
  return [
    `select ${fromJson(jsonOf(protocol), protocolType)} as protocol`,
    `select ${fromJson(jsonOf(metadata), metadataType)} as "metaData"`,
    `select {'appId': app_id, 'version': version, 'lastUpdated': last_updated_ms} as txn
      from (${txnsSql})${kept}`,
    `select {'domain': domain, 'configuration': configuration, 'removed': false} as "domainMetadata"
      from (${domainsSql})`,
  ]
}

function sidecarActions(version: number, sidecars: readonly Sidecar[], nowMs: number): readonly string[] {
  const files = sidecars.map(({ key, sizeBytes }) => ({
    path: key.slice(key.lastIndexOf('/') + 1),
    sizeInBytes: sizeBytes,
    modificationTime: Math.trunc(nowMs),
  }))
  return [
    `select {'version': ${version}::bigint, 'tags': map{}::map(varchar, varchar)} as "checkpointMetadata"`,
    `select unnest(${fromJson(jsonOf(files), [sidecarType])}) as sidecar`,
  ]
}

function addActions({ filesSql, metadata, fields, partitionColumns }: Snapshot, typed = false): string {
  const property = (name: string) => metadata.configuration[name]
  const asked = property('delta.checkpoint.writeStatsAsStruct')?.toLowerCase()
  const asStruct = asked === undefined ? typed && fields.length <= typedColumnsMax : asked === 'true'
  const asJson = property('delta.checkpoint.writeStatsAsJson')?.toLowerCase() !== 'false'
  const isPartition = (field: TableField) => partitionColumns.includes(field.name)
  const data = storedFields(fields.filter(field => !isPartition(field)))
  const members = [
    `'path': path, 'partitionValues': partition_values, 'size': size_bytes, 'modificationTime': modified_ms`,
    `'dataChange': false`,
    ...(asJson ? [`'stats': stats`] : []),
    ...(asStruct ? [`'stats_parsed': ${statsParsed(data)}`] : []),
    ...(asStruct && partitionColumns.length > 0
      ? [`'partitionValues_parsed': ${partitionParsed(fields.filter(isPartition))}`]
      : []),
    `'tags': tags, 'deletionVector': dv, 'baseRowId': base_row_id`,
    `'defaultRowCommitVersion': default_row_commit_version, 'clusteringProvider': clustering_provider`,
  ]
  return `select {${members.join(', ')}} as add from (${filesSql})`
}

/** Three columns of a checkpoint for each of the table's: more are written only where they are asked for. */
const typedColumnsMax = 100

/** Tombstones: what VACUUM must know, as long as somebody may still read the files. */
function removeActions({ tombstonesSql, metadata }: Snapshot, nowMs: number): string {
  const name = 'delta.deletedFileRetentionDuration'
  const keptMs = durationMs(metadata.configuration, name, tombstoneRetentionMs)
  return `select {'path': path, 'deletionTimestamp': deletion_ms, 'dataChange': false,
      'extendedFileMetadata': extended, 'partitionValues': partition_values, 'size': size_bytes,
      'deletionVector': dv, 'baseRowId': base_row_id, 'defaultRowCommitVersion': default_row_commit_version}
      as remove from (${tombstonesSql}) where deletion_ms >= ${Math.trunc(nowMs - keptMs)}`
}

const protocolType = {
  minReaderVersion: 'INTEGER',
  minWriterVersion: 'INTEGER',
  readerFeatures: ['VARCHAR'],
  writerFeatures: ['VARCHAR'],
}

const metadataType = {
  id: 'VARCHAR',
  name: 'VARCHAR',
  description: 'VARCHAR',
  format: { provider: 'VARCHAR', options: 'MAP(VARCHAR, VARCHAR)' },
  schemaString: 'VARCHAR',
  partitionColumns: ['VARCHAR'],
  configuration: 'MAP(VARCHAR, VARCHAR)',
  createdTime: 'BIGINT',
}

const sidecarType = { path: 'VARCHAR', sizeInBytes: 'BIGINT', modificationTime: 'BIGINT' }

function fromJson(json: string, type: unknown): string {
  return `from_json(${quoteText(json)}, ${quoteText(JSON.stringify(type))})`
}

/** Statistics in their own types: readers compare them without reading JSON. */
function statsParsed(fields: readonly TableField[]): string {
  const bounds = structOf(fields, leafType)
  const counts = structOf(fields, () => 'BIGINT')
  const type = {
    numRecords: 'BIGINT',
    ...(bounds === undefined ? {} : { minValues: bounds, maxValues: bounds }),
    ...(counts === undefined ? {} : { nullCount: counts }),
    tightBounds: 'BOOLEAN',
  }
  // What others wrote may be no JSON.
  return `try(from_json(stats, ${quoteText(JSON.stringify(type))}))`
}

type Tree = { readonly [name: string]: string | Tree }

function structOf(
  fields: readonly TableField[],
  leaf: (sql: string) => string | undefined,
): Tree | undefined {
  const entries = fields.flatMap(({ stored, type }) => {
    const inner = treeOf(type, leaf)
    return inner === undefined ? [] : [[stored, inner] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function treeOf(type: TableType, leaf: (sql: string) => string | undefined): string | Tree | undefined {
  if (type.kind === 'struct') return structOf(storedFields(type.fields), leaf)
  return type.kind === 'scalar' ? leaf(type.sql) : undefined
}

/** Digits of a decimal that a double keeps: JSON is read through one. */
const digitsOfDouble = 15

/** Types whose bounds stand in statistics (`stats.ts`) and come out of JSON as they went in. */
function leafType(sql: string): string | undefined {
  const digits = /^DECIMAL\((\d+),/.exec(sql)?.[1]
  if (digits !== undefined) return Number(digits) <= digitsOfDouble ? sql : undefined
  return sql === 'BLOB' || sql === 'BOOLEAN' || sql === 'VARIANT' ? undefined : sql
}

/** "Partition Value Serialization", read back. An empty text is NULL. */
function partitionParsed(fields: readonly TableField[]): string {
  const members = fields.map(({ stored, type }) => {
    const text = `nullif(partition_values[${quoteText(stored)}], '')`
    return `${quoteText(stored)}: try_cast(${text} as ${type.kind === 'scalar' ? type.sql : 'VARCHAR'})`
  })
  return `{${members.join(', ')}}`
}
