import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, outcomes, type Stage, troubles, unbalanced } from './stage.ts'

// Running totals by window functions, merged on user and day: late rows change what lies behind them.
let stage: Stage
beforeAll(async () => {
  stage = await enter('running')
})
afterAll(() => stage.leave())

const header = 'user_id,day,amount\n'
const totals = () =>
  stage.rows('select user_id, day, spent, total, purchases_so_far from marts.running order by all')
const history = (asset: string) => stage.ask(project => project.lake.history(asset))

const bob = [
  ['bob', '2026-01-01', '4.00', '4.00', '1'],
  ['bob', '2026-01-02', '6.00', '10.00', '2'],
]

test('totals up to each day; a second run has nothing to do', async () => {
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect(await totals()).toEqual([
    ['ada', '2026-01-01', '12.50', '12.50', '2'],
    ['ada', '2026-01-03', '1.00', '13.50', '3'],
    ...bob,
  ])
  expect((await stage.run()).plan.steps).toEqual([])
})

test('a late purchase changes its day and the totals behind it, and nothing of anybody else', async () => {
  await stage.write('data/purchases-2.csv', `${header}ada,2026-01-02,100.00\n`)
  expect(troubles(await stage.run())).toEqual([])
  expect(await totals()).toEqual([
    ['ada', '2026-01-01', '12.50', '12.50', '2'],
    ['ada', '2026-01-02', '100.00', '112.50', '3'],
    ['ada', '2026-01-03', '1.00', '113.50', '4'],
    ...bob,
  ])
  const [change] = await history('marts.running')
  const { rows } = await stage.ask(project =>
    project.lake.diff('marts.running', { from: { version: 0 }, to: { version: change?.version ?? 0 } }),
  )
  expect(rows).toEqual({ from: 4, to: 5, added: 2, removed: 1 })
})

test('run again by force: the same rows, and no version more', async () => {
  const before = await history('marts.running')
  const report = await stage.run({ select: ['marts.running'], force: true })
  expect(outcomes(report)).toEqual(['marts.running unchanged'])
  expect(await history('marts.running')).toEqual(before)
})

test('a user that is NULL stops publication; readers see the last good version until the load is undone', async () => {
  const [good, loaded] = [await totals(), (await history('raw.purchases'))[0]?.version]
  await stage.write('data/purchases-3.csv', `${header},2026-01-04,5.00\nbob,2026-01-04,1.00\n`)
  const report = await stage.run()
  expect(outcomes(report)).toEqual(['marts.best blocked', 'marts.running failed', 'raw.purchases success'])
  expect(await totals()).toEqual(good)
  expect((await stage.sluice(`lake restore raw.purchases --to ${loaded}`)).code).toBe(0)
  await stage.write('data/purchases-4.csv', `${header}cy,2026-01-04,5.00\nbob,2026-01-04,1.00\n`)
  expect(troubles(await stage.run())).toEqual([])
  expect(await stage.rows('select * from marts.best order by all')).toEqual([
    ['ada', '113.50'],
    ['bob', '11.00'],
    ['cy', '5.00'],
  ])
})

test('killed while the merge is published: the next run counts nothing twice', async () => {
  await stage.write('data/purchases-5.csv', `${header}cy,2026-01-02,1.00\n`)
  expect(await stage.killAt('step.publishing marts.running')).toBe(true)
  expect(troubles(await stage.run())).toEqual([])
  expect((await totals()).filter(([user]) => user === 'cy')).toEqual([
    ['cy', '2026-01-02', '1.00', '1.00', '1'],
    ['cy', '2026-01-04', '5.00', '6.00', '2'],
  ])
})
