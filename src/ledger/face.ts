import type {
  AssetHistory,
  AssetName,
  Contract,
  Counts,
  Event,
  EventBody,
  FailureWords,
  History,
  Json,
  PartitionKey,
  PartitionRange,
  RunOutcome,
  StepOutcome,
} from '../model/index.ts'

export type LedgerOptions = {
  /**
   * The folder that holds the ledger: `.sluice` of a project. Made when it is not there and `mode` is
   * `write`.
   */
  readonly path: string
  /** `read` never makes or changes a ledger of today's schema; where there is none, it reads an empty one. */
  readonly mode: 'read' | 'write'
  /**
   * `full` (default): a resolved record survives power loss. `relaxed`: it survives kill -9; power loss may
   * cost a tail.
   */
  readonly durability?: 'full' | 'relaxed'
  readonly nowMs: () => number
  /** New ids, sortable by time: see `idsFrom`. */
  readonly newId: () => string
  /** What other runs call this process when it keeps them waiting. */
  readonly pid: number
  /**
   * Runs `flush` when everything that is ready in this turn of the event loop has had its say; the
   * transitions recorded until then share one transaction. `setImmediate` groups best; without it,
   * `queueMicrotask`.
   */
  readonly soon?: (flush: () => void) => void
  /** How long a transaction waits for other processes' transactions. Default 10,000 ms. */
  readonly busyMs?: number
}

/**
 * The only memory of a project: state tables and, in the same transactions, the event of every transition.
 */
export interface Ledger {
  /** All that `plan` needs to know of the past. One query a table. */
  history(): Promise<History>
  /** One asset of `history`, fresh; undefined: never attempted. */
  asset(name: AssetName): Promise<AssetHistory | undefined>
  /** The asset as it was when the run had not touched it yet, by the events; undefined: never attempted. */
  before(run: string, name: AssetName): Promise<AssetHistory | undefined>
  /** The contract in force; undefined: none was inferred or written yet. */
  contract(asset: AssetName): Promise<Contract | undefined>
  /**
   * Begin a run: claims the assets of all its steps, so that no two live runs build the same asset.
   * Fails with SLUICE_RUN_BUSY, or SLUICE_RUN_UNSETTLED when the holder has died and nobody settled it.
   */
  startRun(request: RunRequest): Promise<RunLog>
  /** Runs without an outcome whose process is gone, or that let go of them. Settle each before planning. */
  recoverable(): Promise<readonly CrashedRun[]>
  /** Give a crashed run and its steps their outcomes. false: somebody else had settled it before. */
  settle(run: CrashedRun, outcomes: readonly Settlement[]): Promise<boolean>
  /** Newest first. */
  runs(query?: RunQuery): Promise<readonly RunRow[]>
  run(id: string): Promise<RunRow | undefined>
  /** Steps of a run that did anything so far, in the order in which they first did. */
  steps(run: string): Promise<readonly StepRow[]>
  /**
   * Events in commit order. To follow, ask again with `after` set to the last `seq` seen: none is missed,
   * none comes twice.
   */
  events(query?: EventQuery): Promise<readonly Event[]>
  /** Fold all events and compare with the state tables. */
  verify(): Promise<Verified>
  /**
   * Waits for what was recorded, then lets go of everything. A run that has no outcome yet becomes
   * recoverable. Idempotent.
   */
  close(): Promise<void>
}

export type RunRequest = {
  readonly project: string
  /** What set it off: `cli`, `backfill`, `library`, `schedule`. */
  readonly trigger: string
  readonly actor: string
  readonly steps: readonly { readonly id: string; readonly asset: AssetName }[]
  /** The failed run that this one takes up again. */
  readonly resumes?: string | undefined
  /** The run that this one takes back. */
  readonly undoes?: string | undefined
  readonly planHash?: string
  /** Every event of this run once it is durable, in order. Must not throw. */
  readonly onEvent?: (event: Event) => void
  /** Wait for a busy asset instead of failing at once. */
  readonly wait?: { readonly maxMs: number; readonly sleep: (ms: number) => Promise<void> }
}

/** The pen of one live run. */
export interface RunLog {
  readonly id: string
  readonly startedAtMs: number
  /**
   * Resolves with the event once it is durable. Order of calls is order of events. Refused with
   * SLUICE_LEDGER_STALE, and then nothing changed, when the run, step, attempt or asset version is no longer
   * what the writer thinks.
   */
  record(transition: Transition): Promise<Event>
  /** The run's outcome. Its claims are free afterwards, and its pen is dry. */
  finish(outcome: RunOutcome): Promise<Event>
  /**
   * Leave the run without an outcome to `recoverable`: some step may or may not have committed at its target.
   * Work that is still under way must be beyond committing before anybody settles: end the process, or wait.
   */
  letGo(): Promise<void>
}

/** What happened, and what the asset is afterwards: both become durable together or not at all. */
export type Transition = {
  readonly step?: string
  readonly asset?: AssetName
  /** From 1. undefined: the step never started. */
  readonly attempt?: number
  readonly body: Exclude<EventBody, { readonly kind: 'run.started' | 'run.finished' }>
  readonly state?: AssetUpdate
}

/**
 * What of an asset changes. Absent: stays as it is. Outcome, times and typical duration follow from
 * `step.finished`.
 */
export type AssetUpdate = {
  readonly fingerprint?: string
  readonly checksFingerprint?: string
  /** Must be higher than the one the ledger has. */
  readonly version?: number
  readonly upstream?: { readonly [name: AssetName]: number }
  readonly contract?: Contract
  readonly position?: Json
  /** Largest cursor value loaded so far, as text. */
  readonly cursor?: string
  readonly probe?: string
  readonly rows?: number
  /** Partitions that now stand at these versions, with what they were built from. */
  readonly partitions?: readonly PartitionsUpdate[]
  /** Forget all partitions first: the asset was made anew as a whole, or is no longer cut this way. */
  readonly partitionsReset?: true
  /**
   * Forget everything first, contract and partitions too: what is known then stands in this update. Without a
   * version it is as if nothing had ever happened to the asset.
   */
  readonly forgotten?: true
  /** With `forgotten`: how it had ended last (absent: as the event says), when it was last a success. */
  readonly lastOutcome?: AssetHistory['lastOutcome'] | undefined
  readonly succeededAtMs?: number | undefined
  readonly durationMs?: number | undefined
}

export type PartitionsUpdate = {
  readonly keys: readonly PartitionKey[]
  /** The asset's version when the rows of these partitions last changed. */
  readonly version: number
  readonly fingerprint: string
  readonly upstream: { readonly [name: AssetName]: number }
}

export type RunQuery = { readonly limit?: number; readonly states?: readonly RunRow['state'][] }

export type RunRow = {
  readonly id: string
  readonly project: string
  readonly trigger: string
  readonly actor: string
  readonly state: 'running' | 'cancelling' | 'finished'
  readonly outcome: RunOutcome | undefined
  readonly steps: number
  readonly startedAtMs: number
  readonly finishedAtMs: number | undefined
  readonly resumes: string | undefined
  readonly planHash: string | undefined
  /** Pid of the process that runs or ran it. */
  readonly pid: number | undefined
}

export type StepRow = {
  readonly step: string
  readonly asset: AssetName
  readonly state: 'running' | 'waiting' | 'ended'
  readonly outcome: StepOutcome | undefined
  readonly attempt: number
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  readonly partitions: PartitionRange | undefined
  readonly counts: Counts | undefined
  readonly version: number | undefined
  readonly failure: FailureWords | undefined
  readonly words: string | undefined
}

export type EventQuery = {
  readonly run?: string
  /** Only events with a higher `seq`. */
  readonly after?: number
  /** Default 1,000. */
  readonly limit?: number
  readonly kinds?: readonly EventBody['kind'][]
  readonly asset?: AssetName
}

export type CrashedRun = {
  readonly run: RunRow
  /** Guards the settlement: whoever settles first wins. */
  readonly epoch: number
  /** Steps that had begun and have no outcome. */
  readonly open: readonly {
    readonly step: string
    readonly asset: AssetName
    readonly attempt: number
    /** The key it was about to commit at the target; undefined: it had not come so far. */
    readonly effect: string | undefined
  }[]
}

/** How an open step of a crashed run really ended. Open steps that are not named end as `cancelled`. */
export type Settlement = {
  readonly step: string
  /** The target has its effect key. */
  readonly committed: boolean
  readonly counts?: Counts
  readonly state?: AssetUpdate
}

export type Verified = {
  readonly events: number
  /** One sentence for each difference between the tables and what the events say; at most 100. */
  readonly differences: readonly string[]
}

/**
 * Bytes of a long read, kept part by part, so that a killed one goes on where it was. One writer at a time.
 */
export interface Spool {
  /** Kept parts, oldest first: files of whole NDJSON lines. */
  readonly parts: readonly SpoolPart[]
  /** Where the source stood after the last part that came with a position; undefined: nothing is safe. */
  readonly position: Json | undefined
  /**
   * With a position: durable when it resolves, together with all parts before it, and that the source stood
   * there behind them. Without: kept for this read, and safe only once a part with a position follows.
   */
  append(part: {
    readonly data: Uint8Array
    readonly rows: number
    readonly position: Json | undefined
  }): Promise<void>
  /** Forget all parts: they are safe elsewhere, or unwanted. The spool can be used again. */
  discard(): Promise<void>
}

export type SpoolPart = {
  readonly path: string
  readonly sizeBytes: number
  readonly rows: number
  readonly position: Json | undefined
}
