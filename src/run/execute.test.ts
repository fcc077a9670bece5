import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asFailure, failure } from '../errors/index.ts'
import type { Event, Plan, RetryPolicy, Step, StepOutcome, TriggerRule } from '../model/index.ts'
import { execute } from './execute.ts'
import type { ExecuteOptions, Execution, StepContext, StepEnd, StepLog, StepRules } from './ports.ts'
import { backoffMs } from './retry.ts'
import { type Simulation, simulate } from './simulate.ts'
import { readiness } from './trigger.ts'

const rulesAll: readonly TriggerRule[] = [
  'all_success',
  'none_failed_min_one_success',
  'none_failed',
  'all_done',
  'all_done_min_one_success',
  'one_success',
  'one_failed',
  'all_failed',
  'none_skipped',
  'one_done',
  'all_skipped',
  'always',
]

type Written = Pick<Event, 'seq' | 'atMs' | 'run' | 'body'> & {
  readonly step?: string
  readonly attempt?: number
}

/** A pen that writes into a list, a millisecond of simulated time later: the port, not our ledger. */
function listLog(simulation: Simulation, options: { readonly failsAt?: number } = {}) {
  const events: Written[] = []
  const ends: string[] = []
  let asked = 0
  const write = async (event: Omit<Written, 'seq' | 'atMs' | 'run'>): Promise<Event> => {
    asked += 1
    if (asked === options.failsAt) throw failure('SLUICE_LEDGER_FULL', { path: 'x' })
    const seq = events.length + 1
    const written = { seq, atMs: simulation.elapsedMs(), run: 'r1', ...event }
    events.push(written)
    await Promise.resolve()
    return written
  }
  const log: StepLog = {
    id: 'r1',
    record: transition => write(transition),
    finish: outcome => {
      ends.push(outcome)
      return write({ body: { kind: 'run.finished', outcome, durationMs: 0 } })
    },
    letGo: async () => {
      ends.push('let go')
    },
  }
  return { log, events, ends }
}

const once: RetryPolicy = { attemptsMax: 1, baseMs: 1_000, capMs: 60_000, factor: 2 }

function stepOf(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    asset: `t.${id}`,
    partitions: undefined,
    action: 'build',
    reason: { code: 'new', words: 'never built' },
    conditional: false,
    needs: [],
    write: 'replace',
    expectedMs: 10,
    ...more,
  }
}

function planOf(steps: readonly Step[]): Plan {
  return { steps, upToDate: [], expected: { workMs: 0, wallMs: 0, unknown: 0 } }
}

type Setting = Partial<Omit<ExecuteOptions, 'rules' | 'clock' | 'log'>> & {
  readonly rules?: Partial<StepRules> | ((asset: string) => Partial<StepRules>)
  readonly failsAt?: number
}

function begin(steps: readonly Step[], setting: Setting, simulation = simulate()) {
  const { rules = {}, failsAt, ...options } = setting
  const { log, events, ends } = listLog(simulation, failsAt === undefined ? {} : { failsAt })
  const ruleOf = (asset: string): StepRules => ({
    trigger: 'none_failed_min_one_success',
    retry: once,
    timeoutMs: 3_600_000,
    pool: '',
    ...(typeof rules === 'function' ? rules(asset) : rules),
  })
  const executing = execute(planOf(steps), {
    work: async () => ({ outcome: 'success', version: 1 }),
    signal: new AbortController().signal,
    limits: { stepsMax: 4, graceMs: 1_000 },
    pools: {},
    failFast: false,
    ...options,
    rules: ruleOf,
    log,
    clock: simulation.clock,
  })
  return { done: simulation.until(executing), events, ends, simulation }
}

function outcomes({ steps }: Execution): { readonly [step: string]: StepOutcome } {
  return Object.fromEntries(steps.map(result => [result.step.id, result.outcome]))
}

// --- trigger rules
// ---------------------------------------------------------------------------------------------------

type Kind = 'ok' | 'failed' | 'skipped'

/** Airflow's table, said once more in another way: by the list of outcomes, not by counters. */
function reference(rule: TriggerRule, kinds: readonly Kind[]): boolean {
  const has = (kind: Kind) => kinds.includes(kind)
  const only = (kind: Kind) => kinds.every(each => each === kind)
  if (kinds.length === 0) return true
  switch (rule) {
    case 'all_success':
      return only('ok')
    case 'all_failed':
      return only('failed')
    case 'all_skipped':
      return only('skipped')
    case 'none_failed':
      return !has('failed')
    case 'none_skipped':
      return !has('skipped')
    case 'none_failed_min_one_success':
      return !has('failed') && has('ok')
    case 'all_done_min_one_success':
    case 'one_success':
      return has('ok')
    case 'one_failed':
      return has('failed')
    case 'one_done':
      return has('ok') || has('failed')
    default:
      return true
  }
}

describe('trigger rules', () => {
  const kinds: readonly Kind[] = ['ok', 'failed', 'skipped']
  const three = kinds.flatMap(a => kinds.flatMap(b => kinds.map(c => [a, b, c] as const)))

  test.each(rulesAll)('%s: every outcome of three, in every order of ending', rule => {
    const isEarly = ['always', 'one_success', 'one_failed', 'one_done'].includes(rule)
    for (const ends of three) {
      const tallies = [0, 1, 2, 3].map(n => {
        const ended = ends.slice(0, n)
        const count = (kind: Kind) => ended.filter(each => each === kind).length
        return readiness(rule, {
          all: 3,
          ok: count('ok'),
          failed: count('failed'),
          skipped: count('skipped'),
        })
      })
      expect(tallies[3], ends.join()).toBe(reference(rule, ends) ? 'ready' : 'never')
      // Those that may start early do so with the first outcome that lets them, and stay ready.
      const holds = [0, 1, 2, 3].filter(n => (isEarly ? n > 0 || rule === 'always' : n === 3))
      const soonest = holds.find(n => reference(rule, ends.slice(0, n)))
      expect(tallies.flatMap((each, n) => (each === 'ready' ? [n] : []))).toEqual(
        [0, 1, 2, 3].filter(n => soonest !== undefined && n >= soonest),
      )
      expect(tallies.slice(0, 3)).not.toContain('never')
    }
  })
})

// --- random graphs against a naive reference
// -------------------------------------------------------------------------

type Node = {
  readonly needs: readonly number[]
  readonly rule: TriggerRule
  readonly does: 'changes' | 'unchanged' | 'fails'
  readonly lastsMs: number
  readonly conditional: boolean
  readonly pool: '' | 'small' | 'wide'
  readonly slots: number
  readonly asset: number
}

const graphs = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(30), { maxLength: 4 }),
      rule: fc.constantFrom(...rulesAll),
      does: fc.constantFrom('changes' as const, 'changes' as const, 'unchanged' as const, 'fails' as const),
      lastsMs: fc.integer({ min: 0, max: 500 }),
      conditional: fc.boolean(),
      pool: fc.constantFrom('' as const, 'small' as const, 'wide' as const),
      slots: fc.integer({ min: 1, max: 4 }),
      asset: fc.nat(20),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map(nodes =>
    nodes.map(({ picks, ...node }, index): Node => {
      const needs = index === 0 ? [] : [...new Set(picks.map(pick => pick % index))]
      return { ...node, needs }
    }),
  )

const poolSizes = { small: 2, wide: 5 }

/** How every step must end: in plan order, looking at the outcomes before it and nothing else. */
function expected(nodes: readonly Node[]): readonly StepOutcome[] {
  const ended: StepOutcome[] = []
  const changed: boolean[] = []
  for (const node of nodes) {
    const kinds = node.needs.map((need): Kind => {
      const outcome = ended[need]
      if (outcome === 'skipped') return 'skipped'
      return outcome === 'success' || outcome === 'unchanged' ? 'ok' : 'failed'
    })
    const isIdle = node.conditional && node.needs.length > 0 && !node.needs.some(need => changed[need])
    const outcome = !reference(node.rule, kinds)
      ? kinds.includes('failed')
        ? 'blocked'
        : 'skipped'
      : isIdle
        ? 'unchanged'
        : node.does === 'fails'
          ? 'failed'
          : node.does === 'unchanged'
            ? 'unchanged'
            : 'success'
    ended.push(outcome)
    changed.push(outcome === 'success')
  }
  return ended
}

function stepsOf(nodes: readonly Node[]): readonly Step[] {
  return nodes.map((node, index) =>
    stepOf(`s${index}`, {
      asset: `t.a${node.asset}`,
      needs: node.needs.map(need => `s${need}`),
      conditional: node.conditional,
      expectedMs: node.lastsMs,
    }),
  )
}

/** Rules go by asset; here each step has its own, so the asset's come from the first step that has it. */
function perAsset(nodes: readonly Node[]): readonly Node[] {
  return nodes.map(node => {
    const first = nodes.find(each => each.asset === node.asset) ?? node
    return { ...node, rule: first.rule, pool: first.pool, slots: first.slots }
  })
}

describe('random graphs', () => {
  test('every step ends as its rule says; limits, pools and assets are kept', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 6 }), async (graph, stepsMax) => {
        const nodes = perAsset(graph)
        const running = new Set<number>()
        const simulation = simulate()
        const look = () => {
          expect(running.size).toBeLessThanOrEqual(stepsMax)
          const now = [...running].map(index => nodes[index]).filter(node => node !== undefined)
          expect(new Set(now.map(node => node.asset)).size).toBe(now.length)
          for (const [pool, size] of Object.entries(poolSizes)) {
            const used = now.filter(node => node.pool === pool).map(node => Math.min(node.slots, size))
            expect(used.reduce((sum, slots) => sum + slots, 0)).toBeLessThanOrEqual(size)
          }
        }
        const work = async (step: Step, { signal }: StepContext): Promise<StepEnd> => {
          const index = Number(step.id.slice(1))
          running.add(index)
          look()
          await simulation.clock.sleep(nodes[index]?.lastsMs ?? 0, signal)
          running.delete(index)
          if (nodes[index]?.does === 'fails') throw failure('SLUICE_SQL_SYNTAX', { asset: 'x', words: 'y' })
          return nodes[index]?.does === 'unchanged'
            ? { outcome: 'unchanged' }
            : { outcome: 'success', version: 1 }
        }
        const rules = (asset: string) => {
          const node = nodes.find(each => `t.a${each.asset}` === asset)
          return { trigger: node?.rule ?? 'always', pool: node?.pool ?? '', slots: node?.slots ?? 1 }
        }
        const setting = { work, rules, pools: poolSizes, limits: { stepsMax, graceMs: 1_000 } }
        const { done, events, ends } = begin(stepsOf(nodes), setting, simulation)
        const execution = await done
        const wanted = expected(nodes)
        expect(execution.steps.map(result => result.outcome)).toEqual(wanted)
        const bad = wanted.some(outcome => outcome === 'failed' || outcome === 'blocked')
        expect(ends).toEqual([bad ? 'failed' : 'success'])
        expect(execution.outcome).toBe(bad ? 'failed' : 'success')
        startsAreJustified(nodes, events)
      }),
      { numRuns: 150 },
    )
  })
})

/**
 * In the order of the ledger: one outcome a step, and no start before its rule held on the outcomes recorded
 * so far.
 */
function startsAreJustified(nodes: readonly Node[], events: readonly Written[]): void {
  const ended = new Map<string, StepOutcome>()
  for (const { step = '', body } of events) {
    if (body.kind === 'step.finished') {
      expect(ended.has(step)).toBe(false)
      ended.set(step, body.outcome)
    }
    if (body.kind !== 'step.started') continue
    const node = nodes[Number(step.slice(1))]
    const before = (node?.needs ?? []).map(need => ended.get(`s${need}`))
    const count = (...wanted: readonly StepOutcome[]) =>
      before.filter(outcome => outcome !== undefined && wanted.includes(outcome)).length
    const tally = {
      all: before.length,
      ok: count('success', 'unchanged'),
      failed: count('failed', 'blocked', 'cancelled'),
      skipped: count('skipped'),
    }
    expect(readiness(node?.rule ?? 'always', tally)).toBe('ready')
  }
  expect(ended.size).toBe(nodes.length)
}

// --- cancel, timeouts, retries
// ---------------------------------------------------------------------------------------

describe('cancel', () => {
  test('at any moment: over within twice the grace, nothing starts later', async () => {
    const manners = fc.array(fc.constantFrom('heeds', 'ignores', 'publishes'), {
      minLength: 25,
      maxLength: 25,
    })
    await fc.assert(
      fc.asyncProperty(graphs, manners, fc.nat(1_500), async (graph, manner, cancelAtMs) => {
        const nodes = perAsset(graph)
        const simulation = simulate()
        const controller = new AbortController()
        const work = async (step: Step, { signal, log, effectKey }: StepContext): Promise<StepEnd> => {
          const index = Number(step.id.slice(1))
          const never = new AbortController().signal
          if (manner[index] === 'publishes') await log({ kind: 'step.publishing', effect: effectKey })
          const isDeaf = manner[index] !== 'heeds'
          await simulation.clock.sleep(
            isDeaf ? 100_000 : (nodes[index]?.lastsMs ?? 0),
            isDeaf ? never : signal,
          )
          if (signal.aborted) throw asFailure(signal.reason, 'stopping')
          return { outcome: 'success', version: 1 }
        }
        const limits = { stepsMax: 3, graceMs: 1_000 }
        const { done, events, ends } = begin(
          stepsOf(nodes),
          { work, limits, signal: controller.signal },
          simulation,
        )
        const over = { atMs: -1, startsBefore: -1 }
        void simulation.clock.sleep(cancelAtMs, new AbortController().signal).then(() => {
          if (over.atMs < 0) over.startsBefore = starts(events)
          controller.abort('interrupted')
        })
        const execution = await done
        over.atMs = simulation.elapsedMs()
        expect(over.atMs).toBeLessThanOrEqual(cancelAtMs + 2 * limits.graceMs)
        expect(execution.steps).toHaveLength(nodes.length)
        if (over.startsBefore >= 0) expect(starts(events)).toBe(over.startsBefore)
        const finished = events.filter(event => event.body.kind === 'step.finished').map(event => event.step)
        expect(new Set(finished).size).toBe(finished.length)
        expect(finished.length + execution.inDoubt.length).toBe(nodes.length)
        expect(ends).toEqual([execution.inDoubt.length > 0 ? 'let go' : execution.outcome])
        const isCut = execution.steps.some(result => result.outcome === 'cancelled')
        if (isCut) expect(execution.outcome).toBe('cancelled')
      }),
      { numRuns: 100 },
    )
  })

  test('before anything began: nothing begins', async () => {
    const controller = new AbortController()
    controller.abort()
    const { done, events } = begin([stepOf('a'), stepOf('b', { needs: ['a'] })], {
      signal: controller.signal,
    })
    expect(outcomes(await done)).toEqual({ a: 'cancelled', b: 'cancelled' })
    expect(starts(events)).toBe(0)
    const none = begin([], { signal: controller.signal })
    expect(await none.done).toMatchObject({ outcome: 'success', steps: [] })
  })

  test('what is committed at the target although it was asked to stop has succeeded', async () => {
    const controller = new AbortController()
    const work = async (): Promise<StepEnd> => {
      controller.abort('interrupted')
      return { outcome: 'success', version: 2 }
    }
    const { done } = begin([stepOf('a'), stepOf('b', { needs: ['a'] })], { work, signal: controller.signal })
    const execution = await done
    expect(outcomes(execution)).toEqual({ a: 'success', b: 'cancelled' })
    expect(execution.outcome).toBe('cancelled')
  })
})

function starts(events: readonly Written[]): number {
  return events.filter(event => event.body.kind === 'step.started').length
}

describe('retries', () => {
  const retry: RetryPolicy = { attemptsMax: 4, baseMs: 1_000, capMs: 3_000, factor: 2 }
  const busy = (afterMs?: number) =>
    failure('SLUICE_LEDGER_BUSY', { path: 'x', waitedMs: 1 }, afterMs === undefined ? {} : { afterMs })

  test('as often as the budget says, each wait jittered, the same in every telling', async () => {
    const tell = async () => {
      const { done, events, simulation } = begin([stepOf('a')], {
        rules: { retry },
        work: async () => {
          throw busy()
        },
      })
      const execution = await done
      const delays = events.flatMap(({ body }) => (body.kind === 'step.retrying' ? [body.delayMs] : []))
      return { execution, delays, tookMs: simulation.elapsedMs() }
    }
    const { execution, delays, tookMs } = await tell()
    expect(execution.steps[0]).toMatchObject({ outcome: 'failed', attempts: 4 })
    expect(delays).toHaveLength(3)
    for (const [index, ceilingMs] of [1_000, 2_000, 3_000].entries())
      expect(delays[index]).toBeLessThan(ceilingMs)
    expect(tookMs).toBe(delays.reduce((sum, ms) => sum + ms, 0))
    expect((await tell()).delays).toEqual(delays)
  })

  test('jitter fills the whole range, differently for each step and run', () => {
    const policy = { attemptsMax: 9, baseMs: 10_000, capMs: 10_000, factor: 2 }
    const waits = Array.from({ length: 1_000 }, (_, index) =>
      backoffMs(policy, { run: 'r', step: `s${index}`, attempt: 1 }),
    )
    const tenths = new Map<number, number>()
    for (const ms of waits) tenths.set(Math.floor(ms / 1_000), (tenths.get(Math.floor(ms / 1_000)) ?? 0) + 1)
    expect([...tenths.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const count of tenths.values()) expect(count).toBeGreaterThan(60)
  })

  test('not at all what never gets better, nor what is not a failure of ours', async () => {
    const thrown = [failure('SLUICE_SQL_SYNTAX', { asset: 'x', words: 'y' }), new TypeError('user code')]
    for (const each of thrown) {
      const work = async () => {
        throw each
      }
      const { done } = begin([stepOf('a')], { rules: { retry }, work })
      const [result] = (await done).steps
      expect(result).toMatchObject({ attempts: 1, outcome: 'failed' })
      expect(result?.failure?.code).toBe(each instanceof TypeError ? 'SLUICE_INTERNAL' : 'SLUICE_SQL_SYNTAX')
    }
  })

  test('no sooner than the source asked for, within what an attempt may last', async () => {
    const ask = async (afterMs: number) => {
      const tried: number[] = []
      const simulation = simulate()
      const work = async (_step: Step, { attempt }: StepContext): Promise<StepEnd> => {
        tried.push(simulation.elapsedMs())
        if (attempt === 1) throw busy(afterMs)
        return { outcome: 'success', version: 1 }
      }
      const { done } = begin([stepOf('a')], { rules: { retry, timeoutMs: 60_000 }, work }, simulation)
      return { tried, outcome: (await done).outcome }
    }
    expect(await ask(30_000)).toEqual({ tried: [0, 30_000], outcome: 'success' })
    expect(await ask(61_000)).toEqual({ tried: [0], outcome: 'failed' })
  })

  test('a step that waits to be tried again holds no slot, and its effect key stays', async () => {
    const keys: string[] = []
    const order: string[] = []
    const work = async (step: Step, { attempt, effectKey }: StepContext): Promise<StepEnd> => {
      order.push(`${step.id}${attempt}`)
      if (step.id === 'a') keys.push(effectKey)
      if (step.id === 'a' && attempt < 3) throw busy(5_000)
      return { outcome: 'success', version: 1 }
    }
    const limits = { stepsMax: 1, graceMs: 1 }
    const { done } = begin([stepOf('a', { expectedMs: 99 }), stepOf('b')], { rules: { retry }, work, limits })
    expect((await done).outcome).toBe('success')
    expect(order).toEqual(['a1', 'b1', 'a2', 'a3'])
    expect(new Set(keys)).toEqual(new Set(['r1/a']))
  })
})

describe('timeouts', () => {
  test('one that does not stop is left behind, and can neither record nor publish', async () => {
    const late: unknown[] = []
    const simulation = simulate()
    const work = async (_step: Step, { log, effectKey, attempt }: StepContext): Promise<StepEnd> => {
      if (attempt === 2) return { outcome: 'success', version: 1 }
      await simulation.clock.sleep(7_000, new AbortController().signal)
      await log({ kind: 'step.publishing', effect: effectKey }).catch((thrown: unknown) => late.push(thrown))
      return { outcome: 'success', version: 1 }
    }
    const rules = { timeoutMs: 5_000, retry: { ...once, attemptsMax: 2, baseMs: 10_000, capMs: 10_000 } }
    const { done, events } = begin([stepOf('a')], { work, rules }, simulation)
    const execution = await done
    await simulation.until(simulation.clock.sleep(10_000, new AbortController().signal))
    expect(execution.steps[0]).toMatchObject({ outcome: 'success', attempts: 2 })
    expect(events.map(event => event.body.kind)).not.toContain('step.publishing')
    expect(late.map(thrown => asFailure(thrown, '').code)).toEqual(['SLUICE_STEP_OVER'])
    const retrying = events.find(event => event.body.kind === 'step.retrying')
    expect(retrying).toMatchObject({ atMs: 6_000, body: { failure: { code: 'SLUICE_STEP_TIMEOUT' } } })
  })

  test('one that cannot tell whether it published is not tried again, and left to recovery', async () => {
    const work = async (step: Step, { log, effectKey }: StepContext): Promise<StepEnd> => {
      await log({ kind: 'step.publishing', effect: effectKey })
      throw failure('SLUICE_EFFECT_IN_DOUBT', { asset: step.asset })
    }
    const { done, ends, events } = begin([stepOf('a')], {
      work,
      rules: { retry: { ...once, attemptsMax: 3 } },
    })
    expect(await done).toMatchObject({ outcome: 'failed', inDoubt: ['a'] })
    expect(ends).toEqual(['let go'])
    expect(events.map(event => event.body.kind)).toEqual(['step.started', 'step.publishing'])
  })

  test('cancelled within the grace of a timeout: not tried again', async () => {
    const simulation = simulate()
    const controller = new AbortController()
    const work = async (): Promise<StepEnd> => {
      await simulation.clock.sleep(1e9, new AbortController().signal)
      return { outcome: 'success' }
    }
    const rules = { timeoutMs: 5_000, retry: { ...once, attemptsMax: 3 } }
    const { done } = begin([stepOf('a')], { work, rules, signal: controller.signal }, simulation)
    void simulation.clock.sleep(5_500, controller.signal).then(() => controller.abort('interrupted'))
    expect((await done).steps[0]).toMatchObject({ outcome: 'failed', attempts: 1 })
    expect(simulation.elapsedMs()).toBe(6_000)
  })

  test('one that may have published is left to recovery, without an outcome in the ledger', async () => {
    const simulation = simulate()
    const work = async (_step: Step, { log, effectKey }: StepContext): Promise<StepEnd> => {
      await log({ kind: 'step.publishing', effect: effectKey })
      await simulation.clock.sleep(1e9, new AbortController().signal)
      return { outcome: 'success' }
    }
    const steps = [stepOf('a'), stepOf('b', { needs: ['a'] })]
    const { done, events, ends } = begin(steps, { work, rules: { timeoutMs: 5_000 } }, simulation)
    const execution = await done
    expect(execution).toMatchObject({ outcome: 'failed', inDoubt: ['a'] })
    expect(outcomes(execution)).toEqual({ a: 'failed', b: 'blocked' })
    expect(events.filter(each => each.body.kind === 'step.finished').map(each => each.step)).toEqual(['b'])
    expect(ends).toEqual(['let go'])
    expect(simulation.elapsedMs()).toBe(7_000)
  })
})

describe('the rest', () => {
  test('fail fast: what runs is aborted, what waits is cancelled, and the run has failed', async () => {
    const simulation = simulate()
    const work = async (step: Step, { signal }: StepContext): Promise<StepEnd> => {
      await simulation.clock.sleep(step.id === 'bad' ? 100 : 10_000, signal)
      if (step.id === 'bad' || signal.aborted) throw failure('SLUICE_SQL_SYNTAX', { asset: 'x', words: 'y' })
      return { outcome: 'success', version: 1 }
    }
    const steps = [stepOf('bad'), stepOf('long'), stepOf('later', { needs: ['long'] })]
    const { done } = begin(steps, { work, failFast: true }, simulation)
    const execution = await done
    expect(outcomes(execution)).toEqual({ bad: 'failed', long: 'cancelled', later: 'cancelled' })
    expect(execution.outcome).toBe('failed')
    expect(simulation.elapsedMs()).toBe(100)
  })

  test('the longest critical path goes first', async () => {
    const order: string[] = []
    const work = async (step: Step): Promise<StepEnd> => {
      order.push(step.id)
      return { outcome: 'success', version: 1 }
    }
    const steps = [
      stepOf('short', { expectedMs: 50 }),
      stepOf('head', { expectedMs: 1 }),
      stepOf('tail', { expectedMs: 100, needs: ['head'] }),
    ]
    await begin(steps, { work, limits: { stepsMax: 1, graceMs: 1 } }).done
    expect(order).toEqual(['head', 'tail', 'short'])
  })

  test('a clock that is set an hour forth and back bends no wait and no timeout', async () => {
    const simulation = simulate()
    const work = async (step: Step, { signal, attempt }: StepContext): Promise<StepEnd> => {
      simulation.jump(step.id === 'a' ? -3_600_000 : 3_600_000)
      await simulation.clock.sleep(1_000, signal)
      if (attempt === 1) throw failure('SLUICE_LEDGER_FULL', { path: 'x' }, { afterMs: 2_000 })
      return { outcome: 'success', version: 1 }
    }
    const rules = { retry: { ...once, attemptsMax: 2, baseMs: 0 }, timeoutMs: 60_000 }
    const { done } = begin([stepOf('a'), stepOf('b')], { work, rules }, simulation)
    const execution = await done
    expect(execution.outcome).toBe('success')
    expect(simulation.elapsedMs()).toBe(4_000)
    for (const result of execution.steps) expect(result.durationMs).toBeGreaterThanOrEqual(0)
  })

  test.each([1, 2, 3, 4, 5, 6])(
    'a ledger that fails at its event %i ends the run, and nothing starts after that',
    async failsAt => {
      const simulation = simulate()
      const working = new Set<string>()
      let worked = 0
      const work = async (step: Step, { signal }: StepContext): Promise<StepEnd> => {
        worked += 1
        working.add(step.id)
        await simulation.clock.sleep(100, signal)
        working.delete(step.id)
        return { outcome: 'success', version: 1 }
      }
      const chain = ['a', 'b', 'c'].map((id, index) =>
        stepOf(id, index > 0 ? { needs: ['abc'[index - 1] ?? ''] } : {}),
      )
      const { done, events, ends } = begin(
        chain,
        { work, failsAt, rules: { trigger: 'all_done' } },
        simulation,
      )
      await expect(done).rejects.toMatchObject({ code: 'SLUICE_LEDGER_FULL' })
      expect(working.size).toBe(0)
      // The disk has room again, but what was lost is lost: nothing may build on it.
      expect(worked).toBe(Math.floor(failsAt / 2))
      expect(events.map(event => event.body.kind)).not.toContain('run.finished')
      expect(ends).toEqual([])
    },
  )

  test('a plan whose steps wait for each other, or for nobody, is refused', async () => {
    const circle = [stepOf('a', { needs: ['b'] }), stepOf('b', { needs: ['a'] })]
    await expect(begin(circle, {}).done).rejects.toMatchObject({ code: 'SLUICE_PLAN_BROKEN' })
    await expect(begin([stepOf('a', { needs: ['x'] })], {}).done).rejects.toMatchObject({
      code: 'SLUICE_PLAN_BROKEN',
    })
  })

  test('a long chain of blocked steps takes no stack', async () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      stepOf(`s${index}`, index > 0 ? { needs: [`s${index - 1}`] } : {}),
    )
    const work = async (): Promise<StepEnd> => {
      throw failure('SLUICE_SQL_SYNTAX', { asset: 'x', words: 'y' })
    }
    const { steps } = await begin(chain, { work }).done
    expect(steps.at(-1)).toMatchObject({ outcome: 'blocked', words: 't.s19998 is blocked' })
  })
})
