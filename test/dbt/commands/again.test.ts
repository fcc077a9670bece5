import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTerminal, type Terminal } from '../../cli/terminal.ts'

let terminal: Terminal
const at = (path: string) => join(terminal.folder, 'shop', path)
const write = (path: string, text: string) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}
const dbt = (...argv: readonly string[]) =>
  terminal.type('dbt', ...argv, '--project-dir', 'shop', '--threads', '1')
/** Names and outcomes only. */
const told = async (...argv: readonly string[]) =>
  (await dbt(...argv)).split('\n').flatMap(line => {
    const [, mark, name] = /^ {2}(\S) \[time\] {2}\S+ +(\S+)/.exec(line) ?? []
    return name === undefined ? (line.startsWith('exit') ? [line] : []) : [`${mark} ${name}`]
  })
const answer = async (query: string, ...flags: readonly string[]) => {
  const shown = await dbt('show', '-q', '--inline', query, '--limit', '-1', '--json', ...flags)
  return (JSON.parse(shown.split('\n')[0] ?? '') as { readonly show: unknown }[])[0]?.show
}

beforeEach(() => {
  terminal = openTerminal({ env: { HOME: '/nowhere', SLUICE_PYTHON: 'no-such-python' } })
  cpSync(fileURLToPath(new URL('shop', import.meta.url)), join(terminal.folder, 'shop'), { recursive: true })
})
afterEach(() => terminal.close())

test('retry does again what failed or was skipped, with the flags of that time', async () => {
  expect(await told('build', '-s', 'raw_orders', 'orders+', '--vars', '{least: 0}')).toMatchInlineSnapshot(`
    [
      "✓ main.raw_orders",
      "✓ main.orders",
      "✗ no_zero",
      "- main.customers",
      "- accepted_values_customers_customer__bob",
      "✓ unique_orders_id",
      "✓ not_null_orders_id",
      "exit 1",
    ]
  `)
  expect(await told('retry')).toMatchInlineSnapshot(`
    [
      "✗ no_zero",
      "- main.customers",
      "- accepted_values_customers_customer__bob",
      "exit 1",
    ]
  `)
  write('tests/no_zero.sql', "select * from {{ ref('orders') }} where amount < {{ var('least') }}")
  expect(await told('retry')).toMatchInlineSnapshot(`
    [
      "✓ no_zero",
      "✓ main.customers",
      "! accepted_values_customers_customer__bob",
      "exit 0",
    ]
  `)
  expect(await told('retry')).toEqual(['exit 0'])
})

test('what another target has built is read there, found changed, and copied from there', async () => {
  const profile = readFileSync(at('profiles.yml'), 'utf8')
  write(
    'profiles.yml',
    `${profile}    other: { type: duckdb, path: other.duckdb, attach: [{ path: ${at('shop.duckdb')}, read_only: true }] }\n`,
  )
  await dbt('build')
  cpSync(at('target'), at('before'), { recursive: true })
  expect(await told('run', '-s', 'customers', '-t', 'other', '--defer', '--state', 'before')).toEqual([
    '✓ main.customers',
    'exit 0',
  ])
  expect(readFileSync(at('target/compiled/shop/models/customers.sql'), 'utf8')).toContain(
    '"shop"."main"."orders"',
  )
  write('models/orders.sql', `${readFileSync(at('models/orders.sql'), 'utf8')} -- more`)
  const changed = [
    'ls',
    '-s',
    'state:modified',
    '--state',
    'before',
    '--output',
    'name',
    '--resource-type',
    'model',
  ]
  expect(await dbt(...changed)).toBe('orders\nexit 0')
  expect(await told('clone', '--state', 'before', '-t', 'other', '--full-refresh')).toMatchInlineSnapshot(`
    [
      "✓ main.customers",
      "✓ main.orders",
      "✓ main.raw_orders",
      "exit 0",
    ]
  `)
  expect(await dbt('clone', '-t', 'other')).toContain('`clone` needs to know where an earlier run lies.')
  expect(await dbt('run', '--defer', '--state', 'nowhere')).toContain(
    'holds nothing that `--defer` could go on with',
  )
})

const daily = `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day',
  batch_size='day', begin='2026-01-01', pre_hook="create table if not exists main.hooks (batch varchar)",
  post_hook="insert into main.hooks values ('{{ model.batch.id }}')") }}
select id, day, {{ is_incremental() | lower }} as again, '{{ model.batch.id }}' as batch,
  case when '{{ model.batch.id }}' = '{{ var('bad', '') }}' then error('bad day') else 1 end as fine
from {{ ref('raw_orders') }}`

test('a microbatch model is made batch by batch; batches that failed are made again', async () => {
  write('models/daily.sql', daily)
  write('models/below.sql', "select * from {{ ref('daily') }}")
  write('seeds/seeds.yml', 'seeds: [{ name: raw_orders, config: { event_time: day } }]')
  await dbt('seed')
  const range = ['--event-time-start', '2026-01-01', '--event-time-end', '2026-01-04']
  expect(await told('run', '-s', 'daily+', ...range, '--vars', '{bad: "20260102"}')).toEqual([
    '! main.daily',
    '- main.below',
    'exit 1',
  ])
  const results = JSON.parse(readFileSync(at('target/run_results.json'), 'utf8')) as {
    readonly results: object[]
  }
  expect(results.results[0]).toMatchObject({
    status: 'partial success',
    message: 'PARTIAL SUCCESS (2/3)',
    batch_results: { failed: [['2026-01-02T00:00:00+00:00', '2026-01-03T00:00:00+00:00']] },
  })
  expect(await told('retry', '--vars', '{bad: none}')).toEqual(['✓ main.daily', '✓ main.below', 'exit 0'])
  expect(await answer('select batch, again from main.daily order by 1')).toEqual([
    { batch: '20260101', again: false },
    { batch: '20260102', again: true },
    { batch: '20260103', again: true },
  ])
  // Before the first batch, after the last one: of both runs.
  expect(await answer('select * from main.hooks')).toEqual([{ batch: '20260103' }, { batch: '20260102' }])
  expect(await dbt('run', '--event-time-start', '2026-01-01')).toContain(
    '`--event-time-start` takes `--event-time-end` beside it.',
  )
  expect(await dbt('run', '--sample', 'much')).toContain('`--sample` takes a length of time')
})

test('a model of Python is refused before anything runs where there is no Python', async () => {
  write('models/made.py', 'def model(dbt, session):\n    return dbt.ref("orders")\n')
  expect(await dbt('run')).toMatchInlineSnapshot(`
    "error \`model.shop.made\` is a model of Python, and \`no-such-python\` cannot run it.
      There is no such program.
      fix  Install the package: \`no-such-python -m pip install duckdb\`; or name another Python: \`SLUICE_PYTHON\`.
      SLUICE_DBT_PYTHON_MISSING · sluice explain SLUICE_DBT_PYTHON_MISSING
    exit 2"
  `)
})

test('--json answers with events, a line each', async () => {
  const { stdout, stderr, code } = await terminal.pipe(
    'dbt',
    'build',
    '--project-dir',
    'shop',
    '--json',
    '-s',
    '+orders',
  )
  expect([stderr, code]).toEqual(['', 0])
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { kind: string })
  expect(events[0]).toMatchObject({ kind: 'started', nodes: 5, threads: 2, target: 'duckdb dev' })
  expect(events.filter(({ kind }) => kind === 'node.finished')).toHaveLength(5)
  expect(events.at(-1)).toMatchObject({ kind: 'finished', outcome: 'success', counts: { pass: 5, total: 5 } })
})
