import { asFailure, type Failure, failure } from '../errors/index.ts'
import type { AssetUpdate, Transition } from '../ledger/index.ts'
import type { Event, Step } from '../model/index.ts'
import type { ExecuteOptions, StepBody, StepContext, StepEnd, StepRules } from './ports.ts'

/** One attempt of one step, under way. */
export type Attempt = {
  /** Ask it to stop; what does not stop is left behind: see `left`. */
  stop(why: Failure | string): void
  readonly over: Promise<AttemptEnd>
}

export type AttemptEnd =
  | { readonly kind: 'done'; readonly end: StepEnd; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly durationMs: number }
  /** It was asked to stop by something else than its own timeout, and nothing of it is committed. */
  | { readonly kind: 'stopped'; readonly durationMs: number }
  /** It may or may not have committed at its target. */
  | { readonly kind: 'in doubt'; readonly failure: Failure; readonly durationMs: number }

export type AttemptRequest = {
  readonly step: Step
  readonly attempt: number
  readonly rules: StepRules
  readonly options: ExecuteOptions
}

/**
 * The same for every attempt of a step in a run: never of the attempt, of time or of chance, or a second try
 * would count twice.
 */
function effectKey(run: string, step: Step): string {
  return `${run}/${step.id}`
}

/**
 * Record the start; once that is durable, do the work, within its timeout and the grace that follows a stop.
 */
export function startAttempt(request: AttemptRequest): Attempt {
  const { options, step } = request
  const controller = new AbortController()
  /** Ends the timers of this attempt. */
  const timers = new AbortController()
  const left = Promise.withResolvers<'left'>()
  const life: Life = { isOver: false, isPublishing: false, timeout: undefined }
  const stop = (why: Failure | string) => {
    if (controller.signal.aborted) return
    controller.abort(why)
    void leaveBehind(request, { life, left: left.resolve, signal: timers.signal })
  }
  const attempted = async (): Promise<AttemptEnd> => {
    try {
      await record(request, { kind: 'step.started', reason: step.reason, ...partitionsOf(step) })
      const startedAtMs = options.clock.nowMs()
      if (controller.signal.aborted) return { kind: 'stopped', durationMs: 0 }
      void timeOut(request, { life, stop, signal: timers.signal })
      const context = contextOf(request, { life, signal: controller.signal })
      const ending = await ended(options.work, { step, context, left: left.promise })
      const durationMs = Math.max(0, options.clock.nowMs() - startedAtMs)
      return judge(ending, { life, asset: step.asset, isStopped: controller.signal.aborted, durationMs })
    } finally {
      life.isOver = true
      timers.abort()
    }
  }
  return { stop, over: attempted() }
}

type Life = {
  isOver: boolean
  /** The intent is recorded: from here on the target may commit. */
  isPublishing: boolean
  /** Set when its own timeout stopped it. */
  timeout: Failure | undefined
}

type Ending = { readonly end: StepEnd } | { readonly thrown: unknown } | 'left'

async function ended(
  work: ExecuteOptions['work'],
  { step, context, left }: { step: Step; context: StepContext; left: Promise<'left'> },
): Promise<Ending> {
  try {
    const end = await Promise.race([work(step, context), left])
    return end === 'left' ? end : { end }
  } catch (thrown) {
    return { thrown }
  }
}

type Case = {
  readonly life: Life
  readonly asset: string
  readonly isStopped: boolean
  readonly durationMs: number
}

function judge(ending: Ending, { life, asset, isStopped, durationMs }: Case): AttemptEnd {
  if (ending !== 'left' && 'end' in ending) return { kind: 'done', end: ending.end, durationMs }
  if (ending === 'left' && life.isPublishing)
    return { kind: 'in doubt', failure: failure('SLUICE_EFFECT_IN_DOUBT', { asset }), durationMs }
  const thrown = ending === 'left' ? undefined : asFailure(ending.thrown, `making \`${asset}\``)
  if (thrown?.code === 'SLUICE_EFFECT_IN_DOUBT') return { kind: 'in doubt', failure: thrown, durationMs }
  if (life.timeout !== undefined) return { kind: 'failed', failure: life.timeout, durationMs }
  if (isStopped || thrown === undefined) return { kind: 'stopped', durationMs }
  return { kind: 'failed', failure: thrown, durationMs }
}

async function timeOut(
  { step, rules, options }: AttemptRequest,
  { life, stop, signal }: { life: Life; stop: Attempt['stop']; signal: AbortSignal },
): Promise<void> {
  await options.clock.sleep(rules.timeoutMs, signal)
  if (signal.aborted || life.isOver) return
  const timeout = failure('SLUICE_STEP_TIMEOUT', { asset: step.asset, timeoutMs: rules.timeoutMs })
  life.timeout = timeout
  stop(timeout)
}

/**
 * Work that does not heed its signal is not waited for beyond the grace; a commit under way gets a second
 * one.
 */
async function leaveBehind(
  { options }: AttemptRequest,
  { life, left, signal }: { life: Life; left: (left: 'left') => void; signal: AbortSignal },
): Promise<void> {
  await options.clock.sleep(options.limits.graceMs, signal)
  if (life.isPublishing) await options.clock.sleep(options.limits.graceMs, signal)
  life.isOver = true
  left('left')
}

function contextOf(
  request: AttemptRequest,
  { life, signal }: { life: Life; signal: AbortSignal },
): StepContext {
  const { step, attempt, options } = request
  const refuseWhenOver = () => {
    if (life.isOver) throw failure('SLUICE_STEP_OVER', { asset: step.asset, attempt })
  }
  return {
    run: options.log.id,
    attempt,
    signal,
    effectKey: effectKey(options.log.id, step),
    log: async (body: StepBody, state?: AssetUpdate) => {
      refuseWhenOver()
      const event = await record(request, body, state)
      // Again: it may have been left behind meanwhile, and must not publish then.
      refuseWhenOver()
      if (body.kind === 'step.publishing') life.isPublishing = true
      return event
    },
  }
}

/** One event of this attempt. */
export function record(
  { step, attempt, options }: AttemptRequest,
  body: Transition['body'],
  state?: AssetUpdate,
): Promise<Event> {
  const transition = { step: step.id, asset: step.asset, attempt, body }
  return options.log.record(state === undefined ? transition : { ...transition, state })
}

export function partitionsOf(step: Step): { readonly partitions?: NonNullable<Step['partitions']> } {
  return step.partitions === undefined ? {} : { partitions: step.partitions }
}
