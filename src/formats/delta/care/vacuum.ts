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
  /** Files that are deleted at most; the others stay for the next time. */
  readonly filesMax?: number | undefined
  /**
   * Tables elsewhere that stand on files of this one, as they are now: what versions of them need that are
   * younger than `sinceMs` stays.
   */
  readonly clones?: ((sinceMs: number) => Promise<readonly Snapshot[]>) | undefined
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
    const sweeping = { session, listing, sinceMs, clones: request.clones ?? (async () => []) }
    await takeNeeded(log, snapshot, sweeping)
    const isCut = await cut(session, listing, request.filesMax)
    const doomed = await totalOf(session, listing)
    if (dryRun) return doomed
    await note(log, session, { operation: startOf(snapshot, request, doomed) })
    try {
      await sweep(log, sweeping)
    } catch (thrown) {
      await note(log, session, { operation: { name: 'VACUUM END', parameters: { status: 'FAILED' } } })
      throw thrown
    }
    // Without the mark the next one is due at once.
    const mark = isCut ? [] : [{ txn: vacuumMark(log.place.nowMs()) }]
    await note(log, session, { operation: endOf(doomed, listing), actions: mark })
    return doomed
  })
}

/** Take from the listing what this table needs, and what others need that stand on its files. */
async function takeNeeded(log: DeltaLog, snapshot: Snapshot, sweeping: Sweeping): Promise<void> {
  const { session, listing, sinceMs, clones } = sweeping
  for (const each of [snapshot, ...(await clones(sinceMs))])
    await takeKept(session, listing.table, { place: log.place, snapshot: each, sinceMs })
}

/** true: files were left out of the listing that could have been deleted. */
async function cut(
  session: Session,
  { table }: Listing,
  filesMax: number = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  if ((await session.count(`select count(*) from ${table}`)) <= filesMax) return false
  await session.run(
    `delete from ${table} where key not in (select key from ${table} order by key limit ${filesMax})`,
  )
  return true
}

function retainMsOf({ metadata }: Snapshot, { retainMs, force = false }: VacuumRequest): number {
  const least = durationMs(metadata.configuration, retentionProperty, tombstoneRetentionMs)
  const asked = Math.max(0, retainMs ?? least)
  if (asked < least && !force)
    throw failure('SLUICE_DELTA_RETENTION_SHORT', { asked: lengthOf(asked), least: lengthOf(least) })
  return asked
}

function lengthOf(ms: number): string {
  const hourMs = 3_600_000
  const isDays = ms > 0 && ms % (24 * hourMs) === 0
  const count = Number((ms / (isDays ? 24 * hourMs : hourMs)).toFixed(2))
  return `${count} ${isDays ? 'day' : 'hour'}${count === 1 ? '' : 's'}`
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
  readonly clones: NonNullable<VacuumRequest['clones']>
}

async function sweep(log: DeltaLog, sweeping: Sweeping): Promise<void> {
  const { session, listing } = sweeping
  const { table } = listing
  for (let after = ''; ; ) {
    // A restore may have brought files back meanwhile, and a clone may have begun.
    await takeNeeded(log, await newest(log), sweeping)
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
