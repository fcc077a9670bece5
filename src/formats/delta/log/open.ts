import { failure } from '../../../errors/index.ts'
import { openSupply } from '../../../tables/index.ts'
import type { Action } from '../actions.ts'
import type { DeltaLog, DeltaPlace, Ground, OwnCommit, Snapshot } from '../face.ts'
import { openDeletions } from './deletions.ts'
import { literalFilesMax } from './fold.ts'
import { applyOwn, dropKnown, epochAt, follow, type Known, loadKnown, snapshotAt } from './known.ts'
import { locator } from './locate.ts'
import { olderVersions } from './older.ts'
import { findSegment } from './segment.ts'
import { versionAt } from './times.ts'

/** Looks at nothing yet. Close it: its tables lie in the engine. */
export async function openDeltaLog(place: DeltaPlace): Promise<DeltaLog> {
  const ground = await openGround(place)
  const older = olderVersions(ground)
  let newest: Known | undefined
  const ownCommits = new Map<number, readonly Action[]>()
  /** What changes the state happens one after the other. */
  const inTurn = queue()
  const refreshed = async (): Promise<Known | undefined> => {
    const segment = newest ? undefined : await findSegment(place.store)
    if (segment) newest = await loadKnown(ground, segment)
    if (newest) await follow(ground, newest)
    return newest
  }
  const at = async (version: number): Promise<Snapshot> => {
    const isNew = newest && newest.base <= version && version <= newest.version
    return snapshotAt(ground, isNew && newest ? newest : await older.at(version), version)
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
    close: () => inTurn(() => closeGround(ground, [...older.states(), ...(newest ? [newest] : [])])),
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
  for (const known of all) await dropKnown(session, known)
  session.close()
}
