import { points, type Source, syntaxFailure } from './source.ts'
import { unescapeText } from './unescape.ts'
import { Float, repr } from './values/index.ts'

/** jinja2's names of tokens; operators are named as it names them in its messages. */
export type Token = {
  readonly type: string
  readonly at: number
  /** Behind its last character. */
  readonly end: number
  /**
   * The text of data, names and operators; the value of a literal. An `error` is thrown when it is reached.
   */
  readonly value: string | Float | number | bigint | Error
}

export type LexOptions = {
  /** The first line end after a block is dropped. */
  readonly trimBlocks: boolean
  /** White space before a block at the start of a line is dropped. */
  readonly lstripBlocks: boolean
}

const operators: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['=', 'assign'],
  [':', 'colon'],
  [',', 'comma'],
  ['/', 'div'],
  ['.', 'dot'],
  ['==', 'eq'],
  ['//', 'floordiv'],
  ['>', 'gt'],
  ['>=', 'gteq'],
  ['{', 'lbrace'],
  ['[', 'lbracket'],
  ['(', 'lparen'],
  ['<', 'lt'],
  ['<=', 'lteq'],
  ['%', 'mod'],
  ['*', 'mul'],
  ['!=', 'ne'],
  ['|', 'pipe'],
  ['**', 'pow'],
  ['}', 'rbrace'],
  [']', 'rbracket'],
  [')', 'rparen'],
  [';', 'semicolon'],
  ['-', 'sub'],
  ['~', 'tilde'],
])

const signs: ReadonlyMap<string, string> = new Map([...operators].map(([sign, type]) => [type, sign]))

const described: ReadonlyMap<string, string> = new Map([
  ['variable_begin', 'begin of print statement'],
  ['variable_end', 'end of print statement'],
  ['block_begin', 'begin of statement block'],
  ['block_end', 'end of statement block'],
  ['data', 'template data / text'],
  ['eof', 'end of template'],
])

/** A type of token as jinja2 words it. */
export function typeWords(type: string): string {
  return signs.get(type) ?? described.get(type) ?? type
}

/** A token as jinja2 words it: names are called by themselves. */
export function tokenWords({ type, value }: Token): string {
  return type === 'name' ? String(value) : typeWords(type)
}

/** What Python's `\s` matches. */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const float = '(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)'
const integer = '0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*'
const name = '[\\p{L}\\p{N}_\\p{Mn}\\p{Mc}\\p{Pc}\\u00b7\\u0387]+'
const text = `'[^'\\\\]*(?:\\\\.[^'\\\\]*)*'|"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"`
const operator = '[=!<>]=|\\/\\/|\\*\\*|[\\-+*\\/%~[\\](){}=<>.:|,;]'

// In jinja2's order of rules: `1.5` before `1`, digits before names.
const token = new RegExp(`(${float})|(${integer})|(${name})|(${text})|(${operator})`, 'suy')
const spaces = new RegExp(`[${space}]*`, 'y')
const isSpace = new RegExp(`[${space}]`)
const onlySpaces = new RegExp(`^[${space}]+$`)
const identifier = /^[\p{XID_Start}_]\p{XID_Continue}*$/u
const plainIdentifier = /^[A-Za-z_]\w*$/
const rawBegin = new RegExp(`\\{%([-+]?)[${space}]*raw[${space}]*(?:-%\\}[${space}]*|%\\})`, 'y')
const rawEnd = new RegExp(`\\{%([-+]?)[${space}]*endraw[${space}]*([-+]?)%\\}`, 'g')

const closing: { readonly [opening: string]: string } = { '{': '}', '(': ')', '[': ']' }

type Lexer = {
  readonly source: Source
  readonly text: string
  readonly options: LexOptions
  readonly tokens: Token[]
  at: number
}

/**
 * A template's tokens; the last one is `eof`, or an `error` where the text cannot be cut: what stands
 * before it is read first, as jinja2 does.
 */
export function tokensOf(source: Source, options: LexOptions): readonly Token[] {
  const lexer: Lexer = { source, text: source.text, options, tokens: [], at: 0 }
  while (lexer.at < lexer.text.length && !isBroken(lexer)) root(lexer)
  // jinja2 says that the end stands where the last token begins.
  const { at, end } = lexer.tokens.at(-1) ?? { at: 0, end: 0 }
  if (!isBroken(lexer)) lexer.tokens.push({ type: 'eof', at, end, value: '' })
  return lexer.tokens
}

function isBroken({ tokens }: Lexer): boolean {
  return tokens.at(-1)?.type === 'error'
}

/** Data up to the next `{{`, `{%` or `{#`, and that. */
function root(lexer: Lexer): void {
  const { text, at } = lexer
  const begin = nextBegin(text, at)
  if (begin < 0) {
    data(lexer, at, text.length)
    lexer.at = text.length
    return
  }
  rawBegin.lastIndex = begin
  const raw = rawBegin.exec(text)
  const sign = raw?.[1] ?? signAt(text, begin + 2)
  data(lexer, at, stripped(lexer, at, { begin, sign, isVariable: text[begin + 1] === '{' }))
  lexer.at = begin + 2 + sign.length
  if (raw) rawBody(lexer, begin + raw[0].length)
  else if (text[begin + 1] === '#') comment(lexer)
  else tag(lexer, begin, text[begin + 1] === '{' ? 'variable' : 'block')
}

/** Where the next `{{`, `{%` or `{#` stands; below zero: nowhere. */
export function nextBegin(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
    const next = text[at + 1]
    if (next === '{' || next === '%' || next === '#') return at
  }
  return -1
}

function signAt(text: string, at: number): string {
  const sign = text[at]
  return sign === '-' || sign === '+' ? sign : ''
}

type Begin = { readonly begin: number; readonly sign: string; readonly isVariable: boolean }

/** Where data ends that stands before a tag. */
function stripped({ text, options }: Lexer, from: number, { begin, sign, isVariable }: Begin): number {
  if (sign === '-') return withoutSpaces(text, from, begin)
  if (sign === '+' || !options.lstripBlocks || isVariable) return begin
  const lineStart = text.lastIndexOf('\n', begin - 1) + 1
  const isAtStart = lineStart > from || from === 0 || text[from - 1] === '\n'
  const start = Math.max(lineStart, from)
  return isAtStart && onlySpaces.test(text.slice(start, begin)) ? start : begin
}

/** From the end: an expression that looks for it from the start takes the square of a long run of spaces. */
function withoutSpaces(text: string, from: number, end: number): number {
  let at = end
  while (at > from && isSpace.test(text[at - 1] ?? '')) at--
  return at
}

function data(lexer: Lexer, at: number, end: number): void {
  if (end > at) lexer.tokens.push({ type: 'data', at, end, value: lexer.text.slice(at, end) })
}

function fail({ tokens, source }: Lexer, at: number, words: string): void {
  tokens.push({ type: 'error', at, end: at, value: syntaxFailure(source, at, { words }) })
}

/** What begins at the very end of a template and never ends is nothing, as in jinja2. */
function unended(lexer: Lexer, from: number, words: string): void {
  if (from < lexer.text.length) fail(lexer, from, words)
  else lexer.at = from
}

function skipSpaces(text: string, at: number): number {
  spaces.lastIndex = at
  return at + (spaces.exec(text)?.[0].length ?? 0)
}

/** Behind an end of a tag: `-` takes white space along, `trimBlocks` one line end. */
function behind({ text, options }: Lexer, at: number, sign: string): number {
  if (sign === '-') return skipSpaces(text, at)
  return sign === '' && options.trimBlocks && text[at] === '\n' ? at + 1 : at
}

function comment(lexer: Lexer): void {
  const { text } = lexer
  const end = text.indexOf('#}', lexer.at)
  if (end < 0) return unended(lexer, lexer.at, 'Missing end of comment tag')
  const sign = end > lexer.at ? signAt(text, end - 1) : ''
  lexer.at = behind(lexer, end + 2, sign)
}

function rawBody(lexer: Lexer, from: number): void {
  rawEnd.lastIndex = from
  const end = rawEnd.exec(lexer.text)
  if (!end) return unended(lexer, from, 'Missing end of raw directive')
  const [whole, sign = '', endSign = ''] = end
  data(lexer, from, stripped(lexer, from, { begin: end.index, sign, isVariable: false }))
  lexer.at = behind(lexer, end.index + whole.length, endSign)
}

function tag(lexer: Lexer, begin: number, kind: 'variable' | 'block'): void {
  const { text, tokens } = lexer
  const end = kind === 'variable' ? '}}' : '%}'
  const open: string[] = []
  tokens.push({ type: `${kind}_begin`, at: begin, end: lexer.at, value: '' })
  for (;;) {
    const at = skipSpaces(text, lexer.at)
    lexer.at = at
    if (at >= text.length) return
    const sign = signAt(text, at)
    if (open.length === 0 && (kind === 'block' || sign !== '+') && text.startsWith(end, at + sign.length)) {
      lexer.at = at + sign.length + 2
      if (kind === 'block' || sign === '-') lexer.at = behind(lexer, lexer.at, sign)
      tokens.push({ type: `${kind}_end`, at, end: lexer.at, value: '' })
      return
    }
    if (!oneToken(lexer, open)) return
  }
}

/** False: the text is broken here. */
function oneToken(lexer: Lexer, open: string[]): boolean {
  const { text, at, tokens } = lexer
  token.lastIndex = at
  const [whole, float, integer, name, quoted, operator] = token.exec(text) ?? []
  if (whole === undefined) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    fail(lexer, at, `unexpected char ${repr(character)} at ${points(text.slice(0, at))}`)
    return false
  }
  const end = at + whole.length
  lexer.at = end
  if (name !== undefined) tokens.push({ type: 'name', at, end, value: name })
  else if (operator !== undefined)
    tokens.push({ type: operators.get(operator) ?? operator, at, end, value: operator })
  else if (integer !== undefined) tokens.push({ type: 'integer', at, end, value: integerOf(integer) })
  else if (float !== undefined)
    tokens.push({ type: 'float', at, end, value: new Float(Number(float.replaceAll('_', ''))) })
  const words =
    (name !== undefined && !isIdentifier(name) ? 'Invalid character in identifier' : undefined) ??
    (operator === undefined ? undefined : balance(operator, open)) ??
    (quoted === undefined ? undefined : quotedText(lexer, at, quoted))
  if (words === undefined) return true
  if (quoted === undefined) tokens.pop()
  fail(lexer, at, words)
  return false
}

function isIdentifier(name: string): boolean {
  return plainIdentifier.test(name) || identifier.test(name)
}

/** Words when brackets do not match. */
function balance(operator: string, open: string[]): string | undefined {
  const closer = closing[operator]
  if (closer !== undefined) open.push(closer)
  if (closer !== undefined || !/^[})\]]$/.test(operator)) return undefined
  const expected = open.pop()
  if (expected === undefined) return `unexpected '${operator}'`
  return expected === operator ? undefined : `unexpected '${operator}', expected '${expected}'`
}

/** Words when its escapes are broken. */
function quotedText({ tokens }: Lexer, at: number, quoted: string): string | undefined {
  const inside = quoted.slice(1, -1)
  const read = inside.includes('\\') ? unescapeText(inside) : { text: inside }
  if (read.text === undefined) return read.words
  tokens.push({ type: 'string', at, end: at + quoted.length, value: read.text })
  return undefined
}

function integerOf(written: string): number | bigint {
  const digits = written.replaceAll('_', '')
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : BigInt(digits)
}
