import type { AssetName, History, Manifest, PartitionKey, PartitionRange, Reason } from '../model/index.ts'

export type PartitionsDue = {
  /** Neighbours of one reason, oldest first. */
  readonly ranges: readonly { readonly range: PartitionRange; readonly reason: Reason }[]
  /** The scheme has no `from` and something that bears on every partition changed: the step takes all rows at once. */
  readonly whole: Reason | undefined
}

/**
 * Which partitions of an asset are missing or no longer what they should be, by what is known now. `run` asks this again
 * right before it starts a conditional step that has no partitions yet.
 */
export declare function partitionsDue(
  manifest: Manifest,
  history: History,
  asked: { readonly asset: AssetName; readonly nowMs: number },
): PartitionsDue
