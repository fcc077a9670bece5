import type { Answer, Store, Versions, When } from '../connect/index.ts'
import type { Failure } from '../errors/index.ts'
import type {
  AssetName,
  Counts,
  Event,
  History,
  Json,
  Manifest,
  PartitionKey,
  Plan,
  RunOutcome,
  StepOutcome,
  Verdict,
} from '../model/index.ts'

export type OpenOptions = {
  /** Where the person stands; the project is the nearest folder at or above it with a config or `assets/`. */
  readonly cwd: string
  /** Key of `environments` in the config; undefined: the top-level target. */
  readonly environment?: string | undefined
  readonly signal?: AbortSignal
  /** A sentence for people about something slow or unusual, while it happens. */
  readonly onWords?: (words: string) => void
}

/** What somebody wants run, in the words of the command line. */
export type Wish = {
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly force?: boolean
  /** Even if they are up to date; what reads them only as far as they change. */
  readonly again?: readonly AssetName[]
  readonly partitions?: { readonly first: PartitionKey; readonly last: PartitionKey }
  readonly chunkMax?: number
  readonly newestFirst?: boolean
}

export type RunOptions = Wish & {
  readonly failFast?: boolean
  /** What set it off: `cli`, `backfill`, `library`, `schedule`. */
  readonly trigger?: string
  /** Every event as it is committed, in order. */
  readonly onEvent?: (event: Event) => void
  /** Cancels: running steps are aborted and nothing is left half-written. */
  readonly signal?: AbortSignal
  /** false only in the proof that effect keys are needed. */
  readonly keyed?: boolean
  /** Load the open rows of this asset's quarantine instead of its source. */
  readonly replay?: AssetName | undefined
}

export type RunReport = {
  readonly run: string
  readonly outcome: RunOutcome
  readonly durationMs: number
  readonly plan: Plan
  readonly steps: readonly StepReport[]
  /** Steps of crashed runs that were found committed at the target and were taken over. */
  readonly recovered: number
}

export type StepReport = {
  readonly step: string
  readonly asset: AssetName
  readonly outcome: StepOutcome
  readonly durationMs: number
  readonly counts: Counts | undefined
  readonly verdicts: readonly Verdict[]
  readonly failure: Failure | undefined
  readonly words: string | undefined
}

export type CheckReport = {
  readonly manifest: Manifest
  readonly failures: readonly Failure[]
  readonly notes: readonly string[]
  readonly durationMs: number
}

/** One rows-in rows-out fixture, run. */
export type FixtureReport = {
  readonly name: string
  readonly asset: AssetName
  readonly outcome: 'pass' | 'fail' | 'error'
  /** Rows expected and not made, and made and not expected, as text; at most ten of each. */
  readonly missing: readonly (readonly (string | null)[])[]
  readonly unexpected: readonly (readonly (string | null)[])[]
  readonly columns: readonly string[]
  readonly failure: Failure | undefined
}

export type QuarantineRow = {
  readonly id: string
  readonly asset: AssetName
  readonly run: string
  readonly at: string
  readonly rule: string
  readonly reason: string
  readonly source: string
  readonly position: string
  readonly raw: string
  readonly status: 'open' | 'replayed' | 'discarded'
}

export type PromoteWish = Pick<Wish, 'select' | 'exclude'> & {
  /** Even where the base changed since the environment began from there. */
  readonly force?: boolean
}

export type Promotion = {
  readonly environment: string
  /** What `--env` calls it; `default`: the project's own target. */
  readonly base: string
  /** The base's run that took them over; undefined: there was nothing to take. */
  readonly run: string | undefined
  readonly assets: readonly { readonly asset: AssetName; readonly version: number }[]
}

export type Rollback = {
  readonly run: string
  readonly undoes: string
  readonly assets: readonly { readonly asset: AssetName; readonly version: number }[]
  /** Exports of the run: what was pushed out cannot be called back. */
  readonly pushed: readonly AssetName[]
}

/** A project, opened for work: every room wired with the real world. Close it when done. */
export interface Project {
  readonly root: string
  readonly name: string
  readonly environment: string
  /** For people: `lake ./lake`. */
  readonly target: string
  /**
   * Offline: graph, types, contracts. Never throws for what is wrong with the project: it is in `failures`.
   */
  check(options?: { readonly lineage?: boolean }): Promise<CheckReport>
  /** As `check`, but throws `Failures` when anything is wrong. */
  manifest(options?: { readonly lineage?: boolean }): Promise<Manifest>
  history(): Promise<History>
  plan(wish: Wish): Promise<Plan>
  run(options: RunOptions): Promise<RunReport>
  /** Run the fixtures under `tests/`, all or those whose name or asset matches. */
  test(names: readonly string[]): Promise<readonly FixtureReport[]>
  /** Events of runs, oldest first; `run` undefined: all runs. */
  events(query: {
    readonly run?: string
    readonly after?: number
    readonly limit?: number
  }): Promise<readonly Event[]>
  /** Whether the run has no end and nobody who could still write one: its process is gone or let go. */
  isAbandoned(run: string): Promise<boolean>
  /** A query against the target, read only. */
  sql(text: string, options?: { readonly rowsMax?: number }): Promise<Answer>
  quarantine: {
    counts(): Promise<readonly { readonly asset: AssetName; readonly rule: string; readonly open: number }[]>
    rows(asset: AssetName, options?: { readonly rowsMax?: number }): Promise<readonly QuarantineRow[]>
    /**
     * Send open rows through today's code and contract again; what reads the asset follows, as far as it
     * changed.
     */
    replay(asset: AssetName, options?: Pick<RunOptions, 'onEvent' | 'signal'>): Promise<RunReport>
    discard(asset: AssetName, ids?: readonly string[]): Promise<number>
  }
  /** Tables that remember what they were; fails with SLUICE_LAKE_NONE where the target keeps no past. */
  lake: Versions & {
    /** `3`, `2026-01-31 05:00`, or the id of a run: the state that it left behind. */
    when(words: string): Promise<When>
  }
  /** What this environment has built becomes that of the base which it stands beside. */
  promote(wish: PromoteWish): Promise<Promotion>
  /** What the run published goes back to what was there before it. */
  rollback(run: string): Promise<Rollback>
  /** Text of `sluice.d.ts`; `write` puts it at the project's root. */
  types(options: { readonly write: boolean }): Promise<string>
  /** What is installed, reachable, wrong. */
  doctor(): Promise<
    readonly {
      readonly subject: string
      readonly ok: boolean
      readonly words: string
      readonly fix?: string
    }[]
  >
  store(mode: 'read' | 'write'): Promise<Store>
  close(): Promise<void>
}

export type { Json }
