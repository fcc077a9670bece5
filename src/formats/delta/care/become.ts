import { randomUUID } from 'node:crypto'
import type { ObjectStore } from '../../../objects/index.ts'
import type { AddFile, DeletionVector, Metadata } from '../actions.ts'
import { pathOfKey } from '../commit/lines.ts'
import type { Snapshot, Transaction } from '../face.ts'
import { addFileCells, addFileOf, removalOf } from '../files.ts'
import { placeOfPath } from '../log/paths.ts'
import { placeOfVector, vectorIdOf } from '../vectors/vector.ts'
import { encodeZ85 } from '../vectors/z85.ts'
import { bring } from './bring.ts'
import { fromElsewhere, urlOf } from './clone.ts'
import { checkThere, isSame, restoredDomains, restoredMetadata } from './restore.ts'
import { rootOf } from './root.ts'

export type BecomeRequest = {
  readonly source: Snapshot
  /** Where the source lies; the table's own store: an earlier state of itself. */
  readonly sourceStore: ObjectStore
  /** `theirs`: files stay where they are, and the source must keep them. `own`: they are brought here. */
  readonly files: 'theirs' | 'own'
  /** Properties besides those of the source; undefined: without it. */
  readonly properties?: { readonly [name: string]: string | undefined }
}

export type Become = { readonly added: number; readonly removed: number }

/**
 * The table's rows, columns and properties become those of another table, or of its own past. Nothing is
 * read or
 * written anew, and files that the table has already stay untouched. Staged, not committed: what others
 * commit
 * meanwhile is a conflict.
 */
export async function become(tx: Transaction, request: BecomeRequest): Promise<Become> {
  const { base, session, log } = tx
  const { source, sourceStore } = request
  tx.readAll()
  const { store } = log.place
  const isItself = rootOf(sourceStore) === rootOf(store)
  const rows = (await session.rows(`select ${addFileCells} from (${source.filesSql})`)).map(cells =>
    addFileOf(cells, true),
  )
  const wanted = isItself ? rows : rows.map(file => hither(file, request, store))
  const live = base
    ? (await session.rows(`select ${addFileCells} from (${base.filesSql})`)).map(cells =>
        addFileOf(cells, true),
      )
    : []
  const [has, wants] = [new Set(live.map(nameOf)), new Set(wanted.map(nameOf))]
  const adds = wanted.filter(file => !has.has(nameOf(file)))
  const gone = live.filter(file => !wants.has(nameOf(file)))
  if (!isItself && request.files === 'own') await bring(log.place, sourceStore, adds)
  if (isItself) await checkThere(log.place, adds, source.version)
  changeMetadata(tx, request)
  const domains = base ? await restoredDomains(session, { base, target: source }) : []
  const nowMs = log.place.nowMs()
  await tx.stage([
    ...domains.map(domainMetadata => ({ domainMetadata })),
    ...gone.map(file => ({ remove: removalOf(file, nowMs) })),
    ...adds.map(add => ({ add })),
  ])
  return { added: adds.length, removed: gone.length }
}

function changeMetadata(tx: Transaction, { source, properties = {} }: BecomeRequest): void {
  const { base } = tx
  const { metadata } = source
  const restored = base ? restoredMetadata({ base, target: source }) : metadata
  const configuration = Object.fromEntries(
    Object.entries({ ...restored.configuration, ...properties }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  )
  const mine = { ...restored, ...identityOf(base?.metadata, tx), configuration }
  if (base && isSame(mine, base.metadata)) return
  tx.change({ metadata: mine, ...(base ? {} : { protocol: source.protocol }) })
}

/** A table stays itself, whatever it holds. */
function identityOf(
  metadata: Metadata | undefined,
  { log }: Transaction,
): Pick<Metadata, 'id' | 'createdTime'> {
  if (metadata === undefined) return { id: randomUUID(), createdTime: log.place.nowMs() }
  const { id, createdTime } = metadata
  return { id, ...(createdTime === undefined ? {} : { createdTime }) }
}

function nameOf({ path, deletionVector }: AddFile): string {
  return `${path}\n${deletionVector ? vectorIdOf(deletionVector) : ''}`
}

/** The file as this table will name it. */
function hither(file: AddFile, { sourceStore, files }: BecomeRequest, store: ObjectStore): AddFile {
  const named = fromElsewhere(file, sourceStore)
  const { deletionVector } = named
  if (files === 'theirs') return named
  const vector = deletionVector && inside(deletionVector, { file: named.path, store, sourceStore })
  const own = keyIn(named.path, [store, sourceStore])
  return {
    ...named,
    path: own === undefined ? named.path : pathOfKey(own),
    ...(vector && { deletionVector: vector }),
  }
}

/** Where a file lies in this table or in the source, which is where it will lie in this table. */
function keyIn(path: string, stores: readonly ObjectStore[]): string | undefined {
  for (const store of stores) {
    const place = placeOfPath(path, rootOf(store))
    if ('key' in place) return place.key
  }
  return undefined
}

type Places = { readonly file: string; readonly store: ObjectStore; readonly sourceStore: ObjectStore }

/** A vector by its UUID again, where its file is called after it: the table can be moved then. */
function inside(vector: DeletionVector, { file, store, sourceStore }: Places): DeletionVector {
  const place = placeOfVector(vector, file)
  if (!('path' in place)) return vector
  const key = keyIn(place.path, [store, sourceStore])
  if (key === undefined) return vector
  const [, prefix = '', hex = ''] = /^(?:([^/]*)\/)?deletion_vector_([0-9a-f-]{36})\.bin$/.exec(key) ?? []
  const uuid = Buffer.from(hex.replaceAll('-', ''), 'hex')
  if (uuid.length === 16)
    return { ...vector, storageType: 'u', pathOrInlineDv: `${prefix}${encodeZ85(uuid)}` }
  return { ...vector, storageType: 'p', pathOrInlineDv: urlOf(key, store) }
}
