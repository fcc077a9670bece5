import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, outcomes, type Stage, touching, troubles, unbalanced } from './stage.ts'

// Rules per record: what breaks one waits in quarantine, and comes in once when the rule is mended.
let stage: Stage
beforeAll(async () => {
  stage = await enter('readings')
})
afterAll(() => stage.leave())

const waiting = () =>
  stage.rows(
    "select rule, reason, source, position from _quarantine.raw__readings where status = 'open' order by position",
  )
const readings = () => stage.rows('select id, celsius, _source from raw.readings order by id')
const daily = () => stage.rows('select day, readings, celsius from marts.daily order by day')

test('each refused record waits with its rule, reason and place', async () => {
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect(await readings()).toEqual([
    ['1', '10.00', 'data/readings-1.csv'],
    ['6', '14.00', 'data/readings-1.csv'],
  ])
  expect(await waiting()).toMatchInlineSnapshot(`
    [
      [
        "celsius between",
        "not: celsius between -60 and 60",
        "data/readings-1.csv",
        "3",
      ],
      [
        "type",
        "celsius is not a DECIMAL(5,2)",
        "data/readings-1.csv",
        "4",
      ],
      [
        "sensor matches",
        "not: sensor matches ^S-[0-9]{3}$",
        "data/readings-1.csv",
        "5",
      ],
      [
        "null in sensor",
        "sensor is NULL",
        "data/readings-1.csv",
        "6",
      ],
      [
        "columns",
        "4 columns expected, 5 found",
        "data/readings-1.csv",
        "8",
      ],
    ]
  `)
  expect(await daily()).toEqual([
    ['2026-01-01', '1', '10.00'],
    ['2026-01-04', '1', '14.00'],
  ])
  expect((await stage.run()).plan.steps).toEqual([])
})

test('a replay under the same rules brings nothing in and loses nothing', async () => {
  const before = await waiting()
  const report = await stage.ask(project => project.quarantine.replay('raw.readings'))
  expect(unbalanced(report)).toEqual([])
  expect((await readings()).length).toBe(2)
  expect((await waiting()).map(([rule]) => rule).sort()).toEqual(before.map(([rule]) => rule).sort())
})

test('a mended rule, a replay killed in the middle, a replay: in exactly once, only touched days anew', async () => {
  await stage.edit('assets/raw/readings.ts', '-60, 60', '-60, 80')
  await stage.edit('assets/raw/readings.ts', '{3}$', '{1,3}$')
  // A file that came meanwhile is not part of the replay, and is not forgotten by it.
  await stage.write('data/readings-2.csv', 'id,sensor,day,celsius\n8,S-003,2026-01-01,20.00\n')
  const [, days] = await touching(stage, 'marts.daily', async () => {
    for (const event of ['rows.refused', 'step.publishing raw.readings', 'step.finished raw.readings'])
      await stage.killAt(event, ['replay.ts', 'raw.readings'])
    const report = await stage.ask(project => project.quarantine.replay('raw.readings'))
    expect(troubles(report)).toEqual([])
  })
  expect(days).toEqual(['2026-01-02', '2026-01-03'])
  expect(await readings()).toEqual([
    ['1', '10.00', 'data/readings-1.csv'],
    ['2', '75.50', 'data/readings-1.csv'],
    ['4', '12.00', 'data/readings-1.csv'],
    ['6', '14.00', 'data/readings-1.csv'],
  ])
  expect((await waiting()).map(([rule]) => rule).sort()).toEqual(['columns', 'null in sensor', 'type'])
  expect(await daily()).toEqual([
    ['2026-01-01', '1', '10.00'],
    ['2026-01-02', '1', '75.50'],
    ['2026-01-03', '1', '12.00'],
    ['2026-01-04', '1', '14.00'],
  ])
})

test('the file that came meanwhile is loaded by the next run, and touches its own day only', async () => {
  const [report, days] = await touching(stage, 'marts.daily', () => stage.run())
  expect(outcomes(report)).toEqual(['marts.daily success', 'raw.readings success'])
  expect(days).toEqual(['2026-01-01'])
  expect((await daily())[0]).toEqual(['2026-01-01', '2', '15.00'])
})

test('what is given up is discarded by the command line, and stays given up', async () => {
  const listed = await stage.sluice('quarantine list')
  expect([listed.code, listed.stdout.includes('raw.readings')]).toEqual([0, true])
  const gone = await stage.sluice('quarantine discard raw.readings')
  expect(gone.code).toBe(0)
  expect(await waiting()).toEqual([])
  expect(
    await stage.rows(`select count(*) from _quarantine.raw__readings where status = 'discarded'`),
  ).toEqual([['3']])
  expect((await stage.sluice('quarantine replay raw.readings')).code).toBe(0)
  expect((await readings()).length).toBe(5)
})
