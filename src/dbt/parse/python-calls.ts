import { Float } from '../../jinja/index.ts'

/** A call of `dbt` in Python, whose arguments are literals. */
export type PythonCall = {
  readonly name: string
  readonly positional: readonly unknown[]
  readonly named: { readonly [name: string]: unknown }
}

type Token = {
  /** Expressions in a text: `f'{…}'`. */
  readonly inside?: readonly string[]
  readonly type: 'name' | 'number' | 'text' | 'sign'
  readonly text: string
  readonly value?: unknown
}

const pattern = new RegExp(
  [
    '\\s+|\\\\\\r?\\n|#[^\\n]*',
    '([rRbBuUfF]{0,2})("""|\'\'\')((?:\\\\[^]|(?!\\2)[^])*)\\2',
    '([rRbBuUfF]{0,2})("|\')((?:\\\\[^]|(?!\\5)[^\\\\\\n])*)\\5',
    '(\\d[\\d_]*(?:\\.\\d*)?(?:[eE][-+]?\\d+)?|\\.\\d+(?:[eE][-+]?\\d+)?)',
    '([A-Za-z_]\\w*)',
    '(\\*\\*|[^\\s])',
  ].join('|'),
  'gy',
)

const calls = /^dbt\.(?:(ref|source|config)|config\.(get|meta_get))$/

/** All such calls in a text, in the order of their beginnings. */
export function pythonCalls(text: string, invalid: (words: string) => Error): PythonCall[] {
  const tokens = tokensOf(text)
  const found: PythonCall[] = []
  for (let at = 0; at < tokens.length; at++) {
    const inside = tokens[at]?.inside
    if (inside !== undefined) found.push(...inside.flatMap(each => pythonCalls(each, invalid)))
    if (tokens[at]?.text !== 'dbt' || tokens[at - 1]?.text === '.') continue
    let [end, path] = [at + 1, 'dbt']
    while (tokens[end]?.text === '.' && tokens[end + 1]?.type === 'name') {
      path += `.${tokens[end + 1]?.text}`
      end += 2
    }
    const [, plain, ofConfig] = calls.exec(path) ?? []
    const name = plain ?? ofConfig
    if (name === undefined || tokens[end]?.text !== '(') continue
    found.push(new Reader(tokens, end + 1, invalid).call(name))
  }
  return found
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const found of text.matchAll(pattern)) {
    const [whole, longPrefix, long, longText, prefix, short, shortText, digits, name, sign] = found
    if (long !== undefined) tokens.push(textToken(whole, longPrefix, longText))
    else if (short !== undefined) tokens.push(textToken(whole, prefix, shortText))
    else if (digits !== undefined) tokens.push({ type: 'number', text: whole, value: numberOf(digits) })
    else if (name !== undefined) tokens.push({ type: 'name', text: name })
    else if (sign !== undefined) tokens.push({ type: 'sign', text: sign })
  }
  return tokens
}

function textToken(text: string, prefix = '', inner = ''): Token {
  const value = textOf(prefix, inner)
  if (!/f/i.test(prefix)) return { type: 'text', text, value }
  return {
    type: 'text',
    text,
    value,
    inside: [...inner.matchAll(/\{([^{}]*)\}/g)].map(([, each = '']) => each),
  }
}

const escapes: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\n': '' }

function textOf(prefix = '', text = ''): string {
  if (/r/i.test(prefix)) return text
  return text.replace(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter)
}

function numberOf(digits: string): number | Float {
  const plain = digits.replaceAll('_', '')
  return /^\d+$/.test(plain) ? Number(plain) : new Float(Number(plain))
}

const words: { readonly [name: string]: unknown } = { True: true, False: false, None: null }

/**
 * Reads literals from a place on. Calls within a call are found by themselves, and stand for nothing here.
 */
class Reader {
  private readonly tokens: readonly Token[]
  private at: number
  private readonly invalid: (words: string) => Error
  constructor(tokens: readonly Token[], at: number, invalid: (words: string) => Error) {
    this.tokens = tokens
    this.at = at
    this.invalid = invalid
  }

  call(name: string): PythonCall {
    const positional: unknown[] = []
    const named: { [name: string]: unknown } = {}
    while (!this.took(')')) {
      const [first, second] = [this.tokens[this.at], this.tokens[this.at + 1]]
      if (first?.type === 'name' && second?.text === '=') {
        this.at += 2
        named[first.text] = this.value()
      } else positional.push(this.value())
      this.took(',')
    }
    return { name, positional, named }
  }

  private took(sign: string): boolean {
    const token = this.tokens[this.at]
    if (token === undefined) throw this.invalid('A bracket is not closed.')
    if (token.type !== 'sign' || token.text !== sign) return false
    this.at += 1
    return true
  }

  private value(): unknown {
    if (this.took('-')) return negative(this.value())
    if (this.took('[')) return this.list(']')
    if (this.took('(')) return this.list(')')
    if (this.took('{')) return this.dict()
    const token = this.tokens[this.at++] as Token
    if (token.type === 'number') return token.value
    if (token.type === 'text') return this.text(token.value as string)
    if (token.type === 'name' && token.text in words) return words[token.text]
    throw this.invalid(`\`${token.text}\` is no literal: dbt reads a model's calls without running it.`)
  }

  /** Texts that stand side by side are one. */
  private text(first: string): string {
    let text = first
    while (this.tokens[this.at]?.type === 'text') text += this.tokens[this.at++]?.value as string
    return text
  }

  private list(end: string): unknown[] {
    const items: unknown[] = []
    while (!this.took(end)) {
      items.push(this.value())
      this.took(',')
    }
    return items
  }

  private dict(): unknown {
    const made: { [name: string]: unknown } = {}
    while (!this.took('}')) {
      const key = this.value()
      if (!this.took(':')) throw this.invalid('A dict has keys and values.')
      made[String(key)] = this.value()
      this.took(',')
    }
    return made
  }
}

function negative(value: unknown): unknown {
  return value instanceof Float ? new Float(-value.value) : -Number(value)
}
