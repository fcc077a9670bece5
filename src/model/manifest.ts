import type { AssetName, Declaration, RetryPolicy, TriggerRule, WriteStrategy } from './asset.ts'
import type { At } from './at.ts'
import type { Check } from './check.ts'
import type { Column, ColumnLineage } from './column.ts'
import type { ContractPolicy } from './contract.ts'
import type { PartitionScheme } from './partition.ts'

/** An asset with everything resolved. Plain data: same declarations, same bytes. */
export type Asset = {
  readonly name: AssetName
  readonly kind: Declaration['body']['kind']
  readonly at: At
  readonly doc: string
  readonly owner?: string
  readonly tags: readonly string[]
  /** The query to run, for `sql` and `export`. */
  readonly sql?: string
  readonly reads: readonly Edge[]
  /** Assets that only its checks look at: its build waits for theirs. */
  readonly after?: readonly AssetName[]
  /** undefined: not known before the first load. */
  readonly columns: readonly Column[] | undefined
  readonly lineage: readonly ColumnLineage[]
  readonly key: readonly string[]
  readonly cursor?: string
  readonly lagMs: number
  readonly partition?: PartitionScheme
  readonly write: WriteStrategy
  readonly everyMs?: number
  readonly checks: readonly Check[]
  readonly contract: ContractPolicy
  readonly trigger: TriggerRule
  readonly retry: RetryPolicy
  readonly timeoutMs: number
  readonly pool: string
  readonly nested: 'keep' | 'split'
  /**
   * Changes when the rows it makes may change: parsed query or module closure, and the facts that shape the
   * write.
   */
  readonly fingerprint: string
  /** Changes when its checks change. */
  readonly checksFingerprint: string
}

export type Edge = {
  readonly asset: AssetName
  /** `same`: partition k of this asset needs only partition k of that one. */
  readonly partitions: 'same' | 'all'
  readonly at?: At
}

/** The whole project, compiled: a pure description. Assets stand in dependency order. */
export type Manifest = {
  readonly project: string
  readonly assets: readonly Asset[]
  /** Checks from `checks/*.sql`, each hung on the assets it reads. */
  readonly projectChecks: readonly ProjectCheck[]
  readonly pools: { readonly [name: string]: number }
}

export type ProjectCheck = {
  readonly name: string
  readonly at: At
  readonly sql: string
  readonly reads: readonly AssetName[]
  readonly severity: 'error' | 'warn'
  readonly fingerprint: string
}
