import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
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

test('a vacuum is due a day after the last one, if anything was removed', async () => {
  await write('select 1::bigint as id, 1::bigint as p')
  table.clock.aheadMs = 2 * dayMs
  expect(await needed()).toEqual([])
  await table.commit(async tx => (await deleteRows(tx, {})).operation)
  expect(await needed()).toEqual(['vacuum'])
  await vacuum(table.log, { session: table.session })
  expect(await needed()).toEqual([])
  table.clock.aheadMs += 1.1 * dayMs
  expect(await needed()).toEqual(['vacuum'])
})
