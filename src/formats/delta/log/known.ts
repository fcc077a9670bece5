import type { Session } from '../../../engine/index.ts'
import { Failure } from '../../../errors/index.ts'
import { linesOf } from '../commit/lines.ts'
import type { Ground, OwnCommit, Snapshot } from '../face.ts'
import { type BoundTables, boundTables } from './bounds.ts'
import { checkReadable } from './features.ts'
import { addsOf, foldFiles, foldLines, literalFilesMax, plainActions, saidByActions } from './fold.ts'
import { type Lines, readLines } from './lines.ts'
import { load, replayLines } from './load.ts'
import { commitKey } from './names.ts'
import { type Pending, pendingFiles } from './pending.ts'
import type { Segment } from './segment.ts'
import { snapshotOf } from './snapshot.ts'
import { addSaid, dropState, type Epoch, type StateTables, type VersionLines } from './state.ts'
import { commitTime } from './times.ts'

/** The versions that one set of tables can tell. */
export type Known = {
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

/** The version at which the segment ends. */
export async function loadKnown({ place, session }: Ground, segment: Segment): Promise<Known> {
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

/** A session that was cancelled or closed drops nothing: its engine ends soon. */
export async function dropKnown(session: Session, { tables, bounds }: Known): Promise<void> {
  await bounds
    .drop()
    .then(() => dropState(session, tables))
    .catch(() => undefined)
}

/** So many commits are fetched at a time where it is known that they are there. */
export const fetchesMax = 16

/**
 * "Delta Log Entries": versions follow one another, so that the next one is looked for by its name. Ends
 * where there is none, or at `upTo`.
 */
export async function follow(ground: Ground, known: Known, upTo = Number.POSITIVE_INFINITY): Promise<void> {
  while (known.version < upTo) {
    const length = upTo === Number.POSITIVE_INFINITY ? 1 : Math.min(fetchesMax, upTo - known.version)
    const next = known.version + 1
    const found = await Promise.all(Array.from({ length }, (_, i) => commitAt(ground, next + i)))
    for (const commit of found) {
      if (!commit) return
      await apply(ground, known, commit)
    }
  }
}

/** undefined: it is not there, or not any more. */
async function commitAt({ place }: Ground, version: number): Promise<Commit | undefined> {
  const key = commitKey(version)
  const found = await place.store.get(key).catch((thrown: unknown) => {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_OBJECT_NOT_FOUND') return undefined
    throw thrown
  })
  if (!found) return undefined
  const lines = readLines(new TextDecoder().decode(found.bytes), key)
  return { ...lines, version, modifiedMs: found.meta.modifiedMs }
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

export async function applyOwn(ground: Ground, known: Known, own: OwnCommit): Promise<void> {
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

export function epochAt({ epochs }: Known, version: number): Epoch {
  return epochs.findLast(epoch => epoch.since <= version) as Epoch
}

export function snapshotAt(ground: Ground, known: Known, version: number): Snapshot {
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
