import { Failure, failure } from '../../../errors/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import type { Action } from '../actions.ts'
import type { Committed, DeltaLog, Snapshot } from '../face.ts'
import { commitKey } from '../log/names.ts'
import { type CanMatch, checkConflict, type Intent, isAttempt, type Winner } from './conflicts.ts'
import { linesOf } from './lines.ts'

/** What is to become the next version, on whatever version that has to stand. */
export type Attempt = {
  readonly base: Snapshot | undefined
  readonly intent: Intent
  readonly canMatch: CanMatch
  /** In every version of the commit that is tried; no other commit has it. */
  readonly txnId: string
  /** Paths of files that are not live any more as they were. */
  readonly ended: readonly string[]
  /** The whole commit, as version `version` on top of `onto`. */
  readonly actionsOf: (version: number, onto: Snapshot | undefined) => Promise<readonly Action[]>
  /** Called with true before it may stand and nobody can tell, with false when it surely does not. */
  readonly inDoubt: (doubt: boolean) => void
}

export type Published = Committed & { readonly snapshot: Snapshot; readonly actions: readonly Action[] }

const limits = {
  /** Versions that are tried. Each one that is lost is one that somebody else has won. */
  attemptsMax: 1_000,
  /** The first wait is at most this long, each next one at most twice as long. */
  backoffMs: 2,
  backoffMsMax: 500,
  /** How often a write whose answer was lost is looked up. */
  lookupsMax: 5,
}

/** "Creation of New Log Entries": put the next version where none is, over the commits of others. */
export async function publish(log: DeltaLog, attempt: Attempt): Promise<Published> {
  const { store } = log.place
  let onto = attempt.base
  // A commit of this process stands there already: the put would find it.
  if (onto !== undefined && log.ownCommits.has(onto.version + 1)) onto = await catchUp(log, attempt, onto)
  for (let lost = 0; lost < limits.attemptsMax; lost++) {
    const version = (onto?.version ?? -1) + 1
    const actions = await attempt.actionsOf(version, onto)
    attempt.inDoubt(true)
    const written = await putCommit(store, { version, body: linesOf(actions), txnId: attempt.txnId })
    if (written) return finish(log, attempt, { version, actions })
    attempt.inDoubt(false)
    // A loser waits only after the second time: before that, the winner is most likely done.
    if (lost > 0) await pause(log, lost)
    onto = await catchUp(log, attempt, onto)
  }
  throw failure('SLUICE_DELTA_CROWDED', { attempts: limits.attemptsMax, version: onto?.version ?? 0 })
}

async function finish(
  log: DeltaLog,
  { base, ended }: Attempt,
  { version, actions }: { readonly version: number; readonly actions: readonly Action[] },
): Promise<Published> {
  const meta = await log.place.store.head(commitKey(version))
  const modifiedMs = meta?.modifiedMs ?? log.place.nowMs()
  const snapshot = await log.fold({ version, actions, ended, modifiedMs })
  const { timestampMs } = snapshot.version === version ? snapshot : await log.at({ version })
  return { version, timestampMs, rebasedOver: version - 1 - (base?.version ?? -1), snapshot, actions }
}

/** The newest version, after every commit in between was found to leave this one alone. */
async function catchUp(log: DeltaLog, attempt: Attempt, onto: Snapshot | undefined): Promise<Snapshot> {
  const latest = await log.latest()
  if (attempt.base === undefined || onto === undefined || latest === undefined)
    throw failure('SLUICE_DELTA_CONFLICT', {
      what: 'it created the table',
      version: 0,
      operation: 'its creation',
    })
  for (let version = onto.version + 1; version <= latest.version; version++) {
    const own = log.ownCommits.get(version)
    const winner = own ? { version, actions: own } : await readWinner(log.place.store, version)
    await checkConflict(winner, attempt.intent, attempt.canMatch)
  }
  return latest
}

type Put = { readonly version: number; readonly body: Uint8Array; readonly txnId: string }

/** true: this commit is the version; false: another one is. */
async function putCommit(store: ObjectStore, { version, body, txnId }: Put): Promise<boolean> {
  let unknown: unknown
  for (let lookup = 0; lookup < limits.lookupsMax; lookup++) {
    try {
      if ((await store.putIfAbsent(commitKey(version), body)) === 'created') return true
      // An earlier try of this one may have come through after all.
      return unknown !== undefined && isAttempt(await readWinner(store, version), txnId)
    } catch (thrown) {
      if (!isCode(thrown, 'SLUICE_OBJECT_OUTCOME_UNKNOWN')) throw thrown
      unknown = thrown
      if (await store.head(commitKey(version))) return isAttempt(await readWinner(store, version), txnId)
    }
  }
  throw unknown
}

async function readWinner(store: ObjectStore, version: number): Promise<Winner> {
  const file = commitKey(version)
  const { bytes } = await store.get(file)
  const lines = new TextDecoder().decode(bytes).split('\n')
  try {
    const actions = lines.filter(line => line.trim() !== '').map(line => JSON.parse(line) as Action)
    return { version, actions }
  } catch (thrown) {
    throw failure('SLUICE_DELTA_LOG_BROKEN', { file, words: 'a line is no JSON' }, { cause: thrown })
  }
}

/** Full jitter: somewhere below a limit that doubles. */
async function pause({ place }: DeltaLog, lost: number): Promise<void> {
  const most = Math.min(limits.backoffMsMax, limits.backoffMs * 2 ** Math.min(lost, 20))
  const waited = Promise.withResolvers<void>()
  const timer = setTimeout(waited.resolve, Math.random() * most)
  place.signal?.addEventListener('abort', () => waited.resolve(), { once: true })
  await waited.promise
  clearTimeout(timer)
  if (place.signal?.aborted) throw failure('SLUICE_TARGET_CANCELLED', {})
}

function isCode(thrown: unknown, code: Failure['code']): boolean {
  return thrown instanceof Failure && thrown.code === code
}
