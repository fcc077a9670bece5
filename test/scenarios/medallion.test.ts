import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, outcomes, type Stage, troubles, unbalanced } from './stage.ts'

// Bronze keeps everything, silver is clean, gold adds up; what was published can be undone, and made again.
let stage: Stage
beforeAll(async () => {
  stage = await enter('medallion')
})
afterAll(() => stage.leave())

const gold = (asOf = '') => stage.rows(`select shop, day, taken, events from gold.daily ${asOf} order by all`)
const bronze = () => stage.rows('select count(*) from bronze.events')
const versions = (asset: string) => stage.ask(project => project.lake.history(asset))
const newest = async (asset: string) => (await versions(asset))[0]?.version
const written = async (layer: string) => {
  const sql = await readFile(join(stage.cwd, `assets/${layer}.sql`), 'utf8')
  return sql.replaceAll(/--.*/g, '')
}

/** Silver and gold by the SQL that the project has, over bronze as it was. */
async function reproduced(asOf: string) {
  const silver = (await written('silver/events')).replace('bronze.events', `bronze.events ${asOf}`)
  const daily = (await written('gold/daily')).replace('silver.events', 'silver')
  return stage.rows(`with silver as (${silver}), made as (${daily}) select * from made order by all`)
}

const yesterday = [
  ['BERLIN', '2026-01-01', '15.50', '2'],
  ['PARIS', '2026-01-01', '7.25', '1'],
]

test('bronze has all that came, silver what is right, gold what it comes to', async () => {
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect(await bronze()).toEqual([['6']])
  expect(await stage.rows('select id, shop, amount from silver.events order by id')).toEqual([
    ['1', 'BERLIN', '10.00'],
    ['2', 'BERLIN', '5.50'],
    ['3', 'PARIS', '7.25'],
  ])
  expect(await gold()).toEqual(yesterday)
  expect((await stage.run()).plan.steps).toEqual([])
})

test('killed at each layer while it publishes: the next run has every row once', async () => {
  await stage.write(
    'data/events-2.csv',
    'id,shop,day,amount\n5,rome,2026-01-02,3.00\n2,berlin,2026-01-01,6.50\n',
  )
  for (const asset of ['bronze.events', 'silver.events', 'gold.daily'])
    expect(await stage.killAt(`step.publishing ${asset}`)).toBe(true)
  expect(troubles(await stage.run())).toEqual([])
  expect(await bronze()).toEqual([['8']])
  expect(await gold()).toEqual([
    ['BERLIN', '2026-01-01', '16.50', '2'],
    ['PARIS', '2026-01-01', '7.25', '1'],
    ['ROME', '2026-01-02', '3.00', '1'],
  ])
})

test("yesterday's gold is read, and made again from yesterday's bronze, by version, time and run", async () => {
  const [first] = (await versions('gold.daily')).toReversed()
  const at = new Date(first?.atMs ?? 0).toISOString()
  for (const asOf of ['as of version 0', `as of timestamp '${at}'`, `as of run '${first?.run}'`]) {
    expect(await gold(asOf)).toEqual(yesterday)
    expect(await reproduced(asOf)).toEqual(yesterday)
  }
  expect(await reproduced('')).toEqual(await gold())
})

test('a bad load is undone by version, is not read again, and what followed from it follows back', async () => {
  const [good, before] = [await gold(), await newest('bronze.events')]
  await stage.write(
    'data/events-3.csv',
    'id,shop,day,amount\n3,paris,2026-01-01,725.00\n6,rome,2026-01-02,900\n',
  )
  expect(troubles(await stage.run())).toEqual([])
  expect(await gold()).not.toEqual(good)

  const restored = await stage.sluice(`lake restore bronze.events --to ${before}`)
  expect([restored.code, restored.stderr]).toEqual([
    0,
    expect.stringContaining(`bronze.events is as it was in version ${before}`),
  ])
  const report = await stage.run()
  expect(outcomes(report)).toEqual(['gold.daily success', 'silver.events success'])
  expect(await gold()).toEqual(good)
  expect((await stage.run()).plan.steps).toEqual([])
  expect((await stage.sluice('lake fsck')).code).toBe(0)
})

test('what broke the promise of silver is kept in bronze, and gold stays as it was until the rule is mended', async () => {
  const good = await gold()
  await stage.write(
    'data/events-4.csv',
    'id,shop,day,amount\n7,oslo,2026-01-03,4.00\n99999999999999999999,oslo,2026-01-03,1\n8,oslo,2026-01-03,-1.00\n',
  )
  const report = await stage.run()
  expect(outcomes(report)).toEqual(['bronze.events success', 'gold.daily success', 'silver.events success'])
  expect(await bronze()).toEqual([['11']])
  await stage.edit('assets/gold/daily.sql', 'sum(amount) as taken, ', 'sum(amount) - 4 as taken,')
  expect(outcomes(await stage.run())).toEqual(['gold.daily failed'])
  expect((await gold()).filter(([shop]) => shop !== 'OSLO')).toEqual(good)
  await stage.edit('assets/gold/daily.sql', 'sum(amount) - 4 as taken,', 'sum(amount) as taken, ')
  expect(troubles(await stage.run())).toEqual([])
  expect((await gold()).find(([shop]) => shop === 'OSLO')).toEqual(['OSLO', '2026-01-03', '3.00', '2'])
})

test('bronze only ever grew, but for the load that was undone', async () => {
  const told = (await versions('bronze.events')).toReversed().map(({ operation }) => operation)
  expect(told).toEqual(['CREATE TABLE AS SELECT', 'WRITE', 'WRITE', 'RESTORE', 'WRITE'])
})
