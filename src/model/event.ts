import type { AssetName } from './asset.ts'
import type { Json } from './at.ts'
import type { Verdict } from './check.ts'
import type { ContractChange } from './contract.ts'
import type { PartitionRange } from './partition.ts'
import type { Reason } from './plan.ts'

export type RunOutcome = 'success' | 'failed' | 'cancelled' | 'crashed'
export type StepOutcome = 'success' | 'unchanged' | 'failed' | 'blocked' | 'skipped' | 'cancelled'

/** Rows of one step. Always in = out + refused + deduplicated. */
export type Counts = {
  readonly in: number
  readonly out: number
  readonly refused: number
  readonly deduplicated: number
}

/** A failure as the ledger keeps it: no row values, no secrets. */
export type FailureWords = {
  readonly code: string
  readonly title: string
  readonly fix: string
  readonly retry: 'never' | 'later'
}

/** What happened. One row of the ledger, one line of `--json`, one message of the API. */
export type Event = {
  readonly seq: number
  readonly atMs: number
  readonly run: string
  readonly step?: string
  readonly asset?: AssetName
  readonly attempt?: number
  readonly body: EventBody
}

export type EventBody =
  | {
      readonly kind: 'run.started'
      readonly project: string
      readonly steps: number
      readonly trigger: string
      readonly actor: string
      readonly resumes?: string
      /** The run that this one takes back. */
      readonly undoes?: string
    }
  | { readonly kind: 'run.cancelling'; readonly why: string }
  | { readonly kind: 'run.finished'; readonly outcome: RunOutcome; readonly durationMs: number }
  | { readonly kind: 'step.started'; readonly reason: Reason; readonly partitions?: PartitionRange }
  /** The intent: the target is about to commit this effect key. */
  | { readonly kind: 'step.publishing'; readonly effect: string }
  | { readonly kind: 'step.retrying'; readonly failure: FailureWords; readonly delayMs: number }
  | {
      readonly kind: 'step.finished'
      readonly outcome: StepOutcome
      readonly durationMs: number
      readonly counts?: Counts
      readonly version?: number
      readonly partitions?: PartitionRange
      readonly failure?: FailureWords
      /** Why it did not run, for `blocked`, `skipped` and `unchanged`. */
      readonly words?: string
      /** True: a crashed run had committed it at the target; the ledger caught up. */
      readonly recovered?: boolean
    }
  | { readonly kind: 'check.finished'; readonly verdict: Verdict }
  | {
      readonly kind: 'contract.changed'
      readonly version: number
      readonly changes: readonly ContractChange[]
    }
  | {
      readonly kind: 'rows.refused'
      readonly rows: number
      readonly byRule: { readonly [rule: string]: number }
    }
  /** A long read committed where it is, so that a killed one goes on from here. */
  | { readonly kind: 'source.progress'; readonly position: Json; readonly rows: number }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn'; readonly words: string }
