import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import { localStore, memoryStore, type ObjectStore } from '../../../objects/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { parseType, type TableField } from '../../../tables/index.ts'
import { createTable } from '../commit/create.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { openDeltaLog } from '../log/open.ts'
import { append } from './append.ts'
import { writeFiles } from './files.ts'
import { overwrite, type OverwriteRequest } from './overwrite.ts'

let folder: string
let engine: Engine
let session: Session
let logs: DeltaLog[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-rows-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 512 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
  logs = []
})
afterEach(async () => {
  for (const log of logs) await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

type Making = {
  readonly store?: ObjectStore
  readonly partitionColumns?: readonly string[]
  readonly properties?: { readonly [name: string]: string }
}

/** A table for the rows of a SELECT. */
async function make(sql: string, { store, ...making }: Making = {}): Promise<DeltaLog> {
  const place = { store: store ?? localStore(join(folder, 'table')), engine, nowMs: Date.now }
  const log = await openDeltaLog(place)
  logs.push(log)
  await createTable(log, { session, fields: await fieldsOf(sql), ...making })
  return log
}

async function fieldsOf(sql: string): Promise<readonly TableField[]> {
  return (await session.describe(sql)).map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
}

async function write(log: DeltaLog, sql: string, how?: OverwriteRequest): Promise<number> {
  const tx = await log.begin({ session })
  try {
    const { rows, operation } = await (how ? overwrite(tx, sql, how) : append(tx, sql))
    await tx.commit(operation)
    return rows
  } finally {
    await tx.abandon()
  }
}

async function newest(log: DeltaLog): Promise<Snapshot> {
  const snapshot = await log.latest()
  if (!snapshot) throw new Error('no table')
  return snapshot
}

async function rowsOf(log: DeltaLog, select = '*'): Promise<readonly (readonly (string | null)[])[]> {
  const scan = await (await newest(log)).scan()
  return session.rows(`select ${select} from (${scan.sql}) order by all`)
}

const everyType = `select 9223372036854775807::bigint - i as l, (i - 4)::tinyint as b, i::smallint as s,
  i::integer as i, case when i = 3 then 'nan' when i = 4 then '-inf' else (i + 0.1)::varchar end::float as f,
  case when i = 5 then 'inf'::double else i / 3 end as d, (i || '.123456789012345678')::decimal(38, 18) as n,
  i % 2 = 0 as t, encode('é' || i) as x, date '1969-12-30' + i::integer as day,
  timestamptz '1969-12-31 23:59:59.999999Z' + interval (i) microsecond as at,
  timestamp '9999-12-31 23:59:59.999999' as local, repeat('😀', i::integer * 20) as text,
  case when i <> 2 then {'a': case when i <> 1 then i end, 'B c': ['x' || i, null]} end as st,
  case when i <> 2 then [i, null] end as li, map {'k' || i: {'v': i}} as ma from range(8) r(i)
  union all select null, null, null, null, null, null, null, null, null, null, null, null, null, null,
    null, null`

test.each([
  ['by their names', {}],
  ['by names of their own', { properties: { 'delta.columnMapping.mode': 'name' } }],
  ['by their numbers', { properties: { 'delta.columnMapping.mode': 'id' } }],
  ['in another store', { store: memoryStore() }],
] as const)('values of every type come back, columns %s', async (_name, making) => {
  const log = await make(everyType, making)
  expect(await write(log, everyType)).toBe(9)
  expect(await rowsOf(log)).toEqual(await session.rows(`from (${everyType}) order by all`))
})

test.each(['l', 'b', 'f', 'd', 'n', 't', 'day', 'at', 'local', 'text'])(
  'a table may be parted by %s, with NULL and the oddest values',
  async column => {
    const rows = `select * replace (nullif(text, '') as text) from (${everyType})`
    const log = await make(rows, { partitionColumns: [column] })
    await write(log, rows)
    expect(await rowsOf(log)).toEqual(await session.rows(`from (${rows}) order by all`))
  },
)

test('texts of any kind part a table', async () => {
  const log = await make('select 1 as i, 1::varchar as p', { partitionColumns: ['p'] })
  let expected = 0
  const texts = fc.uniqueArray(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }).filter(text => text.isWellFormed()),
    { minLength: 1, maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(texts, async found => {
      // DuckDB's texts end at NUL where they are written as literals.
      const clean = ['..', '.', 'a/b\\c', '%41', '__HIVE_DEFAULT_PARTITION__', ...found].map(text =>
        text.replaceAll('\0', '0'),
      )
      const distinct = [...new Set(clean)]
      await write(log, distinct.map(text => `select 1 as i, ${quoteText(text)} as p`).join(' union all '), {})
      expected = distinct.length
      const read = (await rowsOf(log, 'p')).map(([p]) => p)
      expect(read.toSorted()).toEqual(distinct.toSorted())
    }),
    { numRuns: 8 },
  )
  expect(await session.count(`select count(*) from (${(await newest(log)).filesSql})`)).toBe(expected)
})

test('an empty text cannot part a table, as it would come back as NULL', async () => {
  const log = await make('select 1 as i, 1::varchar as p', { partitionColumns: ['p'] })
  await expect(write(log, `select 1 as i, '' as p`)).rejects.toMatchObject({
    code: 'SLUICE_DELTA_PARTITION_VALUE',
  })
  expect((await newest(log)).version).toBe(0)
  expect((await readdir(join(folder, 'table'))).filter(name => name !== '_delta_log')).toEqual([
    '.sluice-writing',
  ])
})

test('hundreds of partitions make a file each, however the rows come', async () => {
  const rows = `select i, i % 300 as p from range(100000) r(i) order by hash(i)`
  const log = await make(rows, { partitionColumns: ['p'] })
  await write(log, rows)
  const { filesSql } = await newest(log)
  expect(await session.rows(`select count(*), count(distinct partition_values) from (${filesSql})`)).toEqual([
    ['300', '300'],
  ])
  expect(await rowsOf(log, 'count(*), sum(i), count(distinct p)')).toEqual([['100000', '4999950000', '300']])
})

test('files become about as large as the table wants them, in partitions too', async () => {
  const rows = `select i, hash(i) as h, i % 2 as p from range(600000) r(i)`
  for (const partitionColumns of [[], ['p']]) {
    const place = partitionColumns.length > 0 ? 'parted' : 'whole'
    const store = localStore(join(folder, place))
    const properties = { 'delta.targetFileSize': '1mb' }
    const log = await make(rows.replace('hash(i)', 'hash(i)::hugeint::decimal(38, 0)'), {
      store,
      partitionColumns,
      properties,
    })
    await write(log, rows.replace('hash(i)', 'hash(i)::hugeint::decimal(38, 0)'))
    const { filesSql } = await newest(log)
    const [files, largest] = await session.row(`select count(*), max(size_bytes) from (${filesSql})`)
    expect(Number(files)).toBeGreaterThanOrEqual(4)
    expect(Number(largest)).toBeLessThan(4 * 2 ** 20)
    expect(await rowsOf(log, 'count(*), sum(i)')).toEqual([['600000', '179999700000']])
  }
})

test('statistics contain every value that is in the file', async () => {
  const log = await make(everyType)
  await write(log, everyType)
  const [[stats] = []] = await session.rows(`select stats from (${(await newest(log)).filesSql})`)
  const { numRecords, minValues, maxValues, nullCount } = JSON.parse(stats ?? '')
  expect(numRecords).toBe(9)
  expect(minValues).toMatchObject({ b: -4, s: 0, i: 0, day: '1969-12-30', st: { a: 0 } })
  expect(maxValues).toMatchObject({ b: 3, s: 7, i: 7, day: '1970-01-06', at: '1970-01-01T00:00:00.001Z' })
  expect(maxValues).not.toHaveProperty('f')
  expect(maxValues).not.toHaveProperty('d')
  expect(minValues.at).toBe('1969-12-31T23:59:59.999Z')
  expect(nullCount).toMatchObject({ l: 1, st: { a: 3 } })
  expect(stats).toContain('"n":0.123456789012345678')
})

test('all rows are replaced, at once', async () => {
  const log = await make('select 1 as i')
  await write(log, 'select i::integer as i from range(10) r(i)')
  expect(await write(log, 'select 7 as i', {})).toBe(1)
  expect(await rowsOf(log)).toEqual([['7']])
  await write(log, 'select 7 as i where false', {})
  expect(await rowsOf(log)).toEqual([])
  const scan = await (await log.at({ version: 1 })).scan()
  expect(await session.count(`select count(*) from (${scan.sql})`)).toBe(10)
})

test('only the partitions that have new rows are replaced', async () => {
  const log = await make('select 1 as i, 1 as p, date $$2024-01-01$$ as d', { partitionColumns: ['p', 'd'] })
  await write(log, `select i::integer as i, (i % 3)::integer as p, null::date as d from range(6) r(i)`)
  await write(log, `select 100 as i, 1 as p, null::date as d union all select 101, 1, date '2024-01-01'`, {
    partitions: 'dynamic',
  })
  expect(await rowsOf(log, 'i')).toEqual([['0'], ['2'], ['3'], ['5'], ['100'], ['101']])
})

test('partitions are the same by value, however another writer spells it', async () => {
  const rows = `select 1 as i, timestamptz '2024-01-01 00:00:00Z' as at, 1.5::decimal(10, 2) as d`
  const log = await make(rows, { partitionColumns: ['at', 'd'] })
  await write(log, rows)
  const tx = await log.begin({ session })
  const [add] = (await writeFiles(tx, { sql: rows })).map(file => ({
    add: { ...file, partitionValues: { at: '2024-01-01 00:00:00', d: '1.5' } },
  }))
  if (add) await tx.stage([add])
  await tx.commit({ name: 'WRITE', parameters: {} })
  await write(log, rows.replace('1 as i', '7 as i'), { partitions: 'dynamic' })
  expect(await rowsOf(log, 'i')).toEqual([['7']])
})

test('two writers replace their partitions at once; of the same one the second is refused', async () => {
  const log = await make('select 1 as i, 1 as p', { partitionColumns: ['p'] })
  await write(log, 'select i::integer as i, (i % 3)::integer as p from range(6) r(i)')
  for (const [theirs, isRefused] of [
    [2, false],
    [1, true],
  ] as const) {
    const tx = await log.begin({ session })
    const { operation } = await overwrite(tx, 'select 100 as i, 1 as p', { partitions: 'dynamic' })
    await write(log, `select 200 as i, ${theirs} as p`, { partitions: 'dynamic' })
    if (isRefused) await expect(tx.commit(operation)).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONFLICT' })
    else await tx.commit(operation)
    await tx.abandon()
  }
  expect(await rowsOf(log)).toEqual([
    ['0', '0'],
    ['3', '0'],
    ['200', '1'],
    ['200', '2'],
  ])
})

test('rows that a condition names are replaced, and rows outside of it refused', async () => {
  const log = await make('select 1 as i, $$a$$ as t', {
    properties: { 'delta.enableChangeDataFeed': 'true' },
  })
  await write(log, `select i::integer as i, 'old' as t from range(6) r(i)`)
  await write(log, `select 1 as i, 'new' as t union all select 2, 'new'`, { where: 'i between 1 and 3' })
  const expected = [
    ['0', 'old'],
    ['1', 'new'],
    ['2', 'new'],
    ['4', 'old'],
    ['5', 'old'],
  ]
  expect(await rowsOf(log)).toEqual(expected)
  for (const outside of ['4', 'null'])
    await expect(
      write(log, `select 2 as i, 'x' as t union all select ${outside}, 'x'`, { where: 'i between 1 and 3' }),
    ).rejects.toMatchObject({ code: 'SLUICE_DELTA_OUTSIDE' })
  expect(await rowsOf(log)).toEqual(expected)
})

test.each([
  ['1234567890123456.749', 'DECIMAL(19,3)'],
  ['-1234567890123456.749', 'DECIMAL(38,10)'],
  ['12345678901234567890123456789012345678', 'DECIMAL(38,0)'],
  ['9007199254740993', 'BIGINT'],
  ['0.1', 'FLOAT'],
])('%s of type %s is found by its statistics', async (value, type) => {
  const rows = `select cast('${value}' as ${type}) as v`
  const log = await make(rows)
  await write(log, rows)
  for (const operator of ['=', '<=', '>=']) {
    const { sql } = await (await newest(log)).scan({ where: `v ${operator} cast('${value}' as ${type})` })
    expect(await session.count(`select count(*) from (${sql})`)).toBe(1)
  }
})
