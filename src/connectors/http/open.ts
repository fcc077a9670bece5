import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ExactJson, Headline, Http, HttpRequest } from '../../connect/index.ts'
import { Failure, failure } from '../../errors/index.ts'
import { readUrl, redacted } from './address.ts'
import { parseJson } from './json.ts'
import { limits } from './limits.ts'
import { walkPages } from './pages.ts'
import { type HttpPorts, type World, fromEnvironment, worldOf } from './ports.ts'
import { type Call, type Reply, send } from './send.ts'

export type { HttpPorts } from './ports.ts'

/** HTTP with limits, retries and `Retry-After` kept. Opens nothing: connections belong to `fetch`. */
export function openHttp(ports: HttpPorts): Http {
  const world: World = {
    log: () => {},
    fetch,
    reveal: fromEnvironment,
    requestMsMax: limits.requestMsMax,
    ...ports,
    signal: ports.signal ?? new AbortController().signal,
  }
  const get = async <T>(url: string, request: HttpRequest | undefined, take: (reply: Reply) => Promise<T>) =>
    attempts(callOf(readUrl(url), request), world, take)
  return {
    json: (url, request) => get(url, request, async reply => (await readJson(reply)).body),
    text: (url, request) => get(url, request, readText),
    head: async (url, request) =>
      attempts({ ...callOf(readUrl(url), asStored(request)), method: 'HEAD' }, world, async reply =>
        headline(reply),
      ),
    download: async (url, path, request) => {
      const bytesMax = request?.bytesMax ?? limits.downloadBytesMax
      return attempts({ ...callOf(readUrl(url), asStored(request)), bytesMax }, world, async reply => {
        await pipeline(reply.pieces(), createWriteStream(path))
        return headline(reply)
      })
    },
    pages: (url, request = {}) =>
      walkPages(readUrl(url), request, {
        world: worldOf(world, request.signal),
        load: (at, of, allow) => {
          const call = callOf(at, of)
          return attempts(allow === undefined ? call : { ...call, allow }, world, async reply =>
            reply.status === allow ? undefined : { reply, ...(await readJson(reply)) },
          )
        },
      }),
  }
}

function callOf(url: URL, request: HttpRequest = {}): Call {
  const method = request.method ?? (request.body === undefined ? 'GET' : 'POST')
  return { url, request, method, bytesMax: request.bytesMax ?? limits.bodyBytesMax }
}

/** Not compressed on the way: fetch does not tell that a compressed body ended early. */
function asStored(request: HttpRequest = {}): HttpRequest {
  return { ...request, headers: { 'accept-encoding': 'identity', ...request.headers } }
}

/** The same call until it succeeds, fails for good, or has failed often enough. */
async function attempts<T>(call: Call, outer: World, take: (reply: Reply) => Promise<T>): Promise<T> {
  const world = worldOf(outer, call.request.signal)
  const attemptsMax = call.request.attemptsMax ?? limits.attemptsMax
  for (let attempt = 1; ; attempt++) {
    world.signal.throwIfAborted()
    try {
      return await send(call, world, take)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.retry === 'never' || attempt >= attemptsMax) throw thrown
      const delayMs = thrown.afterMs ?? backoffMs(attempt, world)
      // Longer waits are the executor's: it is told `afterMs` and gives the slot to another step.
      if (delayMs > limits.waitMsMax) throw thrown
      const wait = `${Math.ceil(delayMs / 100) / 10} s`
      world.log(`${thrown.title} Attempt ${attempt + 1} of ${attemptsMax} follows in ${wait}.`)
      await world.sleep(delayMs, world.signal)
    }
  }
}

/**
 * Exponential with full jitter (Brooker, "Exponential Backoff And Jitter"): the least work for all who wait
 * together.
 */
function backoffMs(attempt: number, { random }: World): number {
  return random() * Math.min(30_000, 500 * 2 ** attempt)
}

async function readText({ pieces, headers }: Reply): Promise<string> {
  const charset = /charset="?([\w-]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8'
  return new TextDecoder(known(charset)).decode(await gather(pieces()))
}

function known(charset: string): string {
  try {
    return new TextDecoder(charset).encoding
  } catch (thrown) {
    // WHATWG Encoding: a RangeError is how an unknown label is told. UTF-8 is what most such servers mean.
    if (thrown instanceof RangeError) return 'utf-8'
    throw thrown
  }
}

async function readJson({ url, pieces, headers }: Reply): Promise<{ text: string; body: ExactJson }> {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
  // RFC 8259 section 8.1: JSON between systems is UTF-8, whatever the header says.
  const text = new TextDecoder('utf-8').decode(await gather(pieces()))
  if (/html|xml/i.test(type) || /^\s*</.test(text)) {
    const kind = /xml/i.test(type) && !/html/i.test(type) ? 'XML' : 'HTML'
    throw failure('SLUICE_HTTP_NOT_JSON', { url: redacted(url), type: kind })
  }
  if (text.trim() === '') throw failure('SLUICE_HTTP_NOT_JSON', { url: redacted(url), type: 'nothing' })
  try {
    return { text, body: parseJson(text) }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
    // Only the place: V8 repeats a piece of the text, and that is data. Without a place it is the end.
    const at = Number(/position (\d+)/.exec(thrown.message)?.[1] ?? text.length)
    throw failure('SLUICE_HTTP_JSON_BROKEN', { url: redacted(url), at, characters: text.length })
  }
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

function headline({ headers }: Reply): Headline {
  const size = headers.get('content-length')
  // Compressed in transit, the length is not the file's.
  const plain = size !== null && headers.get('content-encoding') === null
  return {
    sizeBytes: plain ? Number(size) : undefined,
    etag: headers.get('etag') ?? undefined,
    modified: headers.get('last-modified') ?? undefined,
  }
}
