import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestTable, testTable } from '../../../../../test/lake/table.ts'
import { quoteText } from '../../../../sql/index.ts'
import { append } from '../../rows/append.ts'
import { convertParquet } from './convert.ts'
import { hiveType } from './hive.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
})
afterEach(() => table.close())

async function parquet(name: string, sql: string): Promise<void> {
  const path = join(table.folder, name)
  mkdirSync(dirname(path), { recursive: true })
  await table.session.run(`copy (${sql}) to ${quoteText(path)} (format parquet, row_group_size 2048)`)
}

const convert = () => convertParquet(table.log, { session: table.session })

test('a folder of Parquet files becomes a table; its files stay and it can be written to', async () => {
  await parquet(
    'a.parquet',
    "select i::bigint as id, 'x' || i as name, {'a': i::int} as s from range(10000) t(i)",
  )
  await parquet('b.parquet', 'select 10000::bigint as id, null::varchar as name, null::struct(a int) as s')
  writeFileSync(join(table.folder, '_SUCCESS'), '')
  expect(await convert()).toMatchObject({ files: 2, version: 0 })
  expect(await table.rows()).toHaveLength(10_001)
  const stats = await table.session.rows(
    `select stats from (${(await table.newest()).filesSql}) order by path`,
  )
  expect(stats.map(([text]) => JSON.parse(text ?? ''))).toEqual([
    {
      numRecords: 10_000,
      minValues: { id: 0, name: 'x0', s: { a: 0 } },
      maxValues: { id: 9999, name: 'x9999', s: { a: 9999 } },
      nullCount: { id: 0, name: 0, s: { a: 0 } },
      tightBounds: true,
    },
    {
      numRecords: 1,
      minValues: { id: 10_000 },
      maxValues: { id: 10_000 },
      nullCount: { id: 0, name: 1, s: { a: 1 } },
      tightBounds: true,
    },
  ])
  await table.commit(
    async tx => (await append(tx, "select 7::bigint as id, 'n' as name, null as s")).operation,
  )
  expect(await table.rows()).toHaveLength(10_002)
})

test('folders that name values become partitions', async () => {
  await parquet('day=2024-01-02/n=7/kind=a%20b%2F/x.parquet', 'select 1::bigint as id')
  await parquet('day=2024-01-03/n=08/kind=__HIVE_DEFAULT_PARTITION__/x[1].parquet', 'select 2::bigint as id')
  await convert()
  const { fields, partitionColumns } = await table.newest()
  expect(partitionColumns).toEqual(['day', 'n', 'kind'])
  expect(fields.map(({ type }) => 'sql' in type && type.sql)).toEqual([
    'BIGINT',
    'DATE',
    'VARCHAR',
    'VARCHAR',
  ])
  expect(await table.rows()).toEqual([
    ['1', '2024-01-02', '7', 'a b/'],
    ['2', '2024-01-03', '08', null],
  ])
})

test('a bound of floats that may hide not-a-number is not believed', async () => {
  await parquet('a.parquet', 'select i::double as v from range(10) t(i)')
  await convert()
  const [stats] = await table.session.row(`select stats from (${(await table.newest()).filesSql})`)
  expect(JSON.parse(stats ?? '')).toMatchObject({ minValues: { v: 0 }, maxValues: {} })
})

test.each([
  ['two types of one column', ['select 1::int as id', 'select 1::bigint as id'], 'a.parquet'],
  ['capitals that differ', ['select 1 as id', 'select 1 as ID'], 'a.parquet'],
  ['a type that Delta lacks', ['select 1::utinyint as id', 'select 1::utinyint as id'], 'a.parquet'],
  ['a name that cannot be stored', ['select 1 as "a b"', 'select 1 as "a b"'], 'a.parquet'],
  ['folders that differ', ['select 1 as id', 'select 1 as id'], 'p=1/a.parquet'],
])('%s are refused, and nothing is made', async (_, [one = '', two = ''], name) => {
  await parquet(name, one)
  await parquet('b.parquet', two)
  await expect(convert()).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONVERT_REFUSED' })
  expect(await table.log.latest()).toBeUndefined()
})

test('an empty folder and a table are refused', async () => {
  await expect(convert()).rejects.toMatchObject({ code: 'SLUICE_DELTA_CONVERT_REFUSED' })
  await parquet('a.parquet', 'select 1 as id')
  await convert()
  await expect(convert()).rejects.toMatchObject({ code: 'SLUICE_DELTA_EXISTS' })
})

test('the type of a partition is one that prints its values as they stand', () => {
  expect(hiveType(['1', '-20', null])).toBe('BIGINT')
  expect(hiveType(['1', '007'])).toBe('VARCHAR')
  expect(hiveType(['9223372036854775808'])).toBe('VARCHAR')
  expect(hiveType(['2024-02-29'])).toBe('DATE')
  expect(hiveType(['2024-02-30'])).toBe('VARCHAR')
  expect(hiveType([null])).toBe('VARCHAR')
})
