import { failure } from '../../src/errors/index.ts'
import type { ObjectStore } from '../../src/objects/index.ts'

export type Dying = ObjectStore & { arm(): void; readonly isDead: () => boolean }

/**
 * A process that is killed right after one of its requests, which is before the next: it never hears of it.
 */
export function dying(objects: ObjectStore, last: number): Dying {
  let [calls, armed, dead] = [0, false, false]
  const killed = () => failure('SLUICE_OBJECT_STORE_UNREACHABLE', { store: 'x', words: 'killed' })
  const mortal = async <T>(act: () => Promise<T>): Promise<T> => {
    if (dead) throw killed()
    if (armed) calls++
    dead = armed && calls === last
    const done = await act()
    if (dead) throw killed()
    return done
  }
  return {
    ...objects,
    get: (key, options) => mortal(() => objects.get(key, options)),
    ranges: (key, ranges, options) => mortal(() => objects.ranges(key, ranges, options)),
    head: key => mortal(() => objects.head(key)),
    put: (key, body) => mortal(() => objects.put(key, body)),
    putIfAbsent: (key, body) => mortal(() => objects.putIfAbsent(key, body)),
    putIfMatch: (key, body, etag) => mortal(() => objects.putIfMatch(key, body, etag)),
    upload: (key, path) => mortal(() => objects.upload(key, path)),
    download: (key, path) => mortal(() => objects.download(key, path)),
    delete: keys => mortal(() => objects.delete(keys)),
    async *list(prefix, options) {
      if (dead) throw killed()
      yield* objects.list(prefix, options)
    },
    arm: () => {
      armed = true
    },
    isDead: () => dead,
  }
}
