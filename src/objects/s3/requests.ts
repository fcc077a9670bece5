import { createHash } from 'node:crypto'
import { failure } from '../../errors/index.ts'
import { checkKey, checkPrefix } from '../key.ts'
import { limits } from '../limits.ts'
import { checkRange, cutRange } from '../ranges.ts'
import type { GetOptions, Got, ObjectMeta, Requests } from '../store.ts'
import type { Address } from './address.ts'
import { listPages } from './list.ts'
import type { Call, Sender } from './send.ts'
import type { Answer } from '../wire.ts'
import { elements, encoded, textOf } from '../xml.ts'

/** The requests of a store that speaks S3, each asked once. */
export function s3Requests(address: Address, { send, close }: Sender): Requests {
  const store = address.describe
  const keyOf = (key: string) => {
    checkKey(key)
    return address.prefix + key
  }
  const put = (key: string, body: Uint8Array, call: Partial<Call>) =>
    send({ method: 'PUT', key: keyOf(key), body, what: `write \`${key}\``, ...call })
  return {
    describe: store,
    identity: `${address.endpoint?.origin ?? 'aws'}/${address.bucket}/${address.prefix}`,
    can: { putIfAbsent: true, putIfMatch: true },
    get: (key, options = {}) => get({ send, store }, { key, at: keyOf(key), ...options }),
    head: async key => {
      const answer = await send({
        method: 'HEAD',
        key: keyOf(key),
        what: `look at \`${key}\``,
        answers: [404],
      })
      return answer.status === 404 ? undefined : metaOf(answer, key, lengthOf(answer))
    },
    put: async (key, body) => metaOf(await put(key, body, {}), key, body.length),
    putIfAbsent: async (key, body) => {
      const condition = { headers: { 'if-none-match': '*' }, answers: [412], isOnce: true }
      return (await put(key, body, condition)).status === 412 ? 'exists' : 'created'
    },
    putIfMatch: async (key, body, etag) => {
      // 404: no object stands there (S3 user guide, "Conditional writes").
      const condition = { headers: { 'if-match': etag }, answers: [404, 412], isOnce: true }
      const answer = await put(key, body, condition)
      if (answer.status === 412 || answer.status === 404) return undefined
      return metaOf(answer, key, body.length)
    },
    list: (prefix, { startAfter = '' } = {}) => {
      checkPrefix(prefix)
      return listPages({ send, address }, { prefix, startAfter })
    },
    delete: async keys => {
      const all = keys.map(keyOf)
      for (let at = 0; at < all.length; at += limits.deleteKeysMax)
        await remove({ send, store }, all.slice(at, at + limits.deleteKeysMax))
    },
    close: async () => close(),
  }
}

type Asking = { readonly send: Sender['send']; readonly store: string }

async function get(
  { send, store }: Asking,
  { key, at, range, ifMatch }: GetOptions & { readonly key: string; readonly at: string },
): Promise<Got> {
  if (range) checkRange(range, key)
  // HTTP has no way to ask for no bytes (RFC 9110 section 14.1.1).
  const isEmpty = range !== undefined && range.start === range.end
  const headers = {
    ...(range && !isEmpty ? { range: `bytes=${range.start}-${range.end - 1}` } : {}),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  }
  const method = isEmpty ? 'HEAD' : 'GET'
  const answer = await send({ method, key: at, headers, what: `read \`${key}\``, answers: [404, 412, 416] })
  if (answer.status === 412) throw failure('SLUICE_OBJECT_CHANGED', { store, key })
  if (answer.status === 416)
    throw failure('SLUICE_OBJECT_RANGE', { key, ...span(range), sizeBytes: undefined })
  if (answer.status === 404) throw failure('SLUICE_OBJECT_NOT_FOUND', { store, key })
  if (isEmpty) return { bytes: new Uint8Array(), meta: metaOf(answer, key, lengthOf(answer)) }
  return part(answer, key, { store, range })
}

function span(range: GetOptions['range']): { start: number; end: number } {
  return range ?? { start: 0, end: 0 }
}

/** RFC 9110 section 14: a server may ignore the range (200), or send less of it than was asked for (206). */
function part(
  answer: Answer,
  key: string,
  { store, range }: { readonly store: string; readonly range: GetOptions['range'] },
): Got {
  const { body } = answer
  if (answer.status !== 206 || !range) {
    const { start, end } = cutRange(range ?? { start: 0, end: body.length }, body.length, key)
    return { bytes: body.subarray(start, end), meta: metaOf(answer, key, body.length) }
  }
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers['content-range'] ?? '') ?? []
  if (size === undefined || Number(start) !== range.start)
    throw failure('SLUICE_OBJECT_STORE_ANSWER', { store, words: 'it is another part than was asked for' })
  const wanted = Math.min(range.end, Number(size)) - range.start
  if (body.length !== wanted) throw failure('SLUICE_OBJECT_CUT', { store, key, bytes: body.length, wanted })
  return { bytes: body, meta: metaOf(answer, key, Number(size)) }
}

function lengthOf({ headers, body }: Answer): number {
  const length = headers['content-length']
  return length === undefined ? body.length : Number(length)
}

/** What the headers tell. The answer to a write has no time of the object but its own, which is the same. */
export function metaOf({ headers }: Answer, key: string, sizeBytes: number): ObjectMeta {
  const modifiedMs = Date.parse(headers['last-modified'] ?? headers.date ?? '')
  return { key, sizeBytes, modifiedMs: Number.isNaN(modifiedMs) ? 0 : modifiedMs, etag: headers.etag ?? '' }
}

/** Amazon S3 API reference, "DeleteObjects": keys that are not there count as deleted. */
async function remove({ send, store }: Asking, keys: readonly string[]): Promise<void> {
  const objects = keys.map(key => `<Object><Key>${encoded(key)}</Key></Object>`).join('')
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects}</Delete>`)
  const headers = {
    'content-type': 'application/xml',
    // It must be there, and MD5 is what every kin of S3 knows.
    'content-md5': createHash('md5').update(body).digest('base64'),
  }
  const what = keys.length === 1 ? `delete \`${keys[0]}\`` : `delete ${keys.length} objects`
  const answer = await send({ method: 'POST', query: { delete: '' }, headers, body, what })
  const failed = elements(answer.body.toString(), 'Error').filter(
    error => textOf(error, 'Code') !== 'NoSuchKey',
  )[0]
  if (failed === undefined) return
  const code = textOf(failed, 'Code') ?? ''
  if (code === 'InternalError' || code === 'SlowDown')
    throw failure('SLUICE_OBJECT_STORE_FAILED', { store, status: answer.status, code })
  throw failure('SLUICE_OBJECT_STORE_REFUSED', { store, what, status: answer.status, code })
}
