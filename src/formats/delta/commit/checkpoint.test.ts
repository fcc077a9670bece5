import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import { localStore, memoryStore } from '../../../objects/index.ts'
import { parseType, type TableField } from '../../../tables/index.ts'
import type { Action } from '../actions.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { openDeltaLog } from '../log/open.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { createTable } from './create.ts'
import { cleanUpSidecars } from './sidecars.ts'

const dayMs = 86_400_000

let folder: string
let engine: Engine
let session: Session
let logs: DeltaLog[]
let nowMs: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-checkpoint-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 512 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
  logs = []
  nowMs = Date.now()
})
afterEach(async () => {
  for (const log of logs) await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

async function open(): Promise<DeltaLog> {
  const log = await openDeltaLog({ store: localStore(join(folder, 'table')), engine, nowMs: () => nowMs })
  logs.push(log)
  return log
}

function field(spec: string): TableField {
  const [name = '', type = ''] = spec.split(' ')
  return { name, stored: name, type: parseType(type), nullable: true }
}

type Making = {
  readonly columns?: readonly string[]
  readonly properties?: { readonly [name: string]: string }
}

async function make({ columns = ['id BIGINT'], properties = {} }: Making): Promise<DeltaLog> {
  const log = await open()
  await createTable(log, { session, fields: columns.map(field), properties })
  return log
}

async function commit(log: DeltaLog, actions: readonly Action[]): Promise<void> {
  const tx = await log.begin({ session })
  await tx.stage(actions)
  await tx.commit({ name: 'WRITE', parameters: {} })
}

async function write(log: DeltaLog, sql: string): Promise<void> {
  const tx = await log.begin({ session })
  await tx.commit((await append(tx, sql)).operation)
}

function logFiles(): Promise<readonly string[]> {
  return readdir(join(folder, 'table', '_delta_log')).then(names => names.toSorted())
}

/** Everything that a version says, read by somebody who has just come. */
async function told(snapshot: Snapshot | undefined) {
  if (!snapshot) throw new Error('no table')
  const { protocol, metadata, filesSql, tombstonesSql, txnsSql, domainsSql } = snapshot
  const rows = (sql: string) => session.rows(`select * from (${sql}) order by 1`)
  const files = filesSql.replace('data_change', 'true as data_change')
  return {
    protocol,
    metadata,
    files: await rows(files),
    tombstones: await rows(tombstonesSql),
    txns: await rows(txnsSql),
    domains: await rows(domainsSql),
  }
}

async function withoutCommits(upTo: number): Promise<void> {
  for (let version = 0; version <= upTo; version++)
    await rm(join(folder, 'table', '_delta_log', `${String(version).padStart(20, '0')}.json`))
}

test('a checkpoint says all that the commits before it say', async () => {
  const log = await make({
    columns: ['id BIGINT', 'd DECIMAL(30,3)', 't TIMESTAMP'],
    properties: {
      'delta.checkpoint.writeStatsAsStruct': 'true',
      'delta.checkpointInterval': '1000',
      'delta.feature.domainMetadata': 'supported',
      'delta.enableRowTracking': 'true',
    },
  })
  await write(
    log,
    `select i::bigint as id, 1.5::decimal(30,3) as d, timestamp '2024-01-01' as t from range(100) r(i)`,
  )
  await write(log, `select 7::bigint as id, null::decimal(30,3) as d, null::timestamp as t`)
  const tx = await log.begin({ session })
  const { operation } = await deleteRows(tx, { where: 'id < 10', mode: 'merge-on-read' })
  await tx.stage([
    { txn: { appId: 'a', version: 3, lastUpdated: nowMs } },
    { domainMetadata: { domain: 'mine', configuration: '{"x":1}', removed: false } },
  ])
  await tx.commit(operation)
  await commit(log, [{ domainMetadata: { domain: 'mine', configuration: '', removed: true } }])
  const before = await told(await (await open()).latest())
  expect(before.files.length).toBe(1)
  expect(before.tombstones.length).toBe(2)
  const snapshot = await log.latest()
  if (snapshot) await writeCheckpoint(log, snapshot)
  await withoutCommits(3)
  const after = await told(await (await open()).latest())
  expect(after).toEqual(before)
})

test('the hint names the newest checkpoint, with the checksum that the protocol defines', async () => {
  const log = await make({ properties: { 'delta.checkpointInterval': '2' } })
  for (let i = 0; i < 5; i++) await write(log, 'select 1::bigint as id')
  const files = await logFiles()
  expect(files.filter(name => name.includes('checkpoint.parquet'))).toEqual([
    '00000000000000000002.checkpoint.parquet',
    '00000000000000000004.checkpoint.parquet',
  ])
  const hint = JSON.parse(await readFile(join(folder, 'table/_delta_log/_last_checkpoint'), 'utf8'))
  expect(hint).toMatchObject({ version: 4, size: 6, numOfAddFiles: 4 })
  expect(hint.checksum).toMatch(/^[0-9a-f]{32}$/)
  const checksum = JSON.parse(
    await readFile(join(folder, 'table/_delta_log/00000000000000000004.crc'), 'utf8'),
  )
  expect(checksum).toMatchObject({ numFiles: 4, numMetadata: 1, numProtocol: 1 })
})

test('checkpoints come every 100 versions on a disk, every 10 elsewhere', async () => {
  for (const [store, versions] of [
    [localStore(join(folder, 'table')), [100]],
    [memoryStore(), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
  ] as const) {
    const log = await openDeltaLog({ store, engine, nowMs: () => nowMs })
    logs.push(log)
    await createTable(log, { session, fields: [field('id BIGINT')] })
    for (let i = 1; i <= 100; i++) await commit(log, [{ txn: { appId: 'test', version: i } }])
    const found: string[] = []
    for await (const { key } of store.list('_delta_log/')) if (key.includes('.checkpoint.')) found.push(key)
    expect(found.map(key => Number(key.slice('_delta_log/'.length).split('.')[0]))).toEqual(versions)
  }
})

test('with the policy of the second version many files go into sidecars', async () => {
  const log = await make({ properties: { 'delta.checkpointPolicy': 'v2' } })
  const snapshot = await log.latest()
  if (!snapshot) throw new Error('no table')
  const names = snapshot.filesSql
  await session.run(`create table memory.main.many as
    select f.* replace (p::varchar as path) from range(120000) r(p), (select null) cross join
      (select * from (${names}) union all by name select 'x' as path, map{}::map(varchar, varchar) as
        partition_values, 1::bigint as size_bytes, 1::bigint as modified_ms, true as data_change,
        '{"numRecords":1}' as stats) f`)
  await writeCheckpoint(log, { ...snapshot, filesSql: 'from memory.main.many' })
  const sidecars = join(folder, 'table/_delta_log/_sidecars')
  const written = await readdir(sidecars)
  expect(written.length).toBeGreaterThanOrEqual(3)
  // Of old sidecars those go that no checkpoint names; one of today may be about to be named.
  for (const name of ['old.parquet', 'new.parquet']) await writeFile(join(sidecars, name), '')
  for (const name of [...written, 'old.parquet'])
    await utimes(join(sidecars, name), new Date(), new Date(nowMs - 3 * dayMs))
  await cleanUpSidecars(log.place)
  expect((await readdir(sidecars)).toSorted()).toEqual([...written, 'new.parquet'].toSorted())
  await withoutCommits(0)
  const read = await (await open()).latest()
  expect(await session.rows(`select count(*), count(distinct path) from (${read?.filesSql ?? ''})`)).toEqual([
    ['120000', '120000'],
  ])
})

test('tombstones and applications are forgotten when their time is over', async () => {
  const log = await make({ properties: { 'delta.setTransactionRetentionDuration': 'interval 2 days' } })
  const add = (path: string): Action => ({
    add: { path, partitionValues: {}, size: 1, modificationTime: 1, dataChange: true },
  })
  await commit(log, [
    add('a'),
    add('b'),
    { txn: { appId: 'old', version: 1, lastUpdated: nowMs - 3 * dayMs } },
  ])
  await commit(log, [
    { remove: { path: 'a', deletionTimestamp: nowMs - 8 * dayMs, dataChange: true } },
    { remove: { path: 'b', deletionTimestamp: nowMs - 6 * dayMs, dataChange: true } },
    { txn: { appId: 'new', version: 1, lastUpdated: nowMs - dayMs } },
    { txn: { appId: 'timeless', version: 1 } },
  ])
  const snapshot = await log.latest()
  if (snapshot) await writeCheckpoint(log, snapshot)
  await withoutCommits(2)
  const { tombstones, txns } = await told(await (await open()).latest())
  expect(tombstones.map(([path]) => path)).toEqual(['b'])
  expect(txns.map(([appId]) => appId)).toEqual(['new', 'timeless'])
})

test('old commits go, and never one that a version still needs', async () => {
  const log = await make({ properties: { 'delta.checkpointInterval': '2' } })
  for (let i = 0; i < 5; i++) await write(log, `select ${i}::bigint as id`)
  // Versions 0 to 3 are 40 days old by the clock of the store.
  const age = (name: string, days: number) =>
    utimes(join(folder, 'table/_delta_log', name), new Date(), new Date(nowMs - days * dayMs))
  for (const name of (await logFiles()).filter(each => /^0{19}[0-3]\./.test(each))) await age(name, 40)
  const commits = async () =>
    (await logFiles()).filter(name => name.endsWith('.json')).map(name => Number(name.slice(0, 20)))
  await write(log, 'select 6::bigint as id')
  // Looked for once a day: a checkpoint was written today already.
  expect(await commits()).toEqual([0, 1, 2, 3, 4, 5, 6])
  await age('_last_checkpoint', 1)
  for (const id of [7, 8]) await write(log, `select ${id}::bigint as id`)
  expect(await commits()).toEqual([2, 3, 4, 5, 6, 7, 8])
  const again = await open()
  for (const version of [2, 3, 6]) expect((await again.at({ version })).version).toBe(version)
  const scan = await (await again.at({ version: 3 })).scan()
  expect(await session.count(`select count(*) from (${scan.sql})`)).toBe(3)
})

test('the time of a version is that of its commit, also under a checkpoint', async () => {
  nowMs = Date.now() + 30 * dayMs
  const log = await make({
    properties: { 'delta.enableInCommitTimestamps': 'true', 'delta.checkpointInterval': '1' },
  })
  await write(log, 'select 1::bigint as id')
  const said = (await log.latest())?.timestampMs
  expect(said).toBeGreaterThanOrEqual(nowMs)
  nowMs -= 30 * dayMs
  const again = await open()
  expect((await again.latest())?.timestampMs).toBe(said)
  await write(again, 'select 2::bigint as id')
  expect((await again.latest())?.timestampMs).toBeGreaterThan(said ?? 0)
})
