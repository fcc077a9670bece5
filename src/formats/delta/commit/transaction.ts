import { randomUUID } from 'node:crypto'
import { failure } from '../../../errors/index.ts'
import type { Action, AddFile, CommitInfo, Metadata, Protocol } from '../actions.ts'
import type { BeginRequest, Committed, DeltaLog, Operation, Snapshot, Transaction } from '../face.ts'
import { addFileCells, addFileOf } from '../files.ts'
import { canMatchFiles, scanFiles, type ScanSource } from '../log/scan.ts'
import { fieldsOf } from '../schema/fields.ts'
import type { Intent } from './conflicts.ts'
import { pathOfKey } from './lines.ts'
import { maintain } from './maintain.ts'
import { checkWritable, protocolFor, supports, withFeature } from './protocol.ts'
import { publish } from './publish.ts'
import { numberRows, tracksRows, withTrackingColumns } from './row-tracking.ts'
import { type Staged, stagedFiles, type StagedFiles, staging } from './staged.ts'
import { inCommitTimestamp, withEnablement } from './timestamps.ts'

/** The table as a transaction would leave it, and what it has looked at. */
type Draft = {
  readonly log: DeltaLog
  readonly request: BeginRequest
  readonly base: Snapshot | undefined
  readonly staged: Staged
  /** Paths of the files that it wrote, or was going to, with their keys. */
  readonly own: Map<string, string>
  readonly predicates: Set<string>
  readsAll: boolean
  protocol: Protocol
  metadata: Metadata
  files: StagedFiles
  over: 'committed' | 'abandoned' | undefined
  /** The commit may stand and nobody can tell: then its files must stay too. */
  inDoubt: boolean
}

/** A transaction on the newest version, or on the one that is given. */
export async function beginTransaction(log: DeltaLog, request: BeginRequest): Promise<Transaction> {
  const base = request.base ?? (await log.latest())
  if (base) checkWritable(base.protocol)
  const own = new Map<string, string>()
  const staged = staging(path => own.has(path))
  const draft: Draft = {
    log,
    request,
    base,
    staged,
    own,
    predicates: new Set(),
    readsAll: false,
    protocol: base?.protocol ?? { minReaderVersion: 1, minWriterVersion: 2 },
    metadata: base?.metadata ?? newMetadata(),
    files: await stagedFiles(request.session, staged, base),
    over: undefined,
    inDoubt: false,
  }
  return transactionOf(draft)
}

function newMetadata(): Metadata {
  return {
    id: randomUUID(),
    format: { provider: 'parquet', options: {} },
    schemaString: '{"type":"struct","fields":[]}',
    partitionColumns: [],
    configuration: {},
  }
}

function transactionOf(draft: Draft): Transaction {
  const { log, request, base } = draft
  let fields = base?.fields ?? []
  return {
    log,
    session: request.session,
    base,
    get protocol() {
      return draft.protocol
    },
    get metadata() {
      return draft.metadata
    },
    get fields() {
      return fields
    },
    get partitionColumns() {
      return draft.metadata.partitionColumns
    },
    property: name => draft.metadata.configuration[name],
    readAll: () => {
      draft.readsAll = true
    },
    readWhere: predicate => {
      draft.predicates.add(predicate)
    },
    change: to => {
      changeTable(draft, to)
      fields = fieldsOf(draft.metadata)
    },
    stage: actions => stageActions(draft, actions),
    get filesSql() {
      return draft.files.sql
    },
    scan: scan => scanFiles(log.ground, sourceOf(draft), scan),
    actions: () => [...tableActions(draft), ...draft.staged.actions()],
    newFile: name => {
      checkOpen(draft)
      const key = keyOfFile(name)
      draft.own.set(pathOfKey(key), key)
      return key
    },
    commit: operation => commitDraft(draft, operation),
    abandon: () => abandonDraft(draft),
  }
}

/** Staged rows of a session's own transaction are seen by that session only. */
function sourceOf({ files, metadata, request }: Draft): ScanSource {
  return { filesSql: files.sql, metadata, session: request.session }
}

/**
 * Whether files that others added or removed can hold rows that were read: a predicate is held against them
 * as in a scan, and one that cannot be matches them all.
 */
async function canMatch(
  draft: Draft,
  files: readonly AddFile[],
  predicates: readonly string[],
): Promise<boolean> {
  const { log, request, metadata } = draft
  const staged = staging(() => false)
  staged.add(files.map(add => ({ add })))
  const { sql, table } = await stagedFiles(request.session, staged, undefined)
  try {
    const source = { filesSql: sql, metadata, session: request.session }
    for (const where of predicates) if (await canMatchFiles(log.ground, source, where)) return true
    return false
  } finally {
    await dropStaged(draft, table)
  }
}

function checkOpen({ over }: Draft): void {
  if (over !== undefined) throw failure('SLUICE_DELTA_TRANSACTION_OVER', { how: over })
}

function changeTable(draft: Draft, to: { readonly protocol?: Protocol; readonly metadata?: Metadata }): void {
  checkOpen(draft)
  const metadata = withTrackingColumns(to.metadata ?? draft.metadata)
  const protocol = protocolFor(metadata, to.protocol ?? draft.protocol)
  checkWritable(protocol)
  draft.metadata = metadata
  draft.protocol = protocol
}

async function stageActions(draft: Draft, actions: readonly Action[]): Promise<void> {
  checkOpen(draft)
  if (actions.some(action => 'domainMetadata' in action))
    draft.protocol = withFeature(draft.protocol, 'domainMetadata')
  draft.staged.add(actions)
  const before = draft.files.table
  draft.files = await stagedFiles(draft.request.session, draft.staged, draft.base)
  await dropStaged(draft, before)
}

async function dropStaged({ request }: Draft, table: string | undefined): Promise<void> {
  // An engine that is closed takes its tables along.
  if (table !== undefined) await request.session.run(`drop table if exists ${table}`).catch(() => undefined)
}

/**
 * A name that nobody has: "Data Files". Deletion vectors are called by their UUID alone ("Deletion Vector
 * Descriptor Schema").
 */
function keyOfFile(name: { readonly partition: string; readonly extension: string }): string {
  const folder = name.partition === '' ? '' : `${name.partition}/`
  if (name.extension === 'bin') return `${folder}deletion_vector_${randomUUID()}.bin`
  return `${folder}part-${randomUUID()}.${name.extension}`
}

async function commitDraft(draft: Draft, operation: Operation): Promise<Committed> {
  checkOpen(draft)
  const { log, base } = draft
  const intent = intentOf(draft, operation)
  checkAppendOnly(draft, operation)
  await backfillRowIds(draft)
  const txnId = randomUUID()
  const published = await log.committing(() =>
    publish(log, {
      base,
      intent,
      txnId,
      ended: endedBy(draft),
      canMatch: (files, predicates) => canMatch(draft, files, predicates),
      actionsOf: (version, onto) => actionsOf(draft, { operation, intent, txnId, version, onto }),
      inDoubt: doubt => {
        draft.inDoubt = doubt
      },
    }),
  )
  draft.over = 'committed'
  await dropStaged(draft, draft.files.table)
  // Files that were written and replaced within the transaction. VACUUM would find them, later.
  await forget(draft, unused(draft)).catch(() => undefined)
  const checkpointFailure = await maintain(log, published)
  const { version, timestampMs, rebasedOver } = published
  return { version, timestampMs, rebasedOver, ...(checkpointFailure && { checkpointFailure }) }
}

function intentOf(draft: Draft, operation: Operation): Intent {
  const { base, staged, predicates, readsAll, request } = draft
  const only = staged.actions().every(action => 'add' in action || 'txn' in action)
  const hasRead = readsAll || predicates.size > 0
  return {
    isolation: request.isolation ?? isolationOf(draft.metadata),
    predicates: [...predicates],
    readsAll,
    isBlind: operation.blindAppend === true && only && !hasRead && base !== undefined,
    actions: [...tableActions(draft), ...staged.actions()],
  }
}

/** Delta's default is the weaker one. */
function isolationOf({ configuration }: Metadata): Intent['isolation'] {
  const isStrict = configuration['delta.isolationLevel']?.toLowerCase() === 'serializable'
  return isStrict ? 'Serializable' : 'WriteSerializable'
}

function endedBy({ staged, own }: Draft): readonly string[] {
  const again = staged.adds().filter(({ path }) => !own.has(path))
  return [...new Set([...staged.removes(), ...again].map(({ path }) => path))]
}

/** Own data files that no action names. Deletion vectors are named by their UUIDs: they are left alone. */
function unused({ own, staged }: Draft): readonly string[] {
  const named = new Set(
    staged
      .actions()
      .flatMap(action => ('add' in action ? [action.add.path] : 'cdc' in action ? [action.cdc.path] : [])),
  )
  return [...own].flatMap(([path, key]) => (named.has(path) || key.endsWith('.bin') ? [] : [key]))
}

function tableActions({ base, protocol, metadata }: Draft): readonly Action[] {
  return [
    ...(protocol === base?.protocol ? [] : [{ protocol }]),
    ...(metadata === base?.metadata ? [] : [{ metaData: metadata }]),
  ]
}

/** "Append-only Tables": rows may be arranged anew, and nothing else. */
function checkAppendOnly({ protocol, metadata, staged }: Draft, operation: Operation): void {
  if (!supports(protocol, 'appendOnly') || metadata.configuration['delta.appendOnly'] !== 'true') return
  if (staged.removes().some(({ dataChange }) => dataChange))
    throw failure('SLUICE_DELTA_APPEND_ONLY', { operation: operation.name })
}

type Version = {
  readonly operation: Operation
  readonly intent: Intent
  readonly txnId: string
  readonly version: number
  readonly onto: Snapshot | undefined
}

async function actionsOf(draft: Draft, at: Version): Promise<readonly Action[]> {
  const { version, onto } = at
  const nowMs = draft.log.place.nowMs()
  const inCommitMs = inCommitTimestamp(draft, onto, nowMs)
  const table = tableActions(draft).map(action =>
    'metaData' in action
      ? { metaData: withEnablement(action.metaData, onto, { version, timestampMs: inCommitMs }) }
      : action,
  )
  const staged = draft.staged.actions()
  const numbered = tracksRows(draft.protocol, draft.metadata)
    ? await numberRows(staged, version, onto)
    : staged
  // "In-Commit Timestamps": the commitInfo comes first.
  return [{ commitInfo: commitInfoOf(draft, at, { nowMs, inCommitMs }) }, ...table, ...numbered]
}

type Times = { readonly nowMs: number; readonly inCommitMs: number | undefined }

function commitInfoOf(draft: Draft, at: Version, { nowMs, inCommitMs }: Times): CommitInfo {
  const { operation, intent, onto } = at
  const rearranges = draft.staged.actions().some(action => 'add' in action && !action.add.dataChange)
  return {
    ...(inCommitMs === undefined ? {} : { inCommitTimestamp: inCommitMs }),
    timestamp: inCommitMs ?? nowMs,
    operation: operation.name,
    operationParameters: operation.parameters,
    ...(onto === undefined ? {} : { readVersion: onto.version }),
    isolationLevel: rearranges ? 'SnapshotIsolation' : intent.isolation,
    isBlindAppend: intent.isBlind,
    ...(operation.metrics === undefined ? {} : { operationMetrics: operation.metrics }),
    ...(operation.userMetadata === undefined ? {} : { userMetadata: operation.userMetadata }),
    engineInfo: 'Sluice',
    txnId: at.txnId,
  }
}

/** Where row tracking is enabled, files that are there already get their numbers in the same commit. */
async function backfillRowIds(draft: Draft): Promise<void> {
  if (draft.metadata.configuration['delta.enableRowTracking'] !== 'true') return
  if (draft.base?.metadata.configuration['delta.enableRowTracking'] === 'true') return
  const bare = await draft.request.session.rows(
    `select ${addFileCells} from (${draft.files.sql}) where base_row_id is null`,
  )
  const own = new Set(draft.staged.adds().map(({ path }) => path))
  const files = bare.map(cells => addFileOf(cells, false)).filter(({ path }) => !own.has(path))
  draft.staged.add(files.map(add => ({ add })))
}

async function forget({ log }: Draft, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await log.place.store.delete(keys)
}

async function abandonDraft(draft: Draft): Promise<void> {
  if (draft.over !== undefined) return
  draft.over = 'abandoned'
  await dropStaged(draft, draft.files.table)
  // What cannot be deleted now, VACUUM finds: no version names it.
  if (!draft.inDoubt) await forget(draft, [...draft.own.values()]).catch(() => undefined)
}
