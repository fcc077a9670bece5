import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Http, ReadContext, Source } from '../../connect/index.ts'
import { openHttp } from './open.ts'
import { rest } from './rest.ts'

/** A real server on this machine that answers as a script says. */
export type Live = {
  readonly url: string
  /** Every request so far: method, path with query, headers. */
  readonly asked: readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[]
  readonly dispose: () => Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** Starts it on a free port of the loopback. */
export async function serve(answer: Answer): Promise<Live> {
  const asked: { line: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    answer(request, response, asked.length)
  })
  const listening = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', listening.resolve)
  await listening.promise
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    dispose: async () => {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}

/** `Http` whose waits take no time and are written down. */
export function quick(waits: number[] = [], ports: Partial<Parameters<typeof openHttp>[0]> = {}): Http {
  let nowMs = Date.UTC(2024, 0, 31)
  return openHttp({
    nowMs: () => nowMs,
    random: () => 1,
    sleep: async ms => {
      waits.push(ms)
      nowMs += ms
    },
    ...ports,
  })
}

/**
 * What the shared suites ask for: seven records in pages of three, read as after a kill. Without a kill,
 * pages are walked anew with every load, so the position of a finished one means nothing.
 */
export async function fresh(): Promise<{
  source: Source
  context: ReadContext
  rows: number
  dispose: () => Promise<void>
}> {
  const rows = Array.from({ length: 7 }, (_, id) => ({ id }))
  const live = await serve((request, response) => {
    const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('offset'))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ items: rows.slice(from, from + 3) }))
  })
  const context: ReadContext = {
    root: '/',
    signal: new AbortController().signal,
    http: quick(),
    nowMs: () => Date.UTC(2024, 0, 31),
    log: () => {},
  }
  const told = rest({ url: `${live.url}/items`, paging: { by: 'offset', limit: 3 } })
  const source: Source = Object.freeze({
    ...told,
    read: (request, given) => told.read({ ...request, resumes: true }, given),
  })
  return { source, context, rows: rows.length, dispose: live.dispose }
}
