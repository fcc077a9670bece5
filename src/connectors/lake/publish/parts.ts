import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { become, type Operation, type Transaction } from '../../../formats/delta/index.ts'
import type { AssetName } from '../../../model/index.ts'
import { bytesOf } from '../json.ts'
import type { Lake } from '../lake.ts'
import { findView, type View, viewKey } from '../views.ts'
import { besideProperty } from '../beside.ts'
import type { Intent, Part, State } from './intent.ts'

/** A part that is built, with its transaction still open. */
export type Ready =
  | {
      readonly kind: 'table'
      readonly asset: AssetName
      readonly tx: Transaction
      readonly operation: Operation
    }
  | State
  | { readonly kind: 'view'; readonly view: View; readonly over: number | undefined }
  | { readonly kind: 'no view'; readonly asset: AssetName; readonly attempt: number }

export type Place = { readonly lake: Lake; readonly session: Session }
export type Attempt = Pick<Intent, 'key' | 'attempt'>

/** What must be known to do the part after a crash. */
export function written(ready: Ready, { attempt }: Attempt): Part {
  if (ready.kind === 'no view' || ready.kind === 'state') return ready
  if (ready.kind === 'view') return { ...ready, view: { ...ready.view, attempt } }
  const { asset, operation, tx } = ready
  const { base, protocol, metadata } = tx
  return {
    kind: 'table',
    asset,
    base: base?.version,
    protocol,
    metadata,
    actions: tx.actions().filter(action => !('protocol' in action || 'metaData' in action)),
    operation,
  }
}

/** Commit a part that is built. SLUICE_TARGET_CONFLICT: others were before it, and nothing of it stands. */
export async function commit(place: Place, ready: Ready, attempt: Attempt): Promise<void> {
  const { lake } = place
  if (ready.kind === 'state') return commitState(place, ready, attempt)
  if (ready.kind !== 'table')
    return commitView(lake, ready.kind === 'view' ? (written(ready, attempt) as ViewPart) : ready)
  await ready.tx.stage([{ txn: txnOf(attempt, lake.nowMs()) }])
  await committed(ready.tx, ready.operation)
}

/** Before anything is seen: nobody has changed what this part was made on. */
export async function demandNewest({ lake }: Place, ready: Ready): Promise<void> {
  const isDecided = ready.kind === 'state' || (ready.kind === 'table' && !ready.operation.blindAppend)
  if (!isDecided) return
  const newest = await (await lake.table(ready.asset)).latest()
  if (newest?.version !== (ready.kind === 'state' ? ready.base : ready.tx.base?.version))
    throw failure('SLUICE_TARGET_CONFLICT', { words: `\`${ready.asset}\` has another version meanwhile.` })
}

export async function abandon(ready: Ready): Promise<void> {
  if (ready.kind === 'table') await ready.tx.abandon()
}

/** Does the part stand as this attempt made it? */
export async function stands({ lake }: Place, part: Part, attempt: Attempt): Promise<boolean> {
  if (part.kind === 'table' || part.kind === 'state') {
    if (!(await lake.has(part.asset))) return false
    const snapshot = await (await lake.table(part.asset)).latest()
    return (await snapshot?.txn(appOf(attempt))) === attempt.attempt
  }
  const view = await findView(lake.objects, part.kind === 'view' ? part.view.asset : part.asset)
  return part.kind === 'view' ? view?.attempt === attempt.attempt : view?.attempt !== part.attempt
}

/** Do a part that a crash left undone. */
export async function finish(place: Place, part: Part, attempt: Attempt): Promise<void> {
  if (await stands(place, part, attempt)) return
  const { lake, session } = place
  if (part.kind === 'state') return overtake(place, part, attempt)
  if (part.kind !== 'table') return commitView(lake, part)
  const log = await lake.table(part.asset)
  const base = part.base === undefined ? {} : { base: await log.at({ version: part.base }) }
  const tx = await log.begin({ session, ...base, isolation: 'Serializable' })
  try {
    if (!same(tx, part)) tx.change({ protocol: part.protocol, metadata: part.metadata })
    await tx.stage([...part.actions, { txn: txnOf(attempt, lake.nowMs()) }])
    await committed(tx, part.operation)
  } catch (thrown) {
    await tx.abandon()
    throw thrown
  }
}

function same(tx: Transaction, { protocol, metadata }: Pick<Transaction, 'protocol' | 'metadata'>): boolean {
  if (tx.base === undefined) return false
  return JSON.stringify([tx.protocol, tx.metadata]) === JSON.stringify([protocol, metadata])
}

/** The application of "Transaction Identifiers": one for each key, its version the attempt. */
function appOf({ key }: Attempt): string {
  return `sluice/${key}`
}

function txnOf(attempt: Attempt, nowMs: number) {
  return { appId: appOf(attempt), version: attempt.attempt, lastUpdated: nowMs }
}

async function committed(tx: Transaction, operation: Operation): Promise<void> {
  try {
    await tx.commit(operation)
  } catch (thrown) {
    if (!(thrown instanceof Failure && thrown.code === 'SLUICE_DELTA_CONFLICT')) throw thrown
    throw failure('SLUICE_TARGET_CONFLICT', { words: thrown.why ?? thrown.title }, { cause: thrown })
  }
}

/** The table is still what it was when this was decided; else SLUICE_TARGET_CONFLICT. */
async function commitState({ lake, session }: Place, part: State, attempt: Attempt): Promise<void> {
  const { asset, of, base, operation } = part
  const [log, source] = [await lake.table(asset), await lake.table(of.asset)]
  const tx = await log.begin({ session, isolation: 'Serializable' })
  try {
    if (tx.base?.version !== base)
      throw failure('SLUICE_TARGET_CONFLICT', { words: `\`${asset}\` got another version meanwhile.` })
    await become(tx, {
      source: await source.at({ version: of.version }),
      sourceStore: source.place.store,
      files: 'own',
      ...(of.asset === asset ? {} : { properties: { [besideProperty]: undefined } }),
    })
    await tx.stage([{ txn: txnOf(attempt, lake.nowMs()) }])
    await committed(tx, operation)
  } catch (thrown) {
    await tx.abandon()
    throw thrown
  }
}

/** Others that commit again and again win so often at most. */
const triesMax = 20

/**
 * What was decided is brought to its end, whatever came to the table in between: the first part stands, and
 * all go together. Nothing is lost by it: what came in between is a version of the table.
 */
async function overtake(place: Place, part: State, attempt: Attempt): Promise<void> {
  for (let tries = 1; ; tries++) {
    const base = (await (await place.lake.table(part.asset)).latest())?.version
    try {
      return await commitState(place, { ...part, base }, attempt)
    } catch (thrown) {
      if (await stands(place, part, attempt)) return
      if (tries >= triesMax || !isConflict(thrown)) throw thrown
    }
  }
}

/** Others were quicker, and nothing of this stands. */
export function isConflict(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_CONFLICT'
}

type ViewPart = Exclude<Part, { readonly kind: 'table' | 'state' }>

/** The newest publication of a view wins; one that is finished late gives way to what came after it. */
async function commitView({ objects }: Lake, part: ViewPart): Promise<void> {
  const asset = part.kind === 'view' ? part.view.asset : part.asset
  const view = await findView(objects, asset)
  if (part.kind === 'no view') {
    if (view?.attempt === part.attempt) await objects.delete([viewKey(asset)])
  } else if (view?.attempt === part.over) {
    await objects.put(viewKey(asset), bytesOf(part.view))
  } else if (view?.attempt !== part.view.attempt) {
    throw failure('SLUICE_TARGET_CONFLICT', { words: `\`${asset}\` became another view meanwhile.` })
  }
}
