import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunReport } from '../../src/door/index.ts'
import { enter, outcomes, type Stage, troubles, unbalanced } from './stage.ts'

// A suite on orders, at every stage: when they come in, when they are in, after shaping, and across tables.
let stage: Stage
beforeAll(async () => {
  stage = await enter('orders')
})
afterAll(() => stage.leave())

type Order = readonly [id: number | '', amount: number, status?: string, hoursAgo?: number]

function csv(orders: readonly Order[]): string {
  const lines = orders.map(([id, amount, status = 'new', hoursAgo = 1]) => {
    const at = new Date(Date.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
    return `${id},${amount},${status},${at}`
  })
  return `id,amount,status,created_at\n${lines.join('\n')}\n`
}

const load = async (orders: readonly Order[]) => {
  await stage.write('data/orders.csv', csv(orders))
  return stage.run()
}
const broken = (report: RunReport) =>
  report.steps.flatMap(({ asset, verdicts }) =>
    verdicts
      .filter(({ outcome }) => outcome !== 'pass')
      .map(({ check, severity }) => `${asset} ${check} ${severity}`),
  )
const readers = () => stage.rows('select id, amount from marts.volume order by id')
const good: readonly Order[] = [
  [1, 20],
  [2, 30, 'paid'],
  [3, 40, 'sent'],
  [4, 50],
]

test('good orders pass every check, and each verdict is kept', async () => {
  const report = await load([...good, ['', 5], [6, 100_000.01], [7, -1]])
  expect([troubles(report), broken(report), unbalanced(report)]).toEqual([[], [], []])
  expect(report.steps.flatMap(({ verdicts }) => verdicts).length).toBeGreaterThanOrEqual(13)
  expect(await readers()).toEqual([
    ['1', '20.00'],
    ['2', '30.00'],
    ['3', '40.00'],
    ['4', '50.00'],
  ])
  expect(
    await stage.rows('select rule, count(*) from _quarantine.raw__orders group by rule order by rule'),
  ).toEqual([
    ['amount between', '2'],
    ['id not_null', '1'],
  ])
  const told = await stage.sluice('quality raw.orders --json')
  expect(told.code).toBe(0)
  expect(told.stdout).toContain('amount between')
})

test.each<readonly [string, readonly Order[], string]>([
  ['an id twice', [...good, [4, 60]], 'raw.orders id unique error'],
  ['a status nobody knows', [...good, [5, 60, 'lost']], 'raw.orders status in error'],
  ['an order from before yesterday', [...good, [5, 60, 'new', 80]], 'raw.orders created_at between error'],
  ['an order from the future', [...good, [5, 60, 'new', -5]], 'raw.orders created_at between error'],
  ['too few', good.slice(0, 2), 'raw.orders row_count error'],
])('%s stops at the door; readers keep the last good version', async (_, orders, words) => {
  const before = await readers()
  const report = await load(orders)
  expect(broken(report)).toEqual([words])
  expect(outcomes(report)).toEqual(['marts.volume blocked', 'raw.orders failed'])
  expect(await readers()).toEqual(before)
})

test('figures: a jump in volume, a mean out of range; a median out of range only warns', async () => {
  const many = Array.from({ length: 9 }, (_, i): Order => [i + 1, 20 + i])
  expect(broken(await load(many))).toEqual(['marts.volume changed_by_at_most error'])
  const before = await readers()
  expect(broken(await load(good.map(([id]): Order => [id, 90_000])))).toEqual([
    'marts.volume amount mean_between error',
    'marts.volume amount quantile_between warn',
  ])
  expect(await readers()).toEqual(before)
  const skewed = await load([
    [1, 600],
    [2, 700],
    [3, 800],
    [4, 900],
  ])
  expect(troubles(skewed)).toEqual([])
  expect(broken(skewed)).toEqual(['marts.volume amount quantile_between warn'])
})

test('across tables: the check in a file of its own warns, and the run is done', async () => {
  await stage.edit('assets/marts/volume.sql', 'from raw.orders', 'from raw.orders where id < 4')
  const report = await stage.run()
  expect(report.outcome).toBe('success')
  expect(broken(report)).toContain('nothing_lost nothing_lost warn')
})
