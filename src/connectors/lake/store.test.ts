import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type PartitionSlice,
  type Store,
  type Target,
  type TargetContext,
  quarantineOf,
  type Work,
} from '../../connect/index.ts'
import type { WriteStrategy } from '../../model/index.ts'
import { memoryStore } from '../../objects/index.ts'
import { quoteAsset } from '../../sql/index.ts'
import { follow, type Row } from '../../testing/index.ts'
import { fresh } from './conform.ts'
import { lake } from './index.ts'
import { openLake } from './store.ts'

let trial: { target: Target; context: TargetContext; dispose: () => Promise<void> }
let folder: string
const opened: Store[] = []
beforeEach(async () => {
  trial = await fresh()
  folder = join(trial.context.root, 'lake')
})
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
  await trial.dispose()
})

const { signal } = new AbortController()
const open = async (more: Partial<TargetContext> = {}) => {
  const store = await trial.target.open({ ...trial.context, ...more })
  opened.push(store)
  return store
}

type Step = {
  readonly sql: string
  readonly table?: string
  readonly strategy?: WriteStrategy
  readonly key?: readonly string[]
  readonly partition?: PartitionSlice
  readonly atMs?: number
  readonly deleteMissing?: boolean
}
const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
const effectOf = (asset: string) => ({ asset, run: 'run', atMs: 0, counts, record: null })

const write = (work: Work, given: Step) => {
  const { sql, table = 'lab.things', strategy = 'replace', key = [], partition } = given
  const { atMs = 0, deleteMissing = false } = given
  return work.write({
    table,
    strategy,
    sql,
    columns: [],
    key,
    cursor: undefined,
    partition,
    atMs,
    deleteMissing,
  })
}

const begin = (store: Store, effect: string, asset = 'lab.things') =>
  store.begin({ asset, effect, keyed: true, signal })

async function step(store: Store, effect: string, write_: Step): Promise<Awaited<ReturnType<Work['write']>>> {
  const asset = write_.table ?? 'lab.things'
  const work = await begin(store, effect, asset)
  try {
    const written = await write(work, write_)
    await work.publish(effectOf(asset))
    return written
  } finally {
    await work.abandon()
  }
}

const all = async (store: Store, sql: string) =>
  (await store.query(sql)).rows.map(row => row.join(' ')).sort()
const versions = async (asset: string) => {
  const log = join(folder, asset.replace('.', '/'), '_delta_log')
  return existsSync(log) ? (await readdir(log)).filter(name => /^\d{20}\.json$/.test(name)).length : 0
}

test('two works on one asset at once: one is published, the other is told to come again', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1 as id' })
  const [one, two] = [await begin(store, 'b'), await begin(store, 'c')]
  await write(one, { sql: 'select 2 as id' })
  await write(two, { sql: 'select 3 as id' })
  expect(await one.publish(effectOf('lab.things'))).toEqual({ already: false })
  await expect(two.publish(effectOf('lab.things'))).rejects.toMatchObject({
    code: 'SLUICE_TARGET_CONFLICT',
    retry: 'later',
  })
  await two.abandon()
  expect(await all(store, 'from lab.things')).toEqual(['2'])
  expect(await store.effect('c')).toBe(undefined)
  expect(await readdir(join(folder, '_sluice/publishing'))).toEqual([])
})

test('rows that are only appended pass each other by, in one process and in several stores', async () => {
  const stores = [await open(), await open()]
  await step(stores[0] as Store, 'first', { sql: 'select 0 as n', strategy: 'append' })
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      step(stores[n % 2] as Store, `append ${n}`, { sql: `select ${n + 1} as n`, strategy: 'append' }),
    ),
  )
  for (const store of stores)
    expect((await store.query('select count(*), sum(n) from lab.things')).rows).toEqual([['21', '210']])
  expect(await versions('lab.things')).toBe(21)
})

test('what a work decided by may not change under it; what it did not look at may', async () => {
  const store = await open()
  // A file each: what lies in one file is one to others.
  for (const day of ['2024-01-01', '2024-01-02'])
    await step(store, day, { sql: `select 1 as id, date '${day}' as day`, strategy: 'append' })
  const slice = (day: string) => ({
    scheme: { kind: 'time', column: 'day', unit: 'day', zone: 'UTC' } as const,
    first: day,
    last: day,
    where: `"day" = date '${day}'`,
  })
  const replace = async (effect: string, day: string) => {
    const work = await begin(store, effect)
    const sql = `select 7 as id, date '${day}' as day`
    await write(work, { sql, strategy: 'replace-partition', partition: slice(day) })
    return work
  }
  const works = [await replace('one', '2024-01-01'), await replace('two', '2024-01-02')]
  const merging = await begin(store, 'merge')
  await write(merging, { sql: "select 9 as id, date '2024-01-02' as day", strategy: 'merge', key: ['id'] })
  for (const work of works) await work.publish(effectOf('lab.things'))
  expect(await all(store, 'from lab.things')).toEqual(['7 2024-01-01', '7 2024-01-02'])
  // Had the key come meanwhile, it would be there twice.
  await step(store, 'append', { sql: "select 9 as id, date '2024-01-01' as day", strategy: 'append' })
  await expect(merging.publish(effectOf('lab.things'))).rejects.toMatchObject({
    code: 'SLUICE_TARGET_CONFLICT',
  })
  expect(await all(store, 'select count(*) from lab.things where id = 9')).toEqual(['1'])
})

test('a work sees every table as it was when it looked first, however many commits pass', async () => {
  const store = await open()
  for (const table of ['lab.a', 'lab.b']) await step(store, table, { table, sql: 'select 1 as n' })
  const work = await begin(store, 'late', 'lab.c')
  const seen = async () => (await work.query('select a.n, b.n from lab.a a, lab.b b')).rows
  expect(await seen()).toEqual([['1', '1']])
  for (const table of ['lab.a', 'lab.b']) await step(store, `${table} 2`, { table, sql: 'select 2 as n' })
  expect(await seen()).toEqual([['1', '1']])
  await work.abandon()
  expect((await store.query('select a.n, b.n from lab.a a, lab.b b')).rows).toEqual([['2', '2']])
})

test('rows that are the same make no version, and leave no file', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1 as id' })
  const before = await readdir(join(folder, 'lab/things'))
  for (const strategy of ['replace', 'merge'] as const) {
    const written = await step(store, strategy, { sql: 'select 1 as id', strategy, key: ['id'] })
    expect(written.unchanged).toBe(true)
  }
  expect(await versions('lab.things')).toBe(1)
  expect(await readdir(join(folder, 'lab/things'))).toEqual(before)
})

test('views stand on tables and on views, in any order and case, and follow them', async () => {
  const store = await open()
  await step(store, 'rows', { table: 'Raw.Orders', sql: 'select 1 as id union all select 2' })
  await step(store, 'v1', {
    table: 'lab.some',
    strategy: 'view',
    sql: 'select id from raw.orders where id > 1',
  })
  await step(store, 'v2', { table: 'lab.few', strategy: 'view', sql: 'select id + 1 as id from LAB.some' })
  expect(await all(store, 'from lab.FEW')).toEqual(['3'])
  expect(await store.columns('lab.few')).toEqual([{ name: 'id', type: 'INTEGER', nullable: true }])
  await step(store, 'more', { table: 'Raw.Orders', strategy: 'append', sql: 'select 7 as id' })
  expect(await all(store, 'select * from lab.few f join raw.ORDERS o on o.id = f.id - 1')).toEqual([
    '3 2',
    '8 7',
  ])
  expect(await store.assets()).toEqual(['Raw.Orders', 'lab.few', 'lab.some'])
})

test('a table as it was: by version, by time, beside what it is', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1 as id' })
  const { mtime } = await stat(join(folder, 'lab/things/_delta_log/00000000000000000000.json'))
  await step(store, 'b', { sql: 'select 2 as id' })
  expect(await all(store, 'from lab.things as of version 0')).toEqual(['1'])
  expect(await all(store, `from lab.things as of timestamp '${mtime.toISOString()}'`)).toEqual(['1'])
  const both = 'select n.id, o.id from lab.things n, lab.things as of version 0 o'
  expect(await all(store, both)).toEqual(['2 1'])
  await expect(store.query('from lab.things as of version 7')).rejects.toMatchObject({
    code: 'SLUICE_DELTA_VERSION_MISSING',
  })
  await step(store, 'v', { table: 'lab.shown', strategy: 'view', sql: 'from lab.things' })
  await expect(store.query('from lab.shown as of version 0')).rejects.toMatchObject({
    code: 'SLUICE_LAKE_NO_PAST',
  })
  await expect(store.query("from lab.things as of timestamp 'noon'")).rejects.toMatchObject({
    code: 'SLUICE_LAKE_WHEN',
  })
})

test('names may hold anything, and no name leads out of the lake or into its bookkeeping', async () => {
  const store = await open()
  const names = [
    '_sluice.effects',
    'a b.c.d',
    'lab...',
    'lab.*[x]',
    'lab.%2e%2e',
    'lab.☃ "q"',
    'main.x',
    'lab..hidden',
  ]
  for (const [n, table] of names.entries()) await step(store, table, { table, sql: `select ${n} as "a b"` })
  for (const [n, table] of names.entries())
    expect(await all(store, `from ${quoteAsset(table)}`)).toEqual([String(n)])
  expect(await store.assets()).toEqual(names.filter(name => !name.startsWith('_')).sort())
  expect((await readdir(trial.context.root)).sort()).toEqual(['lake', 'temp'])
})

test('types change as they do in a database: widened, into text, and back to what they were', async () => {
  const store = await open()
  const merge = (effect: string, sql: string) => step(store, effect, { sql, strategy: 'merge', key: ['id'] })
  await merge('a', "select 1 as id, 5::utinyint as n, uuid() as u, 1::hugeint as h, {'a': 1} as s")
  await merge('b', "select 2 as id, 300::integer as n, uuid() as u, 2::hugeint as h, {'a': 2} as s")
  await merge(
    'c',
    `select 3 as id, 9007199254740993 as n, uuid() as u, 170141183460469231731687303715884105727 as h`,
  )
  await merge('d', "select 4 as id, 'many' as n")
  expect((await store.columns('lab.things'))?.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id INTEGER',
    'n VARCHAR',
    'u UUID',
    'h HUGEINT',
    's STRUCT(a INTEGER)',
  ])
  expect(await all(store, 'select id, n, h, s.a from lab.things')).toEqual([
    '1 5 1 1',
    '2 300 2 2',
    '3 9007199254740993 170141183460469231731687303715884105727 ',
    '4 many  ',
  ])
  expect(await all(store, 'select id, n from lab.things as of version 0')).toEqual(['1 5'])
})

test('rows that are written anew for a wider type are not counted as new', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1::integer as n union all select 2', strategy: 'append' })
  const wider = { sql: 'select 9007199254740993 as n', strategy: 'append' } as const
  expect(await step(store, 'b', wider)).toMatchObject({ out: 1, unchanged: false })
  const none = { sql: "select 'x' as n where false", strategy: 'append' } as const
  expect(await step(store, 'c', none)).toMatchObject({ out: 0 })
  expect(await all(store, 'from lab.things')).toEqual(['1', '2', '9007199254740993'])
})

test('a lake that is not there is not made by reading; a file in its place is no lake', async () => {
  await expect(lake('nowhere').open({ ...trial.context, mode: 'read' })).rejects.toMatchObject({
    code: 'SLUICE_TARGET_NOT_FOUND',
    exit: 2,
  })
  expect(existsSync(join(trial.context.root, 'nowhere'))).toBe(false)
  await writeFile(join(trial.context.root, 'file'), '')
  await expect(lake('file/lake').open(trial.context)).rejects.toMatchObject({
    code: 'SLUICE_TARGET_UNWRITABLE',
  })
  await expect(lake('').open(trial.context)).rejects.toMatchObject({ code: 'SLUICE_TARGET_OPTION' })
})

test('what others put into the lake is there as well', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1 as id' })
  await mkdir(join(folder, 'lab/notes'), { recursive: true })
  await writeFile(join(folder, 'lab/notes/readme.txt'), 'no table')
  await writeFile(join(folder, 'stray'), 'no table either')
  expect(await store.assets()).toEqual(['lab.things'])
  const log = await readFile(join(folder, 'lab/things/_delta_log/00000000000000000000.json'), 'utf8')
  await mkdir(join(folder, 'ext/t/_delta_log'), { recursive: true })
  const empty = log.split('\n').filter(line => !line.startsWith('{"add"'))
  await writeFile(join(folder, 'ext/t/_delta_log/00000000000000000000.json'), empty.join('\n'))
  expect(await store.assets()).toEqual(['ext.t', 'lab.things'])
  expect(await all(store, 'from ext.t')).toEqual([])
})

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

const strategies = ['append', 'replace', 'merge', 'replace-partition', 'scd2', 'snapshot'] as const
test.each(strategies)('%s: any series of loads leaves what the model says', async strategy => {
  const property = fc.asyncProperty(loads, async series => {
    const store = await openLake(memoryStore(), { options: {}, context: trial.context })
    try {
      await follow({ store }, strategy, series)
    } finally {
      await store.close()
    }
  })
  await fc.assert(property, { numRuns: 8 })
})

test('the quarantine is a table like any other', async () => {
  const store = await open()
  const work = await begin(store, 'a')
  await write(work, { sql: 'select 1 as id' })
  const refusal = "select 'no' as reason, 'type' as rule, 'f' as source, 1 as position, '{}' as raw"
  expect(await work.refuse({ sql: `${refusal} union all ${refusal}`, run: 'r' })).toBe(2)
  await work.publish(effectOf('lab.things'))
  const quarantine = quoteAsset(quarantineOf('lab.things'))
  expect(await all(store, `select status, count(distinct id) from ${quarantine} group by 1`)).toEqual([
    'open 2',
  ])
  expect(await store.assets()).toEqual(['lab.things'])
})

test('the past of a table, and its care', async () => {
  const store = await open()
  const { versions } = store
  if (versions === undefined) throw new Error('a lake has versions')
  const merge = (effect: string, sql: string) => step(store, effect, { sql, strategy: 'merge', key: ['id'] })
  await merge('a', 'select 1 as id, 1 as n union all select 2, 2')
  await merge('b', "select 2 as id, 3 as n, 'new' as more union all select 3, 4, null")
  const history = await versions.history('lab.things')
  expect(history.map(({ version, operation, run, engine }) => [version, operation, run, engine])).toEqual([
    [1, 'MERGE', 'run', 'Sluice'],
    [0, 'CREATE TABLE AS SELECT', 'run', 'Sluice'],
  ])
  expect(await versions.history('lab.things', { limit: 1 })).toHaveLength(1)
  expect(history[0]?.metrics).toMatchObject({
    numTargetRowsInserted: '1',
    numTargetRowsUpdated: '1',
    numTargetRowsDeleted: '0',
    numTargetRowsCopied: '1',
    numOutputRows: '3',
  })
  expect(await versions.diff('lab.things', { from: { version: 0 }, to: { version: 1 } })).toMatchObject({
    rows: { from: 2, to: 3, added: 2, removed: 1 },
    columns: { added: [{ name: 'more' }], removed: [], retyped: [] },
  })
  const cloned = await versions.clone('lab.things', 'scratch.things', { version: 0 })
  expect(cloned).toMatchObject({ from: 0, files: 1 })
  expect(await all(store, 'from scratch.things')).toEqual(['1 1', '2 2'])
  expect(await versions.restore('lab.things', { version: 0 })).toMatchObject({ version: 2, already: false })
  expect(await all(store, 'from lab.things')).toEqual(['1 1', '2 2'])
  await merge('c', 'select 5 as id, 5 as n')
  await versions.optimize('lab.things', {})
  expect(await all(store, 'from lab.things')).toEqual(['1 1', '2 2', '5 5'])
  expect(await versions.fsck('lab.things')).toEqual([])
  await versions.vacuum('lab.things', { dryRun: false })
  expect(await all(store, 'from lab.things as of version 1')).toHaveLength(3)
  await step(store, 'v', { table: 'lab.shown', strategy: 'view', sql: 'from lab.things' })
  await expect(versions.history('lab.shown')).rejects.toMatchObject({ code: 'SLUICE_LAKE_NO_PAST' })
  await expect(versions.restore('lab.none', { version: 0 })).rejects.toMatchObject({
    code: 'SLUICE_LAKE_NO_PAST',
  })
})

test('a query reads: what would define or write is refused before it runs', async () => {
  const store = await open()
  await step(store, 'a', { sql: 'select 1 as id' })
  for (const sql of [
    'create table lab.other (n int)',
    `attach '${join(folder, 'x.db')}' as x`,
    'delete from lab.things',
    'from lab.things; drop view lab.things',
  ])
    await expect(store.query(sql)).rejects.toMatchObject({ code: 'SLUICE_LAKE_READ_ONLY', exit: 2 })
  expect(existsSync(join(folder, 'x.db'))).toBe(false)
  expect(await all(store, 'from lab.things')).toEqual(['1'])
})

test('a MERGE tells rows inserted, updated and deleted, by whichever strategy', async () => {
  const store = await open()
  const keyed = (effect: string, sql: string, more: Partial<Step> = {}) =>
    step(store, effect, { sql, strategy: 'merge', key: ['id'], ...more })
  const told = async (table: string) => {
    const [newest] = (await store.versions?.history(table, { limit: 1 })) ?? []
    const figures = ['Inserted', 'Updated', 'Deleted'].map(name => newest?.metrics[`numTargetRows${name}`])
    return [newest?.operation, ...figures].join(' ')
  }
  await keyed('m1', 'select range as id, 1 as n from range(10)')
  await keyed('m2', 'select range as id, 2 as n from range(8, 13)')
  expect(await told('lab.things')).toBe('MERGE 3 2 0')
  await keyed('m3', 'select range as id, 3 as n from range(12, 14)', { deleteMissing: true })
  expect(await told('lab.things')).toBe('MERGE 1 1 12')
  const history = { table: 'lab.past', strategy: 'scd2', key: ['id'] } as const
  await keyed('s1', 'select range as id, 1 as n from range(4)', { ...history, atMs: 1000 })
  await keyed('s2', 'select range as id, 2 as n from range(3, 6)', { ...history, atMs: 2000 })
  // One version ends, and three begin.
  expect(await told('lab.past')).toBe('MERGE 3 1 0')
  await keyed('s3', 'select 3 as id, 3 as n', { ...history, atMs: 2000, deleteMissing: true })
  // The newest of `3` is corrected in place, `0` to `2` end, `4` and `5` had not begun before.
  expect(await told('lab.past')).toBe('MERGE 0 4 2')
})
