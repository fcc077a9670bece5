import type { Note } from '../../errors/index.ts'
import { type Token, tokenWords, typeWords } from '../lex.ts'
import { placeOf, type Source, syntaxFailure } from '../source.ts'
import type { Statement } from '../tree.ts'

/** A template that is being read: where in its tokens, and what it stands in. */
export type Cursor = {
  readonly source: Source
  readonly tokens: readonly Token[]
  /** Reads the statement of a tag; its end is read by who asks. */
  readonly statement: (cursor: Cursor) => Statement
  /** Tags that are open, outermost first. */
  readonly open: { readonly tag: string; readonly at: number }[]
  /** Tags that would end what is open, outermost first. */
  readonly ends: (readonly string[])[]
  /** Filters and tests that are named, with whether they may be missing until they are reached. */
  readonly named: NamedOperation[]
  /** How many `if` this stands in. */
  conditions: number
  index: number
}

export type NamedOperation = {
  readonly kind: 'filter' | 'test'
  readonly name: string
  readonly at: number
  readonly isConditional: boolean
}

export function current(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.index] as Token
  if (token.type === 'error') throw token.value
  return token
}

/** The token that is current, and on to the next. */
export function next(cursor: Cursor): Token {
  const token = current(cursor)
  if (token.type !== 'eof') cursor.index++
  current(cursor)
  return token
}

/** The token behind the current one. */
export function look(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.index + 1] ?? current(cursor)
  if (token.type === 'error') throw token.value
  return token
}

export function isType(cursor: Cursor, type: string): boolean {
  return current(cursor).type === type
}

/** Whether a word stands here. */
export function isWord(cursor: Cursor, word: string): boolean {
  const { type, value } = current(cursor)
  return type === 'name' && value === word
}

export function isOneOf(cursor: Cursor, words: readonly string[]): boolean {
  const { type, value } = current(cursor)
  return type === 'name' && words.includes(value as string)
}

export function skipType(cursor: Cursor, type: string): boolean {
  const found = isType(cursor, type)
  if (found) next(cursor)
  return found
}

export function skipWord(cursor: Cursor, word: string): boolean {
  const found = isWord(cursor, word)
  if (found) next(cursor)
  return found
}

/** A token of this type; anything else is an error. */
export function expect(cursor: Cursor, type: string): Token {
  return isType(cursor, type) ? next(cursor) : unexpected(cursor, typeWords(type))
}

export function expectWord(cursor: Cursor, word: string): Token {
  return isWord(cursor, word) ? next(cursor) : unexpected(cursor, word)
}

function unexpected(cursor: Cursor, wanted: string): never {
  const token = current(cursor)
  if (token.type === 'eof') return fail(cursor, `unexpected end of template, expected ${quoted(wanted)}.`)
  return fail(cursor, `expected token ${quoted(wanted)}, got ${quoted(tokenWords(token))}`)
}

/** As Python's `repr` quotes words of tokens: none holds both quotes. */
export function quoted(words: string): string {
  return words.includes("'") ? `"${words}"` : `'${words}'`
}

/** The template is wrong here. */
export function fail(cursor: Cursor, words: string, at: number = current(cursor).at): never {
  throw syntaxFailure(cursor.source, at, {
    words,
    notes: current(cursor).type === 'eof' ? opened(cursor) : [],
  })
}

/** Where the tag begins that is still open at the end. */
function opened({ source, open }: Cursor): readonly Note[] {
  const innermost = open.at(-1)
  return innermost ? [{ text: `\`${innermost.tag}\` begins here`, at: placeOf(source, innermost.at) }] : []
}

/** What is read may be missing until it is reached: it stands in an `if`. */
export function conditionally<T>(cursor: Cursor, read: () => T): T {
  cursor.conditions++
  const node = read()
  cursor.conditions--
  return node
}
