import { join } from 'node:path'
import { failure } from '../errors/index.ts'
import { type ObjectCache, type ObjectMeta, type ObjectStore, openCache } from '../objects/index.ts'
import { openRemoteFile, type RemoteFile } from './remote/file.ts'

export type Locating = {
  readonly store: ObjectStore
  readonly tempDir: string
  /** Where files of other machines are kept, for the next time too; undefined: in `tempDir`. */
  readonly cacheDir?: string | undefined
}

/** The path on this machine of an object, all of which is here. */
export type Locate = (key: string) => Promise<string>

/**
 * Objects of other machines are fetched once and kept: a name may come back with other bytes, an etag not.
 */
export function openLocate(of: Locating): Locate {
  const { store } = of
  const cache = cacheOf(of)
  return async key => (store.pathOf ? store.pathOf(key) : cache.whole(key, await metaOf(store, key)))
}

/** For one file; who looks for many opens `Locate` once. */
export function locate(of: Locating, key: string): Promise<string> {
  return openLocate(of)(key)
}

/**
 * A data file of another machine as a file of this one, of which nothing is fetched yet. Its name never comes
 * back. Empty files hold no Parquet: a size of 0 is one that the writer did not know.
 */
export type LocateRemote = (key: string, sizeBytes?: number) => Promise<RemoteFile>

export function openRemote(of: Locating): LocateRemote {
  const cache = cacheOf(of)
  return async (key, sizeBytes) =>
    openRemoteFile(cache, key, sizeBytes || (await metaOf(of.store, key)).sizeBytes)
}

function cacheOf({ store, tempDir, cacheDir }: Locating): ObjectCache {
  return openCache(store, { folder: cacheDir ?? join(tempDir, 'objects') })
}

async function metaOf(store: ObjectStore, key: string): Promise<ObjectMeta> {
  const meta = await store.head(key)
  if (!meta) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
  return meta
}
