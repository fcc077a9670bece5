import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import { history } from '../log/history.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { setProperties } from '../schema/properties.ts'
import { optimize } from './optimize/optimize.ts'
import { carePolicy, careNeeded } from './policy.ts'
import { vacuum } from './vacuum.ts'

const dayMs = 86_400_000
let table: TestTable
beforeEach(async () => {
  table = await testTable()
  await createIn(table, table.log, { columns: ['id BIGINT', 'p BIGINT'], partitionColumns: ['p'] })
})
afterEach(() => table.close())

const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)
const policy = { ...carePolicy, smallFilesMin: 3 }
const needed = async () => {
  const nowMs = Date.now() + table.clock.aheadMs
  return (await careNeeded(await table.newest(), { session: table.session, nowMs, policy })).map(
    step => step.do,
  )
}

test('small files of one partition are packed when they are many', async () => {
  for (let i = 0; i < 2; i++) await write('select 1::bigint as id, i::bigint as p from range(5) t(i)')
  expect(await needed()).toEqual([])
  await write('select 1::bigint as id, 3::bigint as p')
  const nowMs = Date.now()
  const [step] = await careNeeded(await table.newest(), { session: table.session, nowMs, policy })
  expect(step).toMatchObject({ do: 'optimize', smallFiles: 3 })
  await optimize(table.log, { session: table.session })
  expect(await needed()).toEqual([])
})

test('files of which much is deleted are written anew', async () => {
  await write('select i::bigint as id, 1::bigint as p from range(1000) t(i)')
  const remove = (where: string) =>
    table.commit(async tx => (await deleteRows(tx, { where, mode: 'merge-on-read' })).operation)
  await remove('id < 200')
  expect(await needed()).toEqual([])
  await remove('id < 300')
  expect(await needed()).toEqual(['purge'])
  await optimize(table.log, { session: table.session, deletedShareMin: policy.deletedShareMin })
  expect(await needed()).toEqual([])
})

test('a vacuum is due when something has become old enough since the last one, and once in a week', async () => {
  const at = async (days: number) => {
    table.clock.aheadMs = days * dayMs
    return needed()
  }
  const remove = (where: string) => table.commit(async tx => (await deleteRows(tx, { where })).operation)
  for (const p of [1, 2, 3]) await write(`select ${p}::bigint as id, ${p}::bigint as p`)
  expect(await at(2)).toEqual([])
  await remove('p = 1')
  expect(await at(4)).toEqual([])
  await remove('p = 2')
  expect(await at(7.1)).toEqual(['vacuum'])
  await vacuum(table.log, { session: table.session })
  expect(await at(7.2)).toEqual([])
  expect(await at(8.2)).toEqual([])
  expect(await at(9.1)).toEqual(['vacuum'])
  expect(await vacuum(table.log, { session: table.session })).toMatchObject({ files: 1 })
  // The second file is old enough from day 11 on; a longer retention of the table itself counts.
  expect(await at(10.9)).toEqual([])
  expect(await at(11.1)).toEqual(['vacuum'])
  await table.commit(tx => setProperties(tx, { 'delta.deletedFileRetentionDuration': '30 days' }))
  expect(await at(12)).toEqual([])
  expect(await at(39.2)).toEqual(['vacuum'])
})

test('care packs where many small files are, and as much as it may; the history says that nobody asked', async () => {
  const rows = (p: number) => `select i::bigint as id, ${p}::bigint as p from range(100) t(i)`
  for (const p of [1, 1, 1, 2, 2, 3, 3, 3]) await write(rows(p))
  const sizes = (await table.newest()).filesSql
  const [size] = await table.session.row(`select max(size_bytes) from (${sizes})`)
  const care = { session: table.session, filesMin: 3, auto: true, bytesMax: 3.5 * Number(size) }
  expect(await optimize(table.log, care)).toMatchObject({ filesRemoved: 3, filesAdded: 1 })
  expect(await optimize(table.log, care)).toMatchObject({ filesRemoved: 3, filesAdded: 1 })
  expect(await optimize(table.log, care)).toMatchObject({ filesRemoved: 0, version: undefined })
  const [newest] = await history(table.log, { limit: 1 })
  expect(newest).toMatchObject({ operation: 'OPTIMIZE', parameters: { auto: true } })
  expect(await table.rows()).toHaveLength(800)
})
