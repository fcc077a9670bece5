import type { Asset, ColumnType, PartitionKey, PartitionScheme } from '../model/index.ts'

/** Is it built partition by partition? A table that is replaced or merged as a whole may have a partition column too. */
export declare function isPartitioned(asset: Asset): boolean

/** SQL predicate that is true for exactly the rows of the partitions from first to last, for a column of this type. */
export declare function whereOf(
  scheme: PartitionScheme,
  range: { readonly first: PartitionKey; readonly last: PartitionKey },
  type: ColumnType,
): string
