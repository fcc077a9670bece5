import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTerminal, type Terminal } from './terminal.ts'

/** The words of every verb, over the project that `sluice init` makes: one story, told in order. */
describe('the first hour with a new project', () => {
  let terminal: Terminal
  const shop = (...argv: readonly string[]) => terminal.type(...argv, '--project', 'shop')
  const inShop = (file: string) => join(terminal.folder, 'shop', file)

  beforeAll(() => {
    terminal = openTerminal()
  })
  afterAll(() => terminal.close())

  test('init, and what is known before anything was run', async () => {
    expect(await terminal.type('init', 'shop')).toMatchInlineSnapshot(`
      "  made  shop
              sluice.config.ts
              package.json
              .gitignore
              data/orders.csv
              assets/raw/orders.ts
              assets/marts/revenue.sql
              checks/revenue_matches_orders.sql
              tests/marts/revenue/raw.orders.csv
              tests/marts/revenue/marts.revenue.csv

        next  cd shop && sluice run
      exit 0"
    `)
    expect(await shop('check')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        right  2 assets, 1 edge, 7 checks, 2 assets typed at the first load, 0 errors [time]
      exit 0"
    `)
    expect(await shop('plan')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        + raw.orders     not known  never built
        + marts.revenue  not known  never built

        2 assets, 2 steps, time not known: none has run before

        next  sluice run
      exit 0"
    `)
    expect(await shop('test')).toMatchInlineSnapshot(`
      "  ✓ marts/revenue  marts.revenue

        done  1 test, 0 failed [time]
      exit 0"
    `)
    expect(await shop('show', 'marts.revenue')).toMatchInlineSnapshot(`
      "error \`marts.revenue\` has no rows yet: it was never built.
        fix  Type \`sluice run +marts.revenue\`.
        SLUICE_CLI_ASSET_NOT_BUILT · sluice explain SLUICE_CLI_ASSET_NOT_BUILT
      exit 2"
    `)
    expect(await shop('show', 'raw.orders', '--schema')).toMatchInlineSnapshot(`
      "  its columns are known after the first load
      exit 0"
    `)
    expect(await shop('logs')).toMatchInlineSnapshot(`
      "error Nothing has been run in this project.
        fix  Type \`sluice run\`.
        SLUICE_CLI_NO_RUNS · sluice explain SLUICE_CLI_NO_RUNS
      exit 2"
    `)
    expect(await shop('logs', '--list')).toMatchInlineSnapshot(`
      "  nothing has been run in this project
      exit 0"
    `)
    expect(await shop('quality')).toMatchInlineSnapshot(`
      "raw.orders
        - country not_null: never measured
        - amount min: never measured
      marts.revenue
        - country in: never measured
        - day not_null: never measured
        - revenue min: never measured
        - orders min: never measured
        - revenue_matches_orders: never measured

        7 checks, 0 broken, 7 never measured
      exit 0"
    `)
    expect(await shop('explain', 'marts.revenue')).toMatchInlineSnapshot(`
      "marts.revenue  sql, replace  assets/marts/revenue.sql
        Revenue per country and day.
        reads      raw.orders
        last run   never
        would run  never built
      exit 0"
    `)
  })

  test('the first run, and the second, which has nothing to do', async () => {
    expect(await shop('run')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        ✓ raw.orders                      8 rows [time]  2/2 checks
        ✓ marts.revenue                   6 rows [time]  4/4 checks
        ✓ revenue_matches_orders           check

        done  2 assets, 7 checks, 0 failed [time]
              tables in lake ./lake
        next  sluice show marts.revenue
      exit 0"
    `)
    expect(await shop('run')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        done  nothing to do: 2 assets are up to date [time]
      exit 0"
    `)
    expect(await shop('plan')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        = 2 assets up to date
        nothing to do
      exit 0"
    `)
  })

  test('looking at what was made', async () => {
    expect(await shop('sql', 'select * from marts.revenue order by all limit 2')).toMatchInlineSnapshot(`
      "country,day,revenue,orders
      DE,2026-01-01,32.25,2
      DE,2026-01-03,7.10,1
      exit 0"
    `)
    expect(await shop('show', 'revenue', '--schema')).toMatchInlineSnapshot(`
      "column   type           null
      country  VARCHAR        yes   key. ISO code.
      day      DATE           no    key
      revenue  DECIMAL(38,2)  yes
      orders   BIGINT         yes
      exit 0"
    `)
    expect(await shop('show', 'raw.orders', '--contract')).toMatchInlineSnapshot(`
      "contract 1

      column   type     null
      id       BIGINT   no    key
      country  VARCHAR  yes
      day      DATE     yes
      amount   DOUBLE   yes

      new column              add
      type change             quarantine
      missing column          fail
      null where none may be  quarantine
      exit 0"
    `)
    expect(await shop('show', 'marts.revenue', '--history')).toMatchInlineSnapshot(`
      "   when                 outcome  rows   time  run               why
      ✓  [moment]  success     6 [time]  [run]  never built
      exit 0"
    `)
    expect(await shop('show', 'raw.orders', '--sql')).toMatchInlineSnapshot(`
      "error \`raw.orders\` is not made by SQL.
        fix  \`assets/raw/orders.ts\` says what makes it.
        SLUICE_CLI_NO_SQL · sluice explain SLUICE_CLI_NO_SQL
      exit 2"
    `)
    expect(await shop('lineage', 'raw.orders')).toMatchInlineSnapshot(`
      "raw.orders is made from nothing in this project
      raw.orders is read by
      └─ marts.revenue  sql
      exit 0"
    `)
    expect(await shop('lineage', 'marts.revenue.revenue', '--up')).toMatchInlineSnapshot(`
      "marts.revenue.revenue is made from
      └─ raw.orders.amount  aggregation
      which rows it has is decided by
        raw.orders.country  group by
        raw.orders.day      group by
      exit 0"
    `)
    expect(await shop('lineage', 'raw.orders.amount', '--breaks')).toMatchInlineSnapshot(`
      "assets/raw/orders.ts
        6:1  check  amount min  looks at raw.orders.amount, which is gone
      assets/marts/revenue.sql
        6:3   column  marts.revenue.revenue  is made from raw.orders.amount, which is gone
        6:54  check   revenue min            looks at marts.revenue.revenue, which is gone
      checks/revenue_matches_orders.sql
        5:9   project check  revenue_matches_orders  looks at raw.orders.amount, which is gone
        5:21  project check  revenue_matches_orders  looks at marts.revenue.revenue, which is gone

        5 breaks in 2 assets without raw.orders.amount
      exit 0"
    `)
    expect(await shop('lineage', 'raw.orders.amont', '--breaks')).toMatchInlineSnapshot(`
      "error \`raw.orders\` has no column \`amont\`.
        fix  Did you mean \`amount\`?
        SLUICE_CLI_COLUMN_UNKNOWN · sluice explain SLUICE_CLI_COLUMN_UNKNOWN
      exit 2"
    `)
    expect(await shop('quality', 'marts.revenue')).toMatchInlineSnapshot(`
      "marts.revenue
        ✓ country in DE FR IN: all 6 rows
        ✓ day not null: all 6 rows
        ✓ revenue at least 0: all 6 rows
        ✓ orders at least 1: all 6 rows
        ✓ revenue_matches_orders: no rows

        5 checks, 0 broken
      exit 0"
    `)
    expect(await shop('logs')).toMatchInlineSnapshot(`
      "[moment]    run started by [actor] (cli): 2 steps
      [moment]    raw.orders  started: never built
      [moment]  ✓ raw.orders  country not null: all 8 rows
      [moment]  ✓ raw.orders  amount at least 0: all 8 rows
      [moment]    raw.orders  publishing
      [moment]  ✓ raw.orders  success  8 rows [time]
      [moment]    marts.revenue  started: never built
      [moment]  ✓ marts.revenue  country in DE FR IN: all 6 rows
      [moment]  ✓ marts.revenue  day not null: all 6 rows
      [moment]  ✓ marts.revenue  revenue at least 0: all 6 rows
      [moment]  ✓ marts.revenue  orders at least 1: all 6 rows
      [moment]    marts.revenue  publishing
      [moment]  ✓ marts.revenue  success  6 rows [time]
      [moment]  ✓ revenue_matches_orders: no rows
      [moment]    run success [time]
      exit 0"
    `)
    expect(await shop('quarantine')).toMatchInlineSnapshot(`
      "  no rows are in quarantine
      exit 0"
    `)
    expect(await shop('explain', 'marts.revenue')).toMatchInlineSnapshot(`
      "marts.revenue  sql, replace  assets/marts/revenue.sql
        Revenue per country and day.
        reads          raw.orders
        last run       success  [moment]  version 1
        would not run  nothing it reads has changed
      exit 0"
    `)
  })

  test('a second file with a row that does not fit and a country nobody foresaw', async () => {
    writeFileSync(
      inShop('data/orders-2.csv'),
      'id,country,day,amount\n9,XX,2026-01-04,5.00\n10,FR,soon,1.00\n',
    )
    expect(await shop('plan')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        > raw.orders [time]  its source changed
        ? marts.revenue [time]  \`raw.orders\` may change

        2 assets, 2 steps, about [time]

        next  sluice run
      exit 0"
    `)
    expect(await shop('run')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        ✓ raw.orders                       1 row [time]  2/2 checks  1 refused
        ✗ marts.revenue [time]  3/4 checks
        ! revenue_matches_orders was not looked at: marts.revenue failed

        ✗ marts.revenue  country in DE FR IN: 1 of 7 rows fails

        failed  2 assets, 6 checks, 1 failed, 1 blocked, 1 row refused [time]
        next  sluice quality marts.revenue
      exit 1"
    `)
    expect(await shop('quality', 'marts.revenue', '--history')).toMatchInlineSnapshot(`
      "marts.revenue
        ✗ country in DE FR IN: 1 of 7 rows fails  since [moment]
          ✓✗
          rows  select * from "marts"."revenue" where "country" not in ('DE', 'FR', 'IN')
        ✓ day not null: all 7 rows
          ✓✓
        ✓ revenue at least 0: all 7 rows
          ✓✓
        ✓ orders at least 1: all 7 rows
          ✓✓
        ✓ revenue_matches_orders: no rows
          ✓

        5 checks, 1 broken
      exit 1"
    `)
    expect(await shop('quarantine')).toMatchInlineSnapshot(`
      "asset       rule  rows
      raw.orders  type     1

        next  sluice quarantine show raw.orders
      exit 0"
    `)
    expect(await shop('quarantine', 'show', 'raw.orders')).toMatchInlineSnapshot(`
      "id,status,rule,reason,source,position,raw
      [id]-1,open,type,day is not a DATE,data/orders-2.csv,3,"{""id"":""10"",""country"":""FR"",""day"":""soon"",""amount"":""1.00""}"
      exit 0"
    `)
    expect(await shop('plan')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        ! marts.revenue [time]  its last step failed

        = 1 asset up to date
        1 asset, 1 step, about [time]

        next  sluice run
      exit 0"
    `)
    expect(await shop('sql', 'select count(*) as rows from marts.revenue')).toMatchInlineSnapshot(`
      "rows
      6
      exit 0"
    `)
  })

  test('the check is mended, the refused row given up', async () => {
    copyFileSync(inShop('assets/marts/revenue.sql'), inShop('before.sql'))
    const sql = `-- Revenue per country and day.
-- @key country, day
select
  country,                                        -- ISO code. @in DE FR IN XX
  day,                                            -- @not_null
  sum(amount::decimal(12, 2)) as revenue,         -- @min 0
  count(*) as orders                              -- @min 1
from raw.orders
group by all
`
    writeFileSync(inShop('assets/marts/revenue.sql'), sql)
    expect(await shop('plan')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        ! marts.revenue [time]  its last step failed

        = 1 asset up to date
        1 asset, 1 step, about [time]

        next  sluice run
      exit 0"
    `)
    expect(await shop('run')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        ✓ marts.revenue                   7 rows [time]  4/4 checks
        ✓ revenue_matches_orders           check

        done  1 asset, 5 checks, 0 failed, 1 up to date [time]
              tables in lake ./lake
        next  sluice show marts.revenue
      exit 0"
    `)
    expect(await shop('quarantine', 'replay', 'raw.orders')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

        done  1 asset, 7 checks, 0 failed, 1 up to date, 1 row refused [time]
              tables in lake ./lake
        next  sluice quarantine show raw.orders
      exit 0"
    `)
    expect(await shop('quarantine', 'discard', 'raw.orders')).toMatchInlineSnapshot(`
      "  1 row of raw.orders discarded; they stay in the quarantine table, marked so
      exit 0"
    `)
    expect(await shop('quarantine')).toMatchInlineSnapshot(`
      "  no rows are in quarantine
      exit 0"
    `)
    expect(await shop('quarantine', 'dscard', 'raw.orders')).toMatchInlineSnapshot(`
      "error \`sluice quarantine dscard\` is not a command.
        fix  Did you mean \`quarantine discard\`?
        SLUICE_CLI_VERB_UNKNOWN · sluice explain SLUICE_CLI_VERB_UNKNOWN
      exit 2"
    `)
  })

  test('mistakes: in the SQL, in the selection, in the environment, in the query', async () => {
    writeFileSync(inShop('assets/marts/broken.sql'), 'select contry from raw.orders\n')
    writeFileSync(inShop('assets/marts/lost.sql'), 'select 1 as x\nfrom raw.oders\n')
    expect(await shop('check')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

      error No column is called \`contry\`.
        assets/marts/broken.sql:1:8

        1 │ select contry from raw.orders
          ╵        ~~~~~~

        Nothing that \`marts.broken\` reads at this place has it.
        fix  Did you mean \`country\`?
        SLUICE_SQL_COLUMN · sluice explain SLUICE_SQL_COLUMN

      error No asset is called \`raw.oders\`.
        assets/marts/lost.sql:2:6

        1 │ select 1 as x
        2 │ from raw.oders
          ╵      ~~~~~~~~~

        \`marts.lost\` reads it, and nothing in this project or its sources makes it.
        fix  Did you mean \`raw.orders\`?
        SLUICE_REF_NOT_FOUND · sluice explain SLUICE_REF_NOT_FOUND

      2 errors in 2 files

        wrong  4 assets, 2 edges, 7 checks, 2 assets typed at the first load, 2 errors [time]
      exit 2"
    `)
    expect(await shop('run')).toMatch(/\n {2}SLUICE_REF_NOT_FOUND[^\n]+\n\n2 errors in 2 files\nexit 2$/)
    rmSync(inShop('assets/marts/broken.sql'))
    rmSync(inShop('assets/marts/lost.sql'))
    expect(await shop('run', 'marts.revenu')).toMatchInlineSnapshot(`
      "  shop → lake ./lake

      error No asset is called \`marts.revenu\`.
        fix  Did you mean \`marts.revenue\`?
        SLUICE_SELECTION_UNKNOWN · sluice explain SLUICE_SELECTION_UNKNOWN
      exit 2"
    `)
    expect(await shop('run', '--env', 'prod')).toMatchInlineSnapshot(`
      "error No environment is called \`prod\`.
        fix  Name it under \`environments\` in \`sluice.config.ts\`.
        SLUICE_ENVIRONMENT_UNKNOWN · sluice explain SLUICE_ENVIRONMENT_UNKNOWN
      exit 2"
    `)
    expect(await shop('sql', 'select nothing from nowhere')).toMatchInlineSnapshot(`
      "error The query does not run.
        Catalog Error: Table with name nowhere does not exist!
        Did you mean "pg_indexes"?

        LINE 1: select nothing from nowhere
                                    ^
        fix  Mend the query. \`sluice show ASSET --schema\` lists columns.
        SLUICE_CLI_QUERY · sluice explain SLUICE_CLI_QUERY
      exit 2"
    `)
    expect(await shop('backfill', 'marts.revenue', '--from', '2026-01-01')).toMatchInlineSnapshot(`
      "error The command needs --to.
        fix  Type \`sluice backfill marts.revenue --from 2026-01-01 --to 2026-01-31\`.
        SLUICE_CLI_ARGUMENT_MISSING · sluice explain SLUICE_CLI_ARGUMENT_MISSING
      exit 2"
    `)
    expect(await terminal.type('run')).toMatchInlineSnapshot(`
      "error No project is at \`[folder]\` or above it.
        A project is a folder with \`sluice.config.ts\` or a folder \`assets\`.
        fix  Go to the project, or make one here: \`sluice init\`.
        SLUICE_PROJECT_NOT_FOUND · sluice explain SLUICE_PROJECT_NOT_FOUND
      exit 2"
    `)
    expect(await terminal.type('doctor')).toMatch(/✗ {2}project .*\n {6}fix .*\nexit 1$/)
    expect(await shop('doctor')).toMatch(/ ✓ {2}target {3}.*\nexit 0$/)
  })
})
