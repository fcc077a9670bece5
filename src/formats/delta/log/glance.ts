import { Failure } from '../../../errors/index.ts'
import type { ObjectMeta, ObjectStore } from '../../../objects/index.ts'
import type { TableField } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import { fieldsOf } from '../schema/fields.ts'
import { readSchema } from '../schema/schema-string.ts'
import { readLines, saidOf } from './lines.ts'
import { beforeVersion } from './names.ts'
import { findSegment, listLog } from './segment.ts'

/** What a table says of itself. */
export type Glance = {
  readonly fields: readonly TableField[]
  readonly metadata: Metadata
  /** What is said of columns, by their names. */
  readonly comments: ReadonlyMap<string, string>
}

/** What a look at the table found, and the newest file of the log that it saw: the next look begins there. */
export type Seen = { readonly version: number; readonly etag: string; readonly metadata: Metadata }

/**
 * What the newest version says of the table, without asking which files are live: a listing of a lake looks
 * at every table of it. Read from the commits since it was seen last, or since the last checkpoint and from
 * the checksum beside that. undefined: whoever opens the log can tell, if there is one.
 */
export async function glance(store: ObjectStore, seen?: Seen): Promise<Seen | undefined> {
  const since = seen && (await glanceSince(store, seen))
  if (since) return since
  const segment = await findSegment(store)
  const newest = segment?.logs.at(-1) ?? segment?.checkpoint?.files[0]
  if (segment === undefined || newest === undefined) return undefined
  const { version, logs, checkpoint } = segment
  const metadata = (await said(store, logs)) ?? (checkpoint && (await summed(store, checkpoint.version)))
  return metadata && { version, etag: newest.etag, metadata }
}

/** undefined: the file that was seen is not there any more, or is another one. */
async function glanceSince(store: ObjectStore, seen: Seen): Promise<Seen | undefined> {
  const files = await listLog(store, beforeVersion(seen.version))
  if (!files.some(({ meta, name }) => name.version === seen.version && meta.etag === seen.etag))
    return undefined
  const later = files.filter(({ name }) => name.kind === 'commit' && name.version > seen.version)
  const newest = later.at(-1)
  if (newest === undefined) return seen
  const metas = later.map(({ meta }) => meta)
  const metadata = (await said(store, metas)) ?? seen.metadata
  return { version: newest.name.version, etag: newest.meta.etag, metadata }
}

/** What the last of these commits says that says anything of the table. */
async function said(store: ObjectStore, commits: readonly ObjectMeta[]): Promise<Metadata | undefined> {
  for (const { key } of commits.toReversed()) {
    const { metadata } = readLines(await textOf(store, key), key)
    if (metadata) return metadata
  }
  return undefined
}

export function glanceOf(metadata: Metadata): Glance {
  const comments = readSchema(metadata.schemaString).fields.flatMap(field => {
    const { comment } = field.metadata
    return typeof comment === 'string' ? [[field.name, comment] as const] : []
  })
  return { fields: fieldsOf(metadata), metadata, comments: new Map(comments) }
}

/** "Version Checksum File": a writer may leave it out. */
async function summed(store: ObjectStore, version: number): Promise<Metadata | undefined> {
  const key = `${beforeVersion(version)}.crc`
  try {
    const { metadata } = JSON.parse(await textOf(store, key)) as { readonly metadata?: unknown }
    return saidOf([{ metaData: metadata }], key).metadata
  } catch (thrown) {
    // Absent or broken: the checkpoint says the same, with more work.
    if (thrown instanceof SyntaxError) return undefined
    if (!(thrown instanceof Failure)) throw thrown
    if (/_NOT_FOUND$|_LOG_BROKEN$/.test(thrown.code)) return undefined
    throw thrown
  }
}

async function textOf(store: ObjectStore, key: string): Promise<string> {
  return new TextDecoder().decode((await store.get(key)).bytes)
}
