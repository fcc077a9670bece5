import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, type Stage, troubles, unbalanced } from './stage.ts'

// Loading what changed since: equal moments, clocks that go wrong and commits that come late lose nothing.
let stage: Stage
let changes: { id: number; state: string; changed_at: string; tags: string[] }[] = []
beforeAll(async () => {
  stage = await enter('watermark')
})
afterAll(() => stage.leave())

async function load(...more: readonly (readonly [number, string, string])[]) {
  changes = [
    ...changes,
    ...more.map(([id, state, at]) => ({ id, state, changed_at: `2026-05-01T${at}`, tags: [state] })),
  ]
  await stage.write('changes.json', JSON.stringify(changes))
  const report = await stage.run()
  expect([troubles(report), unbalanced(report)]).toEqual([[], []])
  return report
}

const latest = () => stage.rows('select id, state from raw.changes order by id')
const logged = (table: string) => stage.rows(`select id, state from ${table} order by all`)
const cursor = async () => (await stage.ask(project => project.history())).assets['raw.changes']?.cursor

test('the watermark is the largest value loaded, never the clock', async () => {
  await load([1, 'new', '10:00:00'], [2, 'new', '10:00:00'])
  expect(await cursor()).toBe('2026-05-01T10:00:00')
})

test('rows with the same moment that are committed later are not lost', async () => {
  await load([3, 'new', '10:00:00'])
  expect(await latest()).toEqual([
    ['1', 'new'],
    ['2', 'new'],
    ['3', 'new'],
  ])
})

test('a commit that comes late, within the lag, is not lost; nor what a slow clock wrote', async () => {
  await load([4, 'new', '10:10:00'])
  await load([5, 'new', '10:06:30'], [1, 'paid', '10:05:00'])
  expect(await latest()).toEqual([
    ['1', 'paid'],
    ['2', 'new'],
    ['3', 'new'],
    ['4', 'new'],
    ['5', 'new'],
  ])
  expect(await cursor()).toBe('2026-05-01T10:10:00')
})

test('what is read again because of the lag is not appended again', async () => {
  await load()
  const once = [
    ['1', 'new'],
    ['1', 'paid'],
    ['2', 'new'],
    ['3', 'new'],
    ['4', 'new'],
    ['5', 'new'],
  ]
  expect(await logged('raw.log')).toEqual(once)
  expect(await logged('kept.log')).toEqual(once)
  expect(
    await stage.rows(`select l.id, t.value from raw.log l join raw.log__tags t on t._parent_key = l._key
      order by all`),
  ).toEqual(once)
  expect(await stage.rows('select count(*) from raw.log__tags')).toEqual([['6']])
})

test('a run that finds nothing new changes nothing', async () => {
  const report = await load()
  expect(report.steps.filter(({ outcome }) => outcome === 'success')).toEqual([])
})
