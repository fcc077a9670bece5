import { isWord, nesting } from './items.ts'
import type { Reference } from './references.ts'
import { type Token, type TokenOptions, nameOf, tokenize } from './tokens.ts'

/** What is known inside one pair of parentheses. */
type Frame = {
  readonly ctes: Set<string>
  /** Index of the first token of its statement. */
  start: number
  /** A table may come next. */
  expects: boolean
  /** Between FROM and what ends it: a comma brings the next table. */
  listing: boolean
  /**
   * SELECT, DELETE or the like was seen, so that FROM is a clause and not part of a call such as
   * `extract(year from x)`.
   */
  query: boolean
  /** In the list behind WITH. */
  defining: boolean
  recursive: boolean
  /** CTE that this frame defines: its name is known outside once the frame closes. */
  readonly defines: string | undefined
  /** Options of EXPLAIN: the statement begins behind them. */
  leads: boolean
}

/**
 * Tables that a query of any dialect reads, found by its tokens: for SQL that the engine's own parser cannot
 * take. Knows CTEs, subqueries, LATERAL, quoting, lists behind FROM and JOIN; does not count table functions.
 * Never throws.
 */
export function findReferences(sql: string, options: TokenOptions = {}): readonly Reference[] {
  const tokens = tokenize(sql, options).filter(token => token.kind !== 'comment')
  const state: State = { frames: [frame(0, false, undefined)], defining: undefined }
  const found: Reference[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const top = state.frames.at(-1) as Frame
    const depth = nesting(token)
    if (depth > 0) open(tokens, at, state)
    else if (depth < 0) close(state, at)
    else if (token.text === ';') state.frames.splice(0, state.frames.length, frame(at + 1, false, undefined))
    else if (top.expects && nameOf(token) !== undefined && !skipped.has(token.text.toLowerCase())) {
      const read = pathAt(tokens, at)
      top.expects = false
      // `copy t (a, b) to …` lists columns.
      const isCalled = tokens[read.next]?.text === '(' && !isWord(tokens[at - 1], 'copy')
      if (isCalled && isWord(token, 'query_table')) found.push(...namedIn(tokens, read.next))
      if (!isCalled && !isCte(state.frames, read.names)) found.push(reference(read, token))
      at = read.next - 1
    } else {
      state.defining = definition(tokens, at, top) ?? state.defining
      step(tokens, at, top)
    }
  }
  return found
}

type State = {
  readonly frames: Frame[]
  /** The CTE whose AS has not come yet. */
  defining: string | undefined
}

function open(tokens: readonly Token[], at: number, state: State): void {
  const top = state.frames.at(-1) as Frame
  const before = tokens[at - 1]
  const body = isWord(before, 'as') || isWord(before, 'materialized') ? state.defining : undefined
  const inner = frame(at + 1, top.expects && tokens[at]?.text === '(', body)
  inner.leads = at === top.start && (isWord(before, 'explain') || isWord(before, 'analyze'))
  state.frames.push(inner)
  if (body !== undefined) state.defining = undefined
  if (body !== undefined && top.recursive) top.ctes.add(body)
  top.expects = false
}

function close(state: State, at: number): void {
  const closed = state.frames.length > 1 ? state.frames.pop() : undefined
  const top = state.frames.at(-1) as Frame
  if (closed?.defines !== undefined) top.ctes.add(closed.defines)
  if (closed?.leads) top.start = at + 1
}

function frame(start: number, expects: boolean, defines: string | undefined): Frame {
  return {
    ctes: new Set(),
    start,
    expects,
    listing: expects,
    query: false,
    defining: false,
    recursive: false,
    defines,
    leads: false,
  }
}

/** Reserved words, and so no names of tables. */
const skipped = new Set(
  'lateral only select with from values table pivot unpivot summarize describe desc show'.split(' '),
)
/** DuckDB's statements of a table: `pivot t on …`; behind a table, PIVOT is followed by parentheses. */
const statements = new Set('pivot unpivot summarize describe desc show table copy'.split(' '))
/** Behind them comes a whole statement, or a table. */
const leading = new Set(['explain', 'summarize', 'describe', 'desc', 'show'])
/** What SHOW shows besides tables. */
const shown = new Set(['tables', 'all', 'databases', 'schemas', 'variables'])
const queries = new Set(['select', 'delete', 'merge', 'update', 'insert'])
const ends = new Set(
  (
    'where group having window qualify order limit offset fetch union intersect except select set on ' +
    'when'
  ).split(' '),
)

/** What a word changes in its frame. */
function step(tokens: readonly Token[], at: number, top: Frame): void {
  const token = tokens[at] as Token
  if (token.text === ',') {
    top.expects = top.listing && !top.defining
    return
  }
  if (token.kind !== 'word') return
  const word = token.text.toLowerCase()
  const begins = at === top.start
  if (queries.has(word)) {
    top.query = true
    top.defining = false
    top.listing = false
  }
  if (ends.has(word)) top.listing = word === 'on' && top.listing
  const pivots = statements.has(word) && (begins || top.defining)
  if (opens(tokens, at, top)) {
    top.listing = true
    top.query = true
  }
  if (pivots || top.listing) top.defining = false
  if (word !== 'lateral' && word !== 'only') top.expects = pivots || opens(tokens, at, top)
  if (begins) lead(tokens, at, top)
}

/** The first word of a statement: the one that it is about may come behind it. */
function lead(tokens: readonly Token[], at: number, top: Frame): void {
  const word = (tokens[at] as Token).text.toLowerCase()
  if (leading.has(word) || (word === 'analyze' && isWord(tokens[at - 1], 'explain'))) top.start = at + 1
  const shows = word === 'show' || word === 'desc' || word === 'describe'
  const next = tokens[at + 1]?.text.toLowerCase() ?? ''
  if (shows && shown.has(next) && tokens[at + 2]?.text !== '.') top.expects = false
}

/** Does a table come behind this word? */
function opens(tokens: readonly Token[], at: number, top: Frame): boolean {
  const word = (tokens[at] as Token).text.toLowerCase()
  if (word === 'join') return true
  const next = tokens[at + 1]
  if (word === 'into' || word === 'using') return top.query && next?.text !== '(' && !isWord(next, 'sample')
  // Not the FROM of `extract(year from x)` or `is distinct from x`.
  const clause = top.query || top.defining || at === top.start
  return word === 'from' && clause && !isWord(tokens[at - 1], 'distinct')
}

/**
 * `with a as (`, `with recursive a(x) as (`, `, b as materialized (`: the name that is about to be defined.
 */
function definition(tokens: readonly Token[], at: number, top: Frame): string | undefined {
  const token = tokens[at] as Token
  if (isWord(token, 'with') && !top.query) {
    top.defining = true
    top.recursive = isWord(tokens[at + 1], 'recursive')
    return undefined
  }
  if (!top.defining) return undefined
  const before = tokens[at - 1]
  const begins = isWord(before, 'with') || isWord(before, 'recursive') || before?.text === ','
  return begins && !isWord(token, 'recursive') ? nameOf(token)?.toLowerCase() : undefined
}

type Path = { readonly names: readonly string[]; readonly next: number; readonly end: number }

function pathAt(tokens: readonly Token[], start: number): Path {
  const names: string[] = []
  let at = start
  for (;;) {
    const part = tokens[at]
    const name = part && nameOf(part)
    if (part === undefined || name === undefined) return { names, next: at, end: endOf(tokens[at - 1]) }
    names.push(name)
    if (tokens[at + 1]?.text !== '.') return { names, next: at + 1, end: endOf(part) }
    at += 2
  }
}

function endOf(token: Token | undefined): number {
  return token ? token.offset + token.text.length : 0
}

function isCte(frames: readonly Frame[], names: readonly string[]): boolean {
  const [name, more] = names
  return more === undefined && name !== undefined && frames.some(({ ctes }) => ctes.has(name.toLowerCase()))
}

/** Tables of a call of `query_table`, which takes their names as text. */
function namedIn(tokens: readonly Token[], start: number): readonly Reference[] {
  const end = tokens.findIndex(({ text }, at) => at > start && text === ')')
  return tokens.slice(start, end < 0 ? undefined : end).flatMap(token => {
    if (token.kind !== 'string' || !token.text.startsWith("'")) return []
    const { names } = pathAt(tokenize(token.text.slice(1, -1).replaceAll("''", "'")), 0)
    const { offset, text } = token
    return [{ schema: names.at(-2), table: names.at(-1) ?? '', offset, length: text.length }]
  })
}

function reference(read: Path, first: Token): Reference {
  const catalog = read.names.at(-3)
  return {
    ...(catalog === undefined ? {} : { catalog }),
    schema: read.names.at(-2),
    table: read.names.at(-1) ?? '',
    offset: first.offset,
    length: read.end - first.offset,
  }
}
