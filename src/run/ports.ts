import type { Failure } from '../errors/index.ts'
import type { AssetUpdate, RunLog, Transition } from '../ledger/index.ts'
import type {
  AssetName,
  Counts,
  Event,
  Limits,
  PartitionRange,
  RetryPolicy,
  RunOutcome,
  Step,
  StepOutcome,
  TriggerRule,
} from '../model/index.ts'

/** Time, as the executor gets it. `sleep` resolves, early, when the signal aborts. */
export type Clock = {
  readonly nowMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Where the executor writes what happens: a run's pen in the ledger. */
export type StepLog = Pick<RunLog, 'id' | 'record' | 'finish' | 'letGo'>

/**
 * What a step does. Resolves when its rows are published and durable, or when there was nothing to publish.
 * Rejects when nothing was committed under `effectKey`: after a failed publish it asks the target first. If
 * the target cannot say, it rejects with SLUICE_EFFECT_IN_DOUBT, and the step is left to recovery.
 */
export type StepWork = (step: Step, context: StepContext) => Promise<StepEnd>

export type StepContext = {
  readonly run: string
  /** From 1. */
  readonly attempt: number
  /** Aborted on cancel, timeout and fail-fast. */
  readonly signal: AbortSignal
  /** Same for every attempt of this step in this run; never the same for two steps or two runs. */
  readonly effectKey: string
  /**
   * Record what happens meanwhile: checks, refused rows, progress, and `step.publishing` (awaited!) before
   * the target commits. Step, asset and attempt are filled in. Refused once the attempt is over.
   */
  readonly log: (body: StepBody, state?: AssetUpdate) => Promise<Event>
}

/** What a step may say of itself; its start, retries and end are the executor's to say. */
export type StepBody = Exclude<
  Transition['body'],
  { readonly kind: 'run.cancelling' | 'step.started' | 'step.retrying' | 'step.finished' }
>

export type StepEnd = {
  readonly outcome: 'success' | 'unchanged'
  /**
   * The asset's new version. Absent: its rows are what they were, and conditional steps behind it need not
   * run.
   */
  readonly version?: number
  readonly counts?: Counts
  readonly partitions?: PartitionRange
  readonly words?: string
  /** Becomes durable together with the outcome. */
  readonly state?: AssetUpdate
}

/** How the steps of one asset are to be run. */
export type StepRules = {
  readonly trigger: TriggerRule
  readonly retry: RetryPolicy
  readonly timeoutMs: number
  /** Name of the pool whose slots its steps take while they run; '' or a pool without a size: none. */
  readonly pool: string
  /** Default 1; more than the pool has counts as all of it. */
  readonly slots?: number
}

export type ExecuteOptions = {
  readonly work: StepWork
  readonly log: StepLog
  readonly clock: Clock
  /** Cancels the run. */
  readonly signal: AbortSignal
  readonly limits: Pick<Limits, 'stepsMax' | 'graceMs'>
  readonly rules: (asset: AssetName) => StepRules
  /** Slots by pool name. */
  readonly pools: { readonly [name: string]: number }
  /** One failed step ends the run: what runs is aborted, what waits is cancelled. */
  readonly failFast: boolean
  readonly onProgress?: (progress: Progress) => void
}

/** For a live line; told whenever a number changes. */
export type Progress = {
  readonly total: number
  readonly ended: number
  readonly running: readonly string[]
  readonly failed: number
}

export type Execution = {
  readonly outcome: RunOutcome
  /** In the plan's order. */
  readonly steps: readonly StepResult[]
  /**
   * Ids of steps that may or may not have committed: the run was let go, and recovery will ask the target.
   */
  readonly inDoubt: readonly string[]
}

export type StepResult = {
  readonly step: Step
  readonly outcome: StepOutcome
  /** 0: it never started. */
  readonly attempts: number
  readonly durationMs: number
  readonly end: StepEnd | undefined
  readonly failure: Failure | undefined
  readonly words: string | undefined
}
