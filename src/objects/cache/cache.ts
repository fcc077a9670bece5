import { createHash } from 'node:crypto'
import { failure } from '../../errors/index.ts'
import { checkKey } from '../key.ts'
import { limits } from '../limits.ts'
import { onDisk } from '../local/disk.ts'
import type { ByteRange, ObjectStore } from '../store.ts'
import { entryOf, fill } from './entry.ts'
import { isSwept, sweep } from './sweep.ts'

export type CacheOptions = {
  /** Of this cache alone; many processes and stores may share it. */
  readonly folder: string
  /** Above so many bytes on the disk what was used longest ago is removed. */
  readonly bytesMax?: number
}

/** What is known of an object that never changes. */
export type Unchanging = { readonly sizeBytes: number; readonly etag?: string }

/** Objects that never change as files of this machine. Paths are good for 15 minutes after each call. */
export type ObjectCache = {
  /** The path of the whole object. */
  readonly whole: (key: string, object: Unchanging) => Promise<string>
  /**
   * The path of a file of the object's length in which at least these ranges are true; all else may be zeros.
   */
  readonly sparse: (key: string, object: Unchanging, ranges: readonly ByteRange[]) => Promise<string>
}

/** A store whose objects are files of this machine gives their own paths and caches nothing. */
export function openCache(
  store: ObjectStore,
  { folder, bytesMax = limits.cacheBytesMax }: CacheOptions,
): ObjectCache {
  const turns = new Map<string, Promise<void>>()
  // Whatever others left there is looked at with the first fetch, unless it just was.
  let sinceSweepBytes = Number.POSITIVE_INFINITY
  const inTurn = async (id: string, work: () => Promise<void>): Promise<void> => {
    const before = turns.get(id)
    const turn = (before ?? Promise.resolve()).catch(() => undefined).then(work)
    turns.set(id, turn)
    try {
      await turn
    } finally {
      if (turns.get(id) === turn) turns.delete(id)
    }
  }
  const sparse: ObjectCache['sparse'] = async (key, { sizeBytes, etag }, ranges) => {
    checkKey(key)
    if (store.pathOf) return ownPath(store, key)
    const id = idOf([store.identity, key, String(sizeBytes), etag ?? ''])
    const entry = entryOf(folder, id, key)
    await inTurn(id, () =>
      onDisk(folder, async () => {
        const bytes = await fill(entry, { key, sizeBytes, etag, ranges }, store)
        // Not before: each of many at once would add to what it saw, and sweep for itself.
        sinceSweepBytes += bytes
        if (sinceSweepBytes <= bytesMax * limits.cacheSweepShare) return
        const isFirst = sinceSweepBytes === Number.POSITIVE_INFINITY
        sinceSweepBytes = 0
        if (!(isFirst && (await isSwept(folder)))) await sweep(folder, bytesMax)
      }),
    )
    return entry.file
  }
  return {
    sparse,
    whole: (key, object) => sparse(key, object, [{ start: 0, end: object.sizeBytes }]),
  }
}

async function ownPath(store: ObjectStore, key: string): Promise<string> {
  const path = store.pathOf?.(key)
  if (path === undefined || !(await store.head(key)))
    throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
  return path
}

function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
}
