import { cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTerminal, type Terminal } from '../../cli/terminal.ts'

let terminal: Terminal
const shop = fileURLToPath(new URL('shop', import.meta.url))
const dbt = (...argv: readonly string[]) => terminal.type('dbt', ...argv, '--project-dir', 'shop')

beforeAll(() => {
  terminal = openTerminal({ env: { HOME: '/nowhere', SLUICE_PYTHON: 'no-such-python' } })
  cpSync(shop, join(terminal.folder, 'shop'), { recursive: true })
})
afterAll(() => terminal.close())

test('build tells each node as it ends, what warned, and a summary that programs look for', async () => {
  expect(await dbt('build', '--threads', '1')).toMatchInlineSnapshot(`
    "  ✓ [time]  seed      main.raw_orders  3 rows
      ✓ [time]  model     main.orders  table
      ✓ [time]  test      no_zero
      ✓ [time]  test      unique_orders_id
      ✓ [time]  test      not_null_orders_id
      ✓ [time]  model     main.customers  table
      ! [time]  test      accepted_values_customers_customer__bob  1 result

      ! test accepted_values_customers_customer__bob  models/shop.yml
        Got 1 result, configured to warn if != 0
        compiled: target/compiled/shop/models/shop.yml/accepted_values_customers_customer__bob.sql
    Done. PASS=6 WARN=1 ERROR=0 SKIP=0 NO-OP=0 TOTAL=7 [time]
    exit 0"
  `)
})

test('a failing test is told with its words and its code, and the exit is 1', async () => {
  expect(
    await dbt('build', '--threads', '1', '--vars', '{least: 0}', '-s', 'orders+'),
  ).toMatchInlineSnapshot(`
    "  ✓ [time]  model     main.orders  table
      ✗ [time]  test      no_zero  1 result
      - [time]  model     main.customers  skipped
      - [time]  test      accepted_values_customers_customer__bob  skipped
      ✓ [time]  test      unique_orders_id
      ✓ [time]  test      not_null_orders_id

      ✗ test no_zero  tests/no_zero.sql
        Got 1 result, configured to fail if != 0
        compiled: target/compiled/shop/tests/no_zero.sql
    Done. PASS=3 WARN=0 ERROR=1 SKIP=2 NO-OP=0 TOTAL=6 [time]
    exit 1"
  `)
})

test('what is selected is listed', async () => {
  expect(await dbt('ls', '--select', 'customers', 'no_zero', '--output', 'name')).toMatchInlineSnapshot(`
    "customers
    accepted_values_customers_customer__bob
    no_zero
    exit 0"
  `)
  expect(
    await dbt(
      'ls',
      '-s',
      'orders',
      '--resource-type',
      'model',
      '--output',
      'json',
      '--output-keys',
      'name config.materialized',
    ),
  ).toMatchInlineSnapshot(`
    "{"name":"orders","config.materialized":"table"}
    exit 0"
  `)
})

test('rows and code are answers', async () => {
  expect(await dbt('show', '-s', 'customers')).toMatchInlineSnapshot(`
    "  customers
    customer  amount
    ann       15
    bob       0
    exit 0"
  `)
  expect(
    await dbt(
      'show',
      '--inline',
      "select 1 as one, null as nothing from {{ ref('orders') }}",
      '--limit',
      '1',
      '--output',
      'json',
    ),
  ).toMatchInlineSnapshot(`
    "{
      "show": [
        {
          "one": 1,
          "nothing": null
        }
      ]
    }
    exit 0"
  `)
  expect(
    await dbt('compile', '--inline', "select {{ var('least') }}", '--vars', 'least: 7'),
  ).toMatchInlineSnapshot(`
    "select 7
    exit 0"
  `)
  expect(await dbt('compile', '-s', 'customers')).toMatchInlineSnapshot(`
    "select customer, sum(amount) as amount from "shop"."main"."orders" group by customer
    exit 0"
  `)
})

test('a macro is called, and what it prints is the answer', async () => {
  expect(await dbt('run-operation', 'say', '--args', '{words: hello}')).toMatchInlineSnapshot(`
    "said hello
    exit 0"
  `)
  expect(await dbt('run-operation', 'say', '--args', '{words: hello}', '--json')).toMatchInlineSnapshot(`
    "{"returned":{"words":"hello"},"printed":["said hello"]}
    exit 0"
  `)
  expect(await dbt('run-operation', 'shout')).toMatchInlineSnapshot(`
    "error Runtime Error in operation shout
      dbt could not find a macro with the name 'shout' in any package
      fix  Mend the code that is named.
      SLUICE_DBT_FAILED · sluice explain SLUICE_DBT_FAILED
    exit 1"
  `)
})

test('sources are held against the clock', async () => {
  expect(await dbt('source', 'freshness')).toMatch(/! outside.events {2}newest row \d+ days ago/)
})

test('the other commands', async () => {
  expect(await dbt('parse')).toMatchInlineSnapshot(`
    "  done  shop: 7 nodes, 1 source, 520 macros [time]
    exit 0"
  `)
  expect(await dbt('debug')).toMatchInlineSnapshot(`
    "  ✓ project     shop in [folder]/shop
      ✓ profile     shop, target dev: duckdb, 2 at once
      ✓ connection  shop.duckdb, schema main
    exit 0"
  `)
  expect(await dbt('docs', 'generate')).toMatchInlineSnapshot(`
    "  done  10 columns of the database described
    exit 0"
  `)
  expect(existsSync(join(terminal.folder, 'shop/target/compiled/shop/models/orders.sql'))).toBe(true)
  expect(await dbt('clean')).toMatchInlineSnapshot(`
    "  removed target
    exit 0"
  `)
})

test.each([
  ['rnu', '`sluice dbt rnu` is not a command.'],
  ['docs serve', '`sluice dbt docs serve` is not there yet.'],
  ['run --slect x', '`sluice dbt run` has no option `--slect`.'],
  ['test --empty', '`sluice dbt test` has no option `--empty`.'],
  ['run --threads many', '`--threads` takes a whole number.'],
  ['run --vars [1]', '`--vars` takes a mapping, as YAML or JSON.'],
  ['run --select --exclude x', '`--select` takes a value, NODES.'],
  ['run orders', 'Nothing is known to do with `orders`.'],
  ['ls --output-keys name --resource-type table', '`--resource-type` takes one of'],
  ['run --target moon', 'The profile of the dbt project cannot be used.'],
])('sluice dbt %s is refused with exit 2', async (line, words) => {
  const screen = await dbt(...line.split(' '))
  expect(screen).toContain(words)
  expect(screen).toMatch(/exit 2$/)
})

test('what is wrong with a project is told with its place, before anything runs', async () => {
  writeFileSync(join(terminal.folder, 'shop/models/broken.sql'), "select * from {{ ref('nothing') }}\n")
  expect(await dbt('run')).toMatchInlineSnapshot(`
    "error \`model.shop.broken\` depends on the node \`nothing\`, which is not there. (models/broken.sql)
      fix  Mend the file at the place that is shown; \`sluice dbt doctor\` lists all that is found.
      SLUICE_DBT_PROBLEM · sluice explain SLUICE_DBT_PROBLEM
    exit 2"
  `)
})

test('doctor lists what is wrong and what is not supported, with file and line, all at once', async () => {
  const write = (path: string, text: string) => writeFileSync(join(terminal.folder, 'shop', path), text)
  write('models/odd.sql', "{{ config(\n  materialized='hologram'\n) }} select 1")
  write('models/made.py', 'def model(dbt, session):\n    return dbt.ref("orders")\n')
  write(
    'models/more.yml',
    'sources:\n  - name: sheets\n    tables:\n      - name: one\n        config:\n          meta:\n            plugin: gsheet\n',
  )
  expect(await dbt('doctor')).toMatchInlineSnapshot(`
    "  ✗ \`model.shop.broken\` depends on the node \`nothing\`, which is not there.  models/broken.sql
      ✗ \`model.shop.odd\` is materialized as \`hologram\`, for which there is no macro.  models/odd.sql:2
      ✗ \`source.shop.sheets.one\` goes through \`gsheet\`, a plugin of dbt-duckdb, which is a module of Python.  models/more.yml:7
      ✗ \`model.shop.made\` is a model of Python, and \`no-such-python\` cannot run it.  models/made.py:1
      4 errors, 0 warnings
    exit 2"
  `)
})
