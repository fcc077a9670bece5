import { randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import type { Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import type { AddFile, DeletionVector } from '../actions.ts'
import { rowTrackingDomain } from '../commit/conflicts.ts'
import { pathOfKey } from '../commit/lines.ts'
import type { DeltaLog, Snapshot, Transaction } from '../face.ts'
import { addFileCells, addFileOf } from '../files.ts'
import { placeOfPath } from '../log/paths.ts'
import { placeOfVector } from '../vectors/vector.ts'
import { rootOf } from './root.ts'

export type CloneRequest = {
  readonly session: Session
  readonly source: Snapshot
  /** Where the source lies. */
  readonly sourceStore: ObjectStore
}

export type Cloned = { readonly files: number; readonly bytes: number; readonly from: number }

/**
 * A new table over the files of another ("shallow clone"): nothing is copied, and each goes its own way from
 * here. The source must keep its files as long as the clone needs them: VACUUM there does not know of it. Row
 * ids begin anew, as with Spark.
 */
export async function shallowClone(
  to: DeltaLog,
  { session, source, sourceStore }: CloneRequest,
): Promise<Cloned> {
  const tx = await to.begin({ session })
  try {
    if (tx.base) throw failure('SLUICE_DELTA_EXISTS', { place: to.place.store.describe })
    const { name: _, description: __, ...metadata } = source.metadata
    const [id, createdTime] = [randomUUID(), to.place.nowMs()]
    tx.change({ protocol: source.protocol, metadata: { ...metadata, id, createdTime } })
    const files = await stageFiles(tx, source, sourceStore)
    await stageDomains(tx, source)
    await tx.commit({
      name: 'CLONE',
      parameters: { source: sourceStore.describe, sourceVersion: source.version },
      metrics: {
        sourceTableSize: String(files.bytes),
        sourceNumOfFiles: String(files.count),
        numCopiedFiles: '0',
        copiedFilesSize: '0',
        numRemovedFiles: '0',
        removedFilesSize: '0',
      },
    })
    return { files: files.count, bytes: files.bytes, from: source.version }
  } finally {
    await tx.abandon()
  }
}

async function stageFiles(tx: Transaction, source: Snapshot, store: ObjectStore) {
  const rows = await tx.session.rows(`select ${addFileCells} from (${source.filesSql})`)
  const files = rows.map(cells => addFileOf(cells, true))
  await tx.stage(files.map(file => ({ add: fromElsewhere(file, store) })))
  return { count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) }
}

/** Domains of the table itself go along; how far row ids were given out is the source's own. */
async function stageDomains({ session, stage }: Transaction, { domainsSql }: Snapshot): Promise<void> {
  const domains = await session.rows(`select domain, configuration from (${domainsSql}) order by domain`)
  await stage(
    domains.flatMap(([domain, configuration]) =>
      typeof domain !== 'string' || domain === rowTrackingDomain
        ? []
        : [{ domainMetadata: { domain, configuration: configuration ?? '', removed: false } }],
    ),
  )
}

/** The file as a table elsewhere names it: by where it lies. */
export function fromElsewhere(file: AddFile, store: ObjectStore): AddFile {
  const { baseRowId: _, defaultRowCommitVersion: __, deletionVector, ...rest } = file
  return {
    ...rest,
    path: absolutePath(file.path, store),
    ...(deletionVector ? { deletionVector: absoluteVector(deletionVector, { file: file.path, store }) } : {}),
  }
}

function absoluteVector(
  vector: DeletionVector,
  { file, store }: { readonly file: string; readonly store: ObjectStore },
): DeletionVector {
  const place = placeOfVector(vector, file)
  if (!('path' in place)) return vector
  return { ...vector, storageType: 'p', pathOrInlineDv: absolutePath(place.path, store) }
}

/** A path that is absolute already stays as it is: the source is a clone itself. */
function absolutePath(path: string, store: ObjectStore): string {
  const place = placeOfPath(path, rootOf(store))
  return 'key' in place ? urlOf(place.key, store) : path
}

/** The URI of an object, percent-encoded as paths of the log are. */
export function urlOf(key: string, store: ObjectStore): string {
  if (store.pathOf) return pathToFileURL(store.pathOf(key)).href
  return `${rootOf(store).replace(/\/$/, '')}/${pathOfKey(key)}`
}
