import { join } from 'node:path'
import { failure } from '../errors/index.ts'
import { type ObjectStore, openCache } from '../objects/index.ts'

export type Locating = { readonly store: ObjectStore; readonly tempDir: string }

/** The path on this machine of an object that never changes; its size where it is known. */
export type Locate = (key: string, sizeBytes?: number) => Promise<string>

/** Objects of other machines are fetched once and kept. */
export function openLocate({ store, tempDir }: Locating): Locate {
  const cache = openCache(store, { folder: join(tempDir, 'objects') })
  return async (key, sizeBytes) => {
    if (store.pathOf) return store.pathOf(key)
    // Empty files hold no Parquet: a size of 0 is one that the writer did not know.
    const known = sizeBytes ? { sizeBytes } : await store.head(key)
    if (!known) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
    return cache.whole(key, { sizeBytes: known.sizeBytes })
  }
}

/** For one file; who looks for many opens `Locate` once. */
export function locate(of: Locating, key: string, sizeBytes: number | undefined): Promise<string> {
  return openLocate(of)(key, sizeBytes)
}
