import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CreateIn, createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { addColumns } from '../schema/alter.ts'
import { setProperties } from '../schema/properties.ts'
import { readSchema } from '../schema/schema-string.ts'
import { optimize } from './optimize/optimize.ts'
import { restore } from './restore.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
})
afterEach(() => table.close())

const create = (columns: readonly string[], more: Omit<CreateIn, 'columns'> = {}) =>
  createIn(table, table.log, { columns, ...more })
const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)
const remove = (where: string, mode: 'merge-on-read' | 'copy-on-write' = 'merge-on-read') =>
  table.commit(async tx => (await deleteRows(tx, { where, mode })).operation)
const back = (version: number) => restore(table.log, { session: table.session, when: { version } })

test('every version can be gone back to, and from there forth again', async () => {
  await create(['id BIGINT', 'p VARCHAR'], { partitionColumns: ['p'] })
  await write("select i::bigint as id, 'a' as p from range(100) t(i)")
  await remove('id % 10 = 0')
  await write("select i::bigint as id, 'b' as p from range(100, 120) t(i)")
  await remove('id % 7 = 0', 'copy-on-write')
  await write("select i::bigint as id, 'b' as p from range(200, 220) t(i)")
  expect(await optimize(table.log, { session: table.session })).toMatchObject({ version: 6 })
  const versions = [0, 1, 2, 3, 4, 5, 6]
  const before = await Promise.all(versions.map(version => table.rows(version)))
  for (const version of [2, 5, 0, 6, 4, 1, 3]) {
    expect(await back(version)).toMatchObject({ from: version })
    expect(await table.rows()).toEqual(before[version])
  }
  expect(await Promise.all(versions.map(version => table.rows(version)))).toEqual(before)
})

test('a table that is so already stays', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  expect(await back(1)).toEqual({ version: 1, from: 1, already: true })
  await write('select 2::bigint as id')
  await remove('id = 2')
  expect((await table.newest()).version).toBe(3)
  expect(await back(1)).toMatchObject({ already: true })
})

test('columns and properties come back as well; what was taken on stays in the protocol', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  await table.commit(tx => addColumns(tx, [{ path: ['more'], type: 'string' }]))
  await table.commit(tx => setProperties(tx, { 'delta.enableChangeDataFeed': 'true' }))
  const { protocol } = await table.newest()
  await back(1)
  const restored = await table.newest()
  expect(restored.fields.map(({ name }) => name)).toEqual(['id'])
  expect(restored.metadata.configuration['delta.enableChangeDataFeed']).toBeUndefined()
  expect(restored.protocol).toEqual(protocol)
})

test('numbers of an identity column are not given twice', async () => {
  await create(['id BIGINT', 'v VARCHAR'])
  await table.commit(tx => {
    const schema = readSchema(tx.metadata.schemaString)
    const metadata = {
      'delta.identity.start': 1,
      'delta.identity.step': 1,
      'delta.identity.allowExplicitInsert': false,
    }
    const fields = schema.fields.map(field => (field.name === 'id' ? { ...field, metadata } : field))
    tx.change({ metadata: { ...tx.metadata, schemaString: JSON.stringify({ ...schema, fields }) } })
    return { name: 'SET TBLPROPERTIES', parameters: {} }
  })
  await write("select 'a' as v")
  await write("select 'b' as v")
  await back(2)
  await write("select 'c' as v")
  expect(await table.rows()).toEqual([
    ['1', 'a'],
    ['3', 'c'],
  ])
})

test('a version whose files are deleted is refused, and names them', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  const [file = ''] = readdirSync(table.folder).filter(name => name.endsWith('.parquet'))
  await table.commit(async tx => (await deleteRows(tx, {})).operation)
  rmSync(join(table.folder, file))
  await expect(back(1)).rejects.toMatchObject({ code: 'SLUICE_DELTA_VERSION_GONE' })
  expect((await table.newest()).version).toBe(2)
})

test('rows that others add meanwhile are a conflict', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  await write('select 2::bigint as id')
  const other = await table.again()
  const begin = table.log.begin
  const late = {
    ...table.log,
    begin: async (request: Parameters<typeof begin>[0]) => {
      const tx = await begin(request)
      const theirs = await other.begin({ session: table.session })
      await theirs.commit((await append(theirs, 'select 3::bigint as id')).operation)
      return tx
    },
  }
  await expect(restore(late, { session: table.session, when: { version: 1 } })).rejects.toMatchObject({
    code: 'SLUICE_DELTA_CONFLICT',
  })
  expect(await table.rows()).toEqual([['1'], ['2'], ['3']])
})
