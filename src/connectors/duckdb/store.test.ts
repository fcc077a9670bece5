import { spawnSync, spawn, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store, Target, TargetContext } from '../../connect/index.ts'
import { follow, type Row } from '../../testing/index.ts'
import { fresh } from './conform.ts'
import { duckdb } from './index.ts'

let trial: { target: Target; context: TargetContext; dispose: () => Promise<void> }
let file: string
beforeEach(async () => {
  trial = await fresh()
  file = join(trial.context.root, 'warehouse.duckdb')
})
afterEach(() => trial.dispose())

const asset = 'lab.things'
const signal = new AbortController().signal

const indexUrl = JSON.stringify(new URL('index.ts', import.meta.url).href)

/** The head of a script for another process: the store of this test's file, opened. */
const opens = () => `
  import { duckdb } from ${indexUrl}
  const [path, tempDir] = ${JSON.stringify([file, `${file}.temp`])}
  const signal = new AbortController().signal
  const context = { root: '/', memoryBytesMax: 2e8, mode: 'write', tempDir, signal }
  const store = await duckdb(path).open(context)
  const request = { columns: [], key: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  const counts = { in: 0, out: 1, refused: 0, deduplicated: 0 }`

const open = (more: Partial<TargetContext> = {}) => trial.target.open({ ...trial.context, ...more })

/** A work that writes `rows` rows of random text: it does not compress. */
async function fill(store: Store, rows: number, effect: string): Promise<void> {
  const work = await store.begin({ asset, effect, keyed: true, signal })
  try {
    const sql = `select i as id, md5(i::varchar) || md5((i + 1)::varchar) as name,
        date '2024-01-01' as day, i as seq
      from range(${rows}) r(i)`
    const request = {
      columns: [],
      key: [],
      cursor: undefined,
      partition: undefined,
      atMs: 0,
      deleteMissing: false,
    }
    await work.write({ ...request, table: asset, strategy: 'append', sql })
    const counts = { in: rows, out: rows, refused: 0, deduplicated: 0 }
    await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
  } finally {
    await work.abandon()
  }
}

const count = async (store: Store) => (await store.query(`select count(*) from ${asset}`)).rows[0]?.[0]

test('a file that another process holds: the failure names the file and the process', async () => {
  const holder = `${opens()}
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    const failed = open()
    await expect(failed).rejects.toMatchObject({ code: 'SLUICE_TARGET_LOCKED', retry: 'later', exit: 3 })
    const told = await failed.catch(
      (reason: { title: string; why: string }) => `${reason.title} ${reason.why}`,
    )
    expect(told).toContain(file)
    expect(told).toContain(`Process ${child.pid} `)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await (await open()).close()
})

test('one process can hold a file twice with the same settings, with others it is held', async () => {
  const [one, two] = [await open(), await open()]
  await fill(one, 10, 'a')
  expect(await count(two)).toBe('10')
  await expect(open({ memoryBytesMax: 100 * 1024 ** 2 })).rejects.toMatchObject({
    code: 'SLUICE_TARGET_LOCKED',
  })
  await one.close()
  await fill(two, 10, 'b')
  await two.close()
  const again = await open()
  expect(await count(again)).toBe('20')
  await again.close()
})

test('two works on one asset at once: one is published, the other is told to come again', async () => {
  const store = await open()
  await fill(store, 10, 'a')
  const [one, two] = [
    await store.begin({ asset, effect: 'b', keyed: true, signal }),
    await store.begin({ asset, effect: 'c', keyed: true, signal }),
  ]
  const request = {
    columns: [],
    key: [],
    cursor: undefined,
    partition: undefined,
    atMs: 0,
    deleteMissing: false,
  }
  const write = { ...request, table: asset, strategy: 'replace', sql: 'select 1 as id' } as const
  await one.write(write)
  await expect(two.write(write)).rejects.toMatchObject({ code: 'SLUICE_TARGET_CONFLICT', retry: 'later' })
  await two.abandon()
  const counts = { in: 1, out: 1, refused: 0, deduplicated: 0 }
  expect(await one.publish({ asset, run: 'run', atMs: 0, counts, record: null })).toEqual({ already: false })
  expect(await count(store)).toBe('1')
  await store.close()
})

test('a schema may be called like the file', async () => {
  const store = await duckdb('lab.duckdb').open(trial.context)
  await fill(store, 3, 'a')
  expect(await count(store)).toBe('3')
  await store.close()
})

test('a full disk: a failure that says so, nothing half-written, the file still good', async () => {
  // 24 MB: room for the first rows, not for 400,000 × 64 random characters.
  const small = join(trial.context.root, 'small')
  await mkdir(small)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]).status === 0
  if (!mounted) return fullByLimit()
  try {
    const store = await duckdb(join(small, 'w.duckdb')).open(trial.context)
    await fill(store, 1000, 'a')
    await expect(fill(store, 2_000_000, 'b')).rejects.toMatchObject({ code: 'SLUICE_TARGET_DISK_FULL' })
    expect(await count(store)).toBe('1000')
    expect(await store.effect('b')).toBe(undefined)
    await store.close()
    const again = await duckdb(join(small, 'w.duckdb')).open(trial.context)
    expect(await count(again)).toBe('1000')
    await again.close()
  } finally {
    execFileSync('umount', ['-l', small])
  }
})

/** Where no file system can be mounted: a limit on the size of files, in a process of its own. */
function fullByLimit(): void {
  const script = `${opens()}
    process.on('SIGXFSZ', () => {})
    const work = await store.begin({ asset: 'lab.t', effect: 'e', keyed: true, signal })
    const sql = 'select md5(i::varchar) h from range(2000000) r(i)'
    try {
      await work.write({ ...request, table: 'lab.t', strategy: 'append', sql })
      await work.publish({ asset: 'lab.t', run: 'r', atMs: 0, counts, record: null })
      console.log('written')
    } catch (thrown) { console.log(thrown.code) }`
  const { stdout } = spawnSync('sh', [
    '-c',
    `ulimit -f 20000; exec "$0" --input-type=module -e "$1"`,
    process.execPath,
    script,
  ])
  expect(String(stdout).trim()).toBe('SLUICE_TARGET_DISK_FULL')
}

test('a limit on the size of files is a full disk', fullByLimit)

test('what cannot be opened is told apart: no database, a folder, nothing there, no right', async () => {
  await writeFile(file, 'this is not a database'.repeat(1000))
  await expect(open()).rejects.toMatchObject({ code: 'SLUICE_TARGET_UNREADABLE', exit: 3 })
  await rm(file)
  await mkdir(file)
  await expect(open()).rejects.toMatchObject({ code: 'SLUICE_TARGET_UNREADABLE' })
  await rm(file, { recursive: true })
  await expect(open({ mode: 'read' })).rejects.toMatchObject({ code: 'SLUICE_TARGET_NOT_FOUND', exit: 2 })
  const closed = join(trial.context.root, 'closed')
  await mkdir(closed)
  const blocked = join(closed, 'file')
  await writeFile(blocked, '')
  // A folder below a file: refused to every user, root included, which chmod would not be.
  await expect(duckdb(join(blocked, 'w.duckdb')).open(trial.context)).rejects.toMatchObject({
    code: 'SLUICE_TARGET_UNWRITABLE',
  })
  await chmod(closed, 0o755)
})

test('a file whose middle is damaged is a failure, not wrong rows', async () => {
  const store = await open()
  await fill(store, 100_000, 'a')
  await store.close()
  const { size } = await stat(file)
  const { open: openFile } = await import('node:fs/promises')
  const handle = await openFile(file, 'r+')
  for (let at = 300_000; at < size; at += 100_000) await handle.write(Buffer.alloc(64, 0x5a), 0, 64, at)
  await handle.close()
  const sums = async () => {
    const damaged = await open({ mode: 'read' })
    try {
      return await damaged.query(`select sum(hash(t)) from ${asset} t`)
    } finally {
      await damaged.close()
    }
  }
  await expect(sums()).rejects.toMatchObject({ code: expect.stringMatching(/^SLUICE_TARGET_/) })
})

test('what publish has committed survives kill -9 in the next instant', async () => {
  const script = `${opens()}
    for (const effect of ['a', 'b', 'c']) {
      const work = await store.begin({ asset: 'lab.things', effect, keyed: true, signal })
      const sql = "select '" + effect + "' as v"
      await work.write({ ...request, table: 'lab.things', strategy: 'append', sql })
      if (effect !== 'c') await work.publish({ asset: 'lab.things', run: 'r', atMs: 0, counts, record: null })
    }
    process.kill(process.pid, 'SIGKILL')`
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(ended.signal).toBe('SIGKILL')
  const store = await open()
  expect((await store.query('select v from lab.things order by v')).rows).toEqual([['a'], ['b']])
  expect((await store.effect('b'))?.counts.out).toBe(1)
  expect(await store.effect('c')).toBe(undefined)
  await store.close()
})

test('temporary files are gone when the store is closed, and readers can share a file', async () => {
  const store = await open({ memoryBytesMax: 64 * 1024 ** 2 })
  await store.query('select count(*) from (select md5(i::varchar) h from range(1500000) r(i) order by h)')
  await fill(store, 10, 'a')
  await store.close()
  expect(await readdir(trial.context.tempDir)).toEqual([])
  await copyFile(file, `${file}.copy`)
  const [one, two] = [await open({ mode: 'read' }), await open({ mode: 'read' })]
  expect([await count(one), await count(two)]).toEqual(['10', '10'])
  await one.close()
  await two.close()
})

test('words of a failed query hold no value of a row', async () => {
  const store = await open()
  const failed = store
    .query("select v::int from (values ('s3cret')) t(v)")
    .catch((reason: { why: string }) => reason.why)
  expect(await failed).toMatchInlineSnapshot(`
    "Conversion Error: Could not convert string … to INT32 when casting from source column v

    LINE 1: select v::int from (values ('s3cret')) t(v)
                    ^"
  `)
  await store.close()
})

test('files are written once, whole, in each format', async () => {
  const store = await open()
  const sql = "select 9007199254740993 as n, '' as e, null as u"
  for (const format of ['csv', 'json', 'ndjson', 'parquet'] as const) {
    const path = join(trial.context.root, `out.${format}`)
    expect(await store.unload(sql, { path, format, options: null })).toBe(1)
    await expect(store.unload(sql, { path, format, options: null })).rejects.toMatchObject({
      code: 'SLUICE_UNLOAD_EXISTS',
    })
    const back = format === 'ndjson' ? 'json' : format
    const { rows } = await store.query(`select n from read_${back === 'csv' ? 'csv' : back}('${path}')`)
    expect(rows).toEqual([['9007199254740993']])
  }
  const bad = join(trial.context.root, 'bad.csv')
  await expect(
    store.unload("select error('no')", { path: bad, format: 'csv', options: null }),
  ).rejects.toMatchObject({ code: 'SLUICE_TARGET_QUERY' })
  await expect(stat(bad)).rejects.toMatchObject({ code: 'ENOENT' })
  await store.close()
})

const strategies = ['append', 'replace', 'merge', 'replace-partition', 'scd2', 'snapshot'] as const
const row = fc.record<Row>({
  id: fc.option(fc.integer({ min: 0, max: 4 })),
  name: fc.option(fc.constantFrom('', 'a', 'b', "q'q", '☃')),
  day: fc.constantFrom('2024-01-01', '2024-01-02'),
  seq: fc.integer({ min: 0, max: 2 }),
})
const loads = fc.array(
  fc.record({
    rows: fc.array(row, { maxLength: 6 }),
    atMs: fc.integer({ min: 0, max: 3 }).map(hour => Date.UTC(2024, 0, 10, hour)),
    deleteMissing: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
)

test.each(strategies)('%s: any series of loads leaves what the model says', async strategy => {
  const property = fc.asyncProperty(loads, async series => {
    const store = await duckdb(':memory:').open(trial.context)
    try {
      await follow({ store }, strategy, series)
    } finally {
      await store.close()
    }
  })
  await fc.assert(property, { numRuns: 25 })
})

test('after answers that were cut and reads that were left, the file opens again at once', async () => {
  const many = 'select * from range(100000000)'
  const first = await open()
  expect(await first.query(many, { rowsMax: 2 })).toMatchObject({ rows: [['0'], ['1']], truncated: true })
  for await (const rows of first.read(many, { signal })) if (rows.length > 0) break
  const work = await first.begin({ asset, effect: 'cut', keyed: true, signal })
  await work.query('create table lab.made as select 1 as n')
  expect(await work.query('select * from range(100000)', { rowsMax: 2 })).toMatchObject({ truncated: true })
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
  await first.close()
  const again = await open()
  expect((await again.query('select n from lab.made')).rows).toEqual([['1']])
  await again.close()
}, 10_000)

// Some 10 s where nobody stops it.
const slow = 'select count(*) from range(200000) a, range(200000) b where (a.range * b.range) % 7 = 3'

async function readAll(store: Store, sql: string, stop: AbortSignal): Promise<void> {
  for await (const rows of store.read(sql, { signal: stop })) expect(rows.length).toBeGreaterThan(0)
}

const statements: readonly [string, (store: Store, stop: AbortSignal) => Promise<unknown>][] = [
  ['a query', (store, stop) => store.query(slow, { signal: stop })],
  ['a read', (store, stop) => readAll(store, slow, stop)],
  ['a read under way', (store, stop) => readAll(store, 'select * from range(1000000000)', stop)],
  [
    'an unload',
    (store, stop) => store.unload(slow, { path: `${file}.csv`, format: 'csv', options: {}, signal: stop }),
  ],
  [
    'a query of a work',
    async (store, stop) => {
      const work = await store.begin({ asset, effect: 'slow', keyed: true, signal: stop })
      await work.query(slow).finally(work.abandon)
    },
  ],
]
test.each(statements)('%s that is cancelled ends at once, and never as if it were whole', async (_, act) => {
  const store = await open()
  const stop = new AbortController()
  const pressed = setTimeout(() => stop.abort(), 100)
  const startedAtMs = performance.now()
  await expect(act(store, stop.signal)).rejects.toMatchObject({ code: 'SLUICE_TARGET_CANCELLED' })
  clearTimeout(pressed)
  expect(performance.now() - startedAtMs).toBeLessThan(5_000)
  await store.close()
})

test('effects are forgotten when they are much older than the newest, and old by the clock', async () => {
  const dayMs = 86_400_000
  const publish = async (key: string, atMs: number) => {
    const store = await open()
    const work = await store.begin({ asset, effect: key, keyed: true, signal })
    await work.publish({
      asset,
      run: 'run',
      atMs,
      counts: { in: 0, out: 0, refused: 0, deduplicated: 0 },
      record: null,
    })
    await store.close()
  }
  const kept = async () => {
    const store = await open()
    const found: string[] = []
    for (const key of ['ancient', 'old', 'recent', 'new', 'ahead'])
      if (await store.effect(key)) found.push(key)
    await store.close()
    return found
  }
  const nowMs = Date.now()
  await publish('ancient', nowMs - 400 * dayMs)
  await publish('old', nowMs - 310 * dayMs)
  // Nobody has run for long: what was killed then is still known.
  expect(await kept()).toEqual(['ancient', 'old'])
  await publish('recent', nowMs - 80 * dayMs)
  expect(await kept()).toEqual(['recent'])
  await publish('ahead', nowMs + 4000 * dayMs)
  await publish('new', nowMs)
  expect(await kept()).toEqual(['recent', 'new', 'ahead'])
})
