import { randomUUID } from 'node:crypto'
import type { Session } from '../../../../engine/index.ts'
import { Failure, failure } from '../../../../errors/index.ts'
import { bareQuery, quoteName, quoteText } from '../../../../sql/index.ts'
import type { Snapshot } from '../../face.ts'
import { partitionsOf, partitionValue } from '../../log/partitions.ts'

/** A live file that may be written anew. */
export type Candidate = {
  readonly path: string
  /** Values of its partition, as JSON: files of one partition have the same. */
  readonly partition: string
  /** Of the rows that stay. */
  readonly sizeBytes: number
  /** So much of it is deleted that it is worth writing it anew on its own. */
  readonly isWorn: boolean
  readonly provider: string | null
  /** The group of files that it was clustered with. */
  readonly cube: string | null
}

export type CandidatesRequest = {
  readonly session: Session
  /** SQL over partition columns. */
  readonly where?: string | undefined
  /** A file counts as worn from this share of deleted rows on. */
  readonly deletedShareMin: number
}

/** All live files of the partitions that are asked for. */
export async function candidatesOf(
  snapshot: Snapshot,
  { session, where, deletedShareMin }: CandidatesRequest,
): Promise<readonly Candidate[]> {
  const rows = await chosen(snapshot, where, () => session.rows(candidatesSql(snapshot, where)))
  return rows.map(([path, partition, size, deleted, records, provider, cube]): Candidate => {
    const [sizeBytes, gone] = [Number(size), Number(deleted ?? 0)]
    // A vector without `numRecords` should not be: written anew, the file gets it.
    const share = records === null ? (gone > 0 ? 1 : 0) : gone / Math.max(1, Number(records))
    return {
      path: path ?? '',
      partition: partition ?? '{}',
      sizeBytes: records === null ? sizeBytes : Math.ceil(sizeBytes * (1 - Math.min(1, share))),
      isWorn: gone > 0 && share >= deletedShareMin,
      provider: provider ?? null,
      cube: cube ?? null,
    }
  })
}

/** The tag of files that were clustered together. */
export const cubeTag = 'SLUICE_CUBE'

function candidatesSql({ filesSql, fields, metadata }: Snapshot, where: string | undefined): string {
  const partitions = fields.filter(partitionsOf(metadata)).map(({ name, stored, type }) => {
    return `${partitionValue(type, `f.partition_values[${quoteText(stored)}]`)} as ${quoteName(name)}`
  })
  // The name of no column: a predicate sees partition columns only.
  const fileColumn = quoteName(`file ${randomUUID()}`)
  const columns = [`f as ${fileColumn}`, ...partitions].join(', ')
  const among = where === undefined ? '' : `where (${bareQuery(where)}\n)`
  // An empty text is NULL ("Partition Value Serialization"): both are one partition.
  const partition = `to_json(map_from_entries(list_sort(list_transform(map_entries(f.partition_values),
    lambda e: {key: e.key, value: nullif(e.value, '')}))))`
  return `with chosen as (select ${fileColumn} as f from (select ${columns} from (${filesSql}) as f) ${among})
    select f.path, ${partition}, f.size_bytes, f.dv.cardinality,
      try_cast(f.stats->>'$.numRecords' as bigint), f.clustering_provider, f.tags[${quoteText(cubeTag)}]
    from chosen order by f.path`
}

/** What the engine says of a predicate that it does not understand is told as the predicate's fault. */
async function chosen<T>(
  { fields, metadata }: Snapshot,
  where: string | undefined,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    if (where === undefined || !(thrown instanceof Failure) || thrown.code !== 'SLUICE_TARGET_QUERY')
      throw thrown
    const names = fields.filter(partitionsOf(metadata)).map(({ name }) => `\`${name}\``)
    const words =
      names.length === 0 ? 'It has no partition columns.' : `It is partitioned by ${names.join(', ')}.`
    throw failure('SLUICE_DELTA_PARTITIONS_UNKNOWN', { where, words }, { cause: thrown })
  }
}
