import type { ExactJson, HttpRequest, Page, PagesRequest, Paging } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import { readUrl, redacted, userOf, withoutSecrets } from './address.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'
import { at, recordsOf } from './records.ts'
import type { Reply } from './send.ts'

type Loaded = { readonly reply: Reply; readonly text: string; readonly body: ExactJson }
type Loader = {
  readonly world: World
  /** undefined: the status was `allow`, which here means that there is no such page. */
  readonly load: (url: URL, request: HttpRequest, allow?: number) => Promise<Loaded | undefined>
}

/**
 * Where a page lies: behind which link, or at which value of the paging parameter. Small, and free of
 * secrets.
 */
type Place = { readonly link: string } | { readonly value: string | number }
/** Page after page, each with the position behind it. */
export async function* walkPages(
  url: URL,
  given: PagesRequest,
  { world, load }: Loader,
): AsyncIterable<Page> {
  const { first, request } = withoutUser(url, given)
  const pagesMax = request.pagesMax ?? limits.pagesMax
  const pace = openPace(request.requestsPerSecondMax, world)
  const seen = new Set<string>()
  let place = startOf(first, request)
  let before = ''
  for (let pages = 1; place !== undefined; pages++) {
    if (pages > pagesMax) throw failure('SLUICE_HTTP_PAGES_MANY', { url: redacted(first), pagesMax })
    await pace()
    const loaded = await loadAt(first, place, { request, load })
    if (loaded === undefined) return
    const { reply, text, body } = loaded
    const records = recordsOf(body, request.records, redacted(reply.url))
    const next = behind({ place, records, request, loaded, world })
    // By offset or number places never repeat; a server that ignores the parameter sends the same page for
    // ever.
    const again = 'value' in place && records.length > 0 && text === before
    if (again || seen.has(JSON.stringify(next))) {
      throw failure('SLUICE_HTTP_PAGES_LOOP', { url: redacted(first), pages })
    }
    seen.add(JSON.stringify(place))
    before = text
    yield { records, body, position: next ?? { end: true } }
    place = next
  }
}

/**
 * User and password of the URL as what they are, so that they hold for every page and stand in no position.
 */
function withoutUser(url: URL, request: PagesRequest): { first: URL; request: PagesRequest } {
  const auth = request.auth ?? userOf(url)
  const first = new URL(url)
  first.username = ''
  first.password = ''
  return { first, request: auth ? { ...request, auth } : request }
}

async function loadAt(
  first: URL,
  place: Place,
  { request, load }: { readonly request: PagesRequest; readonly load: Loader['load'] },
): Promise<Loaded | undefined> {
  if ('link' in place) return await load(readUrl(place.link, first), linkRequest(first, place.link, request))
  const query = { ...request.query, ...sinceOf(request), ...parametersOf(place.value, request.paging) }
  // Django REST and others answer 404 for the page behind the last one.
  const { by, start } = startValue(request.paging)
  const mayEnd = by === 'page number' && Number(place.value) > start
  return await load(first, { ...request, query }, mayEnd ? 404 : undefined)
}

/**
 * A next link holds its own parameters; only secret ones, which no position keeps, are added again, on the
 * same origin.
 */
function linkRequest(first: URL, link: string, request: PagesRequest): HttpRequest {
  const target = readUrl(link, first)
  if (target.href === first.href) return { ...request, query: { ...request.query, ...sinceOf(request) } }
  const { query = {}, auth, headers, ...rest } = request
  if (target.origin !== first.origin) return rest
  const secret = Object.entries(query).filter(([, value]) => typeof value === 'object')
  const kept = { ...rest, ...(headers ? { headers } : {}), ...(auth ? { auth } : {}) }
  return { ...kept, query: Object.fromEntries(secret) }
}

function sinceOf({ since }: PagesRequest): { readonly since?: string } {
  return since === undefined ? {} : { since }
}

function startOf(first: URL, { paging, after }: PagesRequest): Place | undefined {
  if (after === undefined || after === null) {
    return isByNumber(paging) ? { value: startValue(paging).start } : { link: first.href }
  }
  const position = after as Partial<{ end: true; link: string; value: string | number }>
  if (position.end === true) return undefined
  if (typeof position.link === 'string' && !isByNumber(paging)) return { link: position.link }
  if (position.value !== undefined && isByValue(paging)) return { value: position.value }
  throw failure('SLUICE_HTTP_POSITION', { url: redacted(first) })
}

function isByValue(paging: Paging | undefined): boolean {
  return paging?.by === 'cursor' || isByNumber(paging)
}

function isByNumber(paging: Paging | undefined): boolean {
  return paging?.by === 'offset' || paging?.by === 'page number'
}

function startValue(paging: Paging | undefined): { readonly by: string; readonly start: number } {
  if (paging?.by === 'page number') return { by: paging.by, start: paging.first ?? 1 }
  return { by: paging?.by ?? '', start: 0 }
}

function parametersOf(
  value: string | number,
  paging: Paging | undefined,
): { readonly [name: string]: string | number } {
  if (paging?.by === 'cursor') return { [paging.parameter]: value }
  if (paging?.by === 'page number') return { [paging.parameter ?? 'page']: value }
  if (paging?.by !== 'offset') return {}
  return { [paging.parameter ?? 'offset']: value, [paging.limitParameter ?? 'limit']: paging.limit }
}

type Turn = {
  readonly place: Place
  readonly records: readonly unknown[]
  readonly request: PagesRequest
  readonly loaded: Loaded
  readonly world: World
}

/** The place behind this page; undefined: it was the last. */
function behind({ place, records, request, loaded, world }: Turn): Place | undefined {
  const { paging } = request
  const { reply, body } = loaded
  if (paging?.by === 'none') return undefined
  if (paging?.by === 'cursor') {
    const cursor = at(body, paging.path)
    // A page without records may have a successor: filters are often applied after the page was cut.
    const ended = cursor === undefined || cursor === null || cursor === '' || cursor === false
    return ended ? undefined : { value: typeof cursor === 'number' ? cursor : String(cursor) }
  }
  // Until a page is empty: a short page is no proof, servers cut pages to limits of their own.
  if (isByNumber(paging)) {
    const now = 'value' in place ? Number(place.value) : 0
    return records.length === 0 ? undefined : { value: now + (paging?.by === 'offset' ? records.length : 1) }
  }
  const link = paging?.by === 'next link' ? linkAt(body, paging.path) : linkOf(reply, body, paging)
  return link === undefined ? undefined : { link: withoutSecrets(readUrl(link, reply.url), request, world) }
}

const usualLinks = [
  'next',
  'links.next',
  'links.next.href',
  '_links.next.href',
  '_links.next',
  'paging.next',
].concat(['pagination.next', 'meta.next', 'next_page_url', 'nextLink', '@odata.nextLink'])

function linkOf(reply: Reply, body: ExactJson, paging: Paging | undefined): string | undefined {
  const link = nextOf(reply.headers.get('link'))
  if (link !== undefined || paging !== undefined) return link
  const links = usualLinks.map(path => linkAt(body, path))
  return links.find(it => it !== undefined && /^(https?:\/\/|\/|\?)/i.test(it))
}

function linkAt(body: ExactJson, path: string): string | undefined {
  const link = at(body, path)
  return typeof link === 'string' && link !== '' ? link : undefined
}

/**
 * RFC 8288: `<https://…?page=2>; rel="next", <…>; rel="last"`. The URL may hold commas, so it is not split
 * at them.
 */
export function nextOf(header: string | null): string | undefined {
  for (const [, link, parameters = ''] of (header ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters)
    const names = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/)
    if (names.includes('next')) return link
  }
  return undefined
}

/** Keeps the distance between requests. A clock that jumps costs at most one distance. */
function openPace(requestsPerSecondMax: number | undefined, world: World): () => Promise<void> {
  if (requestsPerSecondMax === undefined) return async () => {}
  const distanceMs = 1000 / requestsPerSecondMax
  let nextMs = Number.NEGATIVE_INFINITY
  return async () => {
    const waitMs = Math.min(distanceMs, nextMs - world.nowMs())
    if (waitMs > 0) await world.sleep(waitMs, world.signal)
    nextMs = world.nowMs() + distanceMs
  }
}
