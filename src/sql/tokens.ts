export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'operator' | 'comment'

/** A piece of SQL; white space is what lies between tokens. Offsets count UTF-16 units. */
export type Token = {
  readonly kind: TokenKind
  /** As written, with its quotes. */
  readonly text: string
  readonly offset: number
}

export type TokenOptions = {
  /** `[name]` is a quoted identifier (T-SQL); elsewhere `[` opens a list or a subscript. */
  readonly brackets?: boolean
}

/**
 * Cut SQL of any dialect into tokens. Never throws: a string or comment that is not closed reaches to the end
 * of the text, a character that begins nothing is an operator. Block comments nest, as in PostgreSQL and
 * DuckDB.
 */
export function tokenize(text: string, options: TokenOptions = {}): readonly Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    if (isSpace(text.charCodeAt(offset))) {
      offset++
      continue
    }
    const [kind, end] = read(text, offset, options.brackets === true)
    tokens.push({ kind, text: text.slice(offset, end), offset })
    offset = end
  }
  return tokens
}

/** The name that an identifier stands for: quotes taken off; undefined for what is no identifier. */
export function nameOf(token: Token): string | undefined {
  if (token.kind === 'word') return token.text
  if (token.kind !== 'quoted') return undefined
  const open = token.text.charAt(0)
  const close = open === '[' ? ']' : open
  const closed = token.text.length > 1 && token.text.endsWith(close)
  return token.text.slice(1, closed ? -1 : undefined).replaceAll(close + close, close)
}

type Read = readonly [kind: TokenKind, end: number]

function read(text: string, offset: number, brackets: boolean): Read {
  const two = text.slice(offset, offset + 2)
  if (two === '--') return ['comment', lineEnd(text, offset)]
  if (two === '/*') return ['comment', blockEnd(text, offset)]
  if (two === "e'" || two === "E'") return ['string', escapedEnd(text, offset + 2)]
  const first = text.charAt(offset)
  if (first === "'") return ['string', closing(text, offset, "'")]
  if (first === '"' || first === '`') return ['quoted', closing(text, offset, first)]
  if (first === '[' && brackets) return ['quoted', closing(text, offset, ']')]
  if (first === '$') return dollar(text, offset)
  if (first === '?') return ['parameter', offset + 1]
  const numberEnd = endOf(text, offset, numbers)
  if (numberEnd !== undefined) return ['number', numberEnd]
  const wordEnd = endOf(text, offset, words)
  return wordEnd === undefined ? operator(text, offset) : ['word', wordEnd]
}

const numbers = /0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y
// Letters, and any character beyond ASCII that is not white space: what DuckDB and PostgreSQL take as an
// identifier.
const words = /(?:[A-Za-z_]|[^\0-\x7f\s])(?:[\w$]|[^\0-\x7f\s])*/uy
const operators = /::|->>|->|<=|>=|<>|!=|==|\|\||\*\*|\/\/|:=|=>|!~~\*?|~~\*?|@>|<@|<<|>>/y
const tags = /\$(?:(?:[A-Za-z_]|[^\0-\x7f\s])(?:\w|[^\0-\x7f\s])*)?\$/uy
const parameters = /\$(?:\w|[^\0-\x7f\s])+/uy

function endOf(text: string, offset: number, pattern: RegExp): number | undefined {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : undefined
}

function operator(text: string, offset: number): Read {
  const end = endOf(text, offset, operators)
  if (end !== undefined) return ['operator', end]
  const code = text.codePointAt(offset) ?? 0
  return ['operator', offset + (code > 0xffff ? 2 : 1)]
}

/** `$$ text $$`, `$tag$ text $tag$`, or a parameter `$1`, `$name`. */
function dollar(text: string, offset: number): Read {
  const tagEnd = endOf(text, offset, tags)
  if (tagEnd !== undefined) {
    const tag = text.slice(offset, tagEnd)
    const close = text.indexOf(tag, tagEnd)
    return ['string', close < 0 ? text.length : close + tag.length]
  }
  const end = endOf(text, offset, parameters)
  return end === undefined ? ['operator', offset + 1] : ['parameter', end]
}

/** End of a quoted piece in which the closing quote is doubled to stand for itself. */
function closing(text: string, offset: number, quote: string): number {
  let from = offset + 1
  for (;;) {
    const close = text.indexOf(quote, from)
    if (close < 0) return text.length
    if (text.charAt(close + 1) !== quote) return close + 1
    from = close + 2
  }
}

/** End of `E'…'`: a backslash takes the next character with it. */
function escapedEnd(text: string, from: number): number {
  let offset = from
  while (offset < text.length) {
    const char = text.charAt(offset)
    if (char === '\\') offset += 2
    else if (char !== "'") offset++
    else if (text.charAt(offset + 1) === "'") offset += 2
    else return offset + 1
  }
  return text.length
}

function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  const line = text.slice(offset, newline < 0 ? text.length : newline)
  const back = line.indexOf('\r')
  return offset + (back < 0 ? line.length : back)
}

function blockEnd(text: string, offset: number): number {
  let depth = 1
  let from = offset + 2
  while (depth > 0) {
    const close = text.indexOf('*/', from)
    if (close < 0) return text.length
    const open = text.indexOf('/*', from)
    const opens = open >= 0 && open < close
    depth += opens ? 1 : -1
    from = (opens ? open : close) + 2
  }
  return from
}

function isSpace(code: number): boolean {
  return code <= 32
    ? code === 32 || (code >= 9 && code <= 13)
    : code > 127 && /\s/.test(String.fromCharCode(code))
}
