import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { updateRows } from '../rows/update.ts'
import { addColumns, renameColumn } from '../schema/alter.ts'
import { setProperties } from '../schema/properties.ts'
import { diff } from './diff.ts'
import { optimize } from './optimize/optimize.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
  const properties = { 'delta.columnMapping.mode': 'name' }
  await createIn(table, table.log, { columns: ['id BIGINT', 'v VARCHAR'], properties })
  await write("select i::bigint as id, 'v' || i as v from range(100) t(i)")
})
afterEach(() => table.close())

const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)

async function between(from: number, to: number) {
  const versions = { from: await table.log.at({ version: from }), to: await table.log.at({ version: to }) }
  return diff({ session: table.session, ...versions })
}

test.each(['merge-on-read', 'copy-on-write'] as const)('rows that came and went: %s', async mode => {
  await write('select 100::bigint as id, null as v')
  await table.commit(async tx => (await deleteRows(tx, { where: 'id < 10', mode })).operation)
  await table.commit(
    async tx => (await updateRows(tx, { set: { v: "'new'" }, where: 'id = 50', mode })).operation,
  )
  const found = await between(1, 4)
  expect(found).toMatchObject({ from: 1, to: 4, rows: { from: 100, to: 91, added: 2, removed: 11 } })
  expect(await table.session.rows(`${found.addedSql} order by id`)).toEqual([
    ['50', 'new'],
    ['100', null],
  ])
  expect(await between(4, 1)).toMatchObject({ rows: { from: 91, to: 100, added: 11, removed: 2 } })
})

test('rows that were only moved are the same rows', async () => {
  await write('select 7::bigint as id, null as v')
  await optimize(table.log, { session: table.session })
  expect(await between(2, 3)).toMatchObject({
    rows: { from: 101, to: 101, added: 0, removed: 0 },
    files: { added: 1, removed: 2 },
  })
})

test('columns and properties', async () => {
  await table.commit(tx => addColumns(tx, [{ path: ['more'], type: 'long' }]))
  await table.commit(tx => renameColumn(tx, ['v'], 'w'))
  await table.commit(tx => setProperties(tx, { 'delta.appendOnly': 'false' }))
  await write("select 1000::bigint as id, 'x' as w, 5::bigint as more")
  expect(await between(1, 5)).toMatchObject({
    rows: { from: 100, to: 101, added: 1, removed: 0 },
    columns: {
      added: [
        { name: 'w', type: 'VARCHAR' },
        { name: 'more', type: 'BIGINT' },
      ],
      removed: [{ name: 'v', type: 'VARCHAR' }],
      retyped: [],
    },
  })
  expect((await between(1, 5)).properties).toContainEqual({
    name: 'delta.appendOnly',
    from: undefined,
    to: 'false',
  })
})

test('an empty table and a version beside itself', async () => {
  expect(await between(0, 1)).toMatchObject({ rows: { from: 0, to: 100, added: 100, removed: 0 } })
  expect(await between(1, 1)).toMatchObject({
    rows: { added: 0, removed: 0 },
    files: { added: 0, removed: 0 },
  })
})
