import { type Failure, failure } from '../errors/index.ts'
import { checkKey } from './key.ts'
import type { ObjectStore } from './store.ts'

/** Shares of requests, 0 to 1, that go wrong; the same seed and the same calls go wrong in the same way. */
export type Faults = {
  readonly seed: number
  /** A conditional write is refused because another is under way (409): nothing was written. */
  readonly conflict?: number
  /** The server fails (500) before it did anything; of a write nobody can know that. */
  readonly failed?: number
  readonly timeoutBefore?: number
  /** The work was done, and its answer is lost. */
  readonly timeoutAfter?: number
  /** A read that breaks off. */
  readonly torn?: number
  /** Every request takes up to this long. */
  readonly latencyMsMax?: number
}

/**
 * A store whose requests go wrong, as a caller sees them that does not try again; `retrying` around it is
 * what a caller of S3 sees. `pathOf` stays: files read by their paths are not disturbed.
 */
export function faulty(store: ObjectStore, faults: Faults): ObjectStore {
  const chance = chanceOf(faults.seed)
  const hits = (share = 0) => chance() < share
  const read = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    checkKey(key)
    await delay(chance() * (faults.latencyMsMax ?? 0))
    if (hits(faults.failed)) throw failed(store.describe)
    if (hits(faults.timeoutBefore)) throw timedOut(store.describe)
    const result = await work()
    if (hits(faults.timeoutAfter)) throw timedOut(store.describe)
    if (hits(faults.torn)) throw torn(store.describe, key, result)
    return result
  }
  const write = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    checkKey(key)
    await delay(chance() * (faults.latencyMsMax ?? 0))
    if (hits(faults.failed)) throw unknown(store.describe, key, 'The server failed with 500.')
    if (hits(faults.timeoutBefore)) throw unknown(store.describe, key, 'No answer came in time.')
    const result = await work()
    if (hits(faults.timeoutAfter)) throw unknown(store.describe, key, 'No answer came in time.')
    return result
  }
  const conditional = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    checkKey(key)
    if (hits(faults.conflict)) throw failure('SLUICE_OBJECT_STORE_FAILED', conflict(store.describe))
    return write(key, work)
  }
  // Who reads by himself meets no faults.
  const { direct: _, ...met } = store
  return {
    ...met,
    get: (key, options) => read(key, () => store.get(key, options)),
    ranges: (key, ranges, options) => read(key, () => store.ranges(key, ranges, options)),
    head: key => read(key, () => store.head(key)),
    put: (key, body) => write(key, () => store.put(key, body)),
    putIfAbsent: (key, body) => conditional(key, () => store.putIfAbsent(key, body)),
    putIfMatch: (key, body, etag) => conditional(key, () => store.putIfMatch(key, body, etag)),
    upload: (key, path) => write(key, () => store.upload(key, path)),
    download: (key, path) => read(key, () => store.download(key, path)),
    delete: async keys => {
      for (const key of keys) checkKey(key)
      if (keys[0] !== undefined) await write(keys[0], () => store.delete(keys))
    },
    async *list(prefix, options) {
      for await (const meta of store.list(prefix, options)) yield await read(meta.key, async () => meta)
    },
  }
}

async function delay(ms: number): Promise<void> {
  if (ms === 0) return
  const waited = Promise.withResolvers<void>()
  setTimeout(waited.resolve, ms)
  await waited.promise
}

function failed(store: string): Failure {
  return failure('SLUICE_OBJECT_STORE_FAILED', { store, status: 500, code: 'InternalError' })
}

function conflict(store: string): { store: string; status: number; code: string } {
  return { store, status: 409, code: 'ConditionalRequestConflict' }
}

function timedOut(store: string): Failure {
  return failure('SLUICE_OBJECT_STORE_UNREACHABLE', { store, words: 'No answer came in time.' })
}

function unknown(store: string, key: string, words: string): Failure {
  return failure('SLUICE_OBJECT_OUTCOME_UNKNOWN', { store, key, words })
}

function torn(store: string, key: string, result: unknown): Failure {
  const wanted = (result as { readonly bytes?: Uint8Array } | undefined)?.bytes?.length ?? 1
  return failure('SLUICE_OBJECT_CUT', { store, key, bytes: wanted >> 1, wanted })
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32, Tommy Ettinger, public domain). */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
