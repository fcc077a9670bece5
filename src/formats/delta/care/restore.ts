import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import type { AddFile, DomainMetadata, Metadata } from '../actions.ts'
import { rowTrackingDomain } from '../commit/conflicts.ts'
import type { DeltaLog, DeltaPlace, Operation, Snapshot, Transaction } from '../face.ts'
import { addFileCells, addFileOf, removalOf } from '../files.ts'
import { vectorId } from '../log/state.ts'
import { identityOf, marked } from '../schema/identity.ts'
import { readSchema, writeSchema } from '../schema/schema-string.ts'
import { placeOfVector } from '../vectors/vector.ts'
import { missingOf } from './missing.ts'

export type RestoreRequest = {
  readonly session: Session
  readonly when: { readonly version: number } | { readonly timestampMs: number }
  /** What the commit says besides. */
  readonly as?: ((operation: Operation) => Operation) | undefined
}

export type Restored = {
  /** The version that is now as the one asked for. */
  readonly version: number
  readonly from: number
  /** Nothing was to be done. */
  readonly already: boolean
}

/**
 * Publish the table as it was, as a new version: rows, schema and properties. What others commit meanwhile is
 * a conflict. The protocol stays at least what it is, so that every version can still be read; numbers that
 * were given once (identity columns, row ids) are not given again.
 */
export async function restore(log: DeltaLog, request: RestoreRequest): Promise<Restored> {
  const { session, when, as = it => it } = request
  const tx = await log.begin({ session, isolation: 'Serializable' })
  try {
    const { base } = tx
    if (!base) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: log.place.store.describe })
    const target = await log.at(when)
    const between = { base, target }
    tx.readAll()
    const files = await stageFiles(log.place, tx, between)
    const domains = await restoredDomains(session, between)
    await tx.stage(domains.map(domainMetadata => ({ domainMetadata })))
    const metadata = restoredMetadata(between)
    const sameTable = isSame(metadata, base.metadata)
    if (!sameTable) tx.change({ metadata })
    const already = sameTable && files.added.count + files.removed.count + domains.length === 0
    if (already) return { version: base.version, from: target.version, already }
    const { version } = await tx.commit(as(operationOf(when, await metricsOf(session, target, files))))
    return { version, from: target.version, already }
  } finally {
    await tx.abandon()
  }
}

export type Between = { readonly base: Snapshot; readonly target: Snapshot }
type Counted = { readonly count: number; readonly bytes: number }
type Files = { readonly added: Counted; readonly removed: Counted }

/** Files of the one version that the other has not, or with another deletion vector. */
function onlyIn(one: Snapshot, other: Snapshot): string {
  return `select ${addFileCells} from (${one.filesSql}) as f where not exists (from (${other.filesSql}) as o
    where o.path = f.path and ${vectorId('o.dv')} is not distinct from ${vectorId('f.dv')})`
}

async function stageFiles(place: DeltaPlace, tx: Transaction, { base, target }: Between): Promise<Files> {
  const [adds, gone] = [await filesBy(tx, onlyIn(target, base)), await filesBy(tx, onlyIn(base, target))]
  await checkThere(place, adds, target.version)
  const nowMs = place.nowMs()
  await tx.stage([...gone.map(file => ({ remove: removalOf(file, nowMs) })), ...adds.map(add => ({ add }))])
  return { added: counted(adds), removed: counted(gone) }
}

async function filesBy({ session }: Transaction, sql: string): Promise<readonly AddFile[]> {
  return (await session.rows(sql)).map(cells => addFileOf(cells, true))
}

function counted(files: readonly AddFile[]): Counted {
  return { count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) }
}

/** Files that are told by name. */
const namedMax = 5

export async function checkThere(
  place: DeltaPlace,
  files: readonly AddFile[],
  version: number,
): Promise<void> {
  const vectors = files.flatMap(({ path, deletionVector }) => {
    const vector = deletionVector && placeOfVector(deletionVector, path)
    return vector && 'path' in vector ? [vector.path] : []
  })
  const missing = await missingOf(place, [...files.map(({ path }) => path), ...new Set(vectors)])
  if (missing.length === 0) return
  throw failure('SLUICE_DELTA_VERSION_GONE', {
    version,
    files: missing.slice(0, namedMax),
    missing: missing.length,
  })
}

/** The target's, with the marks of identity columns at the furthest that either has. */
export function restoredMetadata({ base, target }: Between): Metadata {
  const schema = readSchema(target.metadata.schemaString)
  const now = new Map(
    readSchema(base.metadata.schemaString).fields.map(field => [field.name, identityOf(field)]),
  )
  const marks = schema.fields.flatMap(field => {
    const [was, is] = [identityOf(field), now.get(field.name)]
    if (!was || is?.highWaterMark === undefined) return []
    const [a, b] = [was.highWaterMark ?? is.highWaterMark, is.highWaterMark]
    return [[field.name, (a - b) * was.step > 0n ? a : b] as const]
  })
  const schemaString =
    marks.length === 0 ? target.metadata.schemaString : writeSchema(marked(schema, new Map(marks)))
  return { ...target.metadata, schemaString }
}

export function isSame(one: Metadata, other: Metadata): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted({ configuration, ...rest }: Metadata) {
  return { ...rest, configuration: Object.entries(configuration).toSorted(([a], [b]) => (a < b ? -1 : 1)) }
}

/** Domains as they were. How far row ids were given out goes on from where it is. */
export async function restoredDomains(
  session: Session,
  { base, target }: Between,
): Promise<readonly DomainMetadata[]> {
  const rows = await session.rows(`select domain, was.configuration, is_now.configuration
    from (${target.domainsSql}) was full join (${base.domainsSql}) is_now using (domain)
    where was.configuration is distinct from is_now.configuration order by domain`)
  return rows.flatMap(([domain, was, isNow]) => {
    if (typeof domain !== 'string' || domain === rowTrackingDomain) return []
    return [{ domain, configuration: was ?? isNow ?? '', removed: was === null }]
  })
}

async function metricsOf(session: Session, target: Snapshot, { added, removed }: Files) {
  const [files, bytes] = await session.row(
    `select count(*), coalesce(sum(size_bytes), 0) from (${target.filesSql})`,
  )
  return {
    tableSizeAfterRestore: bytes ?? '0',
    numOfFilesAfterRestore: files ?? '0',
    numRemovedFiles: String(removed.count),
    numRestoredFiles: String(added.count),
    removedFilesSize: String(removed.bytes),
    restoredFilesSize: String(added.bytes),
  }
}

function operationOf(when: RestoreRequest['when'], metrics: Operation['metrics'] & object): Operation {
  const parameters =
    'version' in when ? { version: when.version } : { timestamp: new Date(when.timestampMs).toISOString() }
  return { name: 'RESTORE', parameters, metrics }
}
