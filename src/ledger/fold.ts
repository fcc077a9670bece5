import type { Event, PartitionHistory } from '../model/index.ts'
import { type AssetState, nextAsset, untouched } from './assets.ts'
import type { AssetUpdate, RunRow, StepRow } from './face.ts'

/** An event with the change that was recorded beside it. */
export type Recorded = Event & { readonly state: AssetUpdate | undefined }

/** What the state tables must hold, as the events tell it. Grows as events are folded in. */
export type Folded = {
  readonly runs: Map<string, FoldedRun>
  /** By run and step, a line break between. */
  readonly steps: Map<string, FoldedStep>
  readonly assets: Map<string, AssetState>
  readonly partitions: Map<string, Map<string, PartitionHistory>>
  readonly contracts: Map<string, NonNullable<AssetUpdate['contract']>>
}

export type FoldedRun = Pick<
  RunRow,
  'project' | 'state' | 'outcome' | 'steps' | 'startedAtMs' | 'finishedAtMs'
>
export type FoldedStep = Omit<StepRow, 'step'> & { readonly effect: string | undefined }

export function emptyFold(): Folded {
  return { runs: new Map(), steps: new Map(), assets: new Map(), partitions: new Map(), contracts: new Map() }
}

export function foldIn(into: Folded, event: Recorded): void {
  foldRun(into, event)
  if (event.step !== undefined) foldStep(into, event, `${event.run}\n${event.step}`)
  if (event.asset !== undefined) foldAsset(into, event, event.asset)
}

function foldRun({ runs }: Folded, { run, atMs, body }: Recorded): void {
  if (body.kind === 'run.started') {
    const { project, steps } = body
    const began = { project, steps, startedAtMs: atMs, state: 'running' as const }
    runs.set(run, { ...began, outcome: undefined, finishedAtMs: undefined })
  }
  const before = runs.get(run)
  if (before === undefined) return
  if (body.kind === 'run.cancelling') runs.set(run, { ...before, state: 'cancelling' })
  if (body.kind !== 'run.finished') return
  const finishedAtMs = before.startedAtMs + body.durationMs
  runs.set(run, { ...before, state: 'finished', outcome: body.outcome, finishedAtMs })
}

const fresh = {
  outcome: undefined,
  startedAtMs: undefined,
  finishedAtMs: undefined,
  partitions: undefined,
  counts: undefined,
  version: undefined,
  failure: undefined,
  words: undefined,
  effect: undefined,
}

function foldStep({ steps }: Folded, { body, attempt = 0, asset = '', atMs }: Recorded, key: string): void {
  const before = steps.get(key)
  if (body.kind === 'step.started') {
    const { partitions } = body
    if (before) steps.set(key, { ...before, state: 'running', attempt })
    else steps.set(key, { ...fresh, asset, attempt, state: 'running', startedAtMs: atMs, partitions })
  }
  if (body.kind === 'step.publishing' && before) steps.set(key, { ...before, effect: body.effect })
  if (body.kind === 'step.retrying' && before)
    steps.set(key, { ...before, state: 'waiting', failure: body.failure })
  if (body.kind !== 'step.finished') return
  const { outcome, counts, version, failure, words, partitions = before?.partitions } = body
  const begun = before ?? { ...fresh, asset, attempt, state: 'ended' as const }
  const ended = {
    state: 'ended' as const,
    finishedAtMs: atMs,
    outcome,
    counts,
    version,
    failure,
    words,
    partitions,
  }
  steps.set(key, { ...begun, ...ended })
}

function foldAsset({ assets, partitions, contracts }: Folded, event: Recorded, asset: string): void {
  const { state, body } = event
  if (state === undefined && body.kind !== 'step.finished') return
  const before = assets.get(asset) ?? untouched
  const after = nextAsset(before, event, state)
  if (state?.forgotten) for (const known of [assets, partitions, contracts]) known.delete(asset)
  if (JSON.stringify(after) !== JSON.stringify(assets.get(asset) ?? untouched)) assets.set(asset, after)
  if (state?.contract) contracts.set(asset, state.contract)
  if (state?.partitionsReset) partitions.delete(asset)
  if (state?.partitions === undefined) return
  const known = partitions.get(asset) ?? new Map<string, PartitionHistory>()
  for (const { keys, ...built } of state.partitions) for (const key of keys) known.set(key, built)
  partitions.set(asset, known)
}
