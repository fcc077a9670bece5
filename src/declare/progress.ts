import type { Http, Page, PagesRequest, ReadContext, ReadRequest } from '../connect/index.ts'
import type { Json } from '../model/index.ts'

/** Where a generator stands, kept for it while it walks over pages. */
export type Progress = {
  /** What the generator's own `checkpoint` was last given before this read. */
  readonly own: Json | undefined
  readonly http: Http
  readonly checkpoint: (position: Json) => void
  /** Something was yielded. */
  readonly countYield: () => void
  /** The records, if this is a page that came out of `http.pages`. */
  readonly recordsOf: (yielded: unknown) => Page['records'] | undefined
  /** A position reached since the last call; undefined: none. */
  readonly reached: () => Json | undefined
  /** true: the killed read had come to its end; all its rows are kept. */
  readonly ended: boolean
  /** The position once the generator has ended: its checkpoint stays, pages begin anew next time. */
  readonly end: () => Json
}

/** How far loops over pages have come: those that ended, and the one that is under way. */
type Place = {
  readonly done: readonly string[]
  readonly at?: { readonly loop: string; readonly after: Json }
}

/**
 * Beyond so many loops in one read positions would grow too large; the read then resumes from the last one
 * told.
 */
const loopsMax = 1_000

type State = {
  own: Json | undefined
  place: Place
  pending: boolean
  yields: number
  /** false: rows were kept back across pages, so that a page asked for says nothing about rows yielded. */
  trusted: boolean
  /** A loop over pages is under way; loops within it keep no place, their outer page is repeated. */
  walking: boolean
}

/**
 * Keeps the place of loops over `http.pages`, so that a killed read goes on at its page without a word from
 * the user: when a loop asks for its next page, the rows of the one before have been yielded. Where that
 * cannot be known (a page from which nothing was yielded: rows may have been kept back) no further place is
 * kept, and a killed read repeats more than it must.
 */
export function openProgress(request: ReadRequest, { http, signal }: ReadContext): Progress {
  const before = readPosition(request)
  const state: State = {
    own: before.own,
    place: before.place,
    pending: false,
    yields: 0,
    trusted: true,
    walking: false,
  }
  const pages = new WeakSet<object>()
  const opened = new Map<string, number>()
  const tracked = (url: string, request: PagesRequest = {}): AsyncIterable<Page> => {
    // Whoever gives `after` keeps the place himself.
    if (request.after !== undefined) return http.pages(url, { signal, ...request })
    const key = hashOf(JSON.stringify([url, request.method, request.query, request.body]))
    const nth = opened.get(key) ?? 0
    opened.set(key, nth + 1)
    const from = (after: Json | undefined) => http.pages(url, { signal, ...request, after })
    return walk(state, { before: before.place, loop: `${key}.${nth}`, from })
  }
  return {
    own: before.own,
    http: {
      json: (url, request) => http.json(url, { signal, ...request }),
      text: (url, request) => http.text(url, { signal, ...request }),
      download: (url, path, request) => http.download(url, path, { signal, ...request }),
      head: (url, request) => http.head(url, { signal, ...request }),
      pages: (url, request) => remembered(tracked(url, request), pages),
    },
    checkpoint: own => {
      state.own = own
      state.pending = true
    },
    countYield: () => {
      state.yields++
    },
    recordsOf: yielded =>
      typeof yielded === 'object' && yielded !== null && pages.has(yielded)
        ? (yielded as Page).records
        : undefined,
    reached: () => {
      if (!state.pending) return undefined
      state.pending = false
      return positionOf(state.own, state.place)
    },
    ended: before.ended,
    end: () => ({ ...positionOf(state.own, { done: [] }), ended: true }),
  }
}

async function* remembered(pages: AsyncIterable<Page>, seen: WeakSet<object>): AsyncIterable<Page> {
  for await (const page of pages) {
    seen.add(page)
    yield page
  }
}

type Loop = {
  readonly before: Place
  readonly loop: string
  readonly from: (after: Json | undefined) => AsyncIterable<Page>
}

async function* walk(state: State, { before, loop, from }: Loop): AsyncIterable<Page> {
  if (before.done.includes(loop)) return
  const after = before.at?.loop === loop ? before.at.after : undefined
  if (state.walking) {
    yield* from(undefined)
    return
  }
  state.walking = true
  let ended = true
  let page: Page | undefined
  let yields = 0
  const trust = () => {
    if (page && page.records.length > 0 && state.yields === yields) state.trusted = false
  }
  try {
    for await (page of from(after)) {
      yields = state.yields
      yield page
      trust()
      reach(state, { done: state.place.done, at: { loop, after: page.position } })
      page = undefined
    }
  } catch (thrown) {
    ended = false
    throw thrown
  } finally {
    state.walking = false
    // Also when the user's code leaves the loop early: it has seen enough, and says so again next time.
    trust()
    if (ended) reach(state, { done: [...state.place.done, loop] })
  }
}

function reach(state: State, place: Place): void {
  if (!state.trusted || place.done.length > loopsMax) return
  state.place = place
  state.pending = true
}

function positionOf(own: Json | undefined, place: Place): { readonly [part: string]: Json } {
  return {
    ...(own === undefined ? {} : { own }),
    ...(place.done.length > 0 || place.at ? { pages: place } : {}),
  }
}

type Before = { readonly ended: boolean; readonly own: Json | undefined; readonly place: Place }

/** Pages begin anew with every load; only a killed read goes on at its page. */
function readPosition({ position, resumes = false, everything = false }: ReadRequest): Before {
  const given = (position ?? {}) as { readonly own?: Json; readonly pages?: Place; readonly ended?: boolean }
  return {
    ended: resumes && given.ended === true,
    own: resumes || !everything ? given.own : undefined,
    place: (resumes ? given.pages : undefined) ?? { done: [] },
  }
}

/**
 * FNV-1a, 64 bits (draft-eastlake-fnv): what was asked may hold a secret, and positions are kept in the
 * ledger.
 */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return hash.toString(16)
}
