import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { asFailure } from '../errors/index.ts'
import type { Event } from '../model/index.ts'
import { groupCommit } from './group.ts'
import {
  idsFrom,
  type Ledger,
  type LedgerOptions,
  openLedger,
  type RunLog,
  type Transition,
} from './index.ts'
import { migrate } from './migrate.ts'
import { ddl, migrations, migrationTable } from './schema.ts'
import { openSqlite } from './sqlite.ts'

const folders: string[] = []
const ledgers: Ledger[] = []

afterEach(async () => {
  for (const ledger of ledgers.splice(0)) await ledger.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ledger-'))
  folders.push(folder)
  return folder
}

/** A clock that goes on by a millisecond whenever somebody looks. */
function ports(startMs = 1_800_000_000_000) {
  let ms = startMs
  const nowMs = () => {
    ms += 1
    return ms
  }
  return { nowMs, newId: idsFrom({ nowMs, random: () => 0.5 }), pid: 4711 }
}

async function open(folder: string, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger({
    path: folder,
    mode: 'write',
    durability: 'relaxed',
    ...ports(),
    ...options,
  })
  ledgers.push(ledger)
  return ledger
}

const steps = ['a', 'b', 'c'].map(id => ({ id, asset: `t.${id}` }))
const request = { project: 'shop', trigger: 'cli', actor: 'ann', steps }
const reason = { code: 'new', words: 'never built' } as const

function started(step = 'a', attempt = 1): Transition {
  return { step, asset: `t.${step}`, attempt, body: { kind: 'step.started', reason } }
}

function publishing(step = 'a', attempt = 1): Transition {
  return { step, asset: `t.${step}`, attempt, body: { kind: 'step.publishing', effect: `r/${step}` } }
}

function retrying(step = 'a', attempt = 1): Transition {
  const words = { code: 'SLUICE_LEDGER_BUSY', title: 'Busy.', fix: 'Wait.', retry: 'later' } as const
  return { step, asset: `t.${step}`, attempt, body: { kind: 'step.retrying', failure: words, delayMs: 10 } }
}

function succeeded(version: number, step = 'a', attempt = 1): Transition {
  const body = { kind: 'step.finished', outcome: 'success', durationMs: 100, version } as const
  const state = { version, fingerprint: `f${version}`, upstream: { 't.up': version } }
  return { step, asset: `t.${step}`, attempt, body, state }
}

function again(step: string): readonly Transition[] {
  return [started(step), publishing(step), retrying(step), started(step, 2)]
}

async function code(doing: Promise<unknown>): Promise<string> {
  try {
    await doing
  } catch (thrown) {
    return asFailure(thrown, 'testing').code
  }
  return 'nothing failed'
}

async function recordAll(log: RunLog, transitions: readonly Transition[]): Promise<readonly Event[]> {
  return await Promise.all(transitions.map(transition => log.record(transition)))
}

describe('what it keeps', () => {
  test('a run, told by its tables, its events and the history, also after it was closed', async () => {
    const folder = newFolder()
    const ledger = await open(folder)
    const seen: Event[] = []
    const log = await ledger.startRun({ ...request, planHash: 'p1', onEvent: event => seen.push(event) })
    const contract = { version: 1, columns: [{ name: 'id', type: 'BIGINT', nullable: false }], key: ['id'] }
    const counts = { in: 9_007_199_254_740_991, out: 2, refused: 0, deduplicated: 3 }
    await recordAll(log, [
      started(),
      {
        ...publishing(),
        body: { kind: 'contract.changed', version: 1, changes: [] },
        state: { contract },
      },
      publishing(),
      {
        step: 'a',
        asset: 't.a',
        attempt: 1,
        body: { kind: 'step.finished', outcome: 'success', durationMs: 100, version: 7, counts },
        state: {
          version: 7,
          fingerprint: 'f',
          checksFingerprint: 'c',
          upstream: { 't.up': 3 },
          position: { files: ['ä\u0000"', { at: null }] },
          cursor: '2026-01-01 00:00:00.000001',
          probe: 'etag',
          rows: 12,
          partitions: [{ keys: ['2026-01-01', '2026-01-02'], version: 7, fingerprint: 'f', upstream: {} }],
        },
      },
      {
        step: 'b',
        asset: 't.b',
        body: { kind: 'step.finished', outcome: 'blocked', durationMs: 0, words: 't.x failed' },
      },
      {
        step: 'c',
        asset: 't.c',
        body: { kind: 'step.finished', outcome: 'skipped', durationMs: 0, words: 't.x was skipped' },
      },
    ])
    await log.finish('failed')
    await ledger.close()

    const reader = await open(folder, { mode: 'read' })
    const built = { version: 7, fingerprint: 'f', upstream: {} }
    const { assets } = await reader.history()
    expect(Object.keys(assets)).toEqual(['t.a', 't.b'])
    expect(assets['t.a']).toEqual({
      lastOutcome: 'success',
      succeededAtMs: expect.any(Number),
      attemptedAtMs: expect.any(Number),
      fingerprint: 'f',
      checksFingerprint: 'c',
      version: 7,
      upstream: { 't.up': 3 },
      partitions: { '2026-01-01': built, '2026-01-02': built },
      contract,
      position: { files: ['ä\u0000"', { at: null }] },
      cursor: '2026-01-01 00:00:00.000001',
      probe: 'etag',
      durationMs: 100,
      rows: 12,
    })
    expect(await reader.asset('t.a')).toEqual(assets['t.a'])
    expect(await reader.contract('t.a')).toEqual(contract)
    expect(assets['t.b']).toMatchObject({ lastOutcome: 'blocked', version: 0 })
    expect(await reader.run(log.id)).toMatchObject({
      state: 'finished',
      outcome: 'failed',
      steps: 3,
      pid: 4711,
      planHash: 'p1',
    })
    const rows = await reader.steps(log.id)
    expect(rows.map(row => [row.step, row.state, row.outcome, row.attempt])).toEqual([
      ['a', 'ended', 'success', 1],
      ['b', 'ended', 'blocked', 0],
      ['c', 'ended', 'skipped', 0],
    ])
    expect(rows[0]?.counts).toEqual(counts)
    const events = await reader.events({ run: log.id })
    expect(events).toEqual(seen)
    expect(events.map(event => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await reader.events({ after: 2, limit: 2, kinds: ['step.publishing', 'run.finished'] })).toEqual(
      events.filter(event => event.seq > 2 && ['step.publishing', 'run.finished'].includes(event.body.kind)),
    )
    expect((await reader.events({ asset: 't.b' })).map(event => event.seq)).toEqual([6])
    expect(await reader.verify()).toEqual({ events: 8, differences: [] })
  })

  test('partitions stand beside each other until the asset is made anew as a whole', async () => {
    const ledger = await open(newFolder())
    const log = await ledger.startRun(request)
    await log.record(started())
    const built = (version: number, keys: readonly string[], more = {}): Transition => {
      const partitions = { keys, version, fingerprint: `f${version}`, upstream: { 't.up': version } }
      return {
        ...publishing(),
        body: { kind: 'log', level: 'info', words: 'built' },
        state: { partitions: [partitions], ...more },
      }
    }
    const held = async () => {
      const rows = new DatabaseSync(join(folders[0] ?? '', 'ledger.sqlite'), { readOnly: true })
      try {
        return rows
          .prepare('select part, version from asset_partition order by part')
          .all()
          .map(Object.values)
      } finally {
        rows.close()
      }
    }
    await recordAll(log, [built(1, ['p1', 'p2']), built(2, ['p2', 'p3'])])
    expect(await held()).toEqual([
      ['p1', 1],
      ['p2', 2],
      ['p3', 2],
    ])
    await log.record(built(3, ['p4'], { partitionsReset: true }))
    expect(await held()).toEqual([['p4', 3]])
    expect((await ledger.verify()).differences).toEqual([])
  })

  test('a reader of a project that never ran sees an empty past and makes nothing', async () => {
    const folder = join(newFolder(), '.sluice')
    const ledger = await open(folder, { mode: 'read' })
    expect(await ledger.history()).toEqual({ assets: {} })
    expect(await ledger.runs()).toEqual([])
    expect(await ledger.recoverable()).toEqual([])
    expect(await code(ledger.startRun(request))).toBe('SLUICE_LEDGER_READ_ONLY')
    expect(existsSync(folder)).toBe(false)
  })

  test('the typical duration follows builds, per partition', async () => {
    const ledger = await open(newFolder())
    const log = await ledger.startRun(request)
    const took = async (version: number, durationMs: number, count?: number) => {
      const step = `s${version}`
      const partitions = count === undefined ? {} : { partitions: { first: 'x', last: 'y', count } }
      const { state } = succeeded(version)
      await recordAll(log, [
        { ...started(step), asset: 't.a' },
        {
          step,
          asset: 't.a',
          attempt: 1,
          body: { kind: 'step.finished', outcome: 'success', durationMs, version, ...partitions },
          ...(state === undefined ? {} : { state }),
        },
      ])
      return (await ledger.asset('t.a'))?.durationMs
    }
    expect([await took(1, 1_000), await took(2, 2_000), await took(3, 10_000, 10)]).toEqual([
      1_000, 1_300, 1_210,
    ])
  })
  test('an asset goes back to what it was before a run, exactly, or to having no past at all', async () => {
    const ledger = await open(newFolder())
    const contract = { version: 1, columns: [{ name: 'id', type: 'BIGINT', nullable: false }], key: ['id'] }
    const builds = async (transition: Transition) => {
      const log = await ledger.startRun({ ...request, steps: [{ id: 'a', asset: 't.a' }] })
      await recordAll(log, [started(), transition])
      await log.finish('success')
      return log.id
    }
    const made = { keys: ['x', 'y'], version: 1, fingerprint: 'f1', upstream: { 't.up': 1 } }
    const more = { contract, position: { seen: 1 }, cursor: 'c1', rows: 7, partitions: [made] }
    const first = await builds({ ...succeeded(1), state: { ...succeeded(1).state, ...more } })
    const before = await ledger.asset('t.a')
    const other = {
      contract: { ...contract, version: 2 },
      position: { seen: 2 },
      partitionsReset: true,
    } as const
    const second = await builds({ ...succeeded(2), state: { ...succeeded(2).state, ...other } })
    expect(await ledger.before(second, 't.a')).toEqual(before)
    expect(await ledger.before(first, 't.a')).toBeUndefined()
    const { attemptedAtMs = 0, partitions = {}, ...facts } = before ?? {}
    const kept = Object.entries(partitions).map(([key, built]) => ({ keys: [key], ...built }))
    const back = { ...facts, forgotten: true, version: 3, partitions: kept } as const
    await builds({ ...succeeded(3), state: back })
    const after = await ledger.asset('t.a')
    expect(after).toEqual({ ...before, version: 3, attemptedAtMs: after?.attemptedAtMs })
    expect(after?.attemptedAtMs).toBeGreaterThan(attemptedAtMs)
    const log = await ledger.startRun(request)
    await log.record({
      asset: 't.a',
      body: { kind: 'log', level: 'info', words: 'gone' },
      state: { forgotten: true },
    })
    expect([await ledger.asset('t.a'), await ledger.contract('t.a')]).toEqual([undefined, undefined])
    expect((await ledger.verify()).differences).toEqual([])
  })
})

describe('guards', () => {
  // What was recorded before → what is tried → whether the ledger takes it.
  const table: readonly (readonly [string, readonly Transition[], Transition, boolean])[] = [
    ['a first attempt', [], started(), true],
    ['a second attempt without a first', [], started('a', 2), false],
    ['an attempt that is under way', [started()], started(), false],
    ['the attempt after a retry', [started(), retrying()], started('a', 2), true],
    ['an attempt too many after a retry', [started(), retrying()], started('a', 3), false],
    ['an intent before the start', [], publishing(), false],
    [
      'an intent of an attempt that is over',
      [started(), retrying(), started('a', 2)],
      publishing('a', 1),
      false,
    ],
    ['an intent while waiting', [started(), retrying()], publishing(), false],
    ['an outcome of an attempt that is over', [started(), retrying(), started('a', 2)], succeeded(1), false],
    ['a second outcome', [started(), succeeded(1)], succeeded(2), false],
    ['a start after the outcome', [started(), succeeded(1)], started('a', 2), false],
    ['an outcome by an attempt that never began', [], succeeded(1), false],
    [
      'a version that does not rise',
      [started(), succeeded(5), started('b')],
      { ...succeeded(5, 'b'), asset: 't.a' },
      false,
    ],
    [
      'a version that rises',
      [started(), succeeded(5), started('b')],
      { ...succeeded(6, 'b'), asset: 't.a' },
      true,
    ],
  ]

  test.each(table)('%s', async (...[_what, before, tried, isTaken]) => {
    const ledger = await open(newFolder())
    const log = await ledger.startRun(request)
    await recordAll(log, before)
    const held = JSON.stringify([await ledger.history(), await ledger.steps(log.id), await ledger.events()])
    // Beside it in the same transaction: what is refused takes nobody along.
    const beside = log.record(started('c'))
    expect(await code(log.record(tried))).toBe(isTaken ? 'nothing failed' : 'SLUICE_LEDGER_STALE')
    await beside
    const events = (await ledger.events()).filter(event => event.step !== 'c')
    const rows = (await ledger.steps(log.id)).filter(row => row.step !== 'c')
    expect(JSON.stringify([await ledger.history(), rows, events]) === held).toBe(!isTaken)
    expect((await ledger.verify()).differences).toEqual([])
  })

  test('a run ends once, not while one of its steps is open, and its pen is dry afterwards', async () => {
    const ledger = await open(newFolder())
    const log = await ledger.startRun(request)
    await log.record(started())
    expect(await code(log.finish('success'))).toBe('SLUICE_LEDGER_STALE')
    await log.record(succeeded(1))
    await log.finish('success')
    expect(await code(log.finish('success'))).toBe('SLUICE_LEDGER_STALE')
    const why = 'The run has its outcome already.'
    await expect(log.record(started('b'))).rejects.toMatchObject({ code: 'SLUICE_LEDGER_STALE', why })
  })

  test('the tables are the fold of the events, whatever is tried in whatever order', async () => {
    const names = fc.constantFrom('a', 'b', 'c')
    const attempts = fc.constantFrom(1, 1, 1, 1, 2, 3)
    const tries = fc.oneof(
      fc.tuple(names, attempts).map(([step, attempt]) => started(step, attempt)),
      fc.tuple(names, attempts).map(([step, attempt]) => publishing(step, attempt)),
      fc.tuple(names, attempts).map(([step, attempt]) => retrying(step, attempt)),
      fc
        .tuple(fc.nat(9), names, attempts)
        .map(([version, step, attempt]) => succeeded(version, step, attempt)),
      fc.tuple(names, attempts, fc.nat(5), fc.boolean()).map(([step, attempt, keys, isReset]): Transition => {
        const partitions = { keys: Array.from({ length: keys }, (_, k) => `p${k}`), version: attempt }
        return {
          step,
          asset: `t.${step}`,
          attempt,
          body: { kind: 'log', level: 'info', words: 'x' },
          state: {
            partitions: [{ ...partitions, fingerprint: 'f', upstream: { 't.z': keys } }],
            ...(isReset ? { partitionsReset: true } : {}),
          },
        }
      }),
      names.map((step): Transition => {
        return {
          step,
          asset: `t.${step}`,
          body: { kind: 'step.finished', outcome: 'blocked', durationMs: 0 },
        }
      }),
      names.map((step): Transition => {
        const state = { forgotten: true, cursor: 'c', partitionsReset: true } as const
        return { asset: `t.${step}`, body: { kind: 'log', level: 'info', words: 'x' }, state }
      }),
      fc.constant<Transition>({ body: { kind: 'run.cancelling', why: 'interrupted' } }),
    )
    const ledger = await open(newFolder())
    const tally = { taken: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(tries, { minLength: 20, maxLength: 40 }), async all => {
        const log = await ledger.startRun(request)
        const settled = await Promise.allSettled(all.map(each => log.record(each)))
        for (const each of settled) tally[each.status === 'fulfilled' ? 'taken' : 'refused'] += 1
        await log.letGo()
        for (const crashed of await ledger.recoverable()) await ledger.settle(crashed, [])
        expect((await ledger.verify()).differences).toEqual([])
      }),
      { numRuns: 40 },
    )
    expect(Math.min(tally.taken, tally.refused)).toBeGreaterThan(100)
  })

  test('verify finds what was changed behind its back, in every table', async () => {
    const folder = newFolder()
    const ledger = await open(folder)
    const log = await ledger.startRun(request)
    const partitions = { keys: ['p1'], version: 1, fingerprint: 'f', upstream: {} }
    const contract = { version: 1, columns: [], key: [] }
    await recordAll(log, [
      started(),
      { ...succeeded(1), state: { version: 1, partitions: [partitions], contract } },
    ])
    await log.finish('success')
    const tampered = [
      [`update run set outcome = 'failed'`, `update run set outcome = 'success'`],
      ['update step set attempt = 2', 'update step set attempt = 1'],
      ['update asset set version = 9', 'update asset set version = 1'],
      [`update asset_partition set fingerprint = 'g'`, `update asset_partition set fingerprint = 'f'`],
      [`update contract set body = '{}'`, `update contract set body = '${JSON.stringify(contract)}'`],
      [`insert into claim values ('t.z', '${log.id}', 1)`, 'delete from claim'],
      [
        `insert into asset_partition values ('t.z', 'p', 1, 'f', '{}')`,
        `delete from asset_partition where asset = 't.z'`,
      ],
    ] as const
    const db = new DatabaseSync(join(folder, 'ledger.sqlite'))
    for (const [damage, repair] of tampered) {
      db.exec(damage)
      expect((await ledger.verify()).differences, damage).toHaveLength(1)
      db.exec(repair)
      expect((await ledger.verify()).differences, repair).toEqual([])
    }
    db.close()
  })
})

describe('two runs', () => {
  test('do not build one asset at once, and may build different ones', async () => {
    const folder = newFolder()
    const [one, two] = [await open(folder), await open(folder)]
    const first = await one.startRun({ ...request, steps: steps.slice(0, 2) })
    const busy = await two.startRun({ ...request, steps: steps.slice(1) }).catch((thrown: unknown) => thrown)
    expect(busy).toMatchObject({
      code: 'SLUICE_RUN_BUSY',
      title: `\`t.b\` is being built by the run ${first.id}.`,
      why: expect.stringMatching(/in process 4711, since 2027-01-15T08:00:00\.\d{3}Z/),
    })
    const other = await two.startRun({ ...request, steps: steps.slice(2) })
    expect((await two.runs({ states: ['running'] })).map(run => run.id).sort()).toEqual(
      [first.id, other.id].sort(),
    )
    await first.finish('success')
    await two.startRun({ ...request, steps: steps.slice(0, 2) })
  })

  test('the second may wait', async () => {
    const folder = newFolder()
    const [one, two] = [await open(folder), await open(folder)]
    const first = await one.startRun(request)
    const slept: number[] = []
    const sleep = async (ms: number) => {
      slept.push(ms)
      if (slept.length === 3) await first.finish('success')
    }
    expect(await code(two.startRun({ ...request, wait: { maxMs: 150, sleep } }))).toBe('SLUICE_RUN_BUSY')
    expect(slept).toEqual([100, 50])
    await two.startRun({ ...request, wait: { maxMs: 1_000, sleep } })
    expect(slept).toEqual([100, 50, 100])
  })

  test('one that died is settled once, by whoever comes first; its pen writes nothing any more', async () => {
    const folder = newFolder()
    const [one, two] = [await open(folder), await open(folder)]
    const dead = await one.startRun(request)
    await recordAll(dead, [started('a'), publishing('a'), started('b'), ...again('c')])
    expect(await two.recoverable()).toEqual([])
    await dead.letGo()
    expect(await code(two.startRun(request))).toBe('SLUICE_RUN_UNSETTLED')
    const [crashed] = await two.recoverable()
    expect(crashed?.open).toEqual([
      { step: 'a', asset: 't.a', attempt: 1, effect: 'r/a' },
      { step: 'b', asset: 't.b', attempt: 1, effect: undefined },
      // Its first attempt may have committed before the second one began.
      { step: 'c', asset: 't.c', attempt: 2, effect: 'r/c' },
    ])
    if (crashed === undefined) return
    const state = { version: 3, fingerprint: 'f' }
    const outcomes = [{ step: 'a', committed: true, state }]
    expect(await two.settle(crashed, outcomes)).toBe(true)
    expect(await one.settle(crashed, outcomes)).toBe(false)
    const why = 'The run was taken for dead and settled by another process.'
    await expect(dead.record(succeeded(4))).rejects.toMatchObject({ code: 'SLUICE_LEDGER_STALE', why })
    expect(await two.run(dead.id)).toMatchObject({ state: 'finished', outcome: 'crashed' })
    expect((await two.steps(dead.id)).map(row => row.outcome)).toEqual(['success', 'cancelled', 'cancelled'])
    expect(await two.asset('t.a')).toMatchObject({ version: 3, lastOutcome: 'success' })
    const events = await two.events({ run: dead.id, kinds: ['step.finished'] })
    expect(events.map(({ body }) => 'recovered' in body && body.recovered)).toEqual([true, false, false])
    expect((await two.verify()).differences).toEqual([])
    await two.startRun(request)
  })

  test('a ledger that is closed lets go of its runs, and leaves no lock behind', async () => {
    const folder = newFolder()
    const [one, two] = [await open(folder), await open(folder)]
    const left = await one.startRun(request)
    await one.close()
    expect((await two.recoverable()).map(({ run }) => run.id)).toEqual([left.id])
    expect(readdirSync(join(folder, 'alive'))).toEqual([])
  })
})

describe('its schema', () => {
  test('comes from one template for both databases', () => {
    for (const dialect of ['sqlite', 'postgres'] as const) {
      const text = migrationTable(dialect) + migrations.map(migration => ddl(migration, dialect)).join('')
      expect(text).not.toMatch(/[{}]/)
      expect(text.match(/create table/g)).toHaveLength(8)
      expect(text.includes('strict')).toBe(dialect === 'sqlite')
      expect(text.includes('pg_current_xact_id()')).toBe(dialect === 'postgres')
      expect(text.includes('bigint')).toBe(dialect === 'postgres')
    }
  })

  test('is brought up to date step by step, each once; a newer or another one is refused', async () => {
    const folder = newFolder()
    const path = join(folder, 'x.sqlite')
    const place = { path, nowMs: () => 1 }
    const two = [...migrations, { number: 2, name: 'more', template: 'create table more (n {int}){table};' }]
    const driver = openSqlite({ path, mode: 'write', durability: 'relaxed', busyMs: 1_000 })
    try {
      await migrate(driver, place)
      await migrate(driver, place, two)
      await migrate(driver, place, two)
      expect(await driver.all('select number, name from migration')).toHaveLength(2)
      expect(await code(migrate(driver, place))).toBe('SLUICE_LEDGER_NEWER')
      const edited = two.map(each => ({ ...each, template: `${each.template} ` }))
      expect(await code(migrate(driver, place, edited))).toBe('SLUICE_LEDGER_MIGRATION_CHANGED')
      const broken = [...two, { number: 3, name: 'bad', template: 'create table half (n {int}); nonsense;' }]
      expect(await code(migrate(driver, place, broken))).toBe('SLUICE_LEDGER_BROKEN')
      expect(await driver.all(`select 1 from sqlite_master where name = 'half'`)).toEqual([])
    } finally {
      await driver.close()
    }
  })
})

describe('bad places', () => {
  test('something else lies where the ledger should be', async () => {
    const folder = newFolder()
    writeFileSync(
      join(folder, 'ledger.sqlite'),
      'not a database at all, but long enough to be taken for one'.repeat(99),
    )
    for (const mode of ['read', 'write'] as const)
      expect(await code(open(folder, { mode }))).toBe('SLUICE_LEDGER_CORRUPT')
  })

  test('a lock that cannot be looked at: nobody is taken for dead', async () => {
    const folder = newFolder()
    const [one, two] = [await open(folder), await open(folder)]
    await one.startRun(request)
    await one.close()
    const db = new DatabaseSync(join(folder, 'ledger.sqlite'))
    db.exec(`update run set process = 'odd'`)
    db.close()
    mkdirSync(join(folder, 'alive', 'odd.lock'))
    expect(await code(two.recoverable())).toBe('SLUICE_LEDGER_UNREADABLE')
    expect(await code(two.startRun(request))).toBe('SLUICE_LEDGER_UNREADABLE')
  })

  test('the folder is a file', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(await code(open(file))).toBe('SLUICE_LEDGER_UNWRITABLE')
  })

  test('a disk that fills up: nothing of the group is kept, and all of it are told', async () => {
    const path = join(newFolder(), 'small.sqlite')
    const driver = openSqlite({ path, mode: 'write', durability: 'full', busyMs: 100 })
    try {
      // SQLite's own limit of pages gives the same SQLITE_FULL as a full disk.
      await driver.exec('create table t (words text); pragma max_page_count = 20')
      const group = groupCommit(driver, queueMicrotask)
      const add = (words: string) =>
        group.submit(async tx => ({ ok: true, value: await tx.run('insert into t values (?)', [words]) }))
      const both = [add('beside'), add('x'.repeat(3_000_000))].map(code)
      expect(await Promise.all(both)).toEqual(['SLUICE_LEDGER_FULL', 'SLUICE_LEDGER_FULL'])
      await add('small')
      expect(await driver.all('select words from t')).toEqual([{ words: 'small' }])
    } finally {
      await driver.close()
    }
  })

  test('another process holds a transaction for too long', async () => {
    const folder = newFolder()
    const ledger = await open(folder, { busyMs: 30 })
    const db = new DatabaseSync(join(folder, 'ledger.sqlite'))
    db.exec('begin immediate')
    expect(await code(ledger.startRun(request))).toBe('SLUICE_LEDGER_BUSY')
    expect((await ledger.history()).assets).toEqual({})
    db.exec('rollback')
    db.close()
    await ledger.startRun(request)
  })
})

describe('ids', () => {
  test('sort by time, whatever the clock and chance do', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: -5, max: 5 }), fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        ),
        all => {
          let at = 0
          let ms = 1_800_000_000_000
          const newId = idsFrom({ nowMs: () => (ms += all[at]?.[0] ?? 0), random: () => all[at]?.[1] ?? 0 })
          const ids = all.map((_, index) => {
            at = index
            return newId()
          })
          expect(ids).toEqual([...new Set(ids)].sort())
          for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/)
        },
      ),
    )
  })
})
