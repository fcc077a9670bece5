import { randomUUID } from 'node:crypto'
import type { Session } from '../../../../engine/index.ts'
import { failure } from '../../../../errors/index.ts'
import { locate, type TableField } from '../../../../tables/index.ts'
import type { AddFile, Metadata, PartitionValues } from '../../actions.ts'
import { pathOfKey } from '../../commit/lines.ts'
import { statsColumns, statsJson } from '../../commit/stats.ts'
import type { DeltaLog, DeltaPlace } from '../../face.ts'
import { writeSchema } from '../../schema/schema-string.ts'
import { declared } from '../../schema/types.ts'
import { columnsOf, type Footer, statedBy } from './footers.ts'
import { type HiveFile, hiveColumns, hiveFile, hiveType } from './hive.ts'

export type ConvertRequest = {
  readonly session: Session
  /** Types of partition columns, as the engine spells them; those that are not named are guessed. */
  readonly partitionTypes?: { readonly [column: string]: string }
  readonly properties?: { readonly [name: string]: string }
}

export type Converted = { readonly files: number; readonly bytes: number; readonly version: number }

/**
 * Make a folder of Parquet files a table: a log beside them, which says what their footers say. No data is
 * rewritten or read. Folders such as `day=2024-01-01` become partition columns.
 */
export async function convertParquet(log: DeltaLog, request: ConvertRequest): Promise<Converted> {
  const { session, properties = {} } = request
  const { place } = log
  const tx = await log.begin({ session })
  try {
    if (tx.base) throw failure('SLUICE_DELTA_EXISTS', { place: place.store.describe })
    const found = await parquetFiles(place)
    const fields = await tableFields(found, place, request)
    tx.change({ metadata: metadataOf(fields, properties, place.nowMs()) })
    const stated = await statedBy(session, { files: found, fields: fields.data })
    const wanted = statsColumns(tx.property)
    await tx.stage(
      found.map(file => {
        const footer = stated.get(file.path) ?? { rows: 0, columns: [] }
        return { add: addOf(file, statsJson(footer, fields.data, wanted)) }
      }),
    )
    const { version } = await tx.commit({
      name: 'CONVERT',
      parameters: {
        numFiles: found.length,
        partitionedBy: JSON.stringify(fields.partitions.map(({ name }) => name)),
        collectStats: true,
        sourceFormat: 'parquet',
      },
      metrics: { numConvertedFiles: String(found.length) },
    })
    return { files: found.length, bytes: found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), version }
  } finally {
    await tx.abandon()
  }
}

type Found = HiveFile & Footer & { readonly sizeBytes: number; readonly modifiedMs: number }

async function parquetFiles({ store, engine, cacheDir }: DeltaPlace): Promise<readonly Found[]> {
  const found: Found[] = []
  for await (const { key, sizeBytes, modifiedMs } of store.list('')) {
    const names = key.split('/')
    const isHidden = names.some(name => /^[._]/.test(name) && !name.includes('='))
    if (isHidden || !/\.(?:parquet|parq)$/i.test(key)) continue
    const path = await locate({ store, tempDir: engine.tempDir, cacheDir }, key)
    found.push({ ...hiveFile(key), path, sizeBytes, modifiedMs })
  }
  if (found.length === 0)
    throw failure('SLUICE_DELTA_CONVERT_REFUSED', { place: store.describe, words: 'There are none in it.' })
  return found
}

type Fields = { readonly data: readonly TableField[]; readonly partitions: readonly TableField[] }

async function tableFields(
  found: readonly Found[],
  { store }: DeltaPlace,
  { session, partitionTypes = {} }: ConvertRequest,
): Promise<Fields> {
  const place = store.describe
  const partitions = hiveColumns(found, place).map((name, i): TableField => {
    const sql = partitionTypes[name] ?? hiveType(found.map(({ values }) => values[i]?.[1] ?? null))
    return { name, stored: name, type: { kind: 'scalar', sql }, nullable: true }
  })
  const taken = new Set(partitions.map(({ name }) => name.toLowerCase()))
  const all = await columnsOf(session, { files: found, place })
  // A column that files have besides their folder says the same: the folder counts.
  const data = all.filter(({ name }) => !taken.has(name.toLowerCase()))
  if (data.length === 0)
    throw failure('SLUICE_DELTA_CONVERT_REFUSED', { place, words: 'They have no columns but partitions.' })
  return { data, partitions }
}

function metadataOf(
  { data, partitions }: Fields,
  configuration: Metadata['configuration'],
  createdTime: number,
): Metadata {
  const fields = [...data, ...partitions].map(({ name, type, nullable }) => ({
    name,
    type: declared(type, name),
    nullable,
    metadata: {},
  }))
  return {
    id: randomUUID(),
    format: { provider: 'parquet', options: {} },
    schemaString: writeSchema({ type: 'struct', fields }),
    partitionColumns: partitions.map(({ name }) => name),
    configuration,
    createdTime,
  }
}

function addOf({ key, values, sizeBytes, modifiedMs }: Found, stats: string): AddFile {
  return {
    path: pathOfKey(key),
    partitionValues: Object.fromEntries(values) as PartitionValues,
    size: sizeBytes,
    modificationTime: Math.trunc(modifiedMs),
    dataChange: true,
    stats,
  }
}
