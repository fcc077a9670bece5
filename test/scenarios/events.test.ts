import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, type Stage, touching, troubles, unbalanced } from './stage.ts'

// Events that come late or twice: they recompute their own days and nothing else.
let stage: Stage
beforeAll(async () => {
  stage = await enter('events')
})
afterAll(() => stage.leave())

const activity = () => stage.rows('select day, user_id, events, points from marts.activity order by all')
const line = (...[id, day, points, at]: readonly [number, string, number, string]) =>
  `${JSON.stringify({ id, user_id: id % 2, day, points, extracted_at: at })}\n`

test('every day once; a second run has nothing to do', async () => {
  const [report, days] = await touching(stage, 'marts.activity', () => stage.run())
  expect(troubles(report)).toEqual([])
  expect(days.length).toBe(10)
  expect((await activity()).length).toBe(9)
  expect((await stage.run()).plan.steps).toEqual([])
})

test('a late file recomputes the days it touches, an event that comes again counts as extracted last', async () => {
  await stage.write(
    'data/events-2.ndjson',
    line(2, '2026-01-02', 20, '2026-01-11 00:00:00') +
      line(2, '2026-01-02', 15, '2026-01-10 12:00:00') +
      line(102, '2026-01-08', 1, '2026-01-11 00:00:00'),
  )
  const [[report, staged], days] = await touching(stage, 'marts.activity', () =>
    touching(stage, 'staging.events', () => stage.run()),
  )
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect([staged, days]).toEqual([
    ['2026-01-02', '2026-01-08'],
    ['2026-01-02', '2026-01-08'],
  ])
  expect((await activity()).filter(([day]) => day === '2026-01-02' || day === '2026-01-08')).toEqual([
    ['2026-01-02', '0', '1', '20'],
    ['2026-01-08', '0', '2', '9'],
  ])
})

test('an event extracted again without a change changes no day of the fact', async () => {
  await stage.write('data/events-3.ndjson', line(3, '2026-01-03', 3, '2026-01-12 00:00:00'))
  const [report, days] = await touching(stage, 'marts.activity', () => stage.run())
  expect([troubles(report), days]).toEqual([[], []])
})

test('three days of looking back: what is late by less is taken, what is late by more is not', async () => {
  await stage.write(
    'data/events-4.ndjson',
    line(201, '2026-01-06', 1, '2026-01-12 00:00:00') + line(202, '2026-01-05', 1, '2026-01-12 00:00:00'),
  )
  expect(troubles(await stage.run())).toEqual([])
  expect(await stage.rows('select id from staging.recent where id > 200')).toEqual([['201']])
  expect(await stage.rows('select count(*), count(distinct id) from staging.recent')).toEqual([['11', '11']])
  expect(await stage.rows('select id from staging.events where id > 200 order by id')).toEqual([
    ['201'],
    ['202'],
  ])
})

test('killed between raw and fact: the next run ends with the same rows as one that was left alone', async () => {
  const late = line(301, '2026-01-04', 7, '2026-01-12 00:00:00')
  await stage.write('data/events-5.ndjson', late)
  expect(await stage.killAt('step.finished raw.events')).toBe(true)
  expect(troubles(await stage.run())).toEqual([])
  const rows = await activity()
  expect(rows.filter(([day]) => day === '2026-01-04')).toEqual([
    ['2026-01-04', '0', '1', '4'],
    ['2026-01-04', '1', '1', '7'],
  ])
  await stage.run({ select: ['staging.events', 'marts.activity'], force: true })
  expect(await activity()).toEqual(rows)
})
