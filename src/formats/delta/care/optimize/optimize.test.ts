import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CreateIn, createIn, type TestTable, testTable } from '../../../../../test/lake/table.ts'
import type { Snapshot } from '../../face.ts'
import { append } from '../../rows/append.ts'
import { deleteRows } from '../../rows/delete.ts'
import { optimize } from './optimize.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
})
afterEach(() => table.close())

const create = (columns: readonly string[], more: Omit<CreateIn, 'columns'> = {}) =>
  createIn(table, table.log, { columns, ...more })
const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)
const remove = (where: string) =>
  table.commit(async tx => (await deleteRows(tx, { where, mode: 'merge-on-read' })).operation)

async function files(snapshot: Snapshot): Promise<readonly (readonly (string | null)[])[]> {
  return table.session.rows(
    `select to_json(partition_values), size_bytes, dv.cardinality from (${snapshot.filesSql}) order by 1, 2`,
  )
}

test('small files of a partition become one; every version keeps its rows', async () => {
  await create(['id BIGINT', 'p VARCHAR'], { partitionColumns: ['p'] })
  for (let i = 0; i < 5; i++)
    await write(`select ${i}::bigint as id, p from (values ('a'), ('b'), (null)) v(p)`)
  await remove('id = 2')
  const before = await Promise.all([0, 1, 2, 3, 4, 5, 6].map(version => table.rows(version)))
  const done = await optimize(table.log, { session: table.session })
  expect(done).toMatchObject({ version: 7, filesRemoved: 12, filesAdded: 3 })
  expect((await files(await table.newest())).map(([partition, , dv]) => [partition, dv])).toEqual([
    ['{"p":"a"}', null],
    ['{"p":"b"}', null],
    ['{"p":null}', null],
  ])
  expect(await table.rows()).toEqual(before[6])
  expect(await Promise.all([0, 1, 2, 3, 4, 5, 6].map(version => table.rows(version)))).toEqual(before)
})

test('what is packed is not packed again', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({ version: undefined })
  await write('select 2::bigint as id')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({
    filesRemoved: 2,
    filesAdded: 1,
  })
  expect(await optimize(table.log, { session: table.session })).toMatchObject({
    version: undefined,
    filesRemoved: 0,
  })
})
