import type { AssetName } from './asset.ts'
import type { Json } from './at.ts'
import type { Contract } from './contract.ts'
import type { PartitionKey } from './partition.ts'

/** What the ledger knows of the past, as `plan` needs it. A value: reading it changes nothing. */
export type History = { readonly assets: { readonly [name: AssetName]: AssetHistory } }

export type AssetHistory = {
  /** How its last step ended. */
  readonly lastOutcome: 'success' | 'failed' | 'blocked' | 'cancelled'
  /** Unix ms of the last success, and of the last attempt of any outcome. */
  readonly succeededAtMs?: number
  readonly attemptedAtMs: number
  readonly fingerprint?: string
  readonly checksFingerprint?: string
  /** Rises when its rows changed; 0: never built. Comparable only with itself. */
  readonly version: number
  /** Versions of what it read when it was last built. */
  readonly upstream: { readonly [name: AssetName]: number }
  readonly partitions: { readonly [key: PartitionKey]: PartitionHistory }
  readonly contract?: Contract
  /** Where the source stood after the last committed load: the connector's own value. */
  readonly position?: Json
  /** Largest cursor value loaded so far, as text. */
  readonly cursor?: string
  /** What the source's probe said then. */
  readonly probe?: string
  /** Typical duration of a build, and of one partition, in ms. */
  readonly durationMs?: number
  readonly rows?: number
}

export type PartitionHistory = {
  readonly version: number
  readonly fingerprint: string
  readonly upstream: { readonly [name: AssetName]: number }
}
