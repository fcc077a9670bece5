import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, outcomes, type Stage } from './stage.ts'

// A contract between two teams: the shop team hands orders over, the finance team builds on them.
let stage: Stage
beforeAll(async () => {
  stage = await enter('contract')
})
afterAll(() => stage.leave())

const declaration = 'assets/raw/orders.ts'

test('the contract holds: checked, run, and nothing to do again', async () => {
  expect((await stage.sluice('check')).code).toBe(0)
  expect((await stage.run()).outcome).toBe('success')
  expect(await stage.rows('select * from marts.revenue order by country')).toEqual([
    ['DE', '15.75', '2'],
    ['FR', '20.00', '1'],
  ])
  expect((await stage.run()).plan.steps).toEqual([])
  expect((await stage.sluice('check')).code).toBe(0)
})

test('a column that is dropped is found in review, with everything downstream, its file and line', async () => {
  await stage.edit(declaration, "    amount: 'DECIMAL(12,2) not null',\n", '')
  const found = await stage.sluice('check')
  expect(found.code).toBe(2)
  expect(found.stderr.replace(/\d+\.\d+s/, 'SECONDS')).toMatchInlineSnapshot(`
    "  contract → duckdb contract.duckdb

    error 8 things break now that \`raw.orders\` no longer promises \`amount\`.
      assets/raw/orders.ts:4:1

      3 │
      4 │ export default ingest(files('data/orders-*.csv'), {
        ╵ ~
      5 │   doc: 'Orders as the shop team hands them over.',

      The contract that the last load kept says DECIMAL(12,2).
      column \`staging.orders.amount\`: is made from raw.orders.amount, which is gone
      assets/staging/orders.sql:6:3

      5 │   country,
      6 │   amount,                              -- @min 0
        ╵   ~~~~~~
      7 │   ordered_on as day

      rows of \`staging.orders\`: its rows are shaped by raw.orders.amount (filter), which is gone
      assets/staging/orders.sql:9:7

       8 │ from raw.orders
       9 │ where amount > 0
         ╵       ~~~~~~

      check \`amount min\` of \`staging.orders\`: looks at staging.orders.amount, which is gone
      assets/staging/orders.sql:6:43

      5 │   country,
      6 │   amount,                              -- @min 0
        ╵                                           ~~~~~~
      7 │   ordered_on as day

      column \`marts.revenue.revenue\`: is made from staging.orders.amount, which is gone
      assets/marts/revenue.sql:5:3

      4 │   country,
      5 │   sum(amount) as revenue,              -- @not_null
        ╵   ~~~~~~~~~~~~~~~~~~~~~~
      6 │   count(*) as orders

      check \`revenue not_null\` of \`marts.revenue\`: looks at marts.revenue.revenue, which is gone
      assets/marts/revenue.sql:5:43

      4 │   country,
      5 │   sum(amount) as revenue,              -- @not_null
        ╵                                           ~~~~~~~~~
      6 │   count(*) as orders

      export \`exports.revenue\`: is made from marts.revenue.revenue, which is gone
      assets/exports/revenue.ts:4:1

      3 │
      4 │ export default exportTo(toFiles('out/revenue.csv'), ref('marts.revenue'))
        ╵ ~

      project check \`revenue_is_complete\`: looks at marts.revenue.revenue, which is gone
      checks/revenue_is_complete.sql:4:9

      3 │ from (select sum(revenue) as revenue from marts.revenue) r, (select sum(amount) as amount from r…
      4 │ where r.revenue <> s.amount
        ╵         ~~~~~~~

      project check \`revenue_is_complete\`: looks at raw.orders.amount, which is gone
      checks/revenue_is_complete.sql:4:22

      3 │ from (select sum(revenue) as revenue from marts.revenue) r, (select sum(amount) as amount from r…
      4 │ where r.revenue <> s.amount
        ╵                      ~~~~~~

      fix  Mend what is named below, or keep the column as it was. \`sluice run\` takes the change over as it is.
      SLUICE_CONTRACT_BREAKS · sluice explain SLUICE_CONTRACT_BREAKS

      wrong  4 assets, 3 edges, 5 checks, 1 error  SECONDS
    "
  `)
})

test('a column that is retyped is found too, and `run` may take it over', async () => {
  await stage.edit(declaration, '    ordered_on', "    amount: 'DOUBLE not null',\n    ordered_on")
  const found = await stage.sluice('check --json')
  expect(found.code).toBe(2)
  const { failures } = JSON.parse(found.stdout) as { failures: { code: string; notes: { text: string }[] }[] }
  expect(failures.map(({ code }) => code)).toContain('SLUICE_CONTRACT_BREAKS')
  expect(
    failures.find(({ code }) => code === 'SLUICE_CONTRACT_BREAKS')?.notes.map(({ text }) => text),
  ).toMatchInlineSnapshot(`
    [
      "column \`staging.orders.amount\`: is made from raw.orders.amount, which is DOUBLE instead of DECIMAL(12,2)",
      "rows of \`staging.orders\`: its rows are shaped by raw.orders.amount (filter), which is DOUBLE instead of DECIMAL(12,2)",
      "check \`amount min\` of \`staging.orders\`: looks at staging.orders.amount, which is DOUBLE instead of DECIMAL(12,2)",
      "column \`marts.revenue.revenue\`: is made from staging.orders.amount, which is DOUBLE instead of DECIMAL(12,2)",
      "check \`revenue not_null\` of \`marts.revenue\`: looks at marts.revenue.revenue, which is DOUBLE instead of DECIMAL(12,2)",
      "export \`exports.revenue\`: is made from marts.revenue.revenue, which is DOUBLE instead of DECIMAL(12,2)",
      "project check \`revenue_is_complete\`: looks at marts.revenue.revenue, which is DOUBLE instead of DECIMAL(12,2)",
      "project check \`revenue_is_complete\`: looks at raw.orders.amount, which is DOUBLE instead of DECIMAL(12,2)",
    ]
  `)
  await stage.edit(declaration, "amount: 'DOUBLE not null'", "amount: 'DECIMAL(14,3) not null'")
  expect((await stage.sluice('check')).code).toBe(2)
  const taken = await stage.run()
  expect(taken.outcome).toBe('success')
  expect(await stage.rows('select revenue from marts.revenue order by country')).toEqual([
    ['15.750'],
    ['20.000'],
  ])
  expect((await stage.sluice('check')).code).toBe(0)
})

test('`sluice lineage --breaks` names who breaks before anything is changed', async () => {
  const found = await stage.sluice('lineage raw.orders.amount --breaks')
  expect(found.code).toBe(0)
  expect(found.stdout).toMatchInlineSnapshot(`
    "assets/staging/orders.sql
      6:3   column  staging.orders.amount  is made from raw.orders.amount, which is gone
      9:7   rows    staging.orders.amount  its rows are shaped by raw.orders.amount (filter), which is gone
      6:43  check   amount min             looks at staging.orders.amount, which is gone
    assets/marts/revenue.sql
      5:3   column  marts.revenue.revenue  is made from staging.orders.amount, which is gone
      5:43  check   revenue not_null       looks at marts.revenue.revenue, which is gone
    assets/exports/revenue.ts
      4:1  export  revenue  is made from marts.revenue.revenue, which is gone
    checks/revenue_is_complete.sql
      4:9   project check  revenue_is_complete  looks at marts.revenue.revenue, which is gone
      4:22  project check  revenue_is_complete  looks at raw.orders.amount, which is gone
    "
  `)
})

test('a file that breaks the contract stops at the door: readers keep what they had', async () => {
  const before = await stage.rows('select * from marts.revenue order by all')
  await stage.write('data/orders-2.csv', 'id,country,ordered_on\n4,FR,2026-03-03\n')
  const report = await stage.run()
  expect(outcomes(report)).toEqual([
    'exports.revenue blocked',
    'marts.revenue blocked',
    'raw.orders failed',
    'staging.orders blocked',
  ])
  expect(report.steps.find(({ asset }) => asset === 'raw.orders')?.failure?.code).toBe(
    'SLUICE_CONTRACT_MISSING',
  )
  expect(await stage.rows('select * from marts.revenue order by all')).toEqual(before)
  await stage.write('data/orders-2.csv', 'id,country,amount,ordered_on\n4,FR,7,2026-03-03\n')
  expect((await stage.run()).outcome).toBe('success')
  expect(await stage.rows(`select revenue, orders from marts.revenue where country = 'FR'`)).toEqual([
    ['27.000', '2'],
  ])
})
