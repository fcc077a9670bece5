import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../errors/index.ts'
import type {
  Asset,
  AssetHistory,
  Edge,
  History,
  Manifest,
  PartitionScheme,
  Plan,
  Request,
  Step,
} from '../model/index.ts'
import { graphOf, partitionsDue, plan, recordOf, select, upstreamOf } from './index.ts'

type Given = Partial<Omit<Asset, 'reads'>> & { readonly reads?: readonly (string | Edge)[] }

function asset(name: string, given: Given = {}): Asset {
  const { reads = [], ...rest } = given
  return {
    name,
    kind: 'sql',
    at: { file: `assets/${name.replace('.', '/')}.sql`, line: 1, column: 1, length: 0 },
    doc: '',
    tags: [],
    columns: undefined,
    lineage: [],
    key: [],
    lagMs: 0,
    write: 'replace',
    checks: [],
    contract: { onNewColumn: 'add', onTypeChange: 'quarantine', onMissing: 'fail', onNull: 'quarantine' },
    trigger: 'none_failed_min_one_success',
    retry: { attemptsMax: 1, baseMs: 0, capMs: 0, factor: 1 },
    timeoutMs: 1000,
    pool: '',
    nested: 'keep',
    fingerprint: `${name}@1`,
    checksFingerprint: 'checks@1',
    reads: reads.map(read => (typeof read === 'string' ? { asset: read, partitions: 'all' as const } : read)),
    ...rest,
  }
}

function manifest(...assets: readonly Asset[]): Manifest {
  return { project: 'p', assets, projectChecks: [], pools: {} }
}

const nowMs = Date.parse('2026-01-10T12:00:00Z')
const empty: History = { assets: {} }

function request(given: Partial<Request> = {}): Request {
  return {
    select: [],
    exclude: [],
    force: false,
    chunkMax: 100,
    newestFirst: false,
    nowMs,
    probes: {},
    ...given,
  }
}

/** Built, with nothing to do, at the version given. */
function built(of: Asset, given: Partial<AssetHistory> = {}): AssetHistory {
  return {
    lastOutcome: 'success',
    succeededAtMs: nowMs - 1000,
    attemptedAtMs: nowMs - 1000,
    fingerprint: of.fingerprint,
    checksFingerprint: of.checksFingerprint,
    version: 1,
    upstream: Object.fromEntries(of.reads.map(edge => [edge.asset, 1])),
    partitions: {},
    ...given,
  }
}

function history(...past: readonly (readonly [Asset, Partial<AssetHistory>?])[]): History {
  return { assets: Object.fromEntries(past.map(([of, given]) => [of.name, built(of, given)])) }
}

/** `marts.a build? upstream changed: words < needs`: `?` marks conditional steps. */
function lines({ steps, upToDate }: Plan): readonly string[] {
  const line = ({ id, action, conditional, reason, needs }: Step) =>
    `${id} ${action}${conditional ? '?' : ''} ${reason.code}: ${reason.words}` +
    (needs.length > 0 ? ` < ${needs.join(' ')}` : '')
  return [...steps.map(line), ...upToDate.map(({ asset: name, words }) => `${name} - ${words}`)]
}

function thrown(act: () => unknown): Failure {
  try {
    act()
  } catch (failure) {
    return failure as Failure
  }
  expect.unreachable('nothing was thrown')
}

const raw = asset('raw.orders', { kind: 'ingest', everyMs: 3_600_000 })
const staged = asset('staging.orders', { reads: ['raw.orders'] })
const mart = asset('marts.revenue', { reads: ['staging.orders'] })
const shop = manifest(raw, staged, mart)
const settled = history([raw], [staged], [mart])

describe('what would run, and why', () => {
  test('everything, the first time, in order', () => {
    expect(lines(plan(shop, empty, request()))).toEqual([
      'raw.orders build new: never built',
      'staging.orders build new: never built < raw.orders',
      'marts.revenue build new: never built < staging.orders',
    ])
  })

  test('nothing, when nothing changed', () => {
    expect(lines(plan(shop, settled, request()))).toEqual([
      'raw.orders - next due in 3599 seconds',
      'staging.orders - nothing it reads has changed',
      'marts.revenue - nothing it reads has changed',
    ])
  })

  test('what reads a step that will run is conditional', () => {
    const changed = manifest(raw, { ...staged, fingerprint: 'new' }, mart)
    expect(lines(plan(changed, settled, request()))).toEqual([
      'staging.orders build code changed: its code changed',
      'marts.revenue build? upstream changed: `staging.orders` may change < staging.orders',
      'raw.orders - next due in 3599 seconds',
    ])
  })

  // Each row has everything of the rows below it too: the order of the table is the order of precedence.
  const table: readonly (readonly [string, string, Given, Partial<AssetHistory>, Partial<Request>])[] = [
    ['never built', 'new: never built', {}, { version: 0 }, {}],
    [
      'never built and failed',
      'new: never built: the last attempt failed',
      {},
      { version: 0, lastOutcome: 'failed' },
      {},
    ],
    [
      'other code',
      'code changed: its code changed',
      { fingerprint: 'other' },
      { fingerprint: 'x' },
      { force: true },
    ],
    [
      'a probe that differs',
      'source changed: its source changed',
      {},
      { probe: 'a', lastOutcome: 'failed' },
      { probes: { 'raw.x': 'b' } },
    ],
    [
      'a probe that differs, before its time',
      'source changed: its source changed',
      { everyMs: 9e9 },
      { probe: 'a' },
      { probes: { 'raw.x': 'b' } },
    ],
    [
      'no probe and no `every`',
      'source cannot say: its source cannot say whether it changed',
      {},
      { lastOutcome: 'failed' },
      {},
    ],
    [
      'time',
      'stale: not built for 1 day',
      { everyMs: 86_400_000 },
      { succeededAtMs: nowMs - 86_400_000, lastOutcome: 'failed' },
      {},
    ],
    [
      'a clock that was set back',
      'stale: not built for 1 day',
      { everyMs: 86_400_000 },
      { succeededAtMs: nowMs + 1 },
      {},
    ],
    [
      'a failure',
      'failed before: its last step failed',
      { everyMs: 9e9 },
      { lastOutcome: 'failed' },
      { force: true },
    ],
    ['force', 'forced: asked for', { everyMs: 9e9 }, {}, { force: true }],
  ]
  test.each(table)('an ingest runs for %s', (...[, reason, given, past, asked]) => {
    const it = asset('raw.x', { kind: 'ingest', ...given })
    const { steps } = plan(manifest(it), history([it, past]), request(asked))
    expect(steps.map(step => `${step.reason.code}: ${step.reason.words}`)).toEqual([reason])
  })

  test('an ingest is left alone when its probe says the same, however old it is', () => {
    const it = asset('raw.x', { kind: 'ingest', everyMs: 1 })
    const past = history([it, { probe: 'a', succeededAtMs: 0 }])
    expect(lines(plan(manifest(it), past, request({ probes: { 'raw.x': 'a' } })))).toEqual([
      'raw.x - its source has not changed',
    ])
  })

  test('other checks look at the rows that stand; they do not build', () => {
    const rechecked = manifest(raw, { ...staged, checksFingerprint: 'other' }, mart)
    expect(lines(plan(rechecked, settled, request({ select: ['staging.orders+'] })))).toEqual([
      'staging.orders[audit] audit checks changed: its checks changed',
      'marts.revenue - nothing it reads has changed',
    ])
    // Where a build may come anyway it comes for certain, so that the checks are looked at once.
    const both = plan(rechecked, settled, request({ nowMs: nowMs + 3_600_000 }))
    expect(lines(both).slice(0, 2)).toEqual([
      'raw.orders build stale: not built for 1 hour',
      'staging.orders build checks changed: its checks changed < raw.orders',
    ])
  })

  test('a view is made again for its code or what may change its columns; it hands changes through', () => {
    const view = asset('staging.v', { write: 'view', reads: ['staging.orders'] })
    const top = asset('marts.t', { reads: ['staging.v'] })
    const all = manifest(raw, staged, view, top)
    expect(upstreamOf(graphOf(all), 'marts.t').map(edge => edge.asset)).toEqual([
      'staging.v',
      'staging.orders',
    ])
    const past = (version: number): History =>
      history(
        [raw],
        [staged, { version }],
        [view],
        [top, { upstream: { 'staging.v': 1, 'staging.orders': 1 } }],
      )
    expect(plan(all, past(1), request()).steps).toEqual([])
    expect(lines(plan(all, past(2), request()))[0]).toBe(
      'marts.t build upstream changed: `staging.orders` changed',
    )
    const stale = asset('staging.orders', { reads: ['raw.orders'], everyMs: 1 })
    expect(lines(plan(manifest(raw, stale, view, top), past(1), request())).slice(0, 2)).toEqual([
      'staging.orders build stale: not built for 1 ms',
      'marts.t build? upstream changed: `staging.orders` may change < staging.orders',
    ])
    const recoded = manifest(raw, { ...staged, fingerprint: 'other' }, view, top)
    expect(lines(plan(recoded, past(1), request())).slice(0, 3)).toEqual([
      'staging.orders build code changed: its code changed',
      'staging.v build? upstream changed: `staging.orders` may change < staging.orders',
      'marts.t build? upstream changed: `staging.v` may change < staging.v staging.orders',
    ])
  })

  test('what reads a table made elsewhere is due unless its probe or its own `every` says otherwise', () => {
    const crm = asset('crm.people', { kind: 'source' })
    const reader = asset('marts.people', { reads: ['crm.people'] })
    const all = manifest(crm, reader)
    const past = history([crm, { probe: 'a' }], [reader])
    const first = (asked: Partial<Request>, it = all) => lines(plan(it, past, request(asked)))[0]
    expect(first({})).toBe('marts.people build source cannot say: `crm.people` cannot say whether it changed')
    expect(first({ probes: { 'crm.people': 'b' } })).toBe(
      'marts.people build source changed: `crm.people` changed',
    )
    expect(first({ probes: { 'crm.people': 'a' } })).toBe('crm.people - something else makes it')
    expect(first({}, manifest(crm, { ...reader, everyMs: 9e9 }))).toBe('crm.people - something else makes it')
  })

  test('a step that would find nothing to read is refused before anything runs', () => {
    expect(thrown(() => plan(shop, empty, request({ select: ['marts.*'] })))).toMatchObject({
      code: 'SLUICE_PLAN_UPSTREAM_MISSING',
      fix: 'Select what it reads too: `sluice run +marts.revenue`.',
    })
    expect(plan(shop, history([raw], [staged]), request({ select: ['marts.*'] })).steps).toHaveLength(1)
  })

  test('expected time: the sum of all steps and the longest way through them', () => {
    const past = history([raw, { durationMs: 10, version: 0 }], [staged, { durationMs: 5, version: 0 }])
    const side = asset('staging.side', { reads: ['raw.orders'] })
    const { expected } = plan(manifest(raw, staged, side, mart), past, request())
    expect(expected).toEqual({ workMs: 15, wallMs: 15, unknown: 2 })
  })
})

describe('selection', () => {
  const tagged = asset('raw.customers', { kind: 'ingest', tags: ['daily', 'eu'], owner: 'sales' })
  const joined = asset('staging.customers', { reads: ['raw.customers'], fingerprint: 'edited' })
  const wide = asset('marts.wide', { reads: ['staging.orders', 'staging.customers'] })
  const top = asset('marts.top', { reads: ['marts.wide'], write: 'view' })
  const all = manifest(raw, tagged, staged, joined, wide, mart, top)
  const past = history(
    [raw],
    [staged, { lastOutcome: 'failed' }],
    [joined, { fingerprint: 'old' }],
    [mart],
    [top],
  )

  test.each([
    ['marts.wide', 'marts.wide'],
    ['wide', 'marts.wide'],
    ['marts', 'marts.wide marts.revenue marts.top'],
    ['marts.*', 'marts.wide marts.revenue marts.top'],
    ['*.?rders', 'raw.orders staging.orders'],
    ['*.*customers', 'raw.customers staging.customers'],
    ['+marts.revenue', 'raw.orders staging.orders marts.revenue'],
    ['1+marts.wide', 'staging.orders staging.customers marts.wide'],
    ['staging.customers+', 'staging.customers marts.wide marts.top'],
    ['staging.customers+1', 'staging.customers marts.wide'],
    ['1+marts.wide+1', 'staging.orders staging.customers marts.wide marts.top'],
    ['@staging.customers', 'raw.orders raw.customers staging.orders staging.customers marts.wide marts.top'],
    ['tag:daily', 'raw.customers'],
    ['tag:d*+1', 'raw.customers staging.customers'],
    ['owner:sales', 'raw.customers'],
    ['kind:ingest', 'raw.orders raw.customers'],
    ['kind:view', 'marts.top'],
    ['path:assets/marts', 'marts.wide marts.revenue marts.top'],
    ['assets/marts/wide.sql', 'marts.wide'],
    ['path:assets/*/orders.sql', 'raw.orders staging.orders'],
    ['source:raw.*', 'raw.orders raw.customers'],
    ['state:new', 'raw.customers marts.wide'],
    ['state:changed', 'staging.customers'],
    ['state:modified', 'raw.customers staging.customers marts.wide'],
    ['state:unmodified', 'raw.orders staging.orders marts.revenue marts.top'],
    ['state:failed', 'staging.orders'],
    ['result:cancelled', ''],
    ['marts.wide tag:eu', 'raw.customers marts.wide'],
    ['+marts.wide,raw.*', 'raw.orders raw.customers'],
    ['state:changed+,marts', 'marts.wide marts.top'],
  ])('%s', (expression, names) => {
    expect([...select(all, { select: [expression], exclude: [] }, past)].join(' ')).toBe(names)
  })

  test('arguments are united, exclusions taken away, nothing means everything', () => {
    const of = (wanted: string[], exclude: string[]) =>
      [...select(all, { select: wanted, exclude }, past)].join(' ')
    expect(of(['raw.*', 'mart.nope marts.top'].slice(0, 1).concat('marts.top'), ['raw.orders'])).toBe(
      'raw.customers marts.top',
    )
    expect(of([], ['marts', 'staging'])).toBe('raw.orders raw.customers')
  })

  test.each([
    ['marts.revenu', 'SLUICE_SELECTION_UNKNOWN', '`marts.revenue`'],
    ['+orderz', 'SLUICE_SELECTION_UNKNOWN', 'orders`'],
    ['tag:dayly', 'SLUICE_SELECTION_UNKNOWN', '`daily`'],
    ['state:changd', 'SLUICE_SELECTION_UNKNOWN', '`changed`'],
    ['nothing.*', 'SLUICE_SELECTION_UNKNOWN', 'sluice plan'],
    ['tags:daily', 'SLUICE_SELECTION_METHOD', '`tag`'],
  ])('%s is unknown', (expression, code, words) => {
    const failure = thrown(() => select(all, { select: [expression], exclude: [] }, past))
    expect([failure.code, failure.fix]).toEqual([code, expect.stringContaining(words)])
  })

  test('closures are what walking every edge by hand gives', () => {
    const world = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 14 })
    const depth = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
    fc.assert(
      fc.property(world, fc.nat(), depth, depth, (...[edges, pick, up, down]) => {
        const reads = edges.map((of, i) => [
          ...new Set(of.filter(() => i > 0).map(to => to % Math.max(1, i))),
        ])
        const assets = reads.map((of, i) => asset(`s.a${i}`, { reads: of.map(to => `s.a${to}`) }))
        const start = pick % assets.length
        const walk = (next: (i: number) => number[], left: number, from = start): readonly number[] =>
          left === 0 ? [from] : [from, ...next(from).flatMap(to => walk(next, left - 1, to))]
        const readers = (i: number) => reads.flatMap((of, j) => (of.includes(i) ? [j] : []))
        const naive = [...walk(i => reads[i] ?? [], up ?? 99), ...walk(readers, down ?? 99)]
        const found = select(
          manifest(...assets),
          { select: [`${up ?? ''}+s.a${start}+${down ?? ''}`], exclude: [] },
          empty,
        )
        expect(found).toEqual(new Set(naive.map(i => `s.a${i}`)))
      }),
      { numRuns: 500 },
    )
  })
})

describe('partitions', () => {
  const daily: PartitionScheme = { kind: 'time', column: 'day', unit: 'day', zone: 'UTC', from: '2026-01-01' }
  const cut = (name: string, given: Given = {}) =>
    asset(name, { write: 'replace-partition', partition: daily, ...given })
  const same = (name: string): Edge => ({ asset: name, partitions: 'same' })
  const at = (version: number, upstream: { [name: string]: number } = {}, fingerprint = '') => ({
    version,
    upstream,
    fingerprint,
  })

  const orders = cut('staging.orders')
  const revenue = cut('marts.revenue', { reads: [same('staging.orders')] })
  const keys = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10'].map(day => `2026-01-${day}`)
  const filled = (of: Asset, version = 1): AssetHistory['partitions'] =>
    Object.fromEntries(keys.map(key => [key, at(version, { 'staging.orders': 1 }, of.fingerprint)]))

  test('the first build takes all there are up to now, in chunks', () => {
    expect(lines(plan(manifest(orders), empty, request({ chunkMax: 4 })))).toEqual([
      'staging.orders[2026-01-01..2026-01-04] build new: never built',
      'staging.orders[2026-01-05..2026-01-08] build new: never built',
      'staging.orders[2026-01-09..2026-01-10] build new: never built',
    ])
    const newest = plan(manifest(orders), empty, request({ chunkMax: 4, newestFirst: true }))
    expect(newest.steps.map(step => step.partitions?.count)).toEqual([2, 4, 4])
  })

  test('holes, other code and newer upstream partitions, each with its reason', () => {
    const own = filled(revenue)
    const { [keys[2] as string]: _, ...holed } = own
    const past = history(
      [
        orders,
        { version: 2, partitions: { ...filled(orders), '2026-01-05': at(2, {}, orders.fingerprint) } },
      ],
      [
        revenue,
        { partitions: { ...holed, '2026-01-08': at(1, { 'staging.orders': 1 }, 'old') }, upstream: {} },
      ],
    )
    expect(lines(plan(manifest(orders, revenue), past, request()))).toEqual([
      'marts.revenue[2026-01-03] build partition missing: never built',
      'marts.revenue[2026-01-05] build upstream changed: `staging.orders` changed',
      'marts.revenue[2026-01-08] build code changed: its code changed',
      'staging.orders - nothing it reads has changed'.replace(
        'nothing it reads has changed',
        'its code has not changed',
      ),
    ])
  })

  test('a step needs only the steps that make its own partitions', () => {
    const past = history([revenue, { version: 0 }])
    const { steps } = plan(manifest(orders, revenue), past, request({ chunkMax: 4 }))
    const marts = steps.filter(step => step.asset === 'marts.revenue')
    expect(marts.map(step => step.needs)).toEqual([
      ['staging.orders[2026-01-01..2026-01-04]'],
      ['staging.orders[2026-01-05..2026-01-08]'],
      ['staging.orders[2026-01-09..2026-01-10]'],
    ])
  })

  test('below a partition that will be built, only the same one is conditional', () => {
    const { '2026-01-04': _, ...holed } = filled(orders)
    const past = history([orders, { partitions: holed }], [revenue, { partitions: filled(revenue) }])
    expect(lines(plan(manifest(orders, revenue), past, request())).slice(0, 2)).toEqual([
      'staging.orders[2026-01-04] build partition missing: never built',
      'marts.revenue[2026-01-04] build? upstream changed: `staging.orders` may change ' +
        '< staging.orders[2026-01-04]',
    ])
  })

  test('below a table that changes as a whole nobody knows which: asked again when it has', () => {
    const plain = asset('staging.orders', { partition: daily, everyMs: 1 })
    const all = manifest(plain, revenue)
    const past = history([plain, { partitions: filled(plain) }], [revenue, { partitions: filled(revenue) }])
    expect(lines(plan(all, past, request())).slice(0, 2)).toEqual([
      'staging.orders build stale: not built for 1 ms',
      'marts.revenue[changed] build? upstream changed: `staging.orders` may change < staging.orders',
    ])
    const after = history(
      [plain, { version: 2, partitions: { ...filled(plain), '2026-01-06': at(2), '2026-01-07': at(2) } }],
      [revenue, { partitions: filled(revenue) }],
    )
    const due = partitionsDue(graphOf(all), after, { ...request(), asset: 'marts.revenue' })
    expect(due.ranges.map(({ range }) => range)).toEqual([
      { first: '2026-01-06', last: '2026-01-07', count: 2 },
    ])
  })

  test('without `from` the data says which there are: first all at once, later what the upstream has', () => {
    const { from: _, ...open } = daily as Extract<PartitionScheme, { kind: 'time' }>
    const it = cut('marts.revenue', { reads: [same('staging.orders')], partition: open })
    const source = { partitions: { ...filled(orders), '2026-02-01': at(2) }, version: 2 }
    expect(lines(plan(manifest(orders, it), history([orders, source]), request()))[0]).toBe(
      'marts.revenue build new: never built',
    )
    const past = history(
      [orders, source],
      [it, { partitions: filled(it), upstream: { 'staging.orders': 1 } }],
    )
    expect(lines(plan(manifest(orders, it), past, request()))[0]).toBe(
      'marts.revenue[2026-02-01] build partition missing: never built',
    )
  })

  test('time: only partitions that could still grow when they were built, and late rows', () => {
    const it = cut('marts.revenue', { everyMs: 86_400_000, lagMs: 86_400_000 })
    const past = history([it, { partitions: filled(it), succeededAtMs: Date.parse('2026-01-09T06:00:00Z') }])
    expect(lines(plan(manifest(it), past, request()))).toEqual([
      'marts.revenue[2026-01-08..2026-01-10] build stale: not built for 1 day',
    ])
  })

  test('listed values in their order', () => {
    const values = ['DE', 'FR', 'IN', 'constructor']
    const it = cut('marts.revenue', { partition: { kind: 'static', column: 'country', values } })
    const past = history([it, { partitions: { FR: at(1, {}, it.fingerprint) } }])
    expect(plan(manifest(it), past, request()).steps.map(step => step.partitions)).toEqual([
      { first: 'DE', last: 'DE', count: 1 },
      { first: 'IN', last: 'constructor', count: 2 },
    ])
  })

  test('a backfill: its range and nothing else, what is due in it or, by force, all', () => {
    const past = history([orders, { partitions: { '2026-01-03': at(1, {}, orders.fingerprint) } }], [mart])
    const all = manifest(orders, mart)
    const partitions = { first: '2026-01-02', last: '2026-01-04' }
    const ids = (asked: Partial<Request>) =>
      plan(all, past, request({ partitions, ...asked })).steps.map(step => step.id)
    expect(ids({})).toEqual(['staging.orders[2026-01-02]', 'staging.orders[2026-01-04]'])
    expect(ids({ force: true })).toEqual([
      'staging.orders[2026-01-02]',
      'staging.orders[2026-01-03]',
      'staging.orders[2026-01-04]',
    ])
    const fail = (first: string, last: string, it = all) =>
      thrown(() => plan(it, past, request({ partitions: { first, last } }))).code
    expect(fail('2026-01-02', '2026-01-02T05')).toBe('SLUICE_PARTITION_OFF_GRID')
    expect(fail('2026-02-30', '2026-03-01')).toBe('SLUICE_PARTITION_OFF_GRID')
    expect(fail('2026-01-04', '2026-01-02')).toBe('SLUICE_PARTITION_BACKWARDS')
    expect(fail('2025-01-04', '2025-01-05')).toBe('SLUICE_BACKFILL_NOTHING')
    expect(fail('2026-01-04', '2026-01-05', manifest(mart))).toBe('SLUICE_BACKFILL_NOTHING')
  })

  test('ranges cover exactly what is missing, never more than a chunk, never over a hole', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...keys)),
        fc.integer({ min: 1, max: 5 }),
        (there, chunkMax) => {
          const partitions = Object.fromEntries(there.map(key => [key, at(1, {}, orders.fingerprint)]))
          const { steps } = plan(manifest(orders), history([orders, { partitions }]), request({ chunkMax }))
          const covered = steps.flatMap(({ partitions: range }) => {
            const from = keys.indexOf(range?.first ?? '')
            expect(range?.count).toBeLessThanOrEqual(chunkMax)
            expect(keys[from + (range?.count ?? 0) - 1]).toBe(range?.last)
            return keys.slice(from, from + (range?.count ?? 0))
          })
          expect(covered).toEqual(keys.filter(key => !there.includes(key)))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('plan as a function', () => {
  type Shape = { reads: number[]; kind: number; cut: boolean; listed: boolean }
  const shape = fc.record({
    reads: fc.array(fc.nat(), { maxLength: 3 }),
    kind: fc.nat(9),
    cut: fc.boolean(),
    listed: fc.boolean(),
  })
  const world = fc.array(shape, { minLength: 1, maxLength: 9 })
  const days = (listed: boolean): PartitionScheme => ({
    kind: 'time',
    column: 'day',
    unit: 'day',
    zone: 'Europe/Berlin',
    ...(listed ? { from: '2026-01-06' } : {}),
  })

  function build(shapes: readonly Shape[], edited: number | undefined): Manifest {
    const assets: Asset[] = []
    for (const [i, { reads, kind, cut, listed }] of shapes.entries()) {
      const name = `s.a${i}`
      const from = i === 0 ? [] : [...new Set(reads.map(to => to % i))]
      const edges = from.map((to): Edge => {
        const up = assets[to] as Asset
        return { asset: up.name, partitions: cut && up.partition ? 'same' : 'all' }
      })
      const ingest = edges.length === 0
      const view = !ingest && kind === 0
      assets.push(
        asset(name, {
          reads: edges,
          kind: ingest ? 'ingest' : 'sql',
          write: view ? 'view' : cut && !ingest ? 'replace-partition' : 'replace',
          ...(ingest ? { everyMs: 3_600_000 } : {}),
          ...(cut && !view ? { partition: days(listed) } : {}),
          fingerprint: edited === i ? 'edited' : 'first',
        }),
      )
    }
    return manifest(...assets)
  }

  /** Carry the plan out on paper, as `run` does: each step's outcome into the history. */
  function carryOut(
    all: Manifest,
    start: History,
    { plan: it, changes }: { plan: Plan; changes: () => boolean },
  ): History {
    const graph = graphOf(all)
    const assets: { [name: string]: AssetHistory } = { ...start.assets }
    const raised = new Set<string>()
    for (const step of it.steps) {
      if (step.conditional && !step.needs.some(id => raised.has(id))) continue
      const now: History = { assets: { ...assets } }
      const { partitions, ...rest } = recordOf(graph, now, { step, touched: ['2026-01-08', '2026-01-09'] })
      const of = all.assets.find(each => each.name === step.asset) as Asset
      const past = assets[step.asset] ?? { ...built(of), version: 0, upstream: {} }
      const changed = past.version === 0 || changes()
      const version = changed ? past.version + 1 : past.version
      if (changed) raised.add(step.id)
      const covered = (partitions?.keys ?? []).map(key => [
        key,
        {
          // A partition whose rows stayed keeps its version: what was built from it stands.
          version: changed ? version : (past.partitions[key]?.version ?? 0),
          fingerprint: partitions?.fingerprint ?? '',
          upstream: partitions?.upstream ?? {},
        },
      ])
      assets[step.asset] = {
        ...past,
        ...rest,
        lastOutcome: 'success',
        succeededAtMs: nowMs,
        version,
        partitions: { ...past.partitions, ...Object.fromEntries(covered) },
      }
    }
    return { assets }
  }

  test('carried out, it leaves nothing to do, whatever changed on the way', () => {
    fc.assert(
      fc.property(
        world,
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        (shapes, pick, coin) => {
          let flips = 0
          const changes = () => coin[flips++ % coin.length] ?? false
          const first = build(shapes, undefined)
          const one = carryOut(first, empty, { plan: plan(first, empty, request({ chunkMax: 2 })), changes })
          expect(lines({ ...plan(first, one, request()), upToDate: [] })).toEqual([])
          const second = build(shapes, pick % shapes.length)
          const again = plan(second, one, request({ chunkMax: 2 }))
          expect(again.steps.filter(step => !step.conditional).map(step => step.asset)).toContain(
            `s.a${pick % shapes.length}`,
          )
          const two = carryOut(second, one, { plan: again, changes })
          expect(lines({ ...plan(second, two, request()), upToDate: [] })).toEqual([])
          const later = request({ nowMs: nowMs + 3_600_000 })
          const three = carryOut(second, two, { plan: plan(second, two, later), changes })
          const behind = plan(second, three, request()).steps
          expect(
            lines({ steps: behind, upToDate: [], expected: { workMs: 0, wallMs: 0, unknown: 0 } }),
          ).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  test('same input, same bytes; needs stand before; ids are unique; every asset is accounted for', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 3 }), fc.boolean(), (shapes, chunkMax, newestFirst) => {
        const all = build(shapes, undefined)
        const asked = request({ chunkMax, newestFirst })
        const made = plan(all, empty, asked)
        expect(JSON.stringify(plan(structuredClone(all), { assets: {} }, structuredClone(asked)))).toBe(
          JSON.stringify(made),
        )
        const seen = new Set<string>()
        for (const step of made.steps) {
          expect(step.needs.filter(id => !seen.has(id))).toEqual([])
          expect(seen.has(step.id)).toBe(false)
          seen.add(step.id)
        }
        const named = new Set([...made.steps.map(step => step.asset), ...made.upToDate.map(it => it.asset)])
        expect(named.size).toBe(all.assets.length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an environment beside its base', () => {
  const raw = asset('raw.orders', { kind: 'ingest', everyMs: 60_000 })
  const stg = asset('stg.orders', { reads: ['raw.orders'] })
  const mart = asset('marts.revenue', { reads: ['stg.orders'] })
  const other = asset('marts.other', { reads: ['raw.orders'] })
  const out = asset('out.revenue', { kind: 'export', reads: ['marts.revenue'] })
  const all = manifest(raw, stg, mart, other, out)
  const late = { succeededAtMs: nowMs - 3_600_000 }
  const base = {
    'raw.orders': built(raw, { ...late, version: 3 }),
    // The base itself lags behind: that is the base's business.
    'stg.orders': built(stg, { upstream: { 'raw.orders': 2 } }),
    'marts.revenue': built(mart),
    'marts.other': built(other, { upstream: { 'raw.orders': 3 } }),
    'out.revenue': built(out),
  }
  const told = (of: Plan) => of.steps.map(({ asset: name, reason }) => `${name}: ${reason.words}`)
  const here = (own: readonly string[], given: Partial<Request> = {}) =>
    request({ beside: { own }, probes: { 'raw.orders': 'new' }, ...given })

  test('what it has not changed is read from the base, whatever time and sources say', () => {
    const made = plan(all, { assets: base }, here([]))
    expect(made.steps).toEqual([])
    expect(made.upToDate.filter(({ inBase }) => inBase).map(({ asset: name }) => name)).toEqual([
      'raw.orders',
      'stg.orders',
      'marts.revenue',
      'marts.other',
      'out.revenue',
    ])
    expect(plan(all, { assets: base }, request()).steps).not.toEqual([])
    expect(plan(all, { assets: base }, here([], { force: true })).steps).toEqual([])
  })

  test('what differs is built, and what reads it follows; exports stay with the base', () => {
    const changed = { ...stg, fingerprint: 'stg.orders@2' }
    const made = plan(manifest(raw, changed, mart, other, out), { assets: base }, here([]))
    expect(told(made)).toEqual([
      'stg.orders: its code is not that of the base',
      'marts.revenue: `stg.orders` may change',
    ])
    const named = plan(all, { assets: base }, here([], { select: ['out.revenue'], force: true }))
    expect(named.steps.map(({ asset: name }) => name)).toEqual(['out.revenue'])
    expect(
      plan(all, { assets: base }, here([], { select: ['marts.revenue+'], force: true })).steps,
    ).toHaveLength(1)
  })

  test('what is its own follows time and sources; what reads it follows even when another run made it', () => {
    const own = { ...base, 'stg.orders': built(stg, { version: 7, upstream: { 'raw.orders': 3 } }) }
    expect(told(plan(all, { assets: own }, here(['stg.orders'])))).toEqual([
      'marts.revenue: `stg.orders` changed',
    ])
    const loaded = { ...base, 'raw.orders': built(raw, { ...late, version: 4 }) }
    expect(told(plan(all, { assets: loaded }, here(['raw.orders'])))).toEqual([
      'raw.orders: its source changed',
      'stg.orders: `raw.orders` changed',
      'marts.revenue: `stg.orders` may change',
      'marts.other: `raw.orders` changed',
    ])
  })

  test('selected, an asset is built as anywhere', () => {
    const made = plan(all, { assets: base }, here([], { select: ['+stg.orders'] }))
    expect(told(made)).toEqual(['raw.orders: its source changed', 'stg.orders: `raw.orders` changed'])
  })

  test('days that the base lacks are not missing here; those of other code are made anew', () => {
    const partition: PartitionScheme = {
      kind: 'time',
      column: 'day',
      unit: 'day',
      zone: 'UTC',
      from: '2026-01-08',
    }
    const daily = asset('marts.daily', { write: 'replace-partition', partition })
    const day = { version: 1, fingerprint: daily.fingerprint, upstream: {} }
    const past = { 'marts.daily': built(daily, { partitions: { '2026-01-08': day } }) }
    expect(plan(manifest(daily), { assets: past }, here([])).steps).toEqual([])
    const [step, ...more] = plan(manifest({ ...daily, fingerprint: '2' }), { assets: past }, here([])).steps
    expect([step?.partitions?.first, step?.reason.code, more.length]).toEqual([
      '2026-01-08',
      'code changed',
      1,
    ])
    expect(plan(manifest(daily), { assets: past }, here(['marts.daily'])).steps).toHaveLength(1)
  })
})
