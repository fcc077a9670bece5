import type { Effect, Http, Store } from '../../connect/index.ts'
import type { Authored } from '../../declare/index.ts'
import type { AssetUpdate, Ledger, Spool } from '../../ledger/index.ts'
import type { Asset, AssetHistory, AssetName, Counts, History, Manifest, Step } from '../../model/index.ts'
import type { Graph } from '../../plan/index.ts'
import type { Clock, StepContext } from '../ports.ts'

/** What steps work with; the same for all steps of a run. */
export type StepTools = {
  readonly manifest: Manifest
  /** Absolute path of the project. */
  readonly root: string
  /** Logical time of the run, Unix ms: `_loaded_at`, `valid_from`. */
  readonly atMs: number
  readonly store: Store
  /** Functions and handles of what is written in TypeScript. */
  readonly code: ReadonlyMap<AssetName, Authored>
  /** What assets made by functions read, by the name that the function knows it by. */
  readonly inputs: ReadonlyMap<AssetName, readonly { readonly as: string; readonly asset: AssetName }[]>
  readonly memory: Pick<Ledger, 'asset'>
  /** Kept bytes of a killed read of this asset; what was kept under another identity is forgotten. */
  readonly spool: (asset: AssetName, identity: string) => Promise<Spool>
  /** A new, empty folder for a read; whatever is left in it by a killed one goes with the next. */
  readonly scratch: (
    asset: AssetName,
  ) => Promise<{ readonly path: string; readonly remove: () => Promise<void> }>
  readonly http: Http
  readonly clock: Clock
  /** What each source's probe said when the plan was made. */
  readonly probes: { readonly [name: AssetName]: string }
  readonly graph: Graph
  /** false only in the proof that effect keys are needed. */
  readonly keyed: boolean
  /** This asset is loaded from the open rows of its quarantine, not from its source. */
  readonly replay: AssetName | undefined
  /** Words of user code and sources, for people. */
  readonly onWords: (asset: AssetName, words: string) => void
}

/** One attempt at one step. */
export type Job = {
  readonly step: Step
  readonly asset: Asset
  readonly context: StepContext
  /** What the ledger knew when the attempt began. */
  readonly history: AssetHistory | undefined
  /** The same of the asset and of everything its rows depend on: what is read is at least as new. */
  readonly around: History
}

/** What a step made inside its work, before it is published. */
export type Made = {
  /** undefined: it keeps no rows to count, as a view does. */
  readonly counts: Counts | undefined
  /** Not one row differs from before and none was refused: there is nothing to publish. */
  readonly unchanged: boolean
  readonly state: AssetUpdate
}

/** What an effect's record holds: enough to bring the ledger up to date after a crash. */
export type EffectRecord = {
  readonly version: number
  readonly state: AssetUpdate
  /** The effect's counts say nothing: the asset keeps no rows. */
  readonly isRowless?: true
}

/** The same of several assets that were published at once, as they are by `promote` and `rollback`. */
export type JointRecord = { readonly assets: { readonly [name: AssetName]: EffectRecord } }

/** What the ledger shall know of a step of this asset whose effect the target has. */
export function keptIn(
  effect: Effect,
  asset: AssetName = effect.asset,
): {
  readonly version: number
  readonly state: AssetUpdate
  readonly counts?: Counts
} {
  const record = effect.record as unknown as EffectRecord | JointRecord
  const { version, state, isRowless } =
    'assets' in record ? (record.assets[asset] ?? { version: 0, state: {}, isRowless: true }) : record
  return { version, state, ...(isRowless ? {} : { counts: effect.counts }) }
}

/** The version an asset has once this attempt has changed its rows. */
export function nextVersion(job: Job): number {
  return (job.history?.version ?? 0) + 1
}
