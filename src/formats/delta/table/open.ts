import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, type Session, withSession } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { openObjects } from '../../../objects/index.ts'
import { parseType } from '../../../tables/index.ts'
import { convertParquet } from '../care/convert/convert.ts'
import { createTable, declareTable } from '../commit/create.ts'
import type { DeltaLog } from '../face.ts'
import { openDeltaLog } from '../log/open.ts'
import { declareColumn } from '../schema/declare.ts'
import { tableOf } from './table.ts'
import type { ConvertOptions, DeltaTable, NewTable, OpenOptions } from './types.ts'

/** Enough for merges of tens of millions of rows; what needs more spills. */
const memoryBytesDefault = 1024 ** 3

/**
 * Open a Delta table at a path, `file://…` or `s3://bucket/prefix`. Close it when done: `await using table
 * = …`.
 * Fails with SLUICE_DELTA_NOT_A_TABLE where there is none and none is to be made.
 * @example
 * await using orders = await openTable('./lake/raw/orders')
 * for await (const rows of orders.rows({ where: "day >= '2026-01-01'" })) console.log(rows)
 */
export async function openTable(location: string, options: OpenOptions = {}): Promise<DeltaTable> {
  const { log, close } = await openLog(location, options)
  try {
    if (options.create) await makeUnlessThere(log, options.create)
    else if ((await log.latest()) === undefined)
      throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: log.place.store.describe })
    return tableOf(log, { location, close })
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/**
 * Make a folder of Parquet files a Delta table in place: only the log is written. Folders such as
 * `day=2026-01-01`
 * become partitions.
 */
export async function convertToTable(location: string, options: ConvertOptions = {}): Promise<DeltaTable> {
  const { log, close } = await openLog(location, options)
  try {
    await onSession(log, session => convertParquet(log, { ...options, session }))
    return tableOf(log, { location, close })
  } catch (thrown) {
    await close()
    throw thrown
  }
}

async function openLog(
  location: string,
  { s3, readsFrom, memoryBytesMax = memoryBytesDefault, signal }: OpenOptions,
): Promise<{ readonly log: DeltaLog; readonly close: () => Promise<void> }> {
  const stops = signal === undefined ? {} : { signal }
  const store = await openObjects(location, { ...stops, ...(s3 ? { s3 } : {}) })
  const tempDir = await mkdtemp(join(tmpdir(), 'sluice-delta-'))
  const engine = await openEngine({ tempDir, memoryBytesMax })
  const log = await openDeltaLog({
    store,
    engine,
    signal,
    nowMs: () => Date.now(),
    ...(readsFrom ? { readsFrom } : {}),
  })
  const close = async () => {
    await log.close()
    engine.close()
    await store.close()
    await rm(tempDir, { recursive: true, force: true })
  }
  return { log, close }
}

function onSession<T>({ place }: DeltaLog, act: (session: Session) => Promise<T>): Promise<T> {
  return withSession(place.engine.session({ path: place.store.describe, signal: place.signal }), act)
}

async function makeUnlessThere(log: DeltaLog, wanted: NewTable): Promise<void> {
  if ((await log.latest()) !== undefined) return
  await onSession(log, async session => {
    const columns = Object.entries(wanted.columns).map(([name, said]) => {
      const declaration = typeof said === 'string' ? undefined : said
      const [, type = '', rule] = /^(.*?)(\s+not\s+null)?$/is.exec(declaration?.type ?? String(said)) ?? []
      const field = { name, stored: name, type: parseType(type), nullable: rule === undefined }
      return { field, declaration }
    })
    const declared = {
      fields: columns.map(({ field }) => field),
      partitionColumns: wanted.partitionBy,
      properties: wanted.properties,
      comment: wanted.comment,
    }
    if (columns.every(({ declaration }) => declaration === undefined)) {
      await createTable(log, { session, ...declared })
      return
    }
    const tx = await log.begin({ session })
    try {
      const operation = declareTable(tx, declared)
      for (const { field, declaration } of columns)
        if (declaration) await declareColumn(tx, field.name, declaration)
      await tx.commit(operation)
    } catch (thrown) {
      await tx.abandon()
      throw thrown
    }
  })
}
