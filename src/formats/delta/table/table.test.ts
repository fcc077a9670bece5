import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../../errors/index.ts'
import { convertToTable, type DeltaTable, openTable } from '../index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-library-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const columns = {
  id: 'BIGINT not null',
  name: 'VARCHAR',
  amount: 'DECIMAL(12,2)',
  at: 'TIMESTAMP WITH TIME ZONE',
}

const open = () => openTable(join(folder, 'orders'), { create: { columns } })

async function all(rows: AsyncIterable<readonly object[]>): Promise<readonly object[]> {
  const found: object[] = []
  for await (const batch of rows) found.push(...batch)
  return found
}

const ids = async (table: DeltaTable) => (await table.query('select id, name from delta order by id')).rows

const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => 'nothing',
    thrown => (thrown instanceof Failure ? thrown.code : String(thrown)),
  )

test('objects go in and come out exact', async () => {
  await using table = await open()
  const row = {
    id: 9007199254740993n,
    name: 'ü',
    amount: '1234567890.12',
    at: '2024-02-29T23:59:59.999999Z',
  }
  expect(await table.append([row, { id: 2n, name: '' }])).toEqual({
    version: 1,
    inserted: 2,
    updated: 0,
    deleted: 0,
  })
  expect(await all(table.rows({ where: 'id > 2' }))).toEqual([row])
  expect(await all(table.rows({ where: 'id = 2' }))).toEqual([{ id: 2n, name: '', amount: null, at: null }])
  expect(await table.columns()).toMatchObject([{ name: 'id', type: 'BIGINT' }, {}, {}, {}])
})

test('a stream of rows, batches of them, and SQL', async () => {
  await using table = await open()
  async function* stream() {
    yield { id: 1n, name: 'one' }
    yield [
      { id: 2n, name: 'two' },
      { id: 3n, name: 'three' },
    ]
  }
  await table.append(stream())
  await table.append({ sql: "select 4::bigint as id, 'four' as name" })
  expect(await ids(table)).toEqual([
    ['1', 'one'],
    ['2', 'two'],
    ['3', 'three'],
    ['4', 'four'],
  ])
})

test('a row that fits no column fails all, and says so without its value', async () => {
  await using table = await open()
  const wrong = table.append([{ id: 1n }, { id: 'secret' }])
  expect(await codeOf(wrong)).toBe('SLUICE_DELTA_ROWS_UNFIT')
  expect(await wrong.catch(({ title, why }: Failure) => `${title} ${why}`)).not.toContain('secret')
  expect(await table.version()).toBe(0)
})

test('upsert, update, delete, merge; nothing to do is no version', async () => {
  await using table = await open()
  await table.append([
    { id: 1n, name: 'a' },
    { id: 2n, name: 'b', amount: '7.00' },
    { id: 3n, name: 'c' },
  ])
  expect(
    await table.upsert(
      [
        { id: 2n, name: 'B' },
        { id: 4n, name: 'd' },
      ],
      { key: ['id'] },
    ),
  ).toEqual({
    version: 2,
    inserted: 1,
    updated: 1,
    deleted: 0,
  })
  expect((await table.query('select amount from delta where id = 2')).rows).toEqual([['7.00']])
  expect(await table.update({ name: "name || '!'" }, 'id = 1')).toMatchObject({ version: 3, updated: 1 })
  expect(await table.delete('id = 3')).toMatchObject({ version: 4, deleted: 1 })
  expect(await table.delete('id = 3')).toEqual({ version: undefined, inserted: 0, updated: 0, deleted: 0 })
  await table.merge({
    rows: [{ id: 1n }, { id: 9n }],
    on: 'target.id = source.id',
    clauses: [
      { when: 'matched', do: 'delete' },
      { when: 'not matched', do: { insert: { id: 'source.id', name: "'new'" } } },
      { when: 'not matched by source', and: 'target.id = 4', do: { update: { name: "'gone'" } } },
    ],
  })
  expect(await ids(table)).toEqual([
    ['2', 'B'],
    ['4', 'gone'],
    ['9', 'new'],
  ])
})

test('the past: by version, by time, restored; history and changes tell it', async () => {
  await using table = await openTable(join(folder, 'orders'), {
    create: { columns, properties: { 'delta.enableChangeDataFeed': 'true' } },
  })
  await table.append([{ id: 1n, name: 'a' }])
  await table.update({ name: "'b'" })
  const [newest, before] = await table.history()
  expect(newest).toMatchObject({ version: 2, operation: 'UPDATE', engine: expect.stringContaining('luice') })
  const at = new Date(before?.timestampMs ?? 0)
  expect(await all(table.rows({ columns: ['name'], asOf: { version: 1 } }))).toEqual([{ name: 'a' }])
  expect(await all(table.rows({ columns: ['name'], asOf: { at } }))).toEqual([{ name: 'a' }])
  const fed = (await all(table.changes({ from: 2 }))) as readonly { _change_type: string; name: string }[]
  expect(fed.map(change => [change._change_type, change.name]).sort()).toEqual([
    ['update_postimage', 'b'],
    ['update_preimage', 'a'],
  ])
  expect(await table.restore({ version: 1 })).toMatchObject({ version: 3, already: false })
  expect(await ids(table)).toEqual([['1', 'a']])
  expect(await codeOf(table.columns({ at: 'yesterday' }))).toBe('SLUICE_DELTA_INSTANT')
})

test('columns and rules change; what breaks a rule is refused', async () => {
  await using table = await open()
  await table.addColumns([{ path: ['note'], type: 'VARCHAR' }])
  await table.addConstraint('positive', 'amount > 0')
  await table.append([{ id: 1n, amount: '1.00', note: 'x' }])
  expect(await codeOf(table.append([{ id: 2n, amount: '-1.00' }]))).toBe('SLUICE_DELTA_CONSTRAINT_BROKEN')
  expect(await codeOf(table.append([{ amount: '1.00' }]))).toBe('SLUICE_DELTA_NULL_REFUSED')
  await table.dropConstraint('positive')
  await table.setProperties({ 'delta.columnMapping.mode': 'name' })
  await table.renameColumn('note', 'remark')
  await table.dropColumns(['at'])
  expect((await table.columns()).map(({ name }) => name)).toEqual(['id', 'name', 'amount', 'remark'])
  await table.append([{ id: 3n, tags: 'new' }], { evolve: true })
  expect((await table.columns()).at(-1)).toMatchObject({ name: 'tags', type: 'VARCHAR' })
})

test('two that write at once both come through', async () => {
  await using one = await open()
  await using two = await openTable(join(folder, 'orders'))
  await one.append([
    { id: 1n, name: 'a' },
    { id: 2n, name: 'a' },
  ])
  await two.version()
  await Promise.all([
    one.update({ name: "name || 'x'" }, 'id = 1'),
    two.update({ name: "name || 'y'" }, 'id = 1'),
    one.append([{ id: 3n }]),
  ])
  const [first] = await ids(two)
  expect(['axy', 'ayx']).toContain(first?.[1])
})

test('where there is no table there is a failure; a folder of Parquet becomes one', async () => {
  expect(await codeOf(openTable(join(folder, 'nothing')))).toBe('SLUICE_DELTA_NOT_A_TABLE')
  await using engine = await openTable(join(folder, 'maker'), { create: { columns: { id: 'INTEGER' } } })
  const files = (day: number) => join(folder, 'loose', `day=2024-01-0${day}`)
  for (const day of [1, 2]) {
    mkdirSync(files(day), { recursive: true })
    await engine.query(`copy (select ${day} as id) to '${files(day)}/part.parquet'`)
  }
  await using table = await convertToTable(join(folder, 'loose'))
  expect((await table.query('select id, day from delta order by id')).rows).toEqual([
    ['1', '2024-01-01'],
    ['2', '2024-01-02'],
  ])
  expect(await codeOf(openTable('ftp://x/y'))).toBe('SLUICE_OBJECT_STORE_URL')
})
