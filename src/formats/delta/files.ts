import type { Cell } from '../../engine/index.ts'
import { quoteText } from '../../sql/index.ts'
import type { AddFile, DeletionVector, PartitionValues, RemoveFile } from './actions.ts'

/** What `addFileOf` reads: select these from `Snapshot.filesSql`. */
export const addFileCells = `path, to_json(partition_values), size_bytes, modified_ms, stats, to_json(tags),
  to_json(dv), base_row_id, default_row_commit_version, clustering_provider`

/** A live file as the action that added it. */
export function addFileOf(cells: readonly Cell[], dataChange: boolean): AddFile {
  const [path, partition, size, modified, stats, tags, dv, baseRowId, commitVersion, clustering] = cells
  return {
    path: path ?? '',
    partitionValues: JSON.parse(partition ?? '{}') as PartitionValues,
    size: Number(size),
    modificationTime: Number(modified),
    dataChange,
    ...(stats ? { stats } : {}),
    ...(tags ? { tags: JSON.parse(tags) as { readonly [name: string]: string | null } } : {}),
    ...(dv ? { deletionVector: vectorOf(dv) } : {}),
    ...(baseRowId ? { baseRowId: BigInt(baseRowId) } : {}),
    ...(commitVersion ? { defaultRowCommitVersion: Number(commitVersion) } : {}),
    ...(clustering ? { clusteringProvider: clustering } : {}),
  }
}

function vectorOf(json: string): DeletionVector {
  const { offset, ...rest } = JSON.parse(json) as Omit<DeletionVector, 'offset'> & { offset: number | null }
  return offset === null ? rest : { ...rest, offset }
}

/** The action that takes the file away. */
export function removalOf(file: AddFile, deletionTimestamp: number): RemoveFile {
  const { modificationTime: _, clusteringProvider: __, ...rest } = file
  return { ...rest, deletionTimestamp, extendedFileMetadata: true }
}

const addTypes = JSON.stringify([
  {
    path: 'VARCHAR',
    partitionValues: 'MAP(VARCHAR, VARCHAR)',
    size: 'BIGINT',
    modificationTime: 'BIGINT',
    dataChange: 'BOOLEAN',
    stats: 'VARCHAR',
    tags: 'MAP(VARCHAR, VARCHAR)',
    deletionVector: {
      storageType: 'VARCHAR',
      pathOrInlineDv: 'VARCHAR',
      offset: 'INTEGER',
      sizeInBytes: 'INTEGER',
      cardinality: 'BIGINT',
    },
    baseRowId: 'BIGINT',
    defaultRowCommitVersion: 'BIGINT',
    clusteringProvider: 'VARCHAR',
    since: 'BIGINT',
  },
])

/** JSON of so many bytes stands in SQL as it is: a table of the engine takes milliseconds. */
export const inlineBytesMax = 32 * 1024

/**
 * SELECT of files, given as a JSON array of the fields of `add` and `since`: the columns of `filesColumns`,
 * `since`, and `live`, false where nothing but a path is given.
 */
export function addsSql(json: string): string {
  return `select f.path, f."partitionValues" as partition_values, f.size as size_bytes,
      f."modificationTime" as modified_ms, f."dataChange" as data_change, f.stats, f.tags,
      f."deletionVector" as dv, f."baseRowId" as base_row_id,
      f."defaultRowCommitVersion" as default_row_commit_version,
      f."clusteringProvider" as clustering_provider, f.since, f.size is not null as live
    from (select unnest(from_json(${quoteText(json)}, ${quoteText(addTypes)})) as f)`
}
