import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeltaTable, openTable } from '../../src/delta.ts'
import { enter, type Stage, troubles } from './stage.ts'

// A table changes its shape while others read it: who began before goes on, who comes after sees the new one.
let stage: Stage
let reader: DeltaTable
beforeAll(async () => {
  stage = await enter('schema', 'lake')
  await stage.edit(
    'assets/raw/people.ts',
    "onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail'",
    "onNewColumn: 'add', onTypeChange: 'add', onMissing: 'add'",
  )
  await stage.run()
  reader = await openTable(join(stage.cwd, 'lake/raw/people'))
})
afterAll(async () => {
  await reader?.close()
  await stage.leave()
})

const old = { version: 0 }
const shape = async (of: DeltaTable, asOf?: { readonly version: number }) =>
  (await of.columns(asOf)).map(({ name, type }) => `${name} ${type}`).filter(words => !words.startsWith('_'))
const first = [
  ['1', 'Ada', '36'],
  ['2', 'Bob', null],
]

async function comes(n: number, csv: string) {
  await stage.write(`data/people-${n}.csv`, csv)
  expect(troubles(await stage.run())).toEqual([])
}

/** Counts the rows that a reader still gets, once what comes meanwhile has come. */
async function reading(meanwhile: () => Promise<void>): Promise<number> {
  const batches = reader.rows({ columns: ['id', 'age'] })[Symbol.asyncIterator]()
  const begun = await batches.next()
  await meanwhile()
  let count = begun.done ? 0 : begun.value.length
  for (let next = await batches.next(); !next.done; next = await batches.next()) count += next.value.length
  return count
}

test('a column appears and one widens while rows are read: the reader gets all that it began with', async () => {
  const many = Array.from({ length: 5000 }, (_, i) => `${i + 10},P,1\n`)
  await comes(2, `id,name,age\n${many.join('')}`)
  const count = await reading(async () => {
    await comes(3, 'id,name,age,city\n3,Cy,50,Rome\n')
    await comes(4, 'id,name,age,city\n4,Di,50.5,Oslo\n')
  })
  expect(count).toBe(5002)
  expect(await shape(reader)).toEqual(['id BIGINT', 'name VARCHAR', 'age DECIMAL(38,1)', 'city VARCHAR'])
  expect(await shape(reader, old)).toEqual(['id BIGINT', 'name VARCHAR', 'age BIGINT'])
})

test('a view over two versions of the table, with defaults for the old one', async () => {
  expect((await stage.sluice('lake clone raw.people kept.people_0 --from 0')).code).toBe(0)
  await stage.edit(
    'sluice.config.ts',
    "name: 'schema',",
    `name: 'schema',
  sources: { 'kept.people_0': source({ columns: { id: 'BIGINT', name: 'VARCHAR', age: 'BIGINT' } }) },`,
  )
  await stage.edit('sluice.config.ts', '{ defineConfig }', '{ defineConfig, source }')
  await stage.write(
    'assets/marts/everybody.sql',
    `-- @materialize view
select 1 as edition, id, name, age, 'not known' as city from kept.people_0
union all
select 2 as edition, id, name, age, coalesce(city, 'none') as city from raw.people where id between 3 and 10
`,
  )
  expect(troubles(await stage.run())).toEqual([])
  expect((await stage.run()).plan.steps).toEqual([])
  expect(await stage.rows('select * from marts.everybody order by edition, id')).toEqual([
    ['1', '1', 'Ada', '36.0', 'not known'],
    ['1', '2', 'Bob', null, 'not known'],
    ['2', '3', 'Cy', '50.0', 'Rome'],
    ['2', '4', 'Di', '50.5', 'Oslo'],
    ['2', '10', 'P', '1.0', 'none'],
  ])
  // The clone goes its own way: what comes to the table does not come to it.
  await comes(5, 'id,name,age,city\n1,Ada Lovelace,36,London\n')
  expect(await stage.rows('select name from marts.everybody where id = 1')).toEqual([['Ada']])
})

test('a column is renamed and one dropped, while rows are read and after', async () => {
  await using owner = await openTable(join(stage.cwd, 'lake/raw/people'))
  const count = await reading(async () => {
    await owner.setProperties({ 'delta.columnMapping.mode': 'name' })
    await owner.renameColumn('city', 'town')
    await owner.dropColumns(['name'])
  })
  expect(count).toBe(5004)
  expect(await shape(reader)).toEqual(['id BIGINT', 'age DECIMAL(38,1)', 'town VARCHAR'])
  expect((await reader.query('select id, name, age from delta order by id', { asOf: old })).rows).toEqual(
    first,
  )
  expect((await reader.query('select age, town from delta where id in (3, 4) order by id')).rows).toEqual([
    ['50.0', 'Rome'],
    ['50.5', 'Oslo'],
  ])
  expect(await stage.rows('select id, name, age from raw.people as of version 0 order by id')).toEqual(first)
})
