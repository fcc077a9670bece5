import { equal } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTerminal, type Terminal } from './terminal.ts'

let terminal: Terminal
const shop = (...argv: readonly string[]) => terminal.type(...argv, '--project', 'shop')

beforeAll(async () => {
  terminal = openTerminal({ isTty: true, env: { NO_COLOR: '1' }, stdin: async () => 'select 42 as answer' })
  equal((await terminal.pipe('init', 'shop')).code, 0)
  equal((await terminal.pipe('run', '--project', 'shop')).code, 0)
})
afterAll(() => terminal.close())

test('at a terminal rows are a table: numbers to the right, NULL a word', async () => {
  const sql = "select 1 as id, 'a' as name, null as nothing union all select 1000, '', 'x' order by 1"
  expect(await shop('sql', sql)).toMatchInlineSnapshot(`
    "  id  name  nothing
       1  a     NULL
    1000        x
    exit 0"
  `)
  expect(await shop('sql', sql, '--csv')).toMatchInlineSnapshot(`
    "id,name,nothing
    1,a,
    1000,"",x
    exit 0"
  `)
})

test('a query may come on standard input', async () => {
  expect(await shop('sql')).toMatchInlineSnapshot(`
    "answer
        42
    exit 0"
  `)
})

test('a test that fails shows the rows', async () => {
  const expected = 'country,day,revenue,orders\nDE,2026-01-01,12.50,3\nFR,2026-01-02,1.25,1\n'
  writeFileSync(join(terminal.folder, 'shop/tests/marts/revenue/marts.revenue.csv'), expected)
  expect(await shop('test')).toMatchInlineSnapshot(`
    "  ✗ marts/revenue  marts.revenue

        expected, and not made
          country  day         revenue  orders
          DE       2026-01-01  12.50    3

        made, and not expected
          country  day         revenue  orders
          DE       2026-01-01  12.50    2

      failed  1 test, 1 failed [time]
    exit 1"
  `)
  expect(await shop('test', 'marts.nothing')).toMatchInlineSnapshot(`
    "error No test is called \`marts.nothing\`, and none is of an asset of that name.
      fix  Tests are folders: \`tests/marts/revenue/\` with \`raw.orders.csv\` in and \`marts.revenue.csv\` out.
      SLUICE_FIXTURE_NOT_FOUND · sluice explain SLUICE_FIXTURE_NOT_FOUND
    exit 2"
  `)
})

test('rows that are left out are told', async () => {
  expect(await shop('sql', 'select unnest([1, 2, 3]) as n', '--rows', '2')).toMatchInlineSnapshot(`
    "n
    1
    2
      the first 2 rows; --rows N shows more
    exit 0"
  `)
})
