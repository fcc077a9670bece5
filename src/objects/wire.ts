import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { Failure, failure } from '../errors/index.ts'
import { limits } from './limits.ts'

export type Question = {
  readonly method: string
  /** Scheme, host and port. */
  readonly origin: URL
  /** Path and query, encoded, sent as they are. */
  readonly path: string
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  /** Longest silence, connecting included. */
  readonly silenceMsMax?: number
  readonly bytesMax?: number
}

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

/** No answer. `sent`: the server may have got the request, and done what it asks. */
export type Broken = { readonly sent: boolean; readonly words: string; readonly cause: unknown }

/**
 * HTTP/1.1 over connections that are kept. Not `fetch`: it neither tells whether a request has left, nor
 * gives a body as it is stored (it undoes a `content-encoding`).
 */
export type Wire = {
  readonly ask: (question: Question, signal: AbortSignal) => Promise<Answer | Broken>
  readonly close: () => void
}

export function openWire(): Wire {
  const kept = { keepAlive: true, maxSockets: limits.connectionsMax }
  const http = new HttpAgent(kept)
  const https = new HttpsAgent(kept)
  return {
    ask: (question, signal) => {
      const isSecure = question.origin.protocol === 'https:'
      const options = {
        method: question.method,
        host: question.origin.hostname.replaceAll(/^\[|\]$/g, ''),
        ...(question.origin.port === '' ? {} : { port: question.origin.port }),
        path: question.path,
        headers: { ...question.headers, 'content-length': String(question.body.length) },
        signal,
      }
      const request = isSecure
        ? requestHttps({ ...options, agent: https })
        : requestHttp({ ...options, agent: http })
      return converse(request, question, signal)
    },
    close: () => {
      http.destroy()
      https.destroy()
    },
  }
}

async function converse(
  request: ClientRequest,
  question: Question,
  signal: AbortSignal,
): Promise<Answer | Broken> {
  const answered = Promise.withResolvers<IncomingMessage>()
  const silenceMsMax = question.silenceMsMax ?? limits.silenceMsMax
  const tracked = { sent: false, silent: false }
  request.on('socket', socket => {
    const ready = question.origin.protocol === 'https:' ? 'secureConnect' : 'connect'
    if (socket.connecting) socket.once(ready, () => (tracked.sent = true))
    else tracked.sent = true
  })
  request.on('response', answered.resolve)
  request.on('error', answered.reject)
  request.setTimeout(silenceMsMax, () => {
    tracked.silent = true
    request.destroy()
  })
  request.end(question.body)
  try {
    const response = await answered.promise
    const body = await bodyOf(response, question.origin, question.bytesMax ?? limits.answerBytesMax)
    return { status: response.statusCode ?? 0, headers: response.headers, body }
  } catch (thrown) {
    request.destroy()
    signal.throwIfAborted()
    if (thrown instanceof Failure) throw thrown
    const words = tracked.silent ? `It was silent for ${silenceMsMax} ms.` : wordsOf(thrown)
    return { sent: tracked.sent, words, cause: thrown }
  }
}

/** The whole body. One that ends early rejects: Node destroys such a response with ECONNRESET. */
async function bodyOf(response: IncomingMessage, origin: URL, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > bytesMax)
      throw failure('SLUICE_OBJECT_STORE_ANSWER', {
        store: origin.host,
        words: `it has more than ${bytesMax} bytes`,
      })
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}

function wordsOf(thrown: unknown): string {
  const { code, message } = thrown as { readonly code?: string; readonly message?: string }
  return [code, message].filter(word => word !== undefined && word !== '').join(': ')
}
