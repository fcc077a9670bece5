import { type Failure, failure } from '../errors/index.ts'
import type { AssetUpdate } from '../ledger/index.ts'
import type { EventBody, FailureWords, Plan, RunOutcome, Step, StepOutcome } from '../model/index.ts'
import {
  type Attempt,
  type AttemptEnd,
  type AttemptRequest,
  partitionsOf,
  record,
  startAttempt,
} from './attempt.ts'
import { advance, type Decision, type Happening, isDone, type Kernel, newKernel } from './kernel.ts'
import type { ExecuteOptions, Execution, StepEnd, StepResult } from './ports.ts'
import { retryDelayMs } from './retry.ts'

/**
 * Carry out a plan: every step that its trigger rule lets start, in parallel within the limits, each start
 * and end in the ledger before anything builds on it. Resolves when all steps have an outcome and the run has
 * one. Rejects only when the ledger fails: then nothing starts any more, and the run is left to recovery.
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Execution> {
  const { rules, pools, failFast, limits } = options
  const kernel = newKernel(plan.steps, { rules, pools, failFast, stepsMax: Math.max(1, limits.stepsMax) })
  const floor: Floor = {
    options,
    kernel,
    attempts: new Map(),
    results: new Map(),
    inDoubt: [],
    halt: new AbortController(),
    isBroken: false,
    unwritten: 0,
    done: Promise.withResolvers(),
  }
  const cancel = () => onCancel(floor)
  options.signal.addEventListener('abort', cancel)
  try {
    if (options.signal.aborted) cancel()
    else happen(floor, { kind: 'begin' })
    settleWhenDone(floor)
    await floor.done.promise
  } catch (thrown) {
    await quiet(floor)
    throw thrown
  } finally {
    options.signal.removeEventListener('abort', cancel)
    floor.halt.abort()
  }
  return await finish(floor)
}

/** Everything that is under way. */
type Floor = {
  readonly options: ExecuteOptions
  readonly kernel: Kernel
  readonly attempts: Map<number, Attempt>
  readonly results: Map<number, StepResult>
  readonly inDoubt: string[]
  /** Aborted when nothing starts any more: waits for retries end. */
  readonly halt: AbortController
  /** The ledger failed: nothing that happens now may start anything. */
  isBroken: boolean
  /** Outcomes on their way into the ledger. */
  unwritten: number
  readonly done: PromiseWithResolvers<void>
}

/** Tell the kernel, and do what it says. */
function happen(floor: Floor, happening: Happening): void {
  if (floor.isBroken) return
  for (const decision of advance(floor.kernel, happening)) act(floor, decision)
  floor.options.onProgress?.(progress(floor))
  settleWhenDone(floor)
}

/** Done is when every step has its outcome and every outcome is durable. */
function settleWhenDone({ kernel, unwritten, done }: Floor): void {
  if (isDone(kernel) && unwritten === 0) done.resolve()
}

function act(floor: Floor, decision: Decision): void {
  if (decision.kind === 'abort') {
    floor.halt.abort()
    for (const attempt of floor.attempts.values()) attempt.stop(decision.why)
    return
  }
  const request = requestOf(floor, decision)
  if (decision.kind === 'start') return watched(floor, attempt(floor, decision.step, request))
  const { outcome, words } = decision
  conclude(floor, { request, index: decision.step, outcome, words, durationMs: 0 })
}

function requestOf(
  { kernel, options }: Floor,
  decision: Exclude<Decision, { kind: 'abort' }>,
): AttemptRequest {
  const step = kernel.steps[decision.step]
  const rules = kernel.rules[decision.step]
  if (step === undefined || rules === undefined)
    throw failure('SLUICE_PLAN_BROKEN', { words: `there is no step ${decision.step}` })
  const attempt = decision.kind === 'start' ? decision.attempt : (kernel.attempts[decision.step] ?? 0)
  return { step, rules, attempt, options }
}

/** Only the ledger makes these fail, and without it nothing can go on. */
function watched(floor: Floor, doing: Promise<unknown>): void {
  doing.catch((thrown: unknown) => {
    floor.isBroken = true
    floor.halt.abort()
    // At once: what was let start because of the lost record must not begin its work.
    for (const attempt of floor.attempts.values()) attempt.stop('the ledger failed')
    floor.done.reject(thrown)
  })
}

async function attempt(floor: Floor, index: number, request: AttemptRequest): Promise<void> {
  const attempt = startAttempt(request)
  floor.attempts.set(index, attempt)
  const end = await attempt.over
  floor.attempts.delete(index)
  const delayMs = retryOf(floor, request, end)
  if (delayMs === undefined) return ended(floor, { request, index, end })
  const failed = wordsOf(failureOf(end))
  watched(floor, record(request, { kind: 'step.retrying', failure: failed, delayMs }))
  happen(floor, { kind: 'retrying', step: index })
  await floor.options.clock.sleep(delayMs, floor.halt.signal)
  happen(floor, { kind: 'due', step: index })
}

/**
 * A doubt is not tried again: another attempt might make other rows, and the target has room for one effect.
 */
function retryOf(floor: Floor, { step, attempt, rules, options }: AttemptRequest, end: AttemptEnd) {
  if (floor.halt.signal.aborted || end.kind !== 'failed') return undefined
  const attempted = { run: options.log.id, step: step.id, attempt }
  return retryDelayMs(end.failure, { policy: rules.retry, waitMsMax: rules.timeoutMs, attempted })
}

type Ended = { readonly request: AttemptRequest; readonly index: number; readonly end: AttemptEnd }

function ended(floor: Floor, { request, index, end }: Ended): void {
  const { durationMs } = end
  const made = end.kind === 'done' ? end.end : undefined
  const outcome = outcomeOf(floor, end)
  const ending = {
    request,
    index,
    outcome,
    durationMs,
    end: made,
    words: made?.words,
    failure: failureOf(end),
  }
  if (end.kind === 'in doubt') {
    // No outcome in the ledger: recovery finds the recorded intent and asks the target.
    floor.inDoubt.push(request.step.id)
    keep(floor, ending)
  } else conclude(floor, ending)
  happen(floor, { kind: 'ended', step: index, outcome, changed: made?.version !== undefined })
}

function outcomeOf(floor: Floor, end: AttemptEnd): StepOutcome {
  if (end.kind === 'done') return end.end.outcome
  if (end.kind === 'stopped') return 'cancelled'
  return end.kind === 'in doubt' && floor.kernel.stopped === 'cancel' ? 'cancelled' : 'failed'
}

function failureOf(end: AttemptEnd): Failure | undefined {
  return end.kind === 'failed' || end.kind === 'in doubt' ? end.failure : undefined
}

type Ending = {
  readonly request: AttemptRequest
  readonly index: number
  readonly outcome: StepOutcome
  readonly durationMs: number
  readonly end?: StepEnd | undefined
  readonly words: string | undefined
  readonly failure?: Failure | undefined
}

/**
 * The outcome goes to the ledger before the kernel hears of it: what starts because of it comes later in the
 * same order.
 */
function conclude(floor: Floor, ending: Ending): void {
  keep(floor, ending)
  const { step, attempt } = ending.request
  const transition = {
    step: step.id,
    asset: step.asset,
    ...(attempt === 0 ? {} : { attempt }),
    body: finishedBody(ending),
    ...stateOf(ending.end),
  }
  floor.unwritten += 1
  const write = async () => {
    await floor.options.log.record(transition)
    floor.unwritten -= 1
    settleWhenDone(floor)
  }
  watched(floor, write())
}

function stateOf(end: StepEnd | undefined): { readonly state?: AssetUpdate } {
  if (end === undefined || (end.state === undefined && end.version === undefined)) return {}
  return { state: end.version === undefined ? { ...end.state } : { ...end.state, version: end.version } }
}

function finishedBody({ request, outcome, durationMs, end, words, failure: failed }: Ending): Finished {
  return {
    kind: 'step.finished',
    outcome,
    durationMs,
    ...partitionsOf(request.step),
    ...(end?.partitions === undefined ? {} : { partitions: end.partitions }),
    ...(end?.counts === undefined ? {} : { counts: end.counts }),
    ...(end?.version === undefined ? {} : { version: end.version }),
    ...(failed === undefined ? {} : { failure: wordsOf(failed) }),
    ...(words === undefined ? {} : { words }),
  }
}

type Finished = Extract<EventBody, { kind: 'step.finished' }>

function keep(
  floor: Floor,
  { request, index, outcome, durationMs, end, words, failure: failed }: Ending,
): void {
  const { step, attempt } = request
  floor.results.set(index, { step, outcome, attempts: attempt, durationMs, end, failure: failed, words })
}

/** A failure as the ledger keeps it. */
function wordsOf(failed: Failure | undefined): FailureWords {
  const { code, title, fix, retry } = failed ?? failure('SLUICE_INTERNAL', { doing: 'failing', words: '' })
  return { code, title, fix, retry }
}

function onCancel(floor: Floor): void {
  const { reason } = floor.options.signal
  const why = typeof reason === 'string' ? reason : 'interrupted'
  if (isDone(floor.kernel)) return
  watched(floor, floor.options.log.record({ body: { kind: 'run.cancelling', why } }))
  happen(floor, { kind: 'cancel' })
}

/** What was told to stop has its grace, so that nobody writes to a target that is being closed. */
async function quiet(floor: Floor): Promise<void> {
  await Promise.allSettled([...floor.attempts.values()].map(attempt => attempt.over))
}

async function finish(floor: Floor): Promise<Execution> {
  const { kernel, options, results, inDoubt } = floor
  const outcome = runOutcome(kernel)
  if (inDoubt.length > 0) await options.log.letGo()
  else await options.log.finish(outcome)
  const steps = kernel.steps.flatMap((_step: Step, index) => results.get(index) ?? [])
  return { outcome, steps, inDoubt }
}

function runOutcome({ outcome, stopped }: Kernel): RunOutcome {
  if (stopped === 'cancel' && outcome.includes('cancelled')) return 'cancelled'
  return outcome.some(each => each === 'failed' || each === 'blocked') ? 'failed' : 'success'
}

function progress({ kernel }: Floor) {
  return {
    total: kernel.steps.length,
    ended: kernel.ended,
    running: [...kernel.running].map(index => kernel.steps[index]?.id ?? ''),
    failed: kernel.failed,
  }
}
