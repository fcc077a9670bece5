import { raise, repr } from '../../../jinja/index.ts'
import { isIdentifier } from './characters.ts'

/** Goes through a pattern, or a template of a replacement, character by character; an escape is one token. */
export class Reader {
  readonly text: string
  private readonly characters: readonly string[]
  /** Where the next token begins. */
  at = 0
  constructor(text: string) {
    this.text = text
    this.characters = Array.from(text)
    this.peek()
  }

  /** The next token, left where it is; undefined: the end. */
  peek(): string | undefined {
    const character = this.characters[this.at]
    if (character !== '\\') return character
    const escaped = this.characters[this.at + 1]
    return escaped === undefined
      ? this.fail('bad escape (end of pattern)', this.characters.length - 1)
      : character + escaped
  }

  take(): string | undefined {
    const token = this.peek()
    if (token !== undefined) this.at += lengthOf(token)
    return token
  }

  skip(token: string): boolean {
    if (this.peek() !== token) return false
    this.take()
    return true
  }

  /** As many of these as there are, at most `max`. */
  takeWhile(wanted: RegExp, max = Infinity): string {
    let taken = ''
    for (
      let token = this.peek();
      token !== undefined && taken.length < max && wanted.test(token);
      token = this.peek()
    ) {
      taken += token
      this.take()
    }
    return taken
  }

  /** The name of a group, up to what ends it. */
  takeName(end: '>' | ')'): string {
    let name = ''
    for (;;) {
      const token = this.take()
      if (token === undefined)
        return name === ''
          ? this.fail('missing group name')
          : this.fail(`missing ${end}, unterminated name`, this.at - lengthOf(name))
      if (token === end) return name === '' ? this.fail('missing group name', this.at - 1) : name
      name += token
    }
  }

  checkName(name: string): void {
    if (!isIdentifier(name)) this.failAtName(`bad character in group name ${repr(name)}`, name)
  }

  failAtName(words: string, name: string): never {
    return this.fail(words, this.at - lengthOf(name) - 1)
  }

  fail(words: string, position = this.at): never {
    if (!this.text.includes('\n')) return raise('error', `${words} at position ${position}`)
    const before = this.characters.slice(0, position)
    const line = before.filter(each => each === '\n').length + 1
    const column = position - before.lastIndexOf('\n')
    return raise('error', `${words} at position ${position} (line ${line}, column ${column})`)
  }
}

function lengthOf(text: string): number {
  return Array.from(text).length
}

/** What `\n` and its kin stand for. */
export const escapes: ReadonlyMap<string, string> = new Map([
  ['\\a', '\x07'],
  ['\\b', '\b'],
  ['\\f', '\f'],
  ['\\n', '\n'],
  ['\\r', '\r'],
  ['\\t', '\t'],
  ['\\v', '\v'],
  ['\\\\', '\\'],
])

const octalMax = 0o377

/** The character of an octal escape. */
export function octal(reader: Reader, token: string): number {
  const code = Number.parseInt(token.slice(1), 8)
  if (code <= octalMax) return code
  return reader.fail(`octal escape value ${token} outside of range 0-0o377`, reader.at - token.length)
}
