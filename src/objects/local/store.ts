import { gather } from '../gather.ts'
import { checkKey, checkPrefix } from '../key.ts'
import { limits } from '../limits.ts'
import { checkRange } from '../ranges.ts'
import type { ObjectStore } from '../store.ts'
import { walk } from './list.ts'
import { placeOf } from './place.ts'
import { download, metaAt, readPart, reading } from './read.ts'
import { create, ofBytes, ofFile, remove, replace, replaceIf } from './write.ts'

/**
 * Files below a folder of this machine as objects. What is written is on the disk, with its name, before the
 * call ends: bytes go to a temporary file beside, which is synced and then named in one step. Folders that
 * become empty stay.
 */
export function localStore(path: string): ObjectStore {
  const place = placeOf(path)
  return {
    describe: place.root,
    identity: place.root,
    can: { putIfAbsent: true, putIfMatch: true },
    pathOf: place.pathOf,
    get: (key, { range, ifMatch } = {}) =>
      reading(place, { key, ifMatch }, async it => ({ bytes: await readPart(it, range), meta: it.meta })),
    ranges: async (key, ranges, { ifMatch } = {}) => {
      for (const range of ranges) checkRange(range, key)
      return reading(place, { key, ifMatch }, it =>
        gather(ranges, limits.piecesMax, range => readPart(it, range)),
      )
    },
    head: key => metaAt(place, key),
    put: (key, body) => replace(place, key, ofBytes(body)),
    putIfAbsent: (key, body) => create(place, key, ofBytes(body)),
    putIfMatch: (key, body, etag) => replaceIf(place, key, { make: ofBytes(body), etag }),
    upload: (key, from) => replace(place, key, ofFile(from)),
    download: (key, to) => download(place, key, to),
    async *list(prefix, { startAfter = '' } = {}) {
      checkPrefix(prefix)
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      const isThere = folder === '' || (await place.find(folder.slice(0, -1))) !== undefined
      if (isThere) yield* walk(place, folder, { prefix, startAfter })
    },
    delete: async keys => {
      for (const key of keys) checkKey(key)
      await gather(keys, limits.filesMax, key => remove(place, key))
    },
    close: async () => {},
  }
}
