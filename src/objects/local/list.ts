import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gather } from '../gather.ts'
import { compareKeys, isKey } from '../key.ts'
import { limits } from '../limits.ts'
import type { ObjectMeta } from '../store.ts'
import { onDisk, temporaryPrefix, unless } from './disk.ts'
import type { Place } from './place.ts'

/** Which keys are wanted, and where from. */
export type Wanted = { readonly prefix: string; readonly startAfter: string }

const gone = ['ENOENT', 'ENOTDIR', 'ELOOP']

/**
 * Files below a folder as objects, in the order of their keys; one folder at a time is held in memory. Links
 * to files are followed where they stay inside, links to folders are not: they could lead in a circle.
 */
export async function* walk(place: Place, folder: string, wanted: Wanted): AsyncIterable<ObjectMeta> {
  const path = join(place.root, folder)
  const entries = await onDisk(path, () => unless(gone, () => readdir(path, { withFileTypes: true })))
  const named = (entries ?? []).map(entry => ({ entry, key: keyOf(folder, entry) }))
  await sweep(path, entries ?? [])
  const sorted = named
    .filter(({ key }) => isWanted(key, wanted))
    .toSorted((a, b) => compareKeys(a.key, b.key))
  for (let at = 0; at < sorted.length; at += limits.filesMax) {
    const some = sorted.slice(at, at + limits.filesMax)
    const metas = await gather(some, limits.filesMax, async ({ entry, key }) =>
      entry.isDirectory() ? undefined : look(place, key, entry),
    )
    for (const [index, { entry, key }] of some.entries()) {
      const meta = metas[index]
      if (entry.isDirectory()) yield* walk(place, key, wanted)
      else if (meta) yield meta
    }
  }
}

/** A folder sorts as its keys do: with the slash that ends its name. */
function keyOf(folder: string, entry: Dirent): string {
  return `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`
}

function isWanted(key: string, { prefix, startAfter }: Wanted): boolean {
  if (!isKey(key.endsWith('/') ? key.slice(0, -1) : key)) return false
  if (!key.endsWith('/')) return key.startsWith(prefix) && compareKeys(key, startAfter) > 0
  // Of a folder: some key below it may be wanted.
  const mayBegin = key.startsWith(prefix) || prefix.startsWith(key)
  return mayBegin && (compareKeys(key, startAfter) > 0 || startAfter.startsWith(key))
}

async function look(place: Place, key: string, entry: Dirent): Promise<ObjectMeta | undefined> {
  const path = join(place.root, key)
  return onDisk(path, async () => {
    // A link that leads out is no object of this store.
    if (entry.isSymbolicLink() && !(await place.isInside(key))) return undefined
    const found = await unless(gone, () => stat(path, { bigint: true }))
    return found?.isFile() ? metaOf(key, found) : undefined
  })
}

/** Every replacement is a new file with its own number and time, so no two have the same etag. */
export function metaOf(key: string, stats: BigIntStats): ObjectMeta {
  const etag = [stats.size, stats.mtimeNs, stats.ino].map(number => number.toString(16)).join('-')
  return { key, sizeBytes: Number(stats.size), modifiedMs: Number(stats.mtimeMs), etag: `"${etag}"` }
}

/** Remove what killed processes left half written. */
async function sweep(path: string, entries: readonly Dirent[]): Promise<void> {
  for (const { name } of entries.filter(entry => entry.name.startsWith(temporaryPrefix))) {
    const temporary = join(path, name)
    const found = await unless(gone, () => stat(temporary))
    // Who may only read leaves it to others.
    if (found && Date.now() - found.mtimeMs > limits.temporaryMsMax)
      await unless(['EACCES', 'EPERM', 'EROFS'], () => rm(temporary, { force: true }))
  }
}
