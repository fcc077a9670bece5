import type {
  AssetName,
  Counts,
  Event,
  EventBody,
  FailureWords,
  PartitionRange,
  RunOutcome,
  StepOutcome,
  Verdict,
} from '../model/index.ts'

/** One run, told from its events. */
export type RunView = {
  readonly run: string
  readonly trigger: string
  readonly actor: string
  /** The run that this one goes on with. */
  readonly resumes?: string
  readonly startedAtMs: number
  /** `running`: no end was recorded; whether its process lives, only the ledger can tell. */
  readonly outcome: RunOutcome | 'running'
  readonly durationMs?: number
  /** Steps that were planned, and how those that ended did. */
  readonly planned: number
  readonly outcomes: { readonly [outcome in StepOutcome]: number }
  readonly verdicts: VerdictCounts
  /** Rows of all its steps. */
  readonly counts: Counts
}

/**
 * `warn`: failed, but of severity warn or quarantine. `broken`: failed or could not be measured, of
 * severity error.
 */
export type VerdictCounts = { readonly passed: number; readonly warned: number; readonly broken: number }

/** One step of one run. */
export type StepView = {
  readonly step: string
  readonly asset: AssetName
  readonly outcome: StepOutcome | 'running'
  readonly startedAtMs: number
  readonly durationMs?: number
  readonly attempts: number
  /** Why the plan wanted it; '' if it never started. */
  readonly reason: string
  readonly partitions?: PartitionRange
  readonly counts?: Counts
  readonly version?: number
  readonly verdicts: readonly Verdict[]
  readonly refused: { readonly [rule: string]: number }
  /** Failures of attempts that were tried again, oldest first. */
  readonly retried: readonly FailureWords[]
  readonly failure?: FailureWords
  /** Why it did not run, for `blocked`, `skipped` and `unchanged`. */
  readonly words?: string
  readonly recovered: boolean
}

export type RunPage = RunView & { readonly steps: readonly StepView[] }

/** All runs that the events tell of, newest first. */
export function runs(events: readonly Event[]): readonly RunView[] {
  return [...byRun(events).values()].map(viewOf).sort((a, b) => b.startedAtMs - a.startedAtMs)
}

/** One run with its steps, in the order in which they started; undefined: no event tells of it. */
export function runPage(events: readonly Event[], run: string): RunPage | undefined {
  const own = events.filter(event => event.run === run)
  if (own.length === 0) return undefined
  return { ...viewOf(own), steps: stepsOf(own) }
}

/** Steps of an asset over all runs, newest first. */
export function stepsOfAsset(
  events: readonly Event[],
  asset: AssetName,
): readonly (StepView & { run: string })[] {
  const own = events.filter(event => event.asset === asset)
  const all = [...byRun(own)].flatMap(([run, some]) => stepsOf(some).map(step => ({ ...step, run })))
  return all.sort((a, b) => b.startedAtMs - a.startedAtMs)
}

function byRun(events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  return Map.groupBy(events, event => event.run)
}

function viewOf(events: readonly Event[]): RunView {
  const first = events[0]
  const started = bodyOf(events, 'run.started')
  const finished = bodyOf(events, 'run.finished')
  const ended = events.flatMap(({ body }) => (body.kind === 'step.finished' ? [body] : []))
  const found = [...Map.groupBy(events, event => event.step ?? event.asset ?? '').values()].flatMap(
    lastVerdicts,
  )
  const outcomes = { success: 0, unchanged: 0, failed: 0, blocked: 0, skipped: 0, cancelled: 0 }
  for (const { outcome } of ended) outcomes[outcome]++
  return {
    run: first?.run ?? '',
    trigger: started?.trigger ?? '',
    actor: started?.actor ?? '',
    ...(started?.resumes === undefined ? {} : { resumes: started.resumes }),
    startedAtMs: first?.atMs ?? 0,
    outcome: finished?.outcome ?? 'running',
    ...(finished === undefined ? {} : { durationMs: finished.durationMs }),
    planned: started?.steps ?? 0,
    outcomes,
    verdicts: verdictCounts(found),
    counts: sumOf(ended.flatMap(({ counts }) => counts ?? [])),
  }
}

export function verdictCounts(verdicts: readonly Verdict[]): VerdictCounts {
  const failed = verdicts.filter(({ outcome }) => outcome !== 'pass')
  const broken = failed.filter(({ severity }) => severity === 'error').length
  return { passed: verdicts.length - failed.length, warned: failed.length - broken, broken }
}

function sumOf(all: readonly Counts[]): Counts {
  const total = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  for (const counts of all) {
    total.in += counts.in
    total.out += counts.out
    total.refused += counts.refused
    total.deduplicated += counts.deduplicated
  }
  return total
}

function stepsOf(events: readonly Event[]): readonly StepView[] {
  const steps = Map.groupBy(
    events.filter(event => event.step !== undefined),
    event => event.step ?? '',
  )
  return [...steps].map(([step, own]) => stepOf(step, own))
}

function stepOf(step: string, events: readonly Event[]): StepView {
  const started = bodyOf(events, 'step.started')
  const finished = bodyOf(events, 'step.finished')
  const retried = events.flatMap(({ body }) => (body.kind === 'step.retrying' ? [body.failure] : []))
  const attempts = Math.max(
    retried.length + (started === undefined ? 0 : 1),
    ...events.map(e => e.attempt ?? 0),
  )
  const partitions = finished?.partitions ?? started?.partitions
  return {
    step,
    asset: events.find(event => event.asset !== undefined)?.asset ?? '',
    outcome: finished?.outcome ?? 'running',
    startedAtMs: events[0]?.atMs ?? 0,
    attempts,
    reason: started?.reason.words ?? '',
    ...(partitions === undefined ? {} : { partitions }),
    verdicts: lastVerdicts(events),
    refused: lastRefused(events),
    retried,
    recovered: finished?.recovered ?? false,
    ...(finished === undefined ? {} : endOf(finished)),
  }
}

function endOf(end: Extract<EventBody, { kind: 'step.finished' }>): Partial<StepView> {
  const { durationMs, counts, version, failure, words } = end
  return {
    durationMs,
    ...(counts === undefined ? {} : { counts }),
    ...(version === undefined ? {} : { version }),
    ...(failure === undefined ? {} : { failure }),
    ...(words === undefined ? {} : { words }),
  }
}

/** Each attempt measures anew: the last verdict of a check is the one that counts. */
function lastVerdicts(events: readonly Event[]): readonly Verdict[] {
  const last = new Map<string, Verdict>()
  for (const { body } of events)
    if (body.kind === 'check.finished') last.set(body.verdict.check, body.verdict)
  return [...last.values()]
}

function lastRefused(events: readonly Event[]): StepView['refused'] {
  return bodyOf(events, 'rows.refused')?.byRule ?? {}
}

/** The last event of a kind. */
function bodyOf<K extends EventBody['kind']>(
  events: readonly Event[],
  kind: K,
): Extract<EventBody, { kind: K }> | undefined {
  const body = events.findLast(event => event.body.kind === kind)?.body
  return body as Extract<EventBody, { kind: K }> | undefined
}
