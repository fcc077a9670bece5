import { failure } from '../errors/index.ts'
import type { AssetName, Step, StepOutcome } from '../model/index.ts'
import { criticalPaths, dependants } from './order.ts'
import type { StepRules } from './ports.ts'
import { emptyQueue, isBefore, peek, pop, push, type Queue } from './queue.ts'
import { readiness } from './trigger.ts'

/**
 * The executor's decisions, and nothing else: no clock, no promise, no ledger. `advance` is told what
 * happened and says what is to be done; the state is its own and changes in place (10,000 steps copied 20,000
 * times would cost seconds). Steps go by their index in the plan.
 */
export type Kernel = {
  readonly steps: readonly Step[]
  readonly options: KernelOptions
  readonly rules: readonly StepRules[]
  readonly after: readonly (readonly number[])[]
  readonly before: readonly (readonly number[])[]
  readonly tallies: readonly MutableTally[]
  readonly state: Life[]
  readonly outcome: (StepOutcome | undefined)[]
  readonly attempts: number[]
  readonly running: Set<number>
  /** Ready steps by the pool they take slots of; '' for those that take none. */
  readonly queues: Map<string, Queue>
  /** Ready steps that wait for another step of their asset. */
  readonly parked: Map<AssetName, number[]>
  ended: number
  failed: number
  stopped: 'cancel' | 'fail fast' | undefined
}

export type KernelOptions = {
  readonly rules: (asset: AssetName) => StepRules
  readonly stepsMax: number
  readonly pools: { readonly [name: string]: number }
  readonly failFast: boolean
}

type Life = 'pending' | 'ready' | 'running' | 'waiting' | 'ended'
type MutableTally = { all: number; ok: number; failed: number; skipped: number; changed: number }

export type Happening =
  | { readonly kind: 'begin' }
  | {
      readonly kind: 'ended'
      readonly step: number
      readonly outcome: StepOutcome
      readonly changed: boolean
    }
  /** The attempt failed and another one will follow: no slot is held until it is due. */
  | { readonly kind: 'retrying'; readonly step: number }
  | { readonly kind: 'due'; readonly step: number }
  | { readonly kind: 'cancel' }

export type Decision =
  | { readonly kind: 'start'; readonly step: number; readonly attempt: number }
  /** It ends without having run, or without having run again. */
  | { readonly kind: 'end'; readonly step: number; readonly outcome: StepOutcome; readonly words: string }
  /** Ask all running steps to stop. */
  | { readonly kind: 'abort'; readonly why: string }

export function newKernel(steps: readonly Step[], options: KernelOptions): Kernel {
  const { before, after } = dependants(steps)
  const ranks = criticalPaths(steps, { before, after })
  const rank = (step: number) => ranks[step] ?? 0
  const rules = steps.map(step => options.rules(step.asset))
  const pools = new Set(rules.map(each => poolOf(each, options)))
  return {
    steps,
    options,
    rules,
    after,
    before,
    tallies: before.map(needs => ({ all: needs.length, ok: 0, failed: 0, skipped: 0, changed: 0 })),
    state: steps.map(() => 'pending'),
    outcome: steps.map(() => undefined),
    attempts: steps.map(() => 0),
    running: new Set(),
    queues: new Map([...pools].map(pool => [pool, emptyQueue(rank)])),
    parked: new Map(),
    ended: 0,
    failed: 0,
    stopped: undefined,
  }
}

/** What happened → what is to be done, in this order. */
export function advance(kernel: Kernel, happening: Happening): readonly Decision[] {
  const decisions: Decision[] = []
  if (happening.kind === 'begin') for (const step of kernel.steps.keys()) look(kernel, step, decisions)
  if (happening.kind === 'ended') ended(kernel, happening, decisions)
  if (happening.kind === 'retrying') leave(kernel, happening.step, 'waiting')
  if (happening.kind === 'due' && kernel.state[happening.step] === 'waiting')
    makeReady(kernel, happening.step)
  if (happening.kind === 'cancel') stop(kernel, 'cancel', decisions)
  admit(kernel, decisions)
  return decisions
}

export function isDone(kernel: Kernel): boolean {
  return kernel.ended === kernel.steps.length
}

function ended(kernel: Kernel, { step, outcome, changed }: Ended, decisions: Decision[]): void {
  leave(kernel, step, 'ended')
  close(kernel, { step, outcome, changed }, decisions)
  if (outcome === 'failed' && kernel.options.failFast) stop(kernel, 'fail fast', decisions)
}

type Ended = { readonly step: number; readonly outcome: StepOutcome; readonly changed: boolean }

/**
 * A running step runs no more: its slots are free, and steps that wait for its asset may be looked at again.
 */
function leave(kernel: Kernel, step: number, state: Life): void {
  if (!kernel.running.delete(step))
    throw failure('SLUICE_INTERNAL', {
      doing: 'running a plan',
      words: `step ${step} ended but was not running`,
    })
  kernel.state[step] = state
  const asset = kernel.steps[step]?.asset ?? ''
  const parked = kernel.parked.get(asset)
  if (parked === undefined) return
  kernel.parked.delete(asset)
  for (const each of parked) enqueue(kernel, each)
}

/**
 * Give a step its outcome, and all behind it that thereby end without running: a list, not recursion, for
 * long chains.
 */
function close(kernel: Kernel, first: Ended, decisions: Decision[]): void {
  const closing: Ended[] = [first]
  for (const { step, outcome, changed } of closing) {
    kernel.state[step] = 'ended'
    kernel.outcome[step] = outcome
    kernel.ended += 1
    if (outcome === 'failed') kernel.failed += 1
    for (const next of kernel.after[step] ?? []) {
      count(kernel.tallies[next], outcome, changed)
      const end = look(kernel, next, decisions)
      if (end) closing.push(end)
    }
  }
}

function count(tally: MutableTally | undefined, outcome: StepOutcome, changed: boolean): void {
  if (tally === undefined) return
  if (outcome === 'success' || outcome === 'unchanged') tally.ok += 1
  else if (outcome === 'skipped') tally.skipped += 1
  else tally.failed += 1
  if (changed) tally.changed += 1
}

/** A pending step whose fate may be known now: makes it ready, or says how it ends. */
function look(kernel: Kernel, step: number, decisions: Decision[]): Ended | undefined {
  const tally = kernel.tallies[step]
  const rule = kernel.rules[step]?.trigger ?? 'all_success'
  if (tally === undefined || kernel.state[step] !== 'pending') return undefined
  const ready = readiness(rule, tally)
  if (ready === 'wait') return undefined
  const end = (outcome: StepOutcome, words: string) => {
    decisions.push({ kind: 'end', step, outcome, words })
    return { step, outcome, changed: false }
  }
  if (ready === 'never')
    return tally.failed > 0
      ? end('blocked', because(kernel, step, ['failed', 'blocked', 'cancelled']))
      : end('skipped', because(kernel, step, ['skipped']))
  const isIdle = kernel.steps[step]?.conditional === true && tally.all > 0 && tally.changed === 0
  if (!isIdle) return makeReady(kernel, step)
  if (tally.ok + tally.failed + tally.skipped < tally.all) return undefined
  return end('unchanged', 'nothing that it reads has a new version')
}

/** Why a rule does not hold, by the first step before it that ended so. */
function because(kernel: Kernel, step: number, outcomes: readonly StepOutcome[]): string {
  const culprit = kernel.before[step]?.find(need => outcomes.includes(kernel.outcome[need] ?? 'success'))
  if (culprit === undefined) return `its trigger rule ${kernel.rules[step]?.trigger} does not hold`
  const asset = kernel.steps[culprit]?.asset ?? ''
  const outcome = kernel.outcome[culprit] ?? ''
  const verb = { failed: 'failed', blocked: 'is blocked', cancelled: 'was cancelled', skipped: 'was skipped' }
  return `${asset} ${verb[outcome as keyof typeof verb]}`
}

function makeReady(kernel: Kernel, step: number): undefined {
  kernel.state[step] = 'ready'
  enqueue(kernel, step)
}

function enqueue(kernel: Kernel, step: number): void {
  const queue = kernel.queues.get(poolOf(kernel.rules[step], kernel.options))
  if (queue && kernel.state[step] === 'ready') push(queue, step)
}

/** Nothing starts any more: what does not run ends now, what runs is asked to stop. */
function stop(kernel: Kernel, why: 'cancel' | 'fail fast', decisions: Decision[]): void {
  if (kernel.stopped !== undefined) return
  kernel.stopped = why
  const words = why === 'cancel' ? 'the run was cancelled' : 'another step failed and the run is to fail fast'
  for (const queue of kernel.queues.values()) queue.heap.length = 0
  kernel.parked.clear()
  for (const [step, state] of kernel.state.entries()) {
    if (state === 'running' || state === 'ended') continue
    kernel.state[step] = 'ended'
    kernel.outcome[step] = 'cancelled'
    kernel.ended += 1
    decisions.push({ kind: 'end', step, outcome: 'cancelled', words })
  }
  if (kernel.running.size > 0) decisions.push({ kind: 'abort', why: words })
}

/**
 * Start what may start: longest critical path first, within the run's limit, the pools, and one step an asset
 * at a time.
 */
function admit(kernel: Kernel, decisions: Decision[]): void {
  if (kernel.stopped !== undefined || kernel.running.size >= kernel.options.stepsMax) return
  // Derived from what runs, never stored: there is no slot that could leak.
  const used = usedSlots(kernel)
  const busy = new Set([...kernel.running].map(step => kernel.steps[step]?.asset ?? ''))
  while (kernel.running.size < kernel.options.stepsMax) {
    const queue = bestQueue(kernel, used)
    const step = queue && pop(queue)
    if (step === undefined) return
    const asset = kernel.steps[step]?.asset ?? ''
    if (busy.has(asset)) {
      kernel.parked.set(asset, [...(kernel.parked.get(asset) ?? []), step])
      continue
    }
    const pool = poolOf(kernel.rules[step], kernel.options)
    used.set(pool, (used.get(pool) ?? 0) + slotsOf(kernel, step))
    busy.add(asset)
    kernel.running.add(step)
    kernel.state[step] = 'running'
    const attempt = (kernel.attempts[step] ?? 0) + 1
    kernel.attempts[step] = attempt
    decisions.push({ kind: 'start', step, attempt })
  }
}

/** The queue whose head goes first among those whose pool has room for it. */
function bestQueue(kernel: Kernel, used: ReadonlyMap<string, number>): Queue | undefined {
  let best: Queue | undefined
  let bestHead: number | undefined
  for (const [pool, queue] of kernel.queues) {
    const head = peek(queue)
    if (head === undefined) continue
    if (slotsOf(kernel, head) > sizeOf(kernel, pool) - (used.get(pool) ?? 0)) continue
    if (bestHead !== undefined && isBefore(queue, bestHead, head)) continue
    best = queue
    bestHead = head
  }
  return best
}

/** Slots in use by pool. */
function usedSlots(kernel: Kernel): Map<string, number> {
  const used = new Map<string, number>()
  for (const step of kernel.running) {
    const pool = poolOf(kernel.rules[step], kernel.options)
    used.set(pool, (used.get(pool) ?? 0) + slotsOf(kernel, step))
  }
  return used
}

/** A pool without a size limits nothing. */
function poolOf(rules: StepRules | undefined, { pools }: KernelOptions): string {
  return rules !== undefined && pools[rules.pool] !== undefined ? rules.pool : ''
}

function slotsOf(kernel: Kernel, step: number): number {
  const rules = kernel.rules[step]
  return Math.min(rules?.slots ?? 1, sizeOf(kernel, poolOf(rules, kernel.options)))
}

/** At least one: a pool without any slot would keep its steps, and the run, for ever. */
function sizeOf({ options }: Kernel, pool: string): number {
  return pool === '' ? Number.POSITIVE_INFINITY : Math.max(1, options.pools[pool] ?? 1)
}
