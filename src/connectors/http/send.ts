import type { HttpRequest } from '../../connect/index.ts'
import { type Failure, failure } from '../../errors/index.ts'
import { type Sent, addressOf, headersOf, readUrl, redacted } from './address.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'
import { type Watch, openWatch } from './watch.ts'

export type Call = {
  readonly url: URL
  readonly request: HttpRequest
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly bytesMax: number
  /** A status that is an answer here, though it is an error elsewhere. */
  readonly allow?: number
}

/** An answer whose status is good, its body not yet read. */
export type Reply = {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  /** The body, piece by piece; silence, excess and a broken connection are failures. */
  readonly pieces: () => AsyncIterable<Uint8Array>
}

/** One attempt: ask, follow redirects, judge the status, and hand the reply over while the watch is on. */
export async function send<T>(call: Call, world: World, take: (reply: Reply) => Promise<T>): Promise<T> {
  const watch = openWatch(call, world)
  let body: ReadableStream<Uint8Array> | null = null
  try {
    const { url, response } = await follow(call, world, watch)
    body = response.body
    if (response.status !== call.allow) refuse(url, response, world)
    const pieces = () => piecesOf({ url, response, call, watch })
    return await take({ url, status: response.status, headers: response.headers, pieces })
  } finally {
    watch.close()
    // A body nobody wants must not hold the connection. Cancelling one that broke rejects with what broke it.
    if (body && !body.locked) await body.cancel().catch(ignoreBroken)
  }
}

function ignoreBroken(): void {
  // The failure that broke the body is already on its way to the caller.
}

type Hop = { readonly url: URL; readonly method: string; readonly body: string | undefined }

async function follow(call: Call, world: World, watch: Watch): Promise<{ url: URL; response: Response }> {
  const { request } = call
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  let hop: Hop = { url: addressOf(call.url, request.query, world), method: call.method, body }
  const { origin } = hop.url
  const headers = headersOf(call.url, request, world)
  for (let redirects = 0; redirects <= limits.redirectsMax; redirects++) {
    // What proves who we are goes to the origin that was named, also if another one sends us there.
    const sent = hop.url.origin === origin ? [...headers.open, ...headers.own] : headers.open
    const response = await ask(hop, sent, { world, watch })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || location === null) return { url: hop.url, response }
    await response.body?.cancel()
    hop = next(hop, response.status, location)
  }
  throw failure('SLUICE_HTTP_REDIRECTS', { url: redacted(call.url), count: limits.redirectsMax })
}

/** RFC 9110 section 15.4: 303 always, and 301 and 302 in practice, turn a POST into a GET. */
function next(hop: Hop, status: number, location: string): Hop {
  const url = readUrl(location, hop.url)
  const becomesGet = status === 303 || ((status === 301 || status === 302) && hop.method === 'POST')
  return becomesGet && hop.method !== 'HEAD' ? { url, method: 'GET', body: undefined } : { ...hop, url }
}

async function ask(
  { url, method, body }: Hop,
  headers: Sent['open'],
  { world, watch }: { readonly world: World; readonly watch: Watch },
): Promise<Response> {
  // fetch refuses user and password in the URL; they are in the headers already.
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const sent = new Headers({ accept: 'application/json, */*;q=0.5', 'user-agent': 'sluice' })
  if (body !== undefined) sent.set('content-type', 'application/json')
  for (const [name, value] of headers) sent.set(name, value)
  const options = { method, headers: sent, redirect: 'manual' as const, signal: watch.signal }
  try {
    const response = await world.fetch(bare, body === undefined ? options : { ...options, body })
    watch.heard(0)
    return response
  } catch (thrown) {
    throw watch.failed ?? cancelled(world) ?? unreachable(url, thrown)
  }
}

function cancelled(world: World): unknown {
  return world.signal.aborted ? world.signal.reason : undefined
}

function unreachable(url: URL, thrown: unknown): Failure {
  const cause = (thrown as { readonly cause?: unknown }).cause ?? thrown
  const { code, message = '' } = cause as { readonly code?: string; readonly message?: string }
  const words = code !== undefined && !message.includes(code) ? `${code}: ${message}` : message
  return failure('SLUICE_HTTP_UNREACHABLE', { url: redacted(url), words }, { cause })
}

/** Statuses that are no answer to work with, by what can be done about them. */
function refuse(at: URL, { status, headers }: Response, world: World): void {
  if (status >= 200 && status < 300) return
  const url = redacted(at)
  const afterMs = retryAfterMs(headers, world)
  const patience = afterMs === undefined ? {} : { afterMs }
  if (status === 429 || (status === 503 && afterMs !== undefined)) {
    throw failure('SLUICE_HTTP_BUSY', { url, status, afterMs }, patience)
  }
  if ([408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524].includes(status)) {
    throw failure('SLUICE_HTTP_SERVER', { url, status }, patience)
  }
  if (status === 401 || status === 403 || status === 407)
    throw failure('SLUICE_HTTP_REFUSED', { url, status })
  throw failure('SLUICE_HTTP_STATUS', { url, status })
}

/**
 * RFC 9110 section 10.2.3: seconds, or a date. The date is held against the server's own clock where it
 * tells it.
 */
function retryAfterMs(headers: Headers, world: Pick<World, 'nowMs'>): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const at = Date.parse(text)
  if (Number.isNaN(at)) return undefined
  const now = Date.parse(headers.get('date') ?? '')
  return Math.max(0, at - (Number.isNaN(now) ? world.nowMs() : now))
}

type Pouring = { readonly url: URL; readonly response: Response; readonly call: Call; readonly watch: Watch }

async function* piecesOf({ url, response, call, watch }: Pouring): AsyncIterable<Uint8Array> {
  let bytes = 0
  try {
    for await (const piece of response.body ?? []) {
      bytes += piece.byteLength
      watch.heard(bytes)
      if (bytes > call.bytesMax) {
        throw failure('SLUICE_HTTP_TOO_LARGE', { url: redacted(url), bytesMax: call.bytesMax })
      }
      yield piece
    }
  } catch (thrown) {
    if (watch.failed) throw watch.failed
    if (watch.cancelled) throw watch.cancelled
    // What fetch throws when the connection breaks: a TypeError `terminated`, its cause from the socket or
    // the decoder.
    if (thrown instanceof TypeError || isDecoding(thrown)) {
      throw failure('SLUICE_HTTP_CUT', { url: redacted(url), bytes }, { cause: thrown })
    }
    throw thrown
  }
}

function isDecoding(thrown: unknown): boolean {
  return /^(Z_|ERR__ERROR_|ERR_STREAM|ECONNRESET|UND_ERR)/.test(
    (thrown as { readonly code?: string }).code ?? '',
  )
}
