import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import type { Operation, Transaction } from '../../../formats/delta/index.ts'
import type { AssetName } from '../../../model/index.ts'
import { bytesOf } from '../json.ts'
import type { Lake } from '../lake.ts'
import { findView, type View, viewKey } from '../views.ts'
import type { Intent, Part } from './intent.ts'

/** A part that is built, with its transaction still open. */
export type Ready =
  | {
      readonly kind: 'table'
      readonly asset: AssetName
      readonly tx: Transaction
      readonly operation: Operation
    }
  | { readonly kind: 'view'; readonly view: Omit<View, 'attempt'>; readonly over: number | undefined }
  | { readonly kind: 'no view'; readonly asset: AssetName; readonly attempt: number }

export type Place = { readonly lake: Lake; readonly session: Session }
export type Attempt = Pick<Intent, 'key' | 'attempt'>

/** What must be known to do the part after a crash. */
export function written(ready: Ready, { attempt }: Attempt): Part {
  if (ready.kind === 'no view') return ready
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
export async function commit({ lake }: Place, ready: Ready, attempt: Attempt): Promise<void> {
  if (ready.kind !== 'table')
    return commitView(lake, ready.kind === 'view' ? (written(ready, attempt) as ViewPart) : ready)
  await ready.tx.stage([{ txn: txnOf(attempt, lake.nowMs()) }])
  await committed(ready.tx, ready.operation)
}

/** Before anything is seen: nobody has changed what this part was made on. */
export async function demandNewest({ lake }: Place, ready: Ready): Promise<void> {
  if (ready.kind !== 'table' || ready.operation.blindAppend) return
  const newest = await (await lake.table(ready.asset)).latest()
  if (newest?.version !== ready.tx.base?.version)
    throw failure('SLUICE_TARGET_CONFLICT', { words: `\`${ready.asset}\` has another version meanwhile.` })
}

export async function abandon(ready: Ready): Promise<void> {
  if (ready.kind === 'table') await ready.tx.abandon()
}

/** Does the part stand as this attempt made it? */
export async function stands({ lake }: Place, part: Part, attempt: Attempt): Promise<boolean> {
  if (part.kind === 'table') {
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

type ViewPart = Exclude<Part, { readonly kind: 'table' }>

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
