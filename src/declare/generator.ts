import type { About, Batch, Http, ReadContext, ReadRequest, RowObject, Source } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import type { Json } from '../model/index.ts'
import { type Progress, openProgress } from './progress.ts'
import type { RowOfYield, Walk } from './rows.ts'

/** What a generator that ingests is given. */
export type IngestContext = {
  /** Largest cursor value loaded so far less the lag, as text; undefined: everything is wanted. */
  readonly since: string | undefined
  /** What `checkpoint` was last given, by a read that was committed or killed; undefined: nothing. */
  readonly position: Json | undefined
  /** Requests with limits, retries and `Retry-After` kept. A killed read goes on at its page, see `pages`. */
  readonly http: Http
  readonly signal: AbortSignal
  readonly log: (words: string) => void
  /**
   * Every row yielded so far is whole: a later read may go on from this position. Not needed with
   * `http.pages`, whose loops keep their place themselves as long as rows of a page are yielded before the
   * next page is asked for.
   */
  readonly checkpoint: (position: Json) => void
}

/** Yields rows, lists of rows or pages of `http.pages`. */
export type IngestFunction<Yielded> = (context: IngestContext) => Walk<Yielded>

const batchRowsMax = 2_000

const about: About = {
  name: 'function',
  summary: 'An async generator in the project: any API, any format, row by row',
  tier: 'local',
  needs: {},
  can: { read: true },
  limits: { batchRowsMax },
  options: {},
}

/** An async generator as a source. */
export function generatorSource<Yielded>(generate: IngestFunction<Yielded>): Source<RowOfYield<Yielded>> {
  return Object.freeze({
    about,
    describe: generate.name === '' ? 'function' : `function ${generate.name}`,
    options: Object.freeze({}),
    read: (request: ReadRequest, context: ReadContext) => readRows(generate, request, context),
  })
}

async function* readRows(
  generate: IngestFunction<unknown>,
  request: ReadRequest,
  context: ReadContext,
): AsyncIterable<Batch> {
  const progress = openProgress(request, context)
  if (progress.ended) return
  let rows: RowObject[] = []
  for await (const yielded of generate(givenTo(progress, request, context))) {
    context.signal.throwIfAborted()
    // Reached before this yield, so it covers exactly the rows gathered before it.
    const position = progress.reached()
    if (position !== undefined) {
      yield { kind: 'rows', rows, position }
      rows = []
    }
    for (const row of rowsOf(yielded, progress)) rows.push(row)
    if (rows.length < batchRowsMax) continue
    yield { kind: 'rows', rows }
    rows = []
  }
  // Told even without rows: whoever is killed before they are published need not read again.
  yield { kind: 'rows', rows, position: progress.end() }
}

function givenTo(progress: Progress, request: ReadRequest, context: ReadContext): IngestContext {
  return {
    since: request.since,
    position: progress.own,
    http: progress.http,
    signal: context.signal,
    log: context.log,
    checkpoint: progress.checkpoint,
  }
}

/**
 * Rows out of what a function yielded: one row, a list of rows. Anything else is a failure that names its
 * kind.
 */
export function rowsOfYield(yielded: unknown): readonly RowObject[] {
  const list: readonly unknown[] = Array.isArray(yielded) ? yielded : [yielded]
  for (const row of list) if (!isRow(row)) throw failure('SLUICE_ROW_SHAPE', { what: wordsFor(row) })
  return list as readonly RowObject[]
}

function rowsOf(yielded: unknown, progress: Progress): readonly RowObject[] {
  progress.countYield()
  return rowsOfYield(progress.recordsOf(yielded) ?? yielded)
}

function isRow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Date || value instanceof Map || value instanceof Set || value instanceof Promise)
}

/** The kind of thing, never the thing: it may be data. */
function wordsFor(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list within a list'
  if (value instanceof Promise) return 'a promise (is an `await` missing?)'
  return typeof value === 'object' ? `a ${value.constructor?.name ?? 'object'}` : `a ${typeof value}`
}
