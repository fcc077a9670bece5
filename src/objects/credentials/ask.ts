import { failure } from '../../errors/index.ts'
import { limits } from '../limits.ts'
import type { Surroundings } from '../open.ts'
import { patience, persist } from '../retry.ts'
import { openWire } from '../wire.ts'

/** What sources of credentials know of the world. */
export type World = Pick<Surroundings, 'env' | 'homeDir'> & {
  /** Of the store; requests to STS go there. */
  readonly region: string
  readonly signal: AbortSignal
}

export type Document = { readonly status: number; readonly text: string }

type Request = {
  /** For people, as the beginning of a sentence. */
  readonly source: string
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly url: URL
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  readonly silenceMsMax?: number
  readonly attemptsMax?: number
}

/** One document from a place that gives credentials; its statuses below 500 are the caller's to judge. */
export async function ask(request: Request, signal: AbortSignal): Promise<Document> {
  const { source, url, attemptsMax = limits.attemptsMax } = request
  const wire = openWire()
  const once = async (): Promise<Document> => {
    const question = {
      method: request.method ?? 'GET',
      origin: url,
      path: url.pathname + url.search,
      headers: request.headers ?? {},
      body: Buffer.from(request.body ?? ''),
      silenceMsMax: request.silenceMsMax ?? limits.silenceMsMax,
      bytesMax: limits.documentBytesMax,
    }
    const answer = await wire.ask(question, signal)
    if ('sent' in answer)
      throw failure(
        'SLUICE_CREDENTIALS_UNREACHABLE',
        { source, words: answer.words },
        { cause: answer.cause },
      )
    if (answer.status >= 500 || answer.status === 429)
      throw failure('SLUICE_CREDENTIALS_UNREACHABLE', { source, words: `It failed with ${answer.status}.` })
    return { status: answer.status, text: answer.body.toString() }
  }
  try {
    return await persist(once, { ...patience(signal), attemptsMax })
  } finally {
    wire.close()
  }
}
