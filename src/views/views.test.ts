import { expect, test } from 'vitest'
import type {
  Asset,
  Check,
  ColumnLineage,
  Event,
  EventBody,
  History,
  Manifest,
  Verdict,
} from '../model/index.ts'
import {
  assetPage,
  columnLineage,
  freshness,
  impact,
  lineage,
  quality,
  refused,
  runPage,
  runs,
} from './index.ts'

function check(id: string, severity: Check['severity'] = 'error'): Check {
  return { id, check: 'not_null', columns: [id.split(' ')[0] ?? ''], args: {}, severity, mostly: 1 }
}

type Sketch = { readonly kind?: Asset['kind']; readonly columns: string; readonly checks?: readonly Check[] }

/** An asset of columns written `name < source.column`, with `!` before a source that only shapes the rows. */
function asset(name: string, { kind = 'sql', columns, checks = [] }: Sketch): Asset {
  const made = columns.split(', ').map((text): ColumnLineage & { reads: string[] } => {
    const [column = '', ...sources] = text.split(' < ')
    const all = sources
      .flatMap(source => source.split(' '))
      .map(path => {
        const dot = path.lastIndexOf('.')
        return {
          asset: path.slice(0, dot).replace('!', ''),
          column: path.slice(dot + 1),
          shapes: path.startsWith('!'),
        }
      })
    return {
      column,
      from: all
        .filter(one => !one.shapes)
        .map(one => ({ asset: one.asset, column: one.column, how: 'identity' })),
      shapedBy: all
        .filter(one => one.shapes)
        .map(one => ({ asset: one.asset, column: one.column, how: 'filter' })),
      reads: all.map(one => one.asset),
    }
  })
  const file = `assets/${name.replace('.', '/')}.sql`
  const words = made.map(({ column }) => column).join(', ')
  return {
    name,
    kind,
    at: { file, line: 1, column: 1, length: 1 },
    doc: '',
    tags: [],
    sql: `select ${words} from x`,
    reads: [...new Set(made.flatMap(({ reads }) => reads))].map(other => ({
      asset: other,
      partitions: 'all',
    })),
    columns: made.map(({ column }) => ({ name: column, type: 'BIGINT', nullable: true })),
    lineage: made.map(({ column, from, shapedBy }) => ({ column, from, shapedBy })),
    key: [],
    lagMs: 0,
    write: 'replace',
    everyMs: kind === 'ingest' ? 1000 : 0,
    checks,
    contract: { onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail', onNull: 'quarantine' },
    trigger: 'all_success',
    retry: { attemptsMax: 3, baseMs: 1, capMs: 1, factor: 2 },
    timeoutMs: 1,
    pool: 'default',
    nested: 'keep',
    fingerprint: 'f',
    checksFingerprint: 'c',
  }
}

const manifest: Manifest = {
  project: 'shop',
  pools: {},
  assets: [
    asset('raw.orders', { kind: 'ingest', columns: 'id, amount, country', checks: [check('id not_null')] }),
    asset('raw.rates', { kind: 'source', columns: 'country, rate' }),
    asset('staging.orders', {
      columns: 'id < raw.orders.id, euro < raw.orders.amount raw.rates.rate !raw.orders.country',
      checks: [check('id not_null'), check('euro not_null', 'warn'), check('id unique')],
    }),
    asset('marts.revenue', { columns: 'revenue < staging.orders.euro !staging.orders.id' }),
    asset('crm.revenue', { kind: 'export', columns: 'total < marts.revenue.revenue' }),
  ],
  projectChecks: [
    {
      name: 'revenue_matches',
      at: { file: 'checks/revenue_matches.sql', line: 1, column: 1, length: 1 },
      sql: 'select * from marts.revenue where revenue < 0',
      reads: ['raw.orders', 'marts.revenue'],
      severity: 'error',
      fingerprint: 'p',
    },
  ],
}

/** Events in order, one second apart: `[run, step or '', body]`; a step is its asset and a number. */
function told(
  lines: readonly (readonly [run: string, step: string, body: EventBody, attempt?: number])[],
): readonly Event[] {
  return lines.map(([run, step, body, attempt], i) => {
    const event = { seq: i + 1, atMs: (i + 1) * 1000, run, body }
    if (step === '') return event
    const own = { ...event, step, asset: step.replace(/#.*/, '') }
    return attempt === undefined ? own : { ...own, attempt }
  })
}

function verdict(
  id: string,
  outcome: Verdict['outcome'],
  severity: Verdict['severity'] = 'error',
): EventBody {
  return { kind: 'check.finished', verdict: { check: id, severity, outcome, words: `${id}: ${outcome}` } }
}

const begun: EventBody = { kind: 'run.started', project: 'shop', steps: 2, trigger: 'cli', actor: 'ann' }
const started: EventBody = { kind: 'step.started', reason: { code: 'new', words: 'it was never built' } }
const failed = { code: 'SLUICE_HTTP', title: 'It did not answer.', fix: 'Wait.', retry: 'later' } as const
const counts = { in: 10, out: 7, refused: 2, deduplicated: 1 }

const events = told([
  ['r1', '', begun],
  ['r1', 'raw.orders#1', started, 1],
  ['r1', 'raw.orders#1', verdict('id not_null', 'fail'), 1],
  ['r1', 'raw.orders#1', { kind: 'step.retrying', failure: failed, delayMs: 5 }, 1],
  ['r1', 'raw.orders#1', started, 2],
  ['r1', 'raw.orders#1', { kind: 'rows.refused', rows: 2, byRule: { 'null in id': 2 } }, 2],
  ['r1', 'raw.orders#1', verdict('id not_null', 'pass'), 2],
  [
    'r1',
    'raw.orders#1',
    {
      kind: 'contract.changed',
      version: 2,
      changes: [{ kind: 'new column', column: 'country', type: 'VARCHAR' }],
    },
    2,
  ],
  [
    'r1',
    'raw.orders#1',
    { kind: 'step.finished', outcome: 'success', durationMs: 40, counts, version: 1 },
    2,
  ],
  ['r1', 'staging.orders#1', started, 1],
  ['r1', 'staging.orders#1', verdict('id not_null', 'pass'), 1],
  ['r1', 'staging.orders#1', verdict('euro not_null', 'fail', 'warn'), 1],
  [
    'r1',
    'staging.orders#1',
    { kind: 'step.finished', outcome: 'success', durationMs: 5, counts: { ...counts, in: 5 } },
    1,
  ],
  ['r1', 'marts.revenue#1', verdict('revenue_matches', 'pass')],
  ['r1', '', { kind: 'run.finished', outcome: 'success', durationMs: 99 }],
  ['r2', '', { ...begun, resumes: 'r1' }],
  ['r2', 'staging.orders#1', started, 1],
  ['r2', 'staging.orders#1', verdict('id not_null', 'error'), 1],
  ['r2', 'staging.orders#1', { kind: 'step.finished', outcome: 'failed', durationMs: 6, failure: failed }, 1],
  [
    'r2',
    'marts.revenue#1',
    { kind: 'step.finished', outcome: 'blocked', durationMs: 0, words: 'staging.orders failed' },
  ],
  ['r2', 'raw.orders#1', { kind: 'rows.refused', rows: 1, byRule: { 'type of id': 1 } }],
])

test('runs, newest first, say how they went; one without an end is running', () => {
  expect(runs(events)).toEqual([
    {
      run: 'r2',
      trigger: 'cli',
      actor: 'ann',
      resumes: 'r1',
      startedAtMs: 16_000,
      outcome: 'running',
      planned: 2,
      outcomes: { success: 0, unchanged: 0, failed: 1, blocked: 1, skipped: 0, cancelled: 0 },
      verdicts: { passed: 0, warned: 0, broken: 1 },
      counts: { in: 0, out: 0, refused: 0, deduplicated: 0 },
    },
    {
      run: 'r1',
      trigger: 'cli',
      actor: 'ann',
      startedAtMs: 1000,
      outcome: 'success',
      durationMs: 99,
      planned: 2,
      outcomes: { success: 2, unchanged: 0, failed: 0, blocked: 0, skipped: 0, cancelled: 0 },
      verdicts: { passed: 3, warned: 1, broken: 0 },
      counts: { in: 15, out: 14, refused: 4, deduplicated: 2 },
    },
  ])
})

test('one run tells its steps with attempts, counts and the verdicts that count', () => {
  const [first, second] = runPage(events, 'r1')?.steps ?? []
  expect(first).toEqual({
    step: 'raw.orders#1',
    asset: 'raw.orders',
    outcome: 'success',
    startedAtMs: 2000,
    durationMs: 40,
    attempts: 2,
    reason: 'it was never built',
    counts,
    version: 1,
    verdicts: [{ check: 'id not_null', severity: 'error', outcome: 'pass', words: 'id not_null: pass' }],
    refused: { 'null in id': 2 },
    retried: [failed],
    recovered: false,
  })
  expect([second?.attempts, second?.verdicts.length]).toEqual([1, 2])
  expect(
    runPage(events, 'r2')?.steps.map(({ asset: name, outcome, words, reason }) => [
      name,
      outcome,
      words,
      reason,
    ]),
  ).toEqual([
    ['staging.orders', 'failed', undefined, 'it was never built'],
    ['marts.revenue', 'blocked', 'staging.orders failed', ''],
    ['raw.orders', 'running', undefined, ''],
  ])
  expect(runPage(events, 'r3')).toBeUndefined()
})

test('quality shows every check of the manifest, measured or not, with its last thirty verdicts', () => {
  const view = quality(manifest, events)
  const short = view.assets.map(({ asset: name, checks }) => [
    name,
    checks.map(
      one =>
        `${one.check} ${one.last?.verdict.outcome ?? 'never'} ${one.history.length} ${one.changedAtMs ?? ''}`,
    ),
  ])
  expect(short).toEqual([
    ['raw.orders', ['id not_null pass 2 7000']],
    ['staging.orders', ['id not_null error 2 18000', 'euro not_null fail 1 ', 'id unique never 0 ']],
    ['marts.revenue', ['revenue_matches pass 1 ']],
  ])
  expect([view.verdicts, view.unmeasured]).toEqual([{ passed: 2, warned: 1, broken: 1 }, 1])
  expect(quality(manifest, events, 'raw.orders').assets.map(one => one.asset)).toEqual(['raw.orders'])
  const many = told(
    Array.from({ length: 40 }, (_, i) => [
      'r',
      'raw.orders#1',
      verdict('id not_null', i < 35 ? 'pass' : 'fail'),
    ]),
  )
  const [one] = quality(manifest, many, 'raw.orders').assets[0]?.checks ?? []
  expect([one?.history.length, one?.history[0]?.atMs, one?.changedAtMs]).toEqual([30, 11_000, 36_000])
})

test('lineage walks both ways, nearest first, as deep as asked', () => {
  const names = (direction: 'up' | 'down', name: string, depthMax?: number): unknown =>
    lineage(manifest, name, { direction, ...(depthMax === undefined ? {} : { depthMax }) }).map(step => [
      step.asset,
      step.depth,
      step.via,
    ])
  expect(names('up', 'crm.revenue')).toEqual([
    ['marts.revenue', 1, 'crm.revenue'],
    ['staging.orders', 2, 'marts.revenue'],
    ['raw.orders', 3, 'staging.orders'],
    ['raw.rates', 3, 'staging.orders'],
  ])
  expect(names('down', 'raw.rates', 2)).toEqual([
    ['staging.orders', 1, 'raw.rates'],
    ['marts.revenue', 2, 'staging.orders'],
  ])
  expect(names('up', 'raw.orders')).toEqual([])
})

test('a column is followed by its values; what only shapes rows is told apart', () => {
  const up = columnLineage(manifest, { asset: 'marts.revenue', column: 'REVENUE' }, { direction: 'up' })
  expect(up.columns.map(step => `${step.asset}.${step.column} ${step.depth} ${step.via.asset}`)).toEqual([
    'staging.orders.euro 1 marts.revenue',
    'raw.orders.amount 2 staging.orders',
    'raw.rates.rate 2 staging.orders',
  ])
  expect(up.shaped).toEqual([{ asset: 'staging.orders', column: 'id', how: 'filter' }])
  const down = columnLineage(manifest, { asset: 'raw.orders', column: 'country' }, { direction: 'down' })
  expect(down).toEqual({ columns: [], shaped: [{ asset: 'staging.orders', column: 'euro', how: 'filter' }] })
  const far = columnLineage(manifest, { asset: 'raw.orders', column: 'amount' }, { direction: 'down' })
  expect(far.columns.map(step => step.asset)).toEqual(['staging.orders', 'marts.revenue', 'crm.revenue'])
})

test('impact names every column, check and export that breaks, once per asset', () => {
  const found = impact(manifest, 'raw.orders', 'amount')
  expect(found.breaks.map(one => `${one.kind} ${one.asset} ${one.name}`)).toEqual([
    'column staging.orders euro',
    'check staging.orders euro not_null',
    'column marts.revenue revenue',
    'export crm.revenue total',
    'project check raw.orders revenue_matches',
    'project check marts.revenue revenue_matches',
  ])
  expect(found.assets.slice(0, 3)).toEqual(['staging.orders', 'marts.revenue', 'crm.revenue'])
  expect(impact(manifest, 'raw.orders', 'nope').breaks).toEqual([])
  expect(impact(manifest, 'raw.orders').breaks.length).toBeGreaterThan(found.breaks.length)
})

const ended = { lastOutcome: 'success', attemptedAtMs: 9000, partitions: {} } as const
const history: History = {
  assets: {
    'raw.orders': { ...ended, succeededAtMs: 9000, version: 3, upstream: {}, rows: 7 },
    'staging.orders': {
      ...ended,
      lastOutcome: 'failed',
      succeededAtMs: 5000,
      version: 2,
      upstream: { 'raw.orders': 2 },
    },
  },
}

test('freshness: never built, too old, or behind what it reads', () => {
  const at = (nowMs: number): unknown =>
    freshness(manifest, history, nowMs).map(({ asset: name, state, behind }) => [name, state, behind])
  expect(at(9500)).toEqual([
    ['raw.orders', 'fresh', []],
    ['staging.orders', 'stale', ['raw.orders']],
    ['marts.revenue', 'never', []],
    ['crm.revenue', 'never', []],
  ])
  expect(freshness(manifest, history, 20_000)[0]).toMatchObject({
    state: 'stale',
    ageMs: 11_000,
    everyMs: 1000,
  })
  const lazy = { ...manifest, assets: manifest.assets.map(one => ({ ...one, everyMs: 1e9 })) }
  expect(freshness(lazy, history, 99_000).map(({ state }) => state)).toEqual([
    'fresh',
    'behind',
    'never',
    'never',
  ])
})

test('refused rows add up by asset and rule', () => {
  expect(refused(events)).toEqual([
    {
      asset: 'raw.orders',
      rows: 3,
      byRule: { 'null in id': 2, 'type of id': 1 },
      lastAtMs: 21_000,
      lastRun: 'r2',
    },
  ])
})

test('one page holds what is known of an asset', () => {
  const page = assetPage(manifest, 'raw.orders', { events, history, nowMs: 9500 })
  expect(page).toMatchObject({
    rows: 7,
    above: [],
    below: ['staging.orders'],
    refused: { 'null in id': 2 },
    contractChanges: [{ version: 2, atMs: 8000, run: 'r1', changes: ['new column country VARCHAR'] }],
    freshness: { state: 'fresh' },
  })
  expect(page?.steps.map(({ run, outcome }) => [run, outcome])).toEqual([
    ['r2', 'running'],
    ['r1', 'success'],
  ])
  expect([page?.checks.length, page?.columns?.length]).toEqual([1, 3])
  expect(assetPage(manifest, 'raw.rates', { events, history, nowMs: 0 })?.freshness).toBeUndefined()
  expect(assetPage(manifest, 'nope', { events, history, nowMs: 0 })).toBeUndefined()
})

test('views are functions: the same events give the same bytes, and nothing given is changed', () => {
  const before = JSON.stringify([manifest, events, history])
  const all = (): string =>
    JSON.stringify([
      runs(events),
      quality(manifest, events),
      assetPage(manifest, 'raw.orders', { events, history, nowMs: 1 }),
    ])
  expect(all()).toBe(all())
  expect(JSON.stringify([manifest, events, history])).toBe(before)
})
