import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verbs } from '../../src/cli/index.ts'
import type { Event } from '../../src/model/index.ts'
import { openTerminal, type Terminal } from './terminal.ts'

let terminal: Terminal
const shop = (...argv: readonly string[]) => terminal.pipe(...argv, '--project', 'shop', '--json')

beforeAll(() => {
  terminal = openTerminal()
})
afterAll(() => terminal.close())

/** Every verb once, by what must stand in its answer. In this order: later ones need earlier ones. */
const cases: readonly [line: readonly string[], holds: object][] = [
  [['check'], { project: 'shop', failures: [], notes: [] }],
  [['plan'], { steps: [{ asset: 'raw.orders' }, { asset: 'marts.revenue' }], upToDate: [] }],
  [['test'], [{ name: 'marts/revenue', outcome: 'pass', failure: null }]],
  [['run'], { kind: 'run.finished', outcome: 'success' }],
  [['show', 'marts.revenue'], { truncated: false, columns: [{ name: 'country' }, {}, {}, {}] }],
  [['show', 'marts.revenue', '--sql'], { asset: 'marts.revenue' }],
  [['show', 'marts.revenue', '--schema'], { asset: 'marts.revenue', key: ['country', 'day'] }],
  [['show', 'raw.orders', '--contract'], { asset: 'raw.orders', contract: { version: 1 } }],
  [['show', 'raw.orders', '--history'], { steps: [{ outcome: 'success', counts: { in: 8, out: 8 } }] }],
  [
    ['sql', "select 9007199254740993 as big, null as nothing, '' as empty, 0.1::decimal(18, 3) as exact"],
    { rows: [['9007199254740993', null, '', '0.100']], truncated: false },
  ],
  [
    ['lineage', 'marts.revenue'],
    { asset: 'marts.revenue', up: [{ asset: 'raw.orders', depth: 1 }], down: [] },
  ],
  [
    ['lineage', 'raw.orders.amount', '--breaks'],
    { column: 'amount', assets: ['raw.orders', 'marts.revenue'] },
  ],
  [['quality'], { verdicts: { passed: 7, warned: 0, broken: 0 }, unmeasured: 0 }],
  [['logs', '--list'], [{ outcome: 'success', planned: 2 }]],
  [['quarantine'], []],
  [['lake', 'history', 'raw.orders'], [{ operation: 'CREATE TABLE AS SELECT' }]],
  [['lake', 'diff', 'raw.orders', '--from', '0'], { rows: { to: 8 }, columns: { added: [] } }],
  [['lake', 'optimize', 'raw.orders'], { table: 'raw.orders', filesRemoved: 0 }],
  [['lake', 'vacuum', 'raw.orders', '--dry-run'], { table: 'raw.orders', dryRun: true, files: 0 }],
  [['lake', 'fsck', 'raw.orders'], { table: 'raw.orders', flaws: [] }],
  [
    ['lake', 'clone', 'raw.orders', 'scratch.orders'],
    { table: 'raw.orders', to: 'scratch.orders', files: 1 },
  ],
  [['explain', 'marts.revenue'], { asset: 'marts.revenue', steps: [] }],
  [['explain', 'SLUICE_INTERNAL'], { code: 'SLUICE_INTERNAL', exit: 1 }],
]

test('every verb answers one JSON document on standard output, and says nothing beside it', async () => {
  const made = await terminal.pipe('init', 'shop', '--json')
  expect(JSON.parse(made.stdout)).toMatchObject({ project: 'shop' })
  for (const [line, holds] of cases) {
    const { code, stdout, stderr } = await shop(...line)
    expect([line, code, stderr]).toEqual([line, 0, ''])
    const documents = stdout.trimEnd().split('\n')
    const last: unknown = JSON.parse(documents.at(-1) ?? '')
    // `run` answers with events, one a line; the last one is its end.
    if (line[0] === 'run') expect((last as Event).body).toMatchObject(holds)
    else {
      expect(documents).toHaveLength(1)
      expect(last).toMatchObject(holds)
    }
  }
  const doctor = await shop('doctor')
  expect(JSON.parse(doctor.stdout)).toContainEqual(expect.objectContaining({ subject: 'target', ok: true }))
  const told = new Set([
    ...cases.map(([[verb]]) => verb),
    'init',
    'doctor',
    'backfill',
    'promote',
    'rollback',
    // It has projects of its own: test/dbt/commands.
    'dbt',
  ])
  expect(verbs.map(({ name }) => name).filter(name => !told.has(name))).toEqual([])
})

test('events of a run are the events of the ledger', async () => {
  const run = await shop('run', '--force')
  const logs = await shop('logs')
  expect(run.stdout).toBe(logs.stdout)
  const kinds = run.stdout
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as Event).body.kind)
  expect(kinds[0]).toBe('run.started')
  expect(kinds.at(-1)).toBe('run.finished')
})

test('a failure ends the answer', async () => {
  const { code, stdout, stderr } = await shop('run', 'marts.revenu')
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'SLUICE_SELECTION_UNKNOWN',
      title: 'No asset is called `marts.revenu`.',
      why: null,
      fix: 'Did you mean `marts.revenue`?',
      at: null,
    },
  })
  expect(stderr).toContain('error No asset is called `marts.revenu`.')
})

test('a promotion and a rollback answer with what they did', async () => {
  const config = join(terminal.folder, 'shop/sluice.config.ts')
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace("name: 'shop',", "name: 'shop', environments: { dev: {} },"),
  )
  const mart = join(terminal.folder, 'shop/assets/marts/revenue.sql')
  writeFileSync(mart, readFileSync(mart, 'utf8').replace('count(*) as orders', 'count(*) + 1 as orders'))
  expect(await shop('run', '--env', 'dev')).toMatchObject({ code: 0, stderr: '' })
  const promoted = await shop('promote', 'dev')
  expect(promoted).toMatchObject({ code: 0, stderr: '' })
  const answer = JSON.parse(promoted.stdout) as { readonly run: string }
  expect(answer).toMatchObject({ environment: 'dev', run: expect.any(String) })
  const back = await shop('rollback', answer.run)
  expect(back).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(back.stdout)).toMatchObject({ run: expect.any(String) })
})
