import { failure } from '../../../errors/index.ts'
import type { Action, AddFile, CommitInfo, RemoveFile } from '../actions.ts'
import { vectorId } from './lines.ts'

// What others committed since the version a transaction stands on: whether its result is the same as if it
// had begun after them. The rules are those of Spark's ConflictChecker.

/** A version that another writer committed. */
export type Winner = { readonly version: number; readonly actions: readonly Action[] }

/** What a transaction looked at, and what it is going to say. */
export type Intent = {
  readonly isolation: 'Serializable' | 'WriteSerializable'
  /** SQL over the columns: rows of these files decided something. */
  readonly predicates: readonly string[]
  readonly readsAll: boolean
  /** It only adds, and has looked at nothing. */
  readonly isBlind: boolean
  readonly actions: readonly Action[]
}

/** Which of some files can hold rows that the transaction read. Conservative. */
export type CanMatch = (files: readonly AddFile[], predicates: readonly string[]) => Promise<boolean>

/** SLUICE_DELTA_CONFLICT, unless the winner and the transaction leave each other alone. */
export async function checkConflict(winner: Winner, intent: Intent, canMatch: CanMatch): Promise<void> {
  const refuse = (what: string): never => {
    throw failure('SLUICE_DELTA_CONFLICT', {
      what,
      version: winner.version,
      operation: operationOf(winner.actions),
    })
  }
  const theirs = partsOf(winner.actions)
  const ours = partsOf(intent.actions)
  if (theirs.protocol) refuse('it changed the protocol of the table')
  if (theirs.metadata) refuse('it changed the schema or the properties of the table')
  // Every file that came meanwhile was written by the old metadata.
  if (ours.metadata && theirs.adds.length > 0) refuse('it added files while the schema was changed')
  if (theirs.txns.some(({ appId }) => ours.txns.some(each => each.appId === appId)))
    refuse('it recorded the same application as this one')
  const domain = theirs.domains.find(({ domain }) => ours.domains.some(each => each.domain === domain))
  if (domain && !isRebased(domain.domain)) refuse(`it changed the domain \`${domain.domain}\``)
  await checkReads(theirs, intent, { canMatch, refuse })
  checkRemoves(theirs, ours, refuse)
}

/** Its values are worked out anew for each version that is tried. */
function isRebased(domain: string): boolean {
  return domain === rowTrackingDomain
}

export const rowTrackingDomain = 'delta.rowTracking'

type Refuse = (what: string) => never
type Parts = ReturnType<typeof partsOf>

async function checkReads(
  theirs: Parts,
  { isBlind, isolation, readsAll, predicates }: Intent,
  { canMatch, refuse }: { readonly canMatch: CanMatch; readonly refuse: Refuse },
): Promise<void> {
  if (isBlind) return
  const changed = theirs.adds.filter(({ dataChange }) => dataChange)
  // WriteSerializable: a blind append may count as if it had come after this transaction.
  const added = isolation === 'WriteSerializable' && theirs.isBlindAppend ? [] : changed
  const gone = theirs.removes.filter(({ dataChange }) => dataChange)
  if (added.length > 0 && (readsAll || (predicates.length > 0 && (await canMatch(added, predicates)))))
    refuse('it added rows to what was read')
  if (gone.length === 0) return
  // Not every writer says in which partition a file was that it removed.
  const told = gone.flatMap(file => asAdd(file) ?? [])
  const reads = readsAll || (predicates.length > 0 && told.length < gone.length)
  if (reads || (predicates.length > 0 && (await canMatch(told, predicates))))
    refuse('it deleted rows of what was read')
}

/** What is known of a removed file, if that is enough to hold it against a predicate. */
function asAdd(removed: RemoveFile): AddFile | undefined {
  const { path, partitionValues, size = 0, stats, dataChange } = removed
  if (partitionValues === undefined || partitionValues === null) return undefined
  return {
    path,
    partitionValues,
    size,
    modificationTime: 0,
    dataChange,
    ...(stats === undefined ? {} : { stats }),
  }
}

/** The same data file taken away by both, or replaced by one and taken away by the other. */
function checkRemoves(theirs: Parts, ours: Parts, refuse: Refuse): void {
  const taken = new Map(theirs.removes.map(file => [file.path, vectorId(file)]))
  const replaced = new Set(theirs.adds.map(({ path }) => path))
  for (const { path } of ours.removes)
    if (taken.has(path) || replaced.has(path))
      refuse('it changed or removed a file that this one changes too')
  // A file whose statistics or vector were to be replaced is not there any more.
  for (const { path } of ours.adds)
    if (taken.has(path) || replaced.has(path))
      refuse('it changed or removed a file that this one changes too')
}

function partsOf(actions: readonly Action[]) {
  const info = actions.find(action => 'commitInfo' in action)?.commitInfo
  return {
    isBlindAppend: info?.isBlindAppend === true && actions.every(action => !('remove' in action)),
    protocol: actions.some(action => 'protocol' in action),
    metadata: actions.some(action => 'metaData' in action),
    adds: actions.flatMap(action => ('add' in action ? [action.add] : [])),
    removes: actions.flatMap(action => ('remove' in action ? [action.remove] : [])),
    txns: actions.flatMap(action => ('txn' in action ? [action.txn] : [])),
    domains: actions.flatMap(action => ('domainMetadata' in action ? [action.domainMetadata] : [])),
  }
}

function operationOf(actions: readonly Action[]): string {
  const info: Partial<CommitInfo> | undefined = actions.find(action => 'commitInfo' in action)?.commitInfo
  return info?.operation ?? 'an unknown operation'
}

/** Whether a commit was this transaction's own attempt. */
export function isAttempt(winner: Winner, txnId: string): boolean {
  return winner.actions.some(action => 'commitInfo' in action && action.commitInfo.txnId === txnId)
}
