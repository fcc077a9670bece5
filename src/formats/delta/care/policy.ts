import type { SetTransaction } from '../actions.ts'
import type { Session } from '../../../engine/index.ts'
import type { Snapshot } from '../face.ts'

/** Something that a table needs done, and why. */
export type CareStep =
  | { readonly do: 'optimize'; readonly smallFiles: number; readonly smallBytes: number }
  | { readonly do: 'purge'; readonly files: number; readonly deletedRows: number }
  | { readonly do: 'vacuum'; readonly lastMs: number | undefined }

export type CarePolicy = {
  /** Files that are smaller count as small. */
  readonly smallBytesMax: number
  /** So many small files of one partition are written into one. */
  readonly smallFilesMin: number
  /** A file of which so large a share of rows is deleted is written anew. */
  readonly deletedShareMin: number
  /** Time between two vacuums. */
  readonly vacuumEveryMs: number
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
}

export type Looking = {
  readonly session: Session
  readonly nowMs: number
  readonly policy?: CarePolicy
}

/**
 * What to do next for a table in use, most useful first. Two queries, nothing is done. The log looks after
 * itself: checkpoints and clean-up come with commits.
 */
export async function careNeeded(
  snapshot: Snapshot,
  { session, nowMs, policy = carePolicy }: Looking,
): Promise<readonly CareStep[]> {
  const { smallBytesMax, smallFilesMin, deletedShareMin, vacuumEveryMs } = policy
  const rows = "try_cast(stats->>'$.numRecords' as bigint)"
  const [smallFiles, smallBytes, files, deletedRows] = await session.row(`
    with live as (select partition_values, size_bytes, dv.cardinality as deleted,
        case when dv is not null then ${rows} end as rows from (${snapshot.filesSql})),
      crowds as (select count(*) as files, sum(size_bytes) as bytes from live
        where size_bytes < ${smallBytesMax} group by partition_values having count(*) >= ${smallFilesMin}),
      worn as (select deleted from live where deleted >= ${deletedShareMin} * rows)
    select (select coalesce(sum(files), 0) from crowds), (select coalesce(sum(bytes), 0) from crowds),
      (select count(*) from worn), (select coalesce(sum(deleted), 0) from worn)`)
  const lastMs = await lastVacuumMs(snapshot)
  // A young table has nothing that is old enough.
  const due = nowMs - (lastMs ?? snapshot.metadata.createdTime ?? nowMs) >= vacuumEveryMs
  return [
    ...(Number(smallFiles) > 0
      ? [{ do: 'optimize' as const, smallFiles: Number(smallFiles), smallBytes: Number(smallBytes) }]
      : []),
    ...(Number(files) > 0
      ? [{ do: 'purge' as const, files: Number(files), deletedRows: Number(deletedRows) }]
      : []),
    ...(due && (await hasTombstones(session, snapshot)) ? [{ do: 'vacuum' as const, lastMs }] : []),
  ]
}

async function hasTombstones(session: Session, { tombstonesSql }: Snapshot): Promise<boolean> {
  return (await session.count(`select count(*) from (from (${tombstonesSql}) limit 1)`)) > 0
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
