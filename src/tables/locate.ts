import { join } from 'node:path'
import { failure } from '../errors/index.ts'
import { type ObjectCache, type ObjectStore, openCache } from '../objects/index.ts'
import { openRemoteFile, type RemoteFile } from './remote/file.ts'

export type Locating = {
  readonly store: ObjectStore
  readonly tempDir: string
  /** Where files of other machines are kept, for the next time too; undefined: in `tempDir`. */
  readonly cacheDir?: string | undefined
}

/** The path on this machine of an object that never changes; its size where it is known. */
export type Locate = (key: string, sizeBytes?: number) => Promise<string>

/** Objects of other machines are fetched once and kept. */
export function openLocate(of: Locating): Locate {
  const { store } = of
  const cache = cacheOf(of)
  return async (key, sizeBytes) =>
    store.pathOf ? store.pathOf(key) : cache.whole(key, { sizeBytes: await sizeOf(store, key, sizeBytes) })
}

/** For one file; who looks for many opens `Locate` once. */
export function locate(of: Locating, key: string, sizeBytes: number | undefined): Promise<string> {
  return openLocate(of)(key, sizeBytes)
}

/** An object of another machine as a file of this one, of which nothing is fetched yet. */
export type LocateRemote = (key: string, sizeBytes?: number) => Promise<RemoteFile>

export function openRemote(of: Locating): LocateRemote {
  const cache = cacheOf(of)
  return async (key, sizeBytes) => openRemoteFile(cache, key, await sizeOf(of.store, key, sizeBytes))
}

function cacheOf({ store, tempDir, cacheDir }: Locating): ObjectCache {
  return openCache(store, { folder: cacheDir ?? join(tempDir, 'objects') })
}

/** Empty files hold no Parquet: a size of 0 is one that the writer did not know. */
async function sizeOf(store: ObjectStore, key: string, sizeBytes: number | undefined): Promise<number> {
  const known = sizeBytes ? { sizeBytes } : await store.head(key)
  if (!known) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
  return known.sizeBytes
}
