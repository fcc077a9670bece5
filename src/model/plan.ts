import type { AssetName, WriteStrategy } from './asset.ts'
import type { PartitionKey, PartitionRange } from './partition.ts'

/** What somebody asked for. */
export type Request = {
  /** dbt's selection syntax; empty: everything. */
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  /** Run even what is up to date. */
  readonly force: boolean
  /** Run these even if they are up to date; what reads them only as far as they change. */
  readonly again?: readonly AssetName[]
  /** Only these partitions (backfill); both ends inside. */
  readonly partitions?: { readonly first: PartitionKey; readonly last: PartitionKey }
  /** Largest number of partitions that one step takes. */
  readonly chunkMax: number
  readonly newestFirst: boolean
  /** Unix ms: the plan's idea of now. */
  readonly nowMs: number
  /** What each source's probe says now; absent: it cannot say. */
  readonly probes: { readonly [name: AssetName]: string }
  /**
   * For an environment that stands beside another, its base. Whatever is not among its own assets is read
   * from the base, and not built unless its code differs there, something of its own lies before it, or it is
   * selected.
   */
  readonly beside?: { readonly own: readonly AssetName[] } | undefined
}

/** One asset, one partition range, in one run. The smallest thing that can fail and be tried again. */
export type Step = {
  readonly id: string
  readonly asset: AssetName
  readonly partitions: PartitionRange | undefined
  /** `audit`: the rows stand, only the checks changed. */
  readonly action: 'build' | 'audit'
  readonly reason: Reason
  /** True: run only if something it reads really got a new version in this run. */
  readonly conditional: boolean
  /** Ids of steps that must have ended before it starts. */
  readonly needs: readonly string[]
  readonly write: WriteStrategy
  /** Expected duration from history; undefined: never run. */
  readonly expectedMs: number | undefined
}

export type Reason = {
  readonly code:
    | 'new'
    | 'code changed'
    | 'checks changed'
    | 'upstream changed'
    | 'partition missing'
    | 'stale'
    | 'source changed'
    | 'source cannot say'
    | 'failed before'
    | 'forced'
  /** One clause for people: `staging.orders has a new version`. Never empty. */
  readonly words: string
}

export type UpToDate = {
  readonly asset: AssetName
  readonly words: string
  /** It is as in the base, and left to it. */
  readonly inBase?: true
}

/** A pure decision: what would run, why, and in which order; and what would not, and why not. */
export type Plan = {
  readonly steps: readonly Step[]
  readonly upToDate: readonly UpToDate[]
  /** Sum and longest path of expected durations, where all are known. */
  readonly expected: { readonly workMs: number; readonly wallMs: number; readonly unknown: number }
}
