import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import {
  faulty,
  localStore,
  memoryStore,
  type ObjectStore,
  patience,
  retrying,
} from '../../../objects/index.ts'
import { parseType, type TableField } from '../../../tables/index.ts'
import type { Action, AddFile, CommitInfo } from '../actions.ts'
import type { DeltaLog, Transaction } from '../face.ts'
import { openDeltaLog } from '../log/open.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { createTable } from './create.ts'

let folder: string
let engine: Engine
let session: Session
let logs: DeltaLog[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-commit-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
  logs = []
})
afterEach(async () => {
  for (const log of logs) await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

async function open(store: ObjectStore = localStore(join(folder, 'table'))): Promise<DeltaLog> {
  const log = await openDeltaLog({ store, engine, nowMs: Date.now })
  logs.push(log)
  return log
}

function fields(...specs: readonly string[]): readonly TableField[] {
  return specs.map(spec => {
    const [name = '', type = ''] = spec.split(' ')
    return { name, stored: name, type: parseType(type), nullable: true }
  })
}

async function appended(log: DeltaLog, sql: string): Promise<number> {
  const tx = await log.begin({ session })
  const { operation } = await append(tx, sql)
  return (await tx.commit(operation)).version
}

async function rowsOf(log: DeltaLog, select: string): Promise<readonly (readonly (string | null)[])[]> {
  const scan = await (await log.latest())?.scan()
  return session.rows(`select ${select} from (${scan?.sql ?? ''}) as t order by all`)
}

function file(path: string, more: Partial<AddFile> = {}): Action {
  const stats = '{"numRecords":1}'
  return {
    add: { path, partitionValues: {}, size: 1, modificationTime: 1, dataChange: true, stats, ...more },
  }
}

function gone(path: string, dataChange = true): Action {
  return { remove: { path, deletionTimestamp: Date.now(), dataChange } }
}

const write = { name: 'WRITE', parameters: {}, blindAppend: true }
const change = { name: 'DELETE', parameters: {} }

async function actionsAt(version: number): Promise<readonly Action[]> {
  const path = join(folder, 'table', '_delta_log', `${String(version).padStart(20, '0')}.json`)
  return (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

async function infoAt(version: number): Promise<CommitInfo> {
  const [first] = await actionsAt(version)
  if (first === undefined || !('commitInfo' in first)) throw new Error('no commitInfo')
  return first.commitInfo
}

test('rows come back; another process that opens the table sees the same', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT', 'day DATE'), partitionColumns: ['day'] })
  await appended(log, `select 9223372036854775807 as id, date '2024-02-29' as day union all select 1, null`)
  await appended(log, `select null::bigint as id, date '2024-02-29' as day`)
  const expected = [
    ['1', null],
    ['9223372036854775807', '2024-02-29'],
    [null, '2024-02-29'],
  ]
  expect(await rowsOf(log, 'id, day')).toEqual(expected)
  expect(await rowsOf(await open(), 'id, day')).toEqual(expected)
})

test('no rows make no file, and the version is there', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT') })
  expect(await appended(log, 'select 1::bigint as id where false')).toBe(1)
  expect((await actionsAt(1)).length).toBe(1)
})

test('what was written and not committed is gone; the table is as it was, byte for byte', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT', 'p VARCHAR'), partitionColumns: ['p'] })
  const before = await contentOf(join(folder, 'table'))
  const tx = await log.begin({ session })
  await append(tx, `select i::bigint as id, 'x' || i % 3 as p from range(10) r(i)`)
  expect((await session.rows(`from (${(await tx.scan()).sql})`)).length).toBe(10)
  await tx.abandon()
  await tx.abandon()
  expect(await contentOf(join(folder, 'table'))).toEqual(before)
  await expect(tx.commit(write)).rejects.toMatchObject({ code: 'SLUICE_DELTA_TRANSACTION_OVER' })
})

/** Files with their texts; folders count only for what is in them. */
async function contentOf(path: string): Promise<readonly (readonly string[])[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Promise.all(files.toSorted().map(async name => [name, await readFile(name, 'base64')]))
}

test('an unknown writer feature is refused by its name, and nothing is touched', async () => {
  const log = await open()
  const store = localStore(join(folder, 'table'))
  const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'timeMachine'] }
  const metaData = {
    id: 'a',
    format: { provider: 'parquet', options: {} },
    schemaString: '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}}]}',
    partitionColumns: [],
    configuration: {},
  }
  const text = `${JSON.stringify({ protocol })}\n${JSON.stringify({ metaData })}\n`
  await store.put('_delta_log/00000000000000000000.json', new TextEncoder().encode(text))
  const before = await contentOf(folder)
  await expect(log.begin({ session })).rejects.toMatchObject({
    code: 'SLUICE_DELTA_FEATURE_UNSUPPORTED',
    title: expect.stringContaining('timeMachine'),
  })
  expect(await contentOf(folder)).toEqual(before)
})

test('a feature that is asked for and not known is refused by its name', async () => {
  const log = await open()
  const properties = { 'delta.feature.timeMachine': 'supported' }
  await expect(createTable(log, { session, fields: fields('id BIGINT'), properties })).rejects.toMatchObject({
    code: 'SLUICE_DELTA_FEATURE_UNSUPPORTED',
    title: expect.stringContaining('timeMachine'),
  })
  expect(await log.latest()).toBe(undefined)
})

test('a table says how its writers are kept apart', async () => {
  const log = await open()
  const properties = { 'delta.isolationLevel': 'Serializable' }
  await createTable(log, { session, fields: fields('id BIGINT'), properties })
  const tx = await log.begin({ session })
  tx.readAll()
  await tx.stage([file('a')])
  await appended(log, 'select 1::bigint as id')
  await expect(tx.commit(write)).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONFLICT' })
})

test('a table that only takes new rows keeps them, and may still be arranged anew', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT'), properties: { 'delta.appendOnly': 'true' } })
  await appended(log, 'select 1::bigint as id')
  const [path = ''] = await pathsOf(log)
  const tx = await log.begin({ session })
  await tx.stage([gone(path)])
  await expect(tx.commit(change)).rejects.toMatchObject({ code: 'SLUICE_DELTA_APPEND_ONLY' })
  const again = await log.begin({ session })
  await again.stage([gone(path, false), file('b', { dataChange: false })])
  expect((await again.commit({ name: 'OPTIMIZE', parameters: {} })).version).toBe(2)
})

async function pathsOf(log: DeltaLog): Promise<readonly string[]> {
  const snapshot = await log.latest()
  return (await session.rows(`select path from (${snapshot?.filesSql ?? ''}) order by path`)).map(
    ([path]) => path ?? '',
  )
}

describe('others were first', () => {
  type Act = (tx: Transaction) => Promise<void> | void
  const cases: readonly [
    name: string,
    ours: Act,
    theirs: Act,
    conflict: string | undefined,
    isolation?: string,
  ][] = [
    ['both add', tx => tx.stage([file('a')]), tx => tx.stage([file('b')]), undefined],
    [
      'what was read got rows by a blind append, which may count as later',
      reads(tx => tx.stage([file('a')])),
      tx => tx.stage([file('b')]),
      undefined,
    ],
    [
      'what was read got rows by a blind append, and every order must be one',
      reads(tx => tx.stage([file('a')])),
      tx => tx.stage([file('b')]),
      'added rows',
      'Serializable',
    ],
    [
      'what was read got rows by a change',
      reads(tx => tx.stage([file('a')])),
      reads(tx => tx.stage([file('b')])),
      'added rows',
    ],
    [
      'what was read lost rows',
      reads(tx => tx.stage([file('a')])),
      tx => tx.stage([gone('old')]),
      'deleted rows',
    ],
    [
      'what was read was only arranged anew',
      reads(tx => tx.stage([file('a')])),
      tx => tx.stage([gone('old', false), file('b', { dataChange: false })]),
      undefined,
    ],
    [
      'both take the same file away',
      tx => tx.stage([gone('old')]),
      tx => tx.stage([gone('old', false)]),
      'file',
    ],
    [
      'a deletion vector on a file that was taken away',
      tx => tx.stage([gone('old'), file('old', { deletionVector: vector })]),
      tx => tx.stage([gone('old', false)]),
      'file',
    ],
    ['the schema changed', tx => tx.stage([file('a')]), tx => retitle(tx), 'schema'],
    [
      'the protocol changed',
      tx => tx.stage([file('a')]),
      tx => tx.change({ protocol: upgraded }),
      'protocol',
    ],
    [
      'the same application',
      tx => tx.stage([file('a'), { txn: { appId: 'load', version: 7 } }]),
      tx => tx.stage([file('b'), { txn: { appId: 'load', version: 7 } }]),
      'application',
    ],
    [
      'other applications',
      tx => tx.stage([file('a'), { txn: { appId: 'load', version: 7 } }]),
      tx => tx.stage([file('b'), { txn: { appId: 'other', version: 7 } }]),
      undefined,
    ],
    ['the same domain', tx => tx.stage([domain('a')]), tx => tx.stage([domain('a')]), 'domain'],
    ['other domains', tx => tx.stage([domain('a')]), tx => tx.stage([domain('b')]), undefined],
  ]
  const vector = { storageType: 'i', pathOrInlineDv: 'x', sizeInBytes: 1, cardinality: 1 } as const
  const upgraded = {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['deletionVectors'],
    writerFeatures: ['appendOnly', 'invariants', 'deletionVectors', 'domainMetadata', 'allowColumnDefaults'],
  }
  function reads(act: Act): Act {
    return tx => {
      tx.readAll()
      return act(tx)
    }
  }
  function retitle(tx: Transaction): void {
    tx.change({ metadata: { ...tx.metadata, description: 'new' } })
  }
  function domain(name: string): Action {
    return { domainMetadata: { domain: name, configuration: '{}', removed: false } }
  }

  test.each(cases)('%s', async (...[, ours, theirs, conflict, isolation]) => {
    const log = await open()
    await createTable(log, {
      session,
      fields: fields('id BIGINT'),
      properties: { 'delta.feature.domainMetadata': 'supported' },
    })
    const first = await log.begin({ session })
    await first.stage([file('old')])
    await first.commit(write)
    const tx = await log.begin({ session, ...(isolation === 'Serializable' ? { isolation } : {}) })
    await ours(tx)
    const other = await log.begin({ session })
    await theirs(other)
    await other.commit(write)
    const committing = tx.commit(write)
    if (conflict === undefined) expect(await committing).toMatchObject({ version: 3, rebasedOver: 1 })
    else
      await expect(committing).rejects.toMatchObject({
        code: 'SLUICE_DELTA_CONFLICT',
        retry: 'later',
        title: expect.stringContaining(conflict),
      })
    await tx.abandon()
  })

  test('rows of another partition are no conflict, rows of the one that was read are', async () => {
    const log = await open()
    await createTable(log, { session, fields: fields('id BIGINT', 'p VARCHAR'), partitionColumns: ['p'] })
    await appended(log, `select 1::bigint as id, 'a' as p union all select 2, 'b'`)
    for (const [theirs, conflicts] of [
      ['b', false],
      ['a', true],
    ] as const) {
      const tx = await log.begin({ session, isolation: 'Serializable' })
      const { operation } = await deleteRows(tx, { where: `p = 'a' and id > 0` })
      await appended(log, `select 3::bigint as id, '${theirs}' as p`)
      const committing = tx.commit(operation)
      if (conflicts) await expect(committing).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONFLICT' })
      else await committing
      await tx.abandon()
      await appended(log, `select 1::bigint as id, 'a' as p`)
    }
  })

  test('a file that was removed counts as read unless it says that it is of another partition', async () => {
    const log = await open()
    await createTable(log, { session, fields: fields('id BIGINT', 'p VARCHAR'), partitionColumns: ['p'] })
    const first = await log.begin({ session })
    const values = ['a', 'b', 'b'].map((p, i) => file(`${p}${i}`, { partitionValues: { p } }))
    await first.stage(values)
    await first.commit(write)
    for (const [removed, conflicts] of [
      [{ path: 'b1', partitionValues: { p: 'b' } }, false],
      [{ path: 'b2' }, true],
    ] as const) {
      const tx = await log.begin({ session })
      tx.readWhere(`p = 'a'`)
      await tx.stage([file(`new ${removed.path}`, { partitionValues: { p: 'a' } })])
      const other = await log.begin({ session })
      await other.stage([{ remove: { ...removed, dataChange: true } }])
      await other.commit(change)
      const committing = tx.commit(change)
      if (conflicts) await expect(committing).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONFLICT' })
      else await committing
      await tx.abandon()
    }
  })

  test('the table was created meanwhile', async () => {
    const [a, b] = [await open(), await open()]
    const tx = await a.begin({ session })
    tx.change({ metadata: { ...tx.metadata, schemaString: '{"type":"struct","fields":[]}' } })
    await createTable(b, { session, fields: fields('id BIGINT') })
    await expect(tx.commit(write)).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONFLICT' })
  })
})

test('twenty writers at once: every version is there, and every row once', async () => {
  const first = await open()
  await createTable(first, {
    session,
    fields: fields('id BIGINT'),
    properties: { 'delta.checkpointInterval': '7' },
  })
  const writers = Array.from({ length: 20 }, async (_, i) => {
    const log = await open()
    const own = await engine.session({ path: 'a table' })
    const tx = await log.begin({ session: own })
    const { operation } = await append(tx, `select ${i}::bigint as id`)
    const { version } = await tx.commit(operation)
    own.close()
    return version
  })
  const versions = await Promise.all(writers)
  expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  const sums = [['20', '190']]
  expect(await rowsOf(first, 'count(*), sum(id)')).toEqual(sums)
  expect(await rowsOf(await open(), 'count(*), sum(id)')).toEqual(sums)
})

test('over a store that fails in every way, no acknowledged commit is lost and none doubled', async () => {
  const inner = memoryStore()
  const store = retrying(
    faulty(inner, { seed: 42, conflict: 0.05, failed: 0.05, timeoutBefore: 0.05, timeoutAfter: 0.1 }),
    { ...patience(), sleep: async () => {} },
  )
  const log = await open(store)
  await createTable(log, { session, fields: fields('id BIGINT') })
  const other = await open(store)
  const acknowledged: number[] = []
  for (let i = 0; i < 150; i++) {
    const tx = await (i % 2 === 0 ? log : other).begin({ session })
    await tx.stage([file(`f${i}`), { txn: { appId: `effect ${i}`, version: i } }])
    const { version } = await tx.commit(write)
    expect(version).toBe(i + 1)
    acknowledged.push(i)
  }
  expect(await pathsOf(await open(inner))).toEqual(acknowledged.map(i => `f${i}`).toSorted())
})

test('an answer that was lost is looked up by the number of the attempt', async () => {
  const inner = memoryStore()
  const store = faulty(inner, { seed: 1, timeoutAfter: 1 })
  const half: ObjectStore = { ...inner, putIfAbsent: store.putIfAbsent }
  const log = await open(half)
  await createTable(log, { session, fields: fields('id BIGINT') })
  const tx = await log.begin({ session })
  await tx.stage([file('a')])
  expect((await tx.commit(write)).version).toBe(1)
  expect(await pathsOf(log)).toEqual(['a'])
})

test('nobody can tell whether the commit stands: its files stay', async () => {
  const inner = memoryStore()
  let broken = false
  const unknown = faulty(inner, { seed: 1, timeoutBefore: 1 })
  const store: ObjectStore = {
    ...inner,
    putIfAbsent: (key, body) => (broken ? unknown.putIfAbsent(key, body) : inner.putIfAbsent(key, body)),
  }
  const log = await open(store)
  await createTable(log, { session, fields: fields('id BIGINT') })
  const tx = await log.begin({ session })
  const { operation } = await append(tx, 'select 1::bigint as id')
  broken = true
  await expect(tx.commit(operation)).rejects.toMatchObject({ code: 'SLUICE_OBJECT_OUTCOME_UNKNOWN' })
  await tx.abandon()
  const left: string[] = []
  for await (const { key } of inner.list('')) left.push(key)
  expect(left.filter(key => key.endsWith('.parquet')).length).toBe(1)
})

test('times in commits always grow, whatever the clock does', async () => {
  let nowMs = 1_700_000_000_000
  const store = localStore(join(folder, 'table'))
  const log = await openDeltaLog({ store, engine, nowMs: () => nowMs })
  logs.push(log)
  await createTable(log, {
    session,
    fields: fields('id BIGINT'),
    properties: { 'delta.enableInCommitTimestamps': 'true' },
  })
  nowMs -= 3_600_000
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    await appended(log, 'select 1::bigint as id')
    times.push((await infoAt(i + 1)).inCommitTimestamp ?? 0)
  }
  expect(times).toEqual([1_700_000_000_001, 1_700_000_000_002, 1_700_000_000_003])
})

test('times in commits that begin later are told from when on', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT') })
  const tx = await log.begin({ session })
  const configuration = { ...tx.metadata.configuration, 'delta.enableInCommitTimestamps': 'true' }
  tx.change({ metadata: { ...tx.metadata, configuration } })
  await tx.commit({ name: 'SET TBLPROPERTIES', parameters: {} })
  const snapshot = await log.latest()
  expect(snapshot?.metadata.configuration).toMatchObject({
    'delta.inCommitTimestampEnablementVersion': '1',
    'delta.inCommitTimestampEnablementTimestamp': String((await infoAt(1)).inCommitTimestamp),
  })
  expect(snapshot?.protocol.writerFeatures).toContain('inCommitTimestamp')
})

test('rows get numbers for life, above those of whoever came between', async () => {
  const log = await open()
  await createTable(log, {
    session,
    fields: fields('id BIGINT'),
    properties: { 'delta.enableRowTracking': 'true' },
  })
  const tx = await log.begin({ session })
  const { operation } = await append(tx, 'select i::bigint as id from range(10) r(i)')
  await appended(log, 'select i::bigint as id from range(5) r(i)')
  await tx.commit(operation)
  const snapshot = await log.latest()
  expect(
    await session.rows(
      `select base_row_id, default_row_commit_version from (${snapshot?.filesSql ?? ''}) order by all`,
    ),
  ).toEqual([
    ['0', '1'],
    ['5', '2'],
  ])
  expect(await snapshot?.domain('delta.rowTracking')).toBe('{"rowIdHighWaterMark":14}')
})

test('files that were there when rows began to be tracked get their numbers in the same commit', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT') })
  await appended(log, 'select i::bigint as id from range(5) r(i)')
  const tx = await log.begin({ session })
  const configuration = { ...tx.metadata.configuration, 'delta.enableRowTracking': 'true' }
  tx.change({ metadata: { ...tx.metadata, configuration } })
  await tx.commit({ name: 'SET TBLPROPERTIES', parameters: {} })
  const snapshot = await log.latest()
  expect(await session.rows(`select base_row_id from (${snapshot?.filesSql ?? ''})`)).toEqual([['0']])
  expect(await rowsOf(log, 'count(*)')).toEqual([['5']])
})

test('a file that is written and changed within one transaction is named once', async () => {
  const log = await open()
  await createTable(log, { session, fields: fields('id BIGINT') })
  const tx = await log.begin({ session })
  await append(tx, 'select i::bigint as id from range(10) r(i)')
  await deleteRows(tx, { where: 'id < 3', mode: 'merge-on-read' })
  await deleteRows(tx, { where: 'id > 7', mode: 'copy-on-write' })
  await tx.commit({ name: 'WRITE', parameters: {} })
  const kinds = (await actionsAt(1)).map(action => Object.keys(action)[0])
  expect(kinds).toEqual(['commitInfo', 'add'])
  expect(await rowsOf(log, 'count(*), min(id), max(id)')).toEqual([['5', '3', '7']])
  const written = await readdir(join(folder, 'table'))
  expect(written.filter(name => name.endsWith('.parquet')).length).toBe(1)
})
