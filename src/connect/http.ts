import type { Json } from '../model/index.ts'
import type { Secret } from './secret.ts'

/** HTTP as connectors and generators get it: limits, retries and `Retry-After` are already kept. */
export interface Http {
  json(url: string, request?: HttpRequest): Promise<ExactJson>
  text(url: string, request?: HttpRequest): Promise<string>
  /** The body into a new file at this path, byte by byte as it was sent; a broken transfer begins again. */
  download(url: string, path: string, request?: HttpRequest): Promise<Headline>
  /** What the server says about it without sending it. */
  head(url: string, request?: HttpRequest): Promise<Headline>
  /** Page after page. `position` of a page, given back as `after`, goes on behind that page. */
  pages(url: string, request?: PagesRequest): AsyncIterable<Page>
}

/**
 * JSON in which no digit is lost: an integer that a double cannot hold is a bigint, a decimal it cannot
 * hold is its text. So rows from an API keep 64-bit ids as integers all the way into the table.
 */
export type ExactJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson }

/** How a resource looks from outside; undefined: the server does not say. */
export type Headline = {
  readonly sizeBytes: number | undefined
  readonly etag: string | undefined
  readonly modified: string | undefined
}

export type HttpRequest = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: { readonly [name: string]: string | Secret }
  /** Parameters added to the URL. A secret is left out of positions and messages. */
  readonly query?: { readonly [name: string]: string | number | boolean | Secret | undefined }
  readonly body?: Json
  readonly auth?: HttpAuth
  /** Longest silence: until the answer begins, and between two pieces of it. */
  readonly timeoutMs?: number
  /** Ends the request and its waits. Sources pass the signal of their read; generators get it passed. */
  readonly signal?: AbortSignal
  /** Attempts in all, for 429, 5xx, cut bodies and lost connections. */
  readonly attemptsMax?: number
  /** Largest body that is accepted. */
  readonly bytesMax?: number
}

export type HttpAuth =
  | { readonly bearer: string | Secret }
  | { readonly user: string; readonly password: string | Secret }
  | { readonly header: string; readonly value: string | Secret }

export type PagesRequest = HttpRequest & {
  /**
   * undefined: a `Link` header, or a link in the body at a usual place (`next`, `links.next`, `paging.next`
   * …).
   */
  readonly paging?: Paging
  /** Path to the list of records in a page's body: `data.items`. undefined: the body, or its only list. */
  readonly records?: string
  /** Cursor value to send as the query parameter `since`, when given. */
  readonly since?: string | undefined
  readonly after?: Json | undefined
  /** More pages than this are a failure, never a silent end. */
  readonly pagesMax?: number
  readonly requestsPerSecondMax?: number
}

export type Paging =
  | { readonly by: 'link header' }
  | { readonly by: 'next link'; readonly path: string }
  | { readonly by: 'cursor'; readonly path: string; readonly parameter: string }
  | {
      readonly by: 'offset'
      readonly parameter?: string
      readonly limitParameter?: string
      readonly limit: number
    }
  | { readonly by: 'page number'; readonly parameter?: string; readonly first?: number }
  | { readonly by: 'none' }

export type Page = {
  readonly records: readonly { readonly [key: string]: unknown }[]
  readonly body: ExactJson
  readonly position: Json
}
