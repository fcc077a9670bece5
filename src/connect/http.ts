import type { Json } from '../model/index.ts'
import type { Secret } from './secret.ts'

/** HTTP as connectors and generators get it: limits, retries and `Retry-After` are already kept. */
export interface Http {
  json(url: string, request?: HttpRequest): Promise<Json>
  text(url: string, request?: HttpRequest): Promise<string>
  /** Page after page. `position` of a page, given back as `after`, goes on behind that page. */
  pages(url: string, request?: PagesRequest): AsyncIterable<Page>
}

export type HttpRequest = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: { readonly [name: string]: string | Secret }
  readonly query?: { readonly [name: string]: string | number | boolean | undefined }
  readonly body?: Json
  readonly auth?: HttpAuth
  readonly timeoutMs?: number
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
  readonly paging?: Paging
  /** Path to the list of records in a page's body: `data.items`. undefined: the body, or its only list. */
  readonly records?: string
  /** Cursor value to send as the query parameter `since`, when given. */
  readonly since?: string | undefined
  readonly after?: Json | undefined
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
  readonly body: Json
  readonly position: Json
}
