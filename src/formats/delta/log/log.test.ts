import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import { Failure } from '../../../errors/index.ts'
import { localStore, memoryStore, type ObjectStore } from '../../../objects/index.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { encodeVector, storedVector, vectorFile, vectorPath } from '../vectors/vector.ts'
import { changes } from './changes.ts'
import { history } from './history.ts'
import { commitKey } from './names.ts'
import { openDeltaLog } from './open.ts'

let folder: string
let engine: Engine
let session: Session
let logs: DeltaLog[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-log-'))
  engine = await openEngine({ tempDir: join(folder, 'tmp'), memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
  logs = []
})
afterEach(async () => {
  for (const log of logs) await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

async function open(store: ObjectStore, readsFrom: readonly string[] = []): Promise<DeltaLog> {
  const log = await openDeltaLog({ store, engine, readsFrom, nowMs: () => 0 })
  logs.push(log)
  return log
}

const schemaString = JSON.stringify({
  type: 'struct',
  fields: [
    { name: 'id', type: 'long', nullable: true, metadata: {} },
    { name: 'day', type: 'string', nullable: true, metadata: {} },
  ],
})

type Line = { readonly [action: string]: unknown }
const protocol: Line = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } }
const metaData = (configuration: { readonly [name: string]: string } = {}): Line => ({
  metaData: {
    id: 'a',
    format: { provider: 'parquet', options: {} },
    schemaString,
    partitionColumns: ['day'],
    configuration,
  },
})
const add = (path: string, more: Line = {}): Line => ({
  add: { path, partitionValues: { day: 'x' }, size: 1, modificationTime: 1, dataChange: true, ...more },
})
const remove = (path: string, more: Line = {}): Line => ({
  remove: { path, deletionTimestamp: 7, dataChange: true, ...more },
})
const vector = (text: string): Line => ({
  deletionVector: { storageType: 'i', pathOrInlineDv: text, sizeInBytes: 4, cardinality: 1 },
})

const bytes = (text: string) => new TextEncoder().encode(text)
const linesOf = (lines: readonly Line[]) => bytes(lines.map(line => JSON.stringify(line)).join('\n'))

async function put(store: ObjectStore, ...commits: readonly (readonly Line[])[]): Promise<void> {
  for (const [version, lines] of commits.entries()) await store.put(commitKey(version), linesOf(lines))
}

async function paths(snapshot: Snapshot | undefined): Promise<readonly string[]> {
  const rows = await session.rows(`select path from (${snapshot?.filesSql}) order by path`)
  return rows.map(([path]) => path ?? '')
}

const code = (of: string): Error => expect.objectContaining({ code: of }) as Error

describe('a log is replayed', () => {
  const commits = [
    [protocol, metaData(), add('a'), add('b')],
    [remove('a'), add('c', vector('one'))],
    [remove('c', vector('one')), add('c', vector('two'))],
    [
      { txn: { appId: 'app', version: 3 } },
      { domainMetadata: { domain: 'd', configuration: '1', removed: false } },
    ],
    [remove('b'), add('a'), { txn: { appId: 'app', version: 5 } }],
    [{ domainMetadata: { domain: 'd', configuration: '', removed: true } }, remove('never seen')],
  ]
  const live = [
    ['a', 'b'],
    ['b', 'c'],
    ['b', 'c'],
    ['b', 'c'],
    ['a', 'c'],
    ['a', 'c'],
  ]

  async function check(log: DeltaLog, version: number): Promise<void> {
    const snapshot = await log.at({ version })
    expect(await paths(snapshot)).toEqual(live[version])
    expect(await snapshot.txn('app')).toBe([undefined, undefined, undefined, 3, 5, 5][version])
    expect(await snapshot.domain('d')).toBe([undefined, undefined, undefined, '1', '1', undefined][version])
  }

  test('at once, up to each version', async () => {
    const store = memoryStore()
    await put(store, ...commits)
    const log = await open(store)
    for (const version of live.keys()) await check(log, version)
    await expect(log.at({ version: 6 })).rejects.toThrow(code('SLUICE_DELTA_VERSION_MISSING'))
  })

  test('commit by commit, and every earlier snapshot stays what it was', async () => {
    const store = memoryStore()
    const log = await open(store)
    expect(await log.latest()).toBeUndefined()
    const seen: Snapshot[] = []
    for (const [version, lines] of commits.entries()) {
      await store.put(commitKey(version), linesOf(lines))
      const latest = await log.latest()
      expect(latest?.version).toBe(version)
      if (latest) seen.push(latest)
    }
    for (const [version, snapshot] of seen.entries()) {
      expect(await paths(snapshot)).toEqual(live[version])
      await check(log, version)
    }
    expect(
      await session.rows(`select path, deletion_ms from (${seen.at(-1)?.tombstonesSql}) order by path`),
    ).toEqual([
      ['b', '7'],
      ['c', '7'],
      ['never seen', '7'],
    ])
  })

  test('from compactions instead of commits', async () => {
    const store = memoryStore()
    await put(store, ...commits)
    const compacted = [
      remove('a'),
      add('c', vector('two')),
      remove('c', vector('one')),
      { txn: { appId: 'app', version: 3 } },
    ]
    await store.put('_delta_log/00000000000000000001.00000000000000000003.compacted.json', linesOf(compacted))
    await store.delete([commitKey(2)])
    const log = await open(store)
    expect(await paths(await log.latest())).toEqual(['a', 'c'])
    expect(await paths(await log.at({ version: 3 }))).toEqual(['b', 'c'])
    await expect(log.at({ version: 2 })).rejects.toThrow(code('SLUICE_DELTA_LOG_BROKEN'))
  })

  test('many actions go by the engine and few as literals, to the same end', async () => {
    const some = (n: number, of: (path: string) => Line) => Array.from({ length: n }, (_, i) => of(`f${i}`))
    const store = memoryStore()
    await put(store, [protocol, metaData()], some(300, add), some(299, remove), some(3, add), [
      remove('f299'),
    ])
    const whole = await open(store)
    expect(await paths(await whole.latest())).toEqual(['f0', 'f1', 'f2'])
    const follower = memoryStore()
    const log = await open(follower)
    for (let version = 0; version < 5; version++) {
      await follower.put(commitKey(version), (await store.get(commitKey(version))).bytes)
      expect(await paths(await log.latest())).toEqual(await paths(await whole.at({ version })))
    }
  })

  test('one file has several absolute names', async () => {
    const store = memoryStore()
    await put(
      store,
      [protocol, metaData(), add('file:///lake/a'), add('/lake/b')],
      [remove('/lake/a'), remove('file:/lake/b')],
    )
    expect(await paths(await (await open(store)).latest())).toEqual([])
    expect(await paths(await (await open(store)).at({ version: 0 }))).toHaveLength(2)
  })

  test('text in the log is never SQL', async () => {
    const store = memoryStore()
    const evil = `x'); drop schema memory._delta cascade; --`
    await put(store, [protocol, metaData()])
    const log = await open(store)
    await log.latest()
    await store.put(
      commitKey(1),
      linesOf([
        add(evil, {
          size: evil,
          partitionValues: { [evil]: evil },
          stats: evil,
          baseRowId: evil,
          tags: { [evil]: evil },
        }),
        { txn: { appId: evil, version: 1, lastUpdated: evil } },
        { domainMetadata: { domain: evil, configuration: evil, removed: false } },
      ]),
    )
    const latest = await log.latest()
    expect(await paths(latest)).toEqual([evil])
    expect(await latest?.txn(evil)).toBe(1)
    expect(await latest?.domain(evil)).toBe(evil)
  })
})

describe('a log that is broken is refused by the name of its file', () => {
  test.each([
    ['a commit is missing', [0, 2]],
    ['the first commit is missing', [1, 2]],
  ])('%s', async (_, versions) => {
    const store = memoryStore()
    for (const version of versions) await store.put(commitKey(version), linesOf([protocol, metaData()]))
    const missing = [0, 1, 2].find(version => !versions.includes(version)) ?? 0
    await expect((await open(store)).latest()).rejects.toThrow(
      expect.objectContaining({
        code: 'SLUICE_DELTA_LOG_BROKEN',
        title: expect.stringContaining(commitKey(missing)),
      }),
    )
  })

  test.each<[string, readonly Line[]]>([
    ['no protocol', [metaData()]],
    ['no metadata', [protocol]],
    ['a protocol of words', [{ protocol: { minReaderVersion: 'x' } }, metaData()]],
    ['a file without a path', [protocol, metaData(), { add: { size: 1 } }]],
    ['a file that is a number', [protocol, metaData(), { remove: 5 }]],
    ['a schema that is a number', [protocol, { metaData: { schemaString: 5 } }]],
  ])('%s', async (_, lines) => {
    const store = memoryStore()
    await put(store, lines)
    await expect((await open(store)).latest()).rejects.toThrow(code('SLUICE_DELTA_LOG_BROKEN'))
  })

  test('what the hint says is a hint', async () => {
    for (const hint of ['', '{', '{"version":99}', '{"version":"x"}', 'null', '[]', '{"version":-1}']) {
      const store = memoryStore()
      await put(store, [protocol, metaData(), add('a')])
      await store.put('_delta_log/_last_checkpoint', bytes(hint))
      expect(await paths(await (await open(store)).latest())).toEqual(['a'])
    }
  })

  test('features that are not known, by their name; those of writers do not matter', async () => {
    const of = async (protocolOf: Line) => {
      const store = memoryStore()
      await put(store, [{ protocol: protocolOf }, metaData()])
      return (await open(store)).latest()
    }
    await expect(
      of({ minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors', 'teleport'] }),
    ).rejects.toThrow(expect.objectContaining({ title: expect.stringContaining('teleport') }))
    await expect(of({ minReaderVersion: 9, minWriterVersion: 2 })).rejects.toThrow(
      code('SLUICE_DELTA_FEATURE_UNSUPPORTED'),
    )
    const writers = {
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: [],
      writerFeatures: ['teleport'],
    }
    expect((await of(writers))?.version).toBe(0)
  })
})

describe('times', () => {
  const seconds = async (version: number, at: number) =>
    utimes(join(folder, 'table', commitKey(version)), at, at)

  test('of files, each later than the one before', async () => {
    const store = localStore(join(folder, 'table'))
    await put(store, [protocol, metaData(), add('a')], [add('b')], [add('c')])
    for (const [version, at] of [100, 90, 300].entries()) await seconds(version, at)
    const log = await open(store)
    expect((await log.at({ timestampMs: 100_000 })).version).toBe(0)
    expect((await log.at({ timestampMs: 100_001 })).version).toBe(1)
    expect((await log.at({ timestampMs: 299_999 })).version).toBe(1)
    expect((await log.at({ timestampMs: 9e12 })).version).toBe(2)
    await expect(log.at({ timestampMs: 99_999 })).rejects.toThrow(code('SLUICE_DELTA_VERSION_MISSING'))
    expect((await history(log)).map(({ timestampMs }) => timestampMs)).toEqual([300_000, 100_001, 100_000])
  })

  test('in commits, from the version on that says so', async () => {
    const info = (inCommitTimestamp: number) => ({ commitInfo: { inCommitTimestamp, operation: 'WRITE' } })
    const store = localStore(join(folder, 'table'))
    const enabled = metaData({
      'delta.enableInCommitTimestamps': 'true',
      'delta.inCommitTimestampEnablementVersion': '2',
      'delta.inCommitTimestampEnablementTimestamp': '5000',
    })
    await put(
      store,
      [protocol, metaData()],
      [add('a')],
      [info(5000), enabled],
      [info(6000), add('b')],
      [info(7000), add('c')],
    )
    for (const version of [0, 1, 2, 3, 4]) await seconds(version, version + 1)
    const log = await open(store)
    const at = async (timestampMs: number) => (await log.at({ timestampMs })).version
    expect(await Promise.all([1000, 2500, 4999, 5000, 6999, 7000, 9e12].map(at))).toEqual([
      0, 1, 1, 2, 3, 4, 4,
    ])
    expect((await log.latest())?.timestampMs).toBe(7000)
    expect((await history(log, { limit: 4 })).map(({ timestampMs }) => timestampMs)).toEqual([
      7000, 6000, 5000, 2000,
    ])
  })
})

describe('files of the log', () => {
  async function withFile(path: string, readsFrom: readonly string[] = []): Promise<DeltaLog> {
    const store = localStore(join(folder, 'table'))
    await put(store, [protocol, metaData(), add(path, { partitionValues: { day: 'a b' } })])
    return open(store, readsFrom)
  }

  async function parquet(path: string): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true })
    await session.run(`copy (select 7::bigint as id) to '${path.replaceAll("'", "''")}' (format parquet)`)
  }

  const rows = async (log: DeltaLog) => {
    const scan = await (await log.latest())?.scan({ positions: true })
    return session.rows(`select * from (${scan?.sql})`)
  }

  test.each([
    ['day=a%20b/x%25y.parquet', 'day=a b/x%y.parquet'],
    ["it's%20%23%3F.parquet", "it's #?.parquet"],
    ['ä%C3%B6.parquet', 'äö.parquet'],
    ['a*b[c].parquet', 'a*b[c].parquet'],
  ])('%s is %s', async (path, name) => {
    await parquet(join(folder, 'table', name))
    // Not a pattern that others match, too.
    await parquet(join(folder, 'table', 'axxbc.parquet'))
    expect(await rows(await withFile(path))).toEqual([['7', 'a b', path, '0']])
  })

  test('outside of the table they are read only from where it is allowed', async () => {
    const other = join(folder, 'other', 'x.parquet')
    await parquet(other)
    await expect(rows(await withFile(other))).rejects.toThrow(code('SLUICE_DELTA_PATH_REFUSED'))
    for (const path of [other, `file://${other}`, `file:${other}`])
      expect(await rows(await withFile(path, [join(folder, 'other')]))).toHaveLength(1)
    await expect(rows(await withFile(other, [join(folder, 'oth')]))).rejects.toThrow(
      code('SLUICE_DELTA_PATH_REFUSED'),
    )
  })

  test('an absolute path into the table itself is fine', async () => {
    await parquet(join(folder, 'table', 'x.parquet'))
    expect(await rows(await withFile(join(folder, 'table', 'x.parquet')))).toHaveLength(1)
  })

  test('links lead nowhere else', async () => {
    await parquet(join(folder, 'other', 'x.parquet'))
    await mkdir(join(folder, 'table'))
    await symlink(join(folder, 'other'), join(folder, 'table', 'folder'))
    await symlink(join(folder, 'other', 'x.parquet'), join(folder, 'table', 'link.parquet'))
    for (const path of ['folder/x.parquet', 'link.parquet'])
      await expect(rows(await withFile(path))).rejects.toThrow(code('SLUICE_DELTA_PATH_REFUSED'))
  })

  test('whatever the path, nothing outside is touched', async () => {
    await parquet(join(folder, 'secret.parquet'))
    const parts = fc.constantFrom(
      '..',
      '%2e%2e',
      '%2E.',
      '.',
      '/',
      '%2f',
      '%5c',
      '\\',
      'secret.parquet',
      'table',
      'file:',
      '//',
      '%00',
      '%',
      '%zz',
      's3://b',
      ' ',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { minLength: 1, maxLength: 7 }), async some => {
        const log = await withFile(some.join(''))
        await expect(rows(log)).rejects.toBeInstanceOf(Failure)
        await expect(rows(log)).rejects.toMatchObject({
          code: expect.stringMatching(/^SLUICE_DELTA_(PATH_REFUSED|FILE_MISSING|LOG_BROKEN)$/),
        })
        await log.close()
        logs.pop()
      }),
      { numRuns: 80 },
    )
  })

  test('a change of deleted rows alone is a change of rows', async () => {
    const log = await withFile('x.parquet')
    await parquet(join(folder, 'table', 'x.parquet'))
    const one = await changes(log, { from: 0, to: 0 })
    expect(await session.rows(`select * exclude (_commit_timestamp) from (${one.sql})`)).toEqual([
      ['7', 'a b', 'insert', '0'],
    ])
    await expect(changes(log, { from: 0, to: 1 })).rejects.toThrow(code('SLUICE_DELTA_VERSION_MISSING'))
  })
})

describe('statistics', () => {
  const ids = (log: DeltaLog, where: string) =>
    log.latest().then(async latest => {
      const scan = await latest?.scan({ columns: ['id'], where })
      return { files: scan?.files, rows: (await session.rows(scan?.sql ?? '')).flat() }
    })

  test('keep integers beyond 2^53 apart, and are left alone where they are none', async () => {
    const store = localStore(join(folder, 'table'))
    const files: readonly (readonly [string, string])[] = [
      [
        '9007199254740992',
        '{"numRecords":1,"minValues":{"id":9007199254740992},"maxValues":{"id":9007199254740992}}',
      ],
      [
        '9007199254740993',
        '{"numRecords":1,"minValues":{"id":9007199254740993},"maxValues":{"id":9007199254740993}}',
      ],
      ['9007199254740993', 'this is no JSON'],
      ['9007199254740993', '{"stats_json":"{}"}'],
      ['9007199254740993', '{"numRecords":"x","minValues":[],"maxValues":{"id":{}},"nullCount":7}'],
      ['9007199254740993', ''],
    ]
    await mkdir(join(folder, 'table'))
    for (const [i, [id]] of files.entries())
      await session.run(
        `copy (select ${id}::bigint as id) to '${join(folder, 'table', `${i}.parquet`)}' (format parquet)`,
      )
    await put(store, [protocol, metaData(), ...files.map(([, stats], i) => add(`${i}.parquet`, { stats }))])
    const log = await open(store)
    const found = { files: 5, rows: Array.from({ length: 5 }, () => '9007199254740993') }
    expect(await ids(log, 'id = 9007199254740993')).toEqual(found)
    expect(await ids(log, 'id > 9007199254740992')).toEqual(found)
    expect(await ids(log, "id = 9007199254740993 and day = 'x'")).toEqual(found)
    expect(await ids(log, "day = 'y'")).toEqual({ files: 0, rows: [] })
    expect((await ids(log, 'id = 1 or true')).files).toBe(6)
    // Bounds are kept: what comes later is among them.
    await store.put(commitKey(1), linesOf([remove('1.parquet'), add('0.parquet', { stats: files[1]?.[1] })]))
    expect((await ids(log, 'id = 9007199254740993')).files).toBe(5)
    await expect(ids(log, "id = 'no number'")).rejects.toThrow(code('SLUICE_TARGET_QUERY'))
  })
})

describe('another machine', () => {
  test('gives log, checkpoint, files and deletion vectors by requests', async () => {
    const store = memoryStore()
    const local = join(folder, 'x.parquet')
    await session.run(`copy (select i::bigint as id from range(5) r(i)) to '${local}' (format parquet)`)
    await store.upload('x.parquet', local)
    const data = encodeVector(BigInt64Array.from([1n, 3n]))
    const { bytes: file, offsets } = vectorFile([data])
    const uuid = new Uint8Array(16).fill(9)
    await store.put(vectorPath(uuid), file)
    const deletionVector = storedVector(uuid, { offset: offsets[0] ?? 0, data, cardinality: 2 })
    const features = { readerFeatures: ['deletionVectors'], writerFeatures: ['deletionVectors'] }
    await put(store, [
      { protocol: { minReaderVersion: 3, minWriterVersion: 7, ...features } },
      metaData(),
      add('x.parquet', { size: (await store.head('x.parquet'))?.sizeBytes ?? 0 }),
    ])
    const log = await open(store)
    const all = async () => session.rows((await (await log.latest())?.scan())?.sql ?? '')
    expect(await all()).toHaveLength(5)
    await store.put(
      commitKey(1),
      linesOf([remove('x.parquet'), add('x.parquet', { size: 0, deletionVector })]),
    )
    expect((await all()).toSorted()).toEqual(['0', '2', '4'].map(id => [id, 'x']))
    const change = await changes(log, { from: 1, to: 1 })
    expect(await session.rows(`select id, _change_type from (${change.sql}) order by id`)).toEqual([
      ['1', 'delete'],
      ['3', 'delete'],
    ])
    await store.put(commitKey(2), linesOf([add('gone.parquet')]))
    await expect(all()).rejects.toThrow(code('SLUICE_DELTA_FILE_MISSING'))
  })
})

describe('garbage', () => {
  const good = linesOf([protocol, metaData(), add('a', { stats: '{"numRecords":1}' }), add('b')])

  test('in a commit is told by a code, never by a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.nat({ max: good.length }).map(length => good.subarray(0, length)),
          fc
            .tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => good.with(at, byte)),
          fc.uint8Array({ maxLength: 60 }),
        ),
        async garbled => {
          const store = memoryStore()
          await store.put(commitKey(0), new Uint8Array(garbled))
          const log = await openDeltaLog({ store, engine, nowMs: () => 0 })
          try {
            await paths(await log.latest())
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Failure)
            expect(thrown).toMatchObject({ code: expect.stringMatching(/^SLUICE_DELTA_/) })
          } finally {
            await log.close()
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('in a checkpoint, too', async () => {
    const file = join(folder, 'good.parquet')
    await session.run(`copy (select {'minReaderVersion': 1, 'minWriterVersion': 2} as protocol,
        null::struct(path varchar) as add)
      to '${file}' (format parquet)`)
    const whole = new Uint8Array(
      await localStore(folder)
        .get('good.parquet')
        .then(({ bytes: read }) => read),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.nat({ max: whole.length }).map(length => whole.subarray(0, length)),
          fc
            .tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => whole.with(at, byte)),
        ),
        async garbled => {
          const root = await mkdtemp(join(folder, 'table-'))
          await mkdir(join(root, '_delta_log'))
          await writeFile(join(root, '_delta_log', '00000000000000000003.checkpoint.parquet'), garbled)
          const log = await openDeltaLog({ store: localStore(root), engine, nowMs: () => 0 })
          // Not even whole does it say what the table is.
          await expect(log.latest()).rejects.toMatchObject({ code: 'SLUICE_DELTA_LOG_BROKEN' })
          await log.close()
        },
      ),
      { numRuns: 60 },
    )
  })
})
