import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { openSupply } from '../../../tables/index.ts'
import { linesOf } from '../commit/lines.ts'
import type { Action } from '../actions.ts'
import type { DeltaLog, DeltaPlace, Ground, OwnCommit, Snapshot } from '../face.ts'
import { type BoundTables, boundTables } from './bounds.ts'
import { openDeletions } from './deletions.ts'
import { checkReadable } from './features.ts'
import { addsOf, foldFiles, foldLines, literalFilesMax, plainActions, saidByActions } from './fold.ts'
import { type Lines, readLines } from './lines.ts'
import { load, replayLines } from './load.ts'
import { locator } from './locate.ts'
import { commitKey } from './names.ts'
import { type Pending, pendingFiles } from './pending.ts'
import { findSegment } from './segment.ts'
import { snapshotOf } from './snapshot.ts'
import { addSaid, dropState, type Epoch, type StateTables, type VersionLines } from './state.ts'
import { commitTime, versionAt } from './times.ts'

/** The versions that one set of tables can tell. */
type Known = {
  readonly tables: StateTables
  readonly bounds: BoundTables
  readonly pending: Pending
  /** The first of them. */
  readonly base: number
  version: number
  /** What the table said of itself, the oldest first. */
  readonly epochs: Epoch[]
  readonly times: Map<number, number>
}

type Commit = Lines & { readonly version: number; readonly modifiedMs: number }

/** Looks at nothing yet. Close it: its tables lie in the engine. */
export async function openDeltaLog(place: DeltaPlace): Promise<DeltaLog> {
  const ground = await openGround(place)
  const older = new Map<number, Known>()
  let newest: Known | undefined
  const ownCommits = new Map<number, readonly Action[]>()
  /** What changes the state happens one after the other. */
  const inTurn = queue()
  const refreshed = async (): Promise<Known | undefined> => {
    newest ??= await loadKnown(ground)
    if (newest) await follow(ground, newest)
    return newest
  }
  const at = async (version: number): Promise<Snapshot> => {
    const known = [newest, ...older.values()].find(of => of && of.base <= version && version <= of.version)
    const found = known ?? (await loadKnown(ground, version))
    if (!found) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: place.store.describe })
    if (!known) older.set(version, found)
    return snapshotAt(ground, found, version)
  }
  const log: DeltaLog = {
    place,
    ground,
    latest: () =>
      inTurn(async () => {
        const known = await refreshed()
        return known && snapshotAt(ground, known, known.version)
      }),
    at: when =>
      inTurn(async () => {
        if ('version' in when) return at(when.version)
        const known = await refreshed()
        if (!known) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: place.store.describe })
        const { metadata } = epochAt(known, known.version)
        return at(await versionAt(place.store, { timestampMs: when.timestampMs, metadata }))
      }),
    // Who only reads loads nothing of what writes.
    begin: async request => (await import('../commit/transaction.ts')).beginTransaction(log, request),
    fold: own =>
      inTurn(async () => {
        remember(ownCommits, own)
        if (newest?.version === own.version - 1) await applyOwn(ground, newest, own)
        const known = newest ?? (await refreshed())
        return known ? snapshotAt(ground, known, known.version) : at(own.version)
      }),
    committing: queue(),
    ownCommits,
    close: () => inTurn(() => closeGround(ground, [...older.values(), ...(newest ? [newest] : [])])),
  }
  return log
}

/** So many small commits are remembered for those who wait to commit. */
const ownCommitsMax = 100

function remember(commits: Map<number, readonly Action[]>, { version, actions }: OwnCommit): void {
  if (actions.length <= literalFilesMax) commits.set(version, actions)
  commits.delete(version - ownCommitsMax)
}

/** Runs what it is given one after the other. */
function queue(): <T>(act: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve()
  return act => {
    const now = before.then(act)
    before = now.catch(() => undefined)
    return now
  }
}

type OpenGround = Ground & { readonly closeDeletions: () => Promise<void> }

async function openGround(place: DeltaPlace): Promise<OpenGround> {
  const open = () => place.engine.session({ path: place.store.describe, signal: place.signal })
  const session = await open()
  const appends = await open()
  const supply = openSupply()
  const located = locator(place, supply)
  try {
    const deletions = await openDeletions(appends, { place, locate: located.locate })
    const letGo = place.store.pathOf ? () => undefined : place.engine.supply(supply)
    const closeDeletions = async () => {
      letGo()
      await appends.run(`drop table if exists ${deletions.relation}`).catch(() => undefined)
      appends.close()
    }
    return { place, session, ...located, supply, deletions, closeDeletions }
  } catch (thrown) {
    session.close()
    appends.close()
    throw thrown
  }
}

async function closeGround({ session, closeDeletions }: OpenGround, all: readonly Known[]): Promise<void> {
  await closeDeletions()
  // A session that was cancelled or closed drops nothing: its engine ends soon.
  for (const { tables, bounds } of all)
    await bounds
      .drop()
      .then(() => dropState(session, tables))
      .catch(() => undefined)
  session.close()
}

async function loadKnown({ place, session }: Ground, version?: number): Promise<Known | undefined> {
  const segment = await findSegment(place.store, version)
  if (!segment) return undefined
  const { tables, protocol, metadata, inCommitMs, typed } = await load(session, place, segment)
  const time = commitTime(metadata, { inCommitMs, modifiedMs: segment.modifiedMs })
  return {
    tables,
    bounds: boundTables(session, tables, typed),
    pending: pendingFiles(session, tables.files),
    base: segment.version,
    version: segment.version,
    epochs: [{ since: -1, protocol, metadata }],
    times: new Map([[segment.version, time]]),
  }
}

/** "Delta Log Entries": versions follow one another, so that the next one is looked for by its name. */
async function follow(ground: Ground, known: Known): Promise<void> {
  for (;;) {
    const version = known.version + 1
    const key = commitKey(version)
    const found = await ground.place.store.get(key).catch((thrown: unknown) => {
      if (thrown instanceof Failure && thrown.code === 'SLUICE_OBJECT_NOT_FOUND') return undefined
      throw thrown
    })
    if (!found) return
    const lines = readLines(new TextDecoder().decode(found.bytes), key)
    await apply(ground, known, { ...lines, version, modifiedMs: found.meta.modifiedMs })
  }
}

async function apply({ session }: Ground, known: Known, commit: Commit): Promise<void> {
  const { version, files, protocol, metadata, commitInfo } = commit
  await addSaid(session, known.tables, commit)
  await applyFiles(session, known, { version, lines: files })
  const last = epochAt(known, version)
  const epoch = { since: version, protocol: protocol ?? last.protocol, metadata: metadata ?? last.metadata }
  if (protocol || metadata) known.epochs.push(epoch)
  const modifiedMs = Math.max(commit.modifiedMs, (known.times.get(version - 1) ?? 0) + 1)
  known.times.set(
    version,
    commitTime(epoch.metadata, { inCommitMs: commitInfo?.inCommitTimestamp, modifiedMs }),
  )
  known.version = version
}

async function applyFiles(session: Session, { tables, pending }: Known, commit: VersionLines): Promise<void> {
  const { version, lines } = commit
  if (lines.length === 0) return
  await pending.settle()
  const file = commitKey(version)
  const actions = lines.length <= literalFilesMax ? plainActions(lines, file) : undefined
  if (actions) await foldLines(session, tables.files, { version, actions })
  else await replayLines(session, tables.files, { commits: [commit], file })
}

async function applyOwn(ground: Ground, known: Known, own: OwnCommit): Promise<void> {
  const { version, actions, ended, modifiedMs } = own
  const files = actions.filter(action => 'add' in action || 'remove' in action)
  if (files.length > literalFilesMax) {
    const lines = readLines(new TextDecoder().decode(linesOf(actions)), commitKey(version))
    return apply(ground, known, { ...lines, version, modifiedMs })
  }
  const adds = addsOf(files)
  const onlyAdds = ended.length === 0 && adds.length === files.length
  if (!onlyAdds) {
    await known.pending.settle()
    await foldFiles(ground.session, known.tables.files, own)
  }
  await apply(ground, known, { ...saidByActions(actions), files: [], version, modifiedMs })
  if (onlyAdds) await known.pending.add({ version, adds })
}

function epochAt({ epochs }: Known, version: number): Epoch {
  return epochs.findLast(epoch => epoch.since <= version) as Epoch
}

function snapshotAt(ground: Ground, known: Known, version: number): Snapshot {
  const epoch = epochAt(known, version)
  checkReadable(epoch.protocol)
  return snapshotOf(ground, {
    version,
    timestampMs: known.times.get(version) ?? 0,
    epoch,
    tables: known.tables,
    bounds: known.bounds,
    pending: known.pending,
  })
}
