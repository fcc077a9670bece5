import type { SetTransaction } from '../actions.ts'
import type { Session } from '../../../engine/index.ts'
import { durationMs, tombstoneRetentionMs } from '../durations.ts'
import type { Snapshot } from '../face.ts'

/** Something that a table needs done, and why. */
export type CareStep =
  | { readonly do: 'optimize'; readonly smallFiles: number; readonly smallBytes: number }
  | { readonly do: 'purge'; readonly files: number; readonly deletedRows: number }
  /** `retainMs`: at least what the table asks for. */
  | { readonly do: 'vacuum'; readonly lastMs: number | undefined; readonly retainMs: number }

export type CarePolicy = {
  /** Files that are smaller count as small. */
  readonly smallBytesMax: number
  /** So many small files of one partition are written into one. */
  readonly smallFilesMin: number
  /** A file of which so large a share of rows is deleted is written anew. */
  readonly deletedShareMin: number
  /** Time between two vacuums. */
  readonly vacuumEveryMs: number
  /** Files that were live within this time stay; those of the table's own retention in any case. */
  readonly retainMs: number
}

/**
 * Fifty files of one partition: as many as Spark's auto compaction waits for. A file costs a scan some 0.1 ms
 * here, and requests on a remote store.
 */
export const carePolicy: CarePolicy = {
  smallBytesMax: 32 * 2 ** 20,
  smallFilesMin: 50,
  deletedShareMin: 0.3,
  vacuumEveryMs: 24 * 3_600_000,
  retainMs: tombstoneRetentionMs,
}

export type Looking = {
  readonly session: Session
  readonly nowMs: number
  readonly policy?: CarePolicy
}

/**
 * What to do next for a table in use, most useful first. A query or two, nothing is done. The log looks after
 * itself: checkpoints and clean-up come with commits.
 */
export async function careNeeded(
  snapshot: Snapshot,
  { session, nowMs, policy = carePolicy }: Looking,
): Promise<readonly CareStep[]> {
  const { smallBytesMax, smallFilesMin, deletedShareMin } = policy
  const rows = "try_cast(stats->>'$.numRecords' as bigint)"
  const [smallFiles, smallBytes, files, deletedRows] = await session.row(`
    with live as (select partition_values, size_bytes, dv.cardinality as deleted,
        case when dv is not null then ${rows} end as rows from (${snapshot.filesSql})),
      crowds as (select count(*) as files, sum(size_bytes) as bytes from live
        where size_bytes < ${smallBytesMax} group by partition_values having count(*) >= ${smallFilesMin}),
      worn as (select deleted from live where deleted >= ${deletedShareMin} * rows)
    select (select coalesce(sum(files), 0) from crowds), (select coalesce(sum(bytes), 0) from crowds),
      (select count(*) from worn), (select coalesce(sum(deleted), 0) from worn)`)
  return [
    ...(Number(smallFiles) > 0
      ? [{ do: 'optimize' as const, smallFiles: Number(smallFiles), smallBytes: Number(smallBytes) }]
      : []),
    ...(Number(files) > 0
      ? [{ do: 'purge' as const, files: Number(files), deletedRows: Number(deletedRows) }]
      : []),
    ...(await vacuumNeeded(snapshot, { session, nowMs, policy })),
  ]
}

/**
 * Once a day at most, and only if what was removed became old enough since the last one. Besides, once in the
 * time of the retention: a checkpoint forgets what was removed before, and killed writers leave files behind.
 */
async function vacuumNeeded(
  snapshot: Snapshot,
  { session, nowMs, policy }: Required<Looking>,
): Promise<readonly CareStep[]> {
  const lastMs = await lastVacuumMs(snapshot)
  const { configuration, createdTime } = snapshot.metadata
  const own = durationMs(configuration, 'delta.deletedFileRetentionDuration', tombstoneRetentionMs)
  const retainMs = Math.max(policy.retainMs, own)
  // A young table has nothing that is old enough.
  const sinceMs = nowMs - (lastMs ?? createdTime ?? nowMs)
  if (sinceMs < policy.vacuumEveryMs) return []
  const isLong = sinceMs >= Math.max(policy.vacuumEveryMs, retainMs)
  const [from, to] = [(lastMs ?? 0) - retainMs, nowMs - retainMs]
  const isDue =
    isLong || (await hasTombstones(session, snapshot, `deletion_ms >= ${from} and deletion_ms < ${to}`))
  return isDue ? [{ do: 'vacuum', lastMs, retainMs }] : []
}

async function hasTombstones(session: Session, { tombstonesSql }: Snapshot, where: string): Promise<boolean> {
  return (await session.count(`select count(*) from (from (${tombstonesSql}) where ${where} limit 1)`)) > 0
}

/** The application under which a vacuum leaves its time. */
const vacuumAppId = 'sluice/vacuum'

/** A transaction identifier: the time of the last vacuum is known without reading the history. */
export function vacuumMark(nowMs: number): SetTransaction {
  return { appId: vacuumAppId, version: Math.trunc(nowMs), lastUpdated: Math.trunc(nowMs) }
}

function lastVacuumMs(snapshot: Snapshot): Promise<number | undefined> {
  return snapshot.txn(vacuumAppId)
}
