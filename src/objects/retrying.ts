import { Failure } from '../errors/index.ts'
import { type Patience, isPassing, pause, persist } from './retry.ts'
import type { Got, ObjectMeta, ObjectStore, Requests } from './store.ts'

/**
 * The store, asked again where that can help. A conditional write is never repeated blindly: when its answer
 * was lost, what stands is read and compared with what was sent.
 */
export function retrying(store: ObjectStore, patience: Patience): ObjectStore {
  return {
    ...store,
    ...persistent(store, patience),
    ranges: (key, ranges, options) => persist(() => store.ranges(key, ranges, options), patience),
    upload: (key, path) => persist(() => store.upload(key, path), patience),
    download: (key, path) => persist(() => store.download(key, path), patience),
  }
}

/** The same of single requests. */
export function persistent(store: Requests, patience: Patience): Requests {
  return {
    ...store,
    get: (key, options) => persist(() => store.get(key, options), patience),
    head: key => persist(() => store.head(key), patience),
    put: (key, body) => persist(() => store.put(key, body), patience),
    delete: keys => persist(() => store.delete(keys), patience),
    list: (prefix, options) => listOn(store, { prefix, ...options }, patience),
    putIfAbsent: (key, body) =>
      settle({ store, key, patience }, () => store.putIfAbsent(key, body), {
        isCertain: outcome => outcome === 'created',
        // Also when it was the second of our own attempts that found the first.
        judge: there =>
          there === undefined ? 'again' : { outcome: isSame(there, body) ? 'created' : 'exists' },
      }),
    putIfMatch: (key, body, etag) =>
      settle({ store, key, patience }, () => store.putIfMatch(key, body, etag), {
        isCertain: outcome => outcome !== undefined,
        judge: there => {
          if (there?.meta.etag === etag) return 'again'
          // Neither what was nor what was sent: ours may have stood in between.
          return there && isSame(there, body) ? { outcome: there.meta } : 'unknown'
        },
      }),
  }
}

type Write = { readonly store: Requests; readonly key: string; readonly patience: Patience }
type Judgement<T> = 'again' | 'unknown' | { readonly outcome: T }
type Rules<T> = {
  /** This answer says what became of the write, whatever became of earlier attempts. */
  readonly isCertain: (outcome: T) => boolean
  /** What became of the writes whose answers were lost, by what stands now. */
  readonly judge: (there: Got | undefined) => Judgement<T>
}

/** Attempts at a conditional write. Once an answer was lost, a later refusal may be our own doing. */
async function settle<T>(write: Write, attempt: () => Promise<T>, rules: Rules<T>): Promise<T> {
  const { patience } = write
  let lost: Failure | undefined
  for (let tries = 1; ; tries++) {
    patience.signal.throwIfAborted()
    const answer = await answerOf(attempt)
    if ('outcome' in answer && (lost === undefined || rules.isCertain(answer.outcome))) return answer.outcome
    if ('failed' in answer && answer.failed.code === unknown) lost = answer.failed
    const judgement = lost ? rules.judge(await standing(write, lost)) : 'again'
    if (typeof judgement === 'object') return judgement.outcome
    const failed = 'failed' in answer ? answer.failed : lost
    const isEnd = judgement === 'unknown' || tries >= patience.attemptsMax || !isPassing(failed)
    // An attempt whose answer was lost may still have written, whatever the last one says.
    if (isEnd) throw lost ?? failed
    await pause(tries, failed, patience)
  }
}

const unknown = 'SLUICE_OBJECT_OUTCOME_UNKNOWN'

async function answerOf<T>(attempt: () => Promise<T>): Promise<{ outcome: T } | { failed: Failure }> {
  try {
    return { outcome: await attempt() }
  } catch (thrown) {
    if (thrown instanceof Failure) return { failed: thrown }
    throw thrown
  }
}

/** What stands under the key now; where that cannot be told either, the write stays unknown. */
async function standing({ store, key, patience }: Write, lost: Failure): Promise<Got | undefined> {
  try {
    return await persist(() => store.get(key), patience)
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    if (thrown.code === 'SLUICE_OBJECT_NOT_FOUND') return undefined
    throw lost
  }
}

function isSame({ bytes }: Got, body: Uint8Array): boolean {
  return Buffer.compare(bytes, body) === 0
}

type Listing = { readonly prefix: string; readonly startAfter?: string }

/** A list that broke off goes on behind the last key that was told; each new key renews the patience. */
async function* listOn(
  store: Requests,
  { prefix, startAfter }: Listing,
  patience: Patience,
): AsyncIterable<ObjectMeta> {
  let after = startAfter
  for (let tries = 1; ; tries++) {
    try {
      for await (const meta of store.list(prefix, after === undefined ? {} : { startAfter: after })) {
        after = meta.key
        tries = 1
        yield meta
      }
      return
    } catch (thrown) {
      if (!isPassing(thrown) || tries >= patience.attemptsMax) throw thrown
      await pause(tries, thrown, patience)
    }
  }
}
