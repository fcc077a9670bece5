import type { Cell } from '../../engine/index.ts'
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
