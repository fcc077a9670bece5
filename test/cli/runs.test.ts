import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTerminal, type Terminal } from './terminal.ts'

let terminal: Terminal
beforeEach(() => {
  terminal = openTerminal()
})
afterEach(() => terminal.close())

function write(files: { readonly [path: string]: string }): void {
  for (const [file, text] of Object.entries(files)) {
    const path = join(terminal.folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** One step at a time: lines stand in the order in which steps finish. */
const project = {
  'sluice.config.ts': `
    import { defineConfig } from 'sluice'
    export default defineConfig({ name: 'shop', limits: { stepsMax: 1 } })`,
  'package.json': '{ "type": "module" }',
}

test('partitions: a range of them, a backfill with its plan first, and what cannot be one', async () => {
  write({
    ...project,
    'assets/raw/orders.sql': `
      select day::date as day, 1 as amount
      from generate_series(timestamp '2026-01-01', timestamp '2026-01-10', interval 1 day) as s(day)`,
    'assets/marts/daily.sql': `
      -- @partition day from 2026-01-01 until 2026-01-11
      select day, sum(amount) as amount from raw.orders group by all`,
  })
  expect(await terminal.type('plan')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      + raw.orders   not known  never built
      + marts.daily  not known  never built  10 partitions 2026-01-01..2026-01-10

      2 assets, 2 steps, time not known: none has run before

      next  sluice run
    exit 0"
  `)
  expect(await terminal.type('run', '--partitions', '2026-01-01..2026-01-04')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`marts.daily\` reads \`raw.orders\`, which was never built and is not selected.
      assets/marts/daily.sql:1:1

      1 │
        ╵ ~
      2 │       -- @partition day from 2026-01-01 until 2026-01-11

      fix  Select what it reads too: \`sluice run +marts.daily\`.
      SLUICE_PLAN_UPSTREAM_MISSING · sluice explain SLUICE_PLAN_UPSTREAM_MISSING
    exit 2"
  `)
  expect(await terminal.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders          10 rows [time]
      ✓ marts.daily         10 rows [time]  10 partitions 2026-01-01..2026-01-10

      done  2 assets, 0 checks, 0 failed [time]
            tables in lake ./lake
      next  sluice show marts.daily
    exit 0"
  `)
  const range = ['marts.daily', '--from', '2026-01-02', '--to', '2026-01-08', '--chunk', '3']
  expect(await terminal.type('backfill', ...range, '--newest-first', '--dry-run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      * marts.daily [time]  asked for  7 partitions 2026-01-02..2026-01-08 in 3 steps

      1 asset, 3 steps, about [time] ([time] of work)
    exit 0"
  `)
  expect(await terminal.type('backfill', ...range)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      * marts.daily [time]  asked for  7 partitions 2026-01-02..2026-01-08 in 3 steps

      1 asset, 3 steps, about [time] ([time] of work)

      = marts.daily  unchanged               3 partitions 2026-01-02..2026-01-04
      = marts.daily  unchanged               3 partitions 2026-01-05..2026-01-07
      = marts.daily  unchanged               2026-01-08

      done  0 assets, 0 checks, 0 failed, 1 up to date [time]
            tables in lake ./lake
    exit 0"
  `)
  expect(await terminal.type('show', 'marts.daily', '--history')).toMatchInlineSnapshot(`
    "   when                 outcome    rows   time  run               why
    =  [moment]  unchanged     1 [time]  [run]  asked for  2026-01-08
    =  [moment]  unchanged     3 [time]  [run]  asked for  3 partitions 2026-01-05..2026-01-07
    =  [moment]  unchanged     3 [time]  [run]  asked for  3 partitions 2026-01-02..2026-01-04
    ✓  [moment]  success      10 [time]  [run]  never built  10 partitions 2026-01-01..2026-01-10
    exit 0"
  `)
  expect(await terminal.type('run', '--partitions', '2026-01-01..')).toMatchInlineSnapshot(`
    "error \`--partitions\` takes a value, FIRST..LAST.
      fix  Give \`--partitions\` a value, FIRST..LAST.
      SLUICE_CLI_OPTION_VALUE · sluice explain SLUICE_CLI_OPTION_VALUE
    exit 2"
  `)
  expect(await terminal.type('backfill', ...range.slice(0, 5), '--chunk', 'few')).toMatchInlineSnapshot(`
    "error \`--chunk\` takes a whole number, 1 or more.
      fix  Give \`--chunk\` a whole number, 1 or more.
      SLUICE_CLI_OPTION_VALUE · sluice explain SLUICE_CLI_OPTION_VALUE
    exit 2"
  `)
  expect(await terminal.type('backfill', 'raw.orders', ...range.slice(1))).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error Nothing that is selected has partitions from 2026-01-02 to 2026-01-08.
      Built by partition are assets with \`@partition\` that write by \`replace-partition\` or \`merge\`.
      fix  Select an asset that has these partitions, or name others.
      SLUICE_BACKFILL_NOTHING · sluice explain SLUICE_BACKFILL_NOTHING
    exit 2"
  `)
})

test('a run with a failure, with what waits behind it, with a warning and with an export', async () => {
  write({
    ...project,
    'assets/raw/good.sql': 'select 1 as id,   -- @min 5 warn\n  now() as at\n',
    'assets/raw/bad.sql': "select error('no such luck') as id\n",
    'assets/marts/behind.sql': 'select id from raw.bad\n',
    'assets/marts/ahead.sql': 'select id from raw.good\n',
    'assets/out/good.ts': `import { exportTo, ref } from 'sluice'
      import { toFiles } from 'sluice/files'
      export default exportTo(toFiles('out/good.csv'), ref('raw.good'))`,
  })
  expect(await terminal.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ! raw.good               1 row [time]  0/1 check
      ✗ raw.bad [time]  The database refused a query.
      ■ marts.behind  blocked                 raw.bad failed
      ✓ marts.ahead            1 row [time]
      ✓ out.good               1 row [time]

      ! raw.good  id at least 5: 1 of 1 row fails

      ✗ raw.bad
    error The database refused a query.
      Invalid Input Error: no such luck
      fix  Mend the SQL of the asset or check that is named above.
      SLUICE_TARGET_QUERY · sluice explain SLUICE_TARGET_QUERY

      failed  4 assets, 1 check, 1 failed, 1 warned, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  expect(await terminal.type('plan')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      + raw.bad       not known  never built: the last attempt failed
      + marts.behind  not known  never built

      = 3 assets up to date
      2 assets, 2 steps, time not known: none has run before

      next  sluice run
    exit 0"
  `)
  expect(await terminal.type('show', 'out.good')).toMatchInlineSnapshot(`
    "error \`out.good\` is an export: its rows lie outside the target.
      fix  \`assets/out/good.ts\` says where they go; show the asset it is made from.
      SLUICE_CLI_ASSET_OUTSIDE · sluice explain SLUICE_CLI_ASSET_OUTSIDE
    exit 2"
  `)
  expect(await terminal.type('run', '--fail-fast', 'raw.bad+')).toMatch(/exit 1$/)
})
