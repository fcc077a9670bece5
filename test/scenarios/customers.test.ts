import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, outcomes, type Stage, troubles, unbalanced } from './stage.ts'

// Customers with history: a batch a night, a circuit breaker on ids, a warning on e-mails.
let stage: Stage
beforeAll(async () => {
  stage = await enter('customers')
})
afterAll(() => stage.leave())

const header = 'batch,id,email,phone,spent\n'
const history = () =>
  stage.rows(`select id, email, phone, segment, batch, is_current, valid_to is null
    from marts.customer_history order by id, batch`)
const readers = () =>
  stage.rows('select * exclude (valid_from, valid_to) from marts.customer_history order by all')

test('a batch is cleaned and becomes the first version of each customer', async () => {
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(unbalanced(report)).toEqual([])
  expect(await history()).toEqual([
    ['1', 'ada@example.org', '4930123', 'gold', '1', 'true', 'true'],
    ['2', 'bob@example.org', '030456', 'plain', '1', 'true', 'true'],
  ])
  expect((await stage.run()).plan.steps).toEqual([])
})

test.each([
  ['two with one id', '2,1,ada@example.org,1,5\n2,1,ada@example.net,1,6\n'],
  ['one without an id', '2,,nobody@example.org,1,5\n'],
])(
  '%s: nothing is published, what depends on it is blocked, readers keep the last good version',
  async (_, rows) => {
    const before = await readers()
    await stage.write('data/customers-2.csv', header + rows)
    const report = await stage.run()
    expect(outcomes(report)).toEqual([
      'marts.customer_history blocked',
      'marts.segments blocked',
      'raw.customers success',
      'staging.customers failed',
    ])
    expect(await readers()).toEqual(before)
    expect(await stage.rows('select max(batch) from staging.customers')).toEqual([['1']])
    expect((await stage.sluice('run')).code).toBe(1)
  },
)

test('the next good batch goes through; every e-mail of it is bad, and that only warns', async () => {
  await stage.write('data/customers-3.csv', `${header}3,2,BOB AT HOME,030-456,250\n3,3,eve,1,0\n`)
  const report = await stage.run()
  expect(troubles(report)).toEqual([])
  expect(
    report.steps.flatMap(({ verdicts }) => verdicts).filter(({ outcome }) => outcome === 'fail'),
  ).toMatchObject([{ check: 'email matches', severity: 'warn', rows: 2, failing: 2 }])
  expect(await history()).toEqual([
    ['1', 'ada@example.org', '4930123', 'gold', '1', 'true', 'true'],
    ['2', 'bob@example.org', '030456', 'plain', '1', 'false', 'false'],
    ['2', 'bob at home', '030456', 'silver', '3', 'true', 'true'],
    ['3', 'eve', '1', 'plain', '3', 'true', 'true'],
  ])
  expect(await stage.rows('select * from marts.segments order by segment')).toEqual([
    ['gold', '1'],
    ['plain', '1'],
    ['silver', '1'],
  ])
  expect(
    await stage.rows(`select count(*) from marts.customer_history o join marts.customer_history n using (id)
      where o.valid_to = n.valid_from and not o.is_current`),
  ).toEqual([['1']])
})

test('nine good e-mails of ten are enough', async () => {
  const rows = Array.from(
    { length: 10 },
    (_, i) => `4,${i + 10},${i === 0 ? 'bad' : `p${i}@example.org`},1,0\n`,
  )
  await stage.write('data/customers-4.csv', header + rows.join(''))
  const report = await stage.run()
  expect(
    report.steps.flatMap(({ verdicts }) => verdicts).filter(({ outcome }) => outcome !== 'pass'),
  ).toEqual([])
})

test('killed while the history is published: the next run leaves one version, not two', async () => {
  await stage.write('data/customers-5.csv', `${header}5,1,ada@example.com,1,1500\n`)
  expect(await stage.killAt('step.publishing marts.customer_history')).toBe(true)
  expect(troubles(await stage.run())).toEqual([])
  expect((await history()).filter(([id]) => id === '1')).toEqual([
    ['1', 'ada@example.org', '4930123', 'gold', '1', 'false', 'false'],
    ['1', 'ada@example.com', '1', 'gold', '5', 'true', 'true'],
  ])
})
