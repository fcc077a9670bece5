/**
 * Time partitions are cut in the wall clock of `zone` (IANA name). Static ones are the listed values, in that
 * order.
 */
export type PartitionScheme =
  | {
      readonly kind: 'time'
      readonly column: string
      readonly unit: PartitionUnit
      readonly zone: string
      /** First partition; undefined: the first one that the data has. */
      readonly from?: PartitionKey
      /** The partition after the last one (exclusive); undefined: up to now. */
      readonly until?: PartitionKey
    }
  | { readonly kind: 'static'; readonly column: string; readonly values: readonly string[] }

export type PartitionUnit = 'hour' | 'day' | 'week' | 'month'

/**
 * `2026-01-31T05` (hour) · `2026-01-31` (day; for a week its Monday) · `2026-01` (month) · a static value.
 * Sorts as text.
 */
export type PartitionKey = string

/** Neighbouring partitions, both ends inside. */
export type PartitionRange = {
  readonly first: PartitionKey
  readonly last: PartitionKey
  readonly count: number
}
