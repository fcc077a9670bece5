import type { PartitionSlice } from '../../connect/index.ts'
import type { Column, PartitionKey } from '../../model/index.ts'
import { partitionKey, quoteName } from '../../sql/index.ts'
import type { Session } from '../session.ts'

/**
 * A fingerprint of a set of rows, whatever their order: count, sum and xor of 64-bit row hashes. 28 ms for 3
 * M rows × 6 columns where EXCEPT ALL takes 1,400 ms, so that asking "did anything change" does not double
 * the time of a write.
 */
const printed = (columns: readonly Column[]) => {
  const hash = `hash(${columns.map(({ name }) => quoteName(name)).join(', ')})`
  return `concat_ws(' ', count(*), sum(${hash}::hugeint), bit_xor(${hash}))`
}

export async function printOf(
  session: Session,
  relation: string,
  columns: readonly Column[],
): Promise<string> {
  const [print] = await session.row(`select ${printed(columns)} from ${relation}`)
  return `${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}: ${print}`
}

/** One fingerprint per partition. */
export async function printsByPartition(
  session: Session,
  relation: string,
  { slice, columns }: { readonly slice: PartitionSlice; readonly columns: readonly Column[] },
): Promise<ReadonlyMap<PartitionKey, string>> {
  const key = partitionKeySql(slice, columns)
  const rows = await session.rows(`select ${key}, ${printed(columns)} from ${relation} group by 1`)
  return new Map(rows.map(([partition, print]) => [partition ?? '', print ?? '']))
}

/** Partitions whose rows are not the same in both, in order. */
export function changedPartitions(
  before: ReadonlyMap<PartitionKey, string>,
  after: ReadonlyMap<PartitionKey, string>,
): readonly PartitionKey[] {
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].filter(key => before.get(key) !== after.get(key)).sort()
}

/** Partitions that the rows lie in. */
export async function partitionsIn(
  session: Session,
  relation: string,
  { slice, columns }: { readonly slice: PartitionSlice | undefined; readonly columns: readonly Column[] },
): Promise<readonly PartitionKey[]> {
  if (slice === undefined) return []
  const rows = await session.rows(
    `select distinct ${partitionKeySql(slice, columns)} from ${relation} order by 1`,
  )
  return rows.map(([key]) => key ?? '')
}

/** SQL text for the key of the partition that a row lies in; '' for a row with NULL there. */
function partitionKeySql({ scheme }: PartitionSlice, columns: readonly Column[]): string {
  const type = columns.find(column => column.name.toLowerCase() === scheme.column.toLowerCase())?.type
  return `coalesce(${partitionKey(scheme, type)}, '')`
}
