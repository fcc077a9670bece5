import { rm } from 'node:fs/promises'
import {
  type Delivery,
  deliver,
  scratchFolder,
  storedFields,
  type TableField,
  writeParquet,
  type WrittenFile,
} from '../../../tables/index.ts'
import type { AddFile, ChangeFile, PartitionValues } from '../actions.ts'
import { pathOfKey } from '../commit/lines.ts'
import { partitionFolder, partitionTexts, partitionValues } from '../commit/partition.ts'
import { statsColumns, statsJson } from '../commit/stats.ts'
import type { Transaction } from '../face.ts'

export type FilesRequest = {
  /** A SELECT that has every column of the table under its name, in its type. It runs once. */
  readonly sql: string
  /** Columns of the SELECT that the table does not have, and its files do. */
  readonly hidden?: readonly TableField[] | undefined
  /** SQL of ORDER BY, within files. */
  readonly orderBy?: string | undefined
  readonly targetBytes?: number | undefined
}

/** Rows into new data files of the transaction, with statistics: to be staged. No rows, no files. */
export async function writeFiles(
  tx: Transaction,
  { dataChange = true, ...request }: FilesRequest & { readonly dataChange?: boolean | undefined },
): Promise<readonly AddFile[]> {
  const data = storedFields(tx.fields.filter(({ name }) => !tx.partitionColumns.includes(name)))
  const wanted = statsColumns(tx.property)
  const modificationTime = tx.log.place.nowMs()
  return (await writeNew(tx, request, '')).map(({ path, values, file }) => ({
    path,
    partitionValues: values,
    size: file.sizeBytes,
    modificationTime,
    dataChange,
    stats: statsJson(file, data, wanted),
  }))
}

/** "Change Data Files": rows with their `_change_type`. */
export async function writeChangeFiles(
  tx: Transaction,
  request: FilesRequest,
): Promise<readonly ChangeFile[]> {
  return (await writeNew(tx, request, '_change_data')).map(({ path, values, file }) => ({
    path,
    partitionValues: values,
    size: file.sizeBytes,
    dataChange: false,
  }))
}

type NewFile = { readonly path: string; readonly values: PartitionValues; readonly file: WrittenFile }

async function writeNew(
  tx: Transaction,
  { sql, hidden = [], orderBy, targetBytes }: FilesRequest,
  folderOfAll: string,
): Promise<readonly NewFile[]> {
  const { store, engine } = tx.log.place
  const partitions = partitionTexts(tx.fields, tx.partitionColumns)
  const folder = await scratchFolder(store, engine.tempDir)
  const compression = compressionOf(tx)
  try {
    const fields = [...tx.fields, ...hidden]
    const written = await writeParquet(tx.session, {
      sql,
      fields,
      partitions,
      folder,
      compression,
      orderBy,
      targetBytes: targetBytes ?? targetBytesOf(tx),
    })
    const files = written.map(file => {
      const values = partitionValues(partitions, file.partition)
      const below = [folderOfAll, partitionFolder(values)].filter(part => part !== '').join('/')
      const key = tx.newFile({ partition: below, extension: `${compression}.parquet` })
      return { path: pathOfKey(key), values, file, key }
    })
    await deliver(
      store,
      files.map(({ file, key }): Delivery => ({ path: file.path, key })),
    )
    return files
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// "Table Properties", delta.parquet.compression.codec: DuckDB's name of each.
const codecs: { readonly [property: string]: string } = {
  uncompressed: 'uncompressed',
  none: 'uncompressed',
  snappy: 'snappy',
  gzip: 'gzip',
  lz4: 'lz4_raw',
  lz4_raw: 'lz4_raw',
  zstd: 'zstd',
}

/** A codec that is not known falls back to the default, as the protocol allows. */
function compressionOf(tx: Transaction): string {
  return codecs[tx.property('delta.parquet.compression.codec')?.toLowerCase() ?? 'zstd'] ?? 'zstd'
}

/** `delta.targetFileSize`: bytes, or with a unit. */
function targetBytesOf(tx: Transaction): number | undefined {
  const found = /^(\d+)\s*([kmg]?)b?$/i.exec(tx.property('delta.targetFileSize')?.trim() ?? '')
  if (!found) return undefined
  const power = ['', 'k', 'm', 'g'].indexOf(found[2]?.toLowerCase() ?? '')
  return Number(found[1]) * 1024 ** power
}
