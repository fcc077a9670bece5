import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, type Stage, touching, troubles, unbalanced } from './stage.ts'

// A range of days again: in chunks, newest first, told before it starts, and carried on where it failed.
let stage: Stage
beforeAll(async () => {
  stage = await enter('backfill')
})
afterAll(() => stage.leave())

const daily = () => stage.rows('select day, visits from marts.daily order by day')
const pages = () => stage.rows('select day, pages from marts.pages order by day')
const command = 'backfill marts.daily --from 2026-01-02 --to 2026-01-08 --chunk 3 --newest-first'

test('the first run builds every day, in SQL and in TypeScript', async () => {
  const report = await stage.run()
  expect([troubles(report), unbalanced(report)]).toEqual([[], []])
  expect([(await daily()).length, (await pages()).length]).toEqual([10, 10])
  expect((await stage.run()).plan.steps).toEqual([])
})

test('a dry run says what would be done, newest first, and does nothing', async () => {
  const before = await daily()
  const dry = await stage.sluice(`${command} --dry-run --json`)
  expect(dry.code).toBe(0)
  const { steps } = JSON.parse(dry.stdout) as { steps: { partitions: { first: string; last: string } }[] }
  expect(steps.map(({ partitions: { first, last } }) => `${first}..${last}`)).toEqual([
    '2026-01-08..2026-01-08',
    '2026-01-05..2026-01-07',
    '2026-01-02..2026-01-04',
  ])
  expect((await stage.sluice(`${command} --dry-run`)).stdout).toContain(
    '7 partitions 2026-01-02..2026-01-08 in 3 steps',
  )
  expect(await daily()).toEqual(before)
})

test('a chunk that fails leaves the other chunks done, and is the only one that runs again', async () => {
  await stage.write('data/visits-2.csv', 'day,page,visits\n2026-01-03,shop,5000\n2026-01-08,shop,1\n')
  await stage.run({ select: ['raw.visits'] })
  const before = await daily()
  const failed = await stage.sluice(command)
  expect(failed.code).toBe(1)
  const after = await daily()
  expect(after.filter(([day], i) => before[i]?.[1] !== after[i]?.[1] && day)).toEqual([['2026-01-08', '9']])
  await stage.edit('assets/marts/daily.sql', 'visits < 1000', 'visits < 10000')
  const [report, days] = await touching(stage, 'marts.daily', () => stage.run({ select: ['marts.daily'] }))
  expect(troubles(report)).toEqual([])
  expect(days).toEqual(['2026-01-03'])
  expect((await daily())[2]).toEqual(['2026-01-03', '5003'])
})

test('days that a file touches are made anew in TypeScript too, and no others', async () => {
  const [report, days] = await touching(stage, 'marts.pages', () => stage.run())
  expect([troubles(report), unbalanced(report)]).toEqual([[], []])
  expect(days).toEqual(['2026-01-03', '2026-01-08'])
  expect((await pages()).filter(([, count]) => count === '2')).toEqual([
    ['2026-01-03', '2'],
    ['2026-01-08', '2'],
  ])
  expect((await pages()).length).toBe(10)
})

test('a backfill that is killed is finished by the same command', async () => {
  const before = await daily()
  expect(await stage.killAt('step.finished', ['backfill.ts'])).toBe(true)
  expect((await stage.sluice(command)).code).toBe(0)
  expect(await daily()).toEqual(before)
})

test('ends that are no days, or the wrong way round, are told', async () => {
  const odd = await stage.sluice('backfill marts.daily --from 2026-13-01 --to 2026-01-08')
  expect([odd.code, odd.stderr.includes('2026-13-01')]).toEqual([2, true])
  expect((await stage.sluice('backfill marts.daily --from 2026-01-08 --to 2026-01-02')).code).toBe(2)
})
