import type { Vacuumed } from '../../../connect/index.ts'
import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { checkWritable } from '../commit/protocol.ts'
import { durationMs, tombstoneRetentionMs } from '../durations.ts'
import type { Action } from '../actions.ts'
import type { DeltaLog, Operation, Snapshot } from '../face.ts'
import { newest } from './newest.ts'
import { takeKept } from './kept.ts'
import { type Listing, withListing } from './listing.ts'
import { vacuumMark } from './policy.ts'

export type { Vacuumed }

export type VacuumRequest = {
  readonly session: Session
  /** Files that were live within this time stay; undefined: `delta.deletedFileRetentionDuration`. */
  readonly retainMs?: number | undefined
  /** Only say what would be deleted. */
  readonly dryRun?: boolean | undefined
  /** Also when that is shorter than the table's own retention. */
  readonly force?: boolean | undefined
}

const retentionProperty = 'delta.deletedFileRetentionDuration'
/** Files that are deleted at once; before each time it is looked whether somebody needs one of them again. */
const filesPerDelete = 1000
/** Files that are told by name. */
const pathsMax = 1000

/**
 * Delete what lies in the table's folder, is older than the retention, and is needed by no version that is
 * younger. Change files go by their age alone, as with Spark. Folders that become empty stay: another writer
 * may be about to write there, and they cost nothing.
 */
export async function vacuum(log: DeltaLog, request: VacuumRequest): Promise<Vacuumed> {
  const { session, dryRun = false } = request
  const snapshot = await newest(log)
  // "Writer Requirements for Vacuum Protocol Check": whatever the table's features are.
  checkWritable(snapshot.protocol)
  const sinceMs = log.place.nowMs() - retainMsOf(snapshot, request)
  return withListing(session, { place: log.place, snapshot }, async listing => {
    await session.run(`delete from ${listing.table} where modified_ms >= ${sinceMs}`)
    await takeKept(session, listing.table, { place: log.place, snapshot, sinceMs })
    const doomed = await totalOf(session, listing)
    if (dryRun) return doomed
    await note(log, session, { operation: startOf(snapshot, request, doomed) })
    try {
      await sweep(log, { session, listing, sinceMs, version: snapshot.version })
    } catch (thrown) {
      await note(log, session, { operation: { name: 'VACUUM END', parameters: { status: 'FAILED' } } })
      throw thrown
    }
    const mark = { txn: vacuumMark(log.place.nowMs()) }
    await note(log, session, { operation: endOf(doomed, listing), actions: [mark] })
    return doomed
  })
}

function retainMsOf({ metadata }: Snapshot, { retainMs, force = false }: VacuumRequest): number {
  const least = durationMs(metadata.configuration, retentionProperty, tombstoneRetentionMs)
  const asked = Math.max(0, retainMs ?? least)
  if (asked < least && !force)
    throw failure('SLUICE_DELTA_RETENTION_SHORT', { asked: hours(asked), least: hours(least) })
  return asked
}

function hours(ms: number): string {
  const hourMs = 3_600_000
  return `${Number((ms / hourMs).toFixed(2))} hours`
}

async function totalOf(session: Session, { table }: Listing): Promise<Vacuumed> {
  const [files, bytes] = await session.row(`select count(*), coalesce(sum(size_bytes), 0) from ${table}`)
  const named = await session.rows(`select key from ${table} order by key limit ${pathsMax}`)
  return { files: Number(files), bytes: Number(bytes), paths: named.map(([key]) => key ?? '') }
}

type Sweeping = {
  readonly session: Session
  readonly listing: Listing
  readonly sinceMs: number
  /** The version by which it was decided. */
  readonly version: number
}

async function sweep(log: DeltaLog, { session, listing, sinceMs, version }: Sweeping): Promise<void> {
  const { table } = listing
  for (let decided = version, after = ''; ; ) {
    const snapshot = await newest(log)
    // A restore may have brought files back meanwhile.
    if (snapshot.version > decided) await takeKept(session, table, { place: log.place, snapshot, sinceMs })
    decided = snapshot.version
    const next = `where key > ${quoteText(after)} order by key limit ${filesPerDelete}`
    const keys = (await session.rows(`select key from ${table} ${next}`)).map(([key]) => key ?? '')
    const last = keys.at(-1)
    if (last === undefined) return
    await log.place.store.delete(keys)
    after = last
  }
}

/** Spark notes both ends of a vacuum by commits that change nothing. */
async function note(
  log: DeltaLog,
  session: Session,
  { operation, actions = [] }: { readonly operation: Operation; readonly actions?: readonly Action[] },
): Promise<void> {
  const tx = await log.begin({ session })
  try {
    await tx.stage(actions)
    await tx.commit(operation)
  } finally {
    await tx.abandon()
  }
}

function startOf(snapshot: Snapshot, request: VacuumRequest, { files, bytes }: Vacuumed): Operation {
  const { configuration } = snapshot.metadata
  return {
    name: 'VACUUM START',
    parameters: {
      retentionCheckEnabled: request.force !== true,
      defaultRetentionMillis: durationMs(configuration, retentionProperty, tombstoneRetentionMs),
      ...(request.retainMs === undefined ? {} : { specifiedRetentionMillis: request.retainMs }),
    },
    metrics: { numFilesToDelete: String(files), sizeOfDataToDelete: String(bytes) },
  }
}

function endOf({ files }: Vacuumed, { folders }: Listing): Operation {
  return {
    name: 'VACUUM END',
    parameters: { status: 'COMPLETED' },
    metrics: { numDeletedFiles: String(files), numVacuumedDirectories: String(folders) },
  }
}
