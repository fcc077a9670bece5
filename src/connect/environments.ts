import type { AssetName, Json } from '../model/index.ts'

/**
 * Environments of a store: each has tables and views of its own, reads all others from its base, and what it
 * made can become the base's. Nothing is copied where the base's rows are only read.
 */
export interface Environments {
  /** What the environment has of its own. */
  own(environment: string): Promise<readonly Own[]>
  /** These names mean in the environment what they mean in the base again. */
  drop(environment: string, assets: readonly AssetName[]): Promise<void>
  /**
   * What the environment has under these names becomes the base's, all of it or nothing; the names mean the
   * base's in the environment again. A crash in between is brought to an end by whoever opens the store next.
   */
  promote(environment: string, request: Together): Promise<{ readonly already: boolean }>
}

export type Own = {
  readonly asset: AssetName
  /** The base's table was written to since the environment began its own from there. */
  readonly behind: boolean
}

/** Several assets that are published at once, under one key. */
export type Together = {
  readonly assets: readonly AssetName[]
  /** As of a work: committed with the rows, and asked for after a crash. */
  readonly effect: string
  readonly run: string
  readonly atMs: number
  /** Kept with the key: what the ledger has to know. */
  readonly record: Json
  readonly signal?: AbortSignal
}
