import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Engine, openEngine } from '../../../engine/index.ts'
import { memoryStore, type ObjectStore } from '../../../objects/index.ts'
import { writeCheckpoint } from '../commit/checkpoint.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { commitKey } from './names.ts'
import { openDeltaLog } from './open.ts'

let folder: string
let engine: Engine
let store: ObjectStore
let logs: DeltaLog[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-older-'))
  // A state takes 0.6 MB of it.
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 64 * 2 ** 20 })
  store = memoryStore()
  logs = []
})
afterEach(async () => {
  for (const log of logs) await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

async function open(): Promise<DeltaLog> {
  const log = await openDeltaLog({ store, engine, nowMs: () => 0 })
  logs.push(log)
  return log
}

const versions = 150
const numbers = Array.from({ length: versions }, (_, n) => n)

/** Version n has a file of each of its last nine numbers, and says its own number to an application. */
async function write(): Promise<void> {
  const schemaString = JSON.stringify({ type: 'struct', fields: [] })
  const format = { provider: 'parquet', options: {} }
  const metaData = { id: 'a', format, schemaString, partitionColumns: [], configuration: {} }
  const file = { partitionValues: {}, size: 1, dataChange: true }
  for (const n of numbers) {
    const lines = [
      ...(n === 0 ? [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }] : []),
      { add: { ...file, path: `f${n}`, modificationTime: n } },
      ...(n < 9 ? [] : [{ remove: { path: `f${n - 9}`, deletionTimestamp: n, dataChange: true } }]),
      { txn: { appId: 'app', version: n } },
    ]
    await store.put(
      commitKey(n),
      new TextEncoder().encode(lines.map(line => JSON.stringify(line)).join('\n')),
    )
  }
}

async function expectVersion(snapshot: Snapshot, version: number): Promise<void> {
  const { session } = (logs[0] as DeltaLog).ground
  const expected = numbers.slice(Math.max(0, version - 8), version + 1).map(n => `f${n}`)
  const seen =
    await session.row(`select (select string_agg(path, ' ' order by modified_ms) from (${snapshot.filesSql})),
    (select version from (${snapshot.txnsSql}))`)
  expect([snapshot.version, ...seen]).toEqual([version, expected.join(' '), String(version)])
}

const orders = {
  'from the first on': numbers,
  'from the last back': numbers.toReversed(),
  'here and there': numbers.map(n => (n * 103) % versions),
}

test.each(Object.keys(orders) as readonly (keyof typeof orders)[])(
  'every version can be looked at in little memory: %s',
  async order => {
    await write()
    const log = await open()
    const held = await log.at({ version: 40 })
    for (const version of orders[order]) await expectVersion(await log.at({ version }), version)
    await expectVersion(held, 40)
  },
)

test('commits that are gone, and checkpoints between them, in any order', async () => {
  await write()
  const [writer, log] = [await open(), await open()]
  for (const version of [20, 45, 80]) await writeCheckpoint(writer, await writer.at({ version }))
  await store.delete(numbers.filter(n => n < 20 || (n > 30 && n <= 45)).map(commitKey))
  const missing = { code: 'SLUICE_DELTA_VERSION_MISSING' }
  await expect(log.at({ version: 19 })).rejects.toMatchObject(missing)
  for (const version of [130, 90, 75, 30, 21, 20, 46, 45, 60, 149, 80])
    await expectVersion(await log.at({ version }), version)
  await expect(log.at({ version: 19 })).rejects.toMatchObject(missing)
  await expect(log.at({ version: versions })).rejects.toMatchObject(missing)
  await expect(log.at({ version: 31 })).rejects.toMatchObject({ code: 'SLUICE_DELTA_LOG_BROKEN' })
})

test('a commit that is broken hinders only those who need it', async () => {
  await write()
  const [writer, log] = [await open(), await open()]
  await writeCheckpoint(writer, await writer.at({ version: 12 }))
  await store.delete([commitKey(11)])
  await store.put(commitKey(11), new TextEncoder().encode('{"add":'))
  for (const version of [8, 15, 10, 12, 14, 20, 9]) await expectVersion(await log.at({ version }), version)
  await expect(log.at({ version: 11 })).rejects.toMatchObject({ code: 'SLUICE_DELTA_LOG_BROKEN' })
})
