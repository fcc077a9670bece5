import type { Yaml } from '../yaml.ts'
import { foldedText, unquotedDouble, unquotedSingle } from './fold.ts'
import { madeOf } from './made.ts'
import { indicators, isBeyond, keyable, pairsOf, refuse, single, unusual } from './beyond.ts'

/**
 * Reads YAML as nearly everybody writes it: mappings and lists in blocks and in brackets, texts with and
 * without quotes, blocks of text, comments. undefined: something else stands there, and the whole language
 * is needed to read it or to say what is wrong. It is ten times as fast as the library that knows all of it.
 */
export function fastYaml(text: string): { readonly value: Yaml } | undefined {
  if (unusual.test(text)) return undefined
  try {
    const reader = new Reader(text.replace(/^---[ \t]*(?:\n|$)/, ''))
    return { value: reader.document() }
  } catch (thrown) {
    if (isBeyond(thrown)) return undefined
    throw thrown
  }
}

const tab = 9
const newline = 10
const space = 32
const hash = 35
const colon = 58
const dash = 45
/** A key on one line may be this long. */
const keyCharsMax = 1024
/** Mappings within each other: deeper ones are left to the library. */
const depthMax = 200

class Reader {
  private readonly text: string
  private at = 0
  private depth = 0
  private readonly anchors = new Map<string, Yaml>()
  constructor(text: string) {
    this.text = text
  }

  document(): Yaml {
    const column = this.nextLine()
    if (column < 0) return null
    // A text alone is no file that anybody writes.
    if (!this.isItem(this.at) && this.keyEnd(this.at) < 0) refuse()
    const value = this.block(column, -1)
    return this.nextLine() < 0 ? value : refuse()
  }

  /** Go to the first character of the next line that says something; its column, or -1 at the end. */
  private nextLine(): number {
    const { text } = this
    for (;;) {
      const start = this.at
      let at = start
      while (text.charCodeAt(at) === space) at++
      const code = text.charCodeAt(at)
      if (Number.isNaN(code)) {
        this.at = at
        return -1
      }
      if (code === newline) this.at = at + 1
      else if (code === hash) this.at = this.lineEnd(at) + 1
      else {
        this.at = at
        return at - start
      }
      if (this.at >= text.length) return -1
    }
  }

  private lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end < 0 ? this.text.length : end
  }

  /** A value that begins here, in a column deeper than its parent's. */
  private block(column: number, parent: number): Yaml {
    if (this.text[this.at] === '&') return this.anchored(parent)
    if (++this.depth > depthMax) refuse()
    const value = this.isItem(this.at)
      ? this.list(column)
      : this.keyEnd(this.at) >= 0
        ? this.mapping(column)
        : this.inline(parent)
    this.depth--
    return value
  }

  private isItem(at: number): boolean {
    return this.text.charCodeAt(at) === dash && this.isBlank(at + 1)
  }

  private isBlank(at: number): boolean {
    const code = this.text.charCodeAt(at)
    return code === space || code === newline || Number.isNaN(code)
  }

  private list(column: number): Yaml[] {
    const items: Yaml[] = []
    for (;;) {
      this.at++
      const start = this.at
      while (this.text.charCodeAt(this.at) === space) this.at++
      if (this.isLineOver()) items.push(this.below(column))
      else items.push(this.block(column + 1 + this.at - start, column))
      const next = this.nextLine()
      if (next < column) return this.back(next, items)
      if (next > column || !this.isItem(this.at)) {
        // A mapping's list may stand as far to the left as the mapping.
        if (next === column) return this.back(next, items)
        refuse()
      }
    }
  }

  /** Leave the line to whoever is asked next. */
  private back<T>(column: number, value: T): T {
    if (column >= 0) this.at -= column
    return value
  }

  private isLineOver(): boolean {
    const code = this.text.charCodeAt(this.at)
    if (code === newline || Number.isNaN(code)) return true
    if (code === tab) refuse()
    return code === hash
  }

  /** What stands in the lines below, deeper than this column; null: nothing. */
  private below(column: number, listToo = false): Yaml {
    this.at = this.lineEnd(this.at) + 1
    const next = this.nextLine()
    if (next > column) return this.block(next, column)
    if (listToo && next === column && this.isItem(this.at)) return this.list(next)
    return this.back(next, null)
  }

  private mapping(column: number): Yaml {
    const pairs: [Yaml, Yaml][] = []
    const merged: [Yaml, Yaml][] = []
    for (;;) {
      const end = this.keyEnd(this.at)
      if (end < 0) refuse()
      const isMerge = this.text.startsWith('<<', this.at) && this.text.slice(this.at, end).trimEnd() === '<<'
      const key = isMerge ? null : this.key(end)
      if (isMerge) this.at = end + 1
      while (this.text.charCodeAt(this.at) === space) this.at++
      const value = this.isLineOver() ? this.below(column, true) : this.inline(column)
      if (isMerge) merged.push(...pairsOf(value))
      else pairs.push([key, value])
      const next = this.nextLine()
      if (next < column) return this.back(next, madeOf([...merged, ...pairs]))
      if (next > column || this.isItem(this.at)) refuse()
    }
  }

  /** Where the colon of a key in this line stands; -1: there is no key. */
  private keyEnd(at: number): number {
    const { text } = this
    const first = text[at]
    if (first === '"' || first === "'") {
      const end = this.quoteEnd(at)
      let after = end
      while (text.charCodeAt(after) === space) after++
      const isKey = text.charCodeAt(after) === colon && this.isBlank(after + 1)
      if (isKey && text.slice(at, end).includes('\n')) refuse()
      return isKey ? after : -1
    }
    for (let each = at; ; each++) {
      const code = text.charCodeAt(each)
      if (code === newline || Number.isNaN(code)) return -1
      if (code === colon && this.isBlank(each + 1)) return each
      if (code === colon && text.charCodeAt(each + 1) === tab) return refuse()
      if (code === hash && text.charCodeAt(each - 1) === space) return -1
    }
  }

  private key(end: number): Yaml {
    const { text, at } = this
    this.at = end + 1
    if (end - at > keyCharsMax) refuse()
    const first = text[at] ?? ''
    if (first === '"') return unquotedDouble(text.slice(at, end).trimEnd()) ?? refuse()
    if (first === "'") return unquotedSingle(text.slice(at, end).trimEnd())
    const written = text.slice(at, end).trimEnd()
    if (written === '' || written === '<<' || indicators.has(first) || /^[?-](?:\s|$)/.test(written)) refuse()
    return single(written)
  }

  /** The offset behind a quoted text. */
  private quoteEnd(at: number): number {
    const { text } = this
    const quote = text[at]
    for (let each = at + 1; ; each++) {
      const char = text[each]
      if (char === undefined) return refuse()
      if (quote === '"' && char === '\\') each++
      else if (char === quote) {
        if (quote === '"' || text[each + 1] !== quote) return each + 1
        each++
      }
    }
  }

  /** A value that begins in the middle of a line. */
  private inline(parent: number): Yaml {
    const { text, at } = this
    const first = text[at] ?? ''
    switch (first) {
      case '"':
      case "'":
        return this.ended(this.quoted())
      case '[':
      case '{':
        return this.ended(this.flow())
      case '|':
      case '>':
        return this.blockText(parent)
      case '&':
        return this.anchored(parent)
      case '*':
        return this.ended(this.alias())
      default:
        if (indicators.has(first) || (/[?:-]/.test(first) && this.isBlank(at + 1))) refuse()
        return this.plainLines(parent)
    }
  }

  /** `&name` before a value, which `*name` repeats. */
  private anchored(parent: number): Yaml {
    const name = this.name()
    while (this.text.charCodeAt(this.at) === space) this.at++
    // In a line with a key the anchor is the key's.
    if (!this.isLineOver() && (this.keyEnd(this.at) >= 0 || this.isItem(this.at))) refuse()
    if (/[&*!]/.test(this.text[this.at] ?? '')) refuse()
    const value = this.isLineOver() ? this.below(parent) : this.inline(parent)
    this.anchors.set(name, value)
    return value
  }

  private alias(): Yaml {
    return this.anchors.get(this.name()) ?? refuse()
  }

  private name(): string {
    const found = /^.([\w-]+)(?=[\s,\]}]|$)/.exec(this.text.slice(this.at, this.at + keyCharsMax))
    if (found === null) return refuse()
    this.at += found[0].length
    return found[1] ?? ''
  }

  /** Behind a value nothing but a comment may stand. */
  private ended(value: Yaml): Yaml {
    const before = this.at
    while (this.text.charCodeAt(this.at) === space) this.at++
    if (!this.isLineOver()) refuse()
    if (this.text.charCodeAt(this.at) === hash && this.at === before) refuse()
    this.at = this.lineEnd(this.at) + 1
    return value
  }

  private quoted(): string {
    const { text, at } = this
    this.at = this.quoteEnd(at)
    const written = text.slice(at, this.at)
    return written.startsWith('"') ? (unquotedDouble(written) ?? refuse()) : unquotedSingle(written)
  }

  /** A text without quotes, which goes on in deeper lines. */
  private plainLines(parent: number): Yaml {
    const { text } = this
    let written = this.plainLine()
    if (written.isOver) return single(written.text)
    let whole = written.text
    for (;;) {
      const start = this.at
      const column = this.nextLine()
      const blank = text.slice(start, this.at).split('\n').length - 1
      // A comment ends the text.
      if (column <= parent || text.slice(start, this.at).includes('#')) {
        this.back(column, null)
        return single(whole)
      }
      written = this.plainLine()
      whole += (blank === 0 ? ' ' : '\n'.repeat(blank)) + written.text
      if (written.isOver) return whole
    }
  }

  /** The rest of this line; it is over where a comment follows, or the file ends. */
  private plainLine(): { readonly text: string; readonly isOver: boolean } {
    const end = this.lineEnd(this.at)
    const line = this.text.slice(this.at, end)
    const comment = / #|\t#/.exec(line)
    const written = (comment ? line.slice(0, comment.index) : line).replace(/[ \t]+$/, '')
    if (/:(?:[ \t]|$)/.test(written)) refuse()
    this.at = end + 1
    return { text: written, isOver: comment !== null || this.at >= this.text.length }
  }

  private blockText(parent: number): string {
    const { text } = this
    const [header, style, digit, chomp] = this.blockHeader()
    this.at += header.length + 1
    const lines: string[] = []
    let indent = digit === 0 ? -1 : Math.max(parent, 0) + digit
    while (this.at < text.length) {
      const end = this.lineEnd(this.at)
      let first = this.at
      while (first < end && text.charCodeAt(first) === space) first++
      const depth = first - this.at
      if (indent < 0 && first < end) {
        if (depth <= parent) break
        indent = depth
        if (lines.some(each => each.length > indent)) refuse()
      }
      if (first < end && depth < indent) break
      lines.push(indent < 0 ? text.slice(this.at, end) : text.slice(this.at + Math.min(depth, indent), end))
      this.at = end + 1
    }
    if (indent < 0 && lines.some(each => each !== '')) refuse()
    return foldedText(lines, { isFolded: style === '>', chomp, hasEnd: this.at <= text.length })
  }

  private blockHeader(): [header: string, style: string, digit: number, chomp: string] {
    const line = this.text.slice(this.at, this.lineEnd(this.at))
    const found = /^([|>])(?:([1-9])([+-]?)|([+-]?)([1-9]?))[ ]*(?: #.*)?$/.exec(line)
    if (found === null) return refuse()
    const [header, style = '', first, after, before, second] = found
    return [header, style, Number(first ?? second ?? '') || 0, after || before || '']
  }

  /** `[…]` and `{…}`, over as many lines as they take. */
  private flow(): Yaml {
    if (++this.depth > depthMax) refuse()
    const isList = this.text[this.at++] === '['
    const items: Yaml[] = []
    const pairs: [Yaml, Yaml][] = []
    for (;;) {
      this.skipFlow()
      const char = this.text[this.at]
      if (char === (isList ? ']' : '}')) {
        this.at++
        this.depth--
        return isList ? items : madeOf(pairs)
      }
      const value = this.flowValue()
      this.skipFlow()
      const isPair = this.text[this.at] === ':'
      if (isList) {
        if (isPair) refuse()
        items.push(value)
      } else pairs.push([keyable(value), isPair ? this.flowItem() : null])
      this.skipFlow()
      if (this.text[this.at] === ',') this.at++
      else if (this.text[this.at] !== ']' && this.text[this.at] !== '}') refuse()
    }
  }

  /** Behind a colon. */
  private flowItem(): Yaml {
    this.at++
    this.skipFlow()
    const char = this.text[this.at]
    return char === ',' || char === '}' ? null : this.flowValue()
  }

  private flowValue(): Yaml {
    const { text, at } = this
    const first = text[at] ?? ''
    if (first === '"' || first === "'") return this.quoted()
    if (first === '[' || first === '{') return this.flow()
    if (first === '*') return this.alias()
    if (indicators.has(first) || first === '?' || first === ':' || (first === '-' && this.isBlank(at + 1)))
      refuse()
    let end = at
    for (; ; end++) {
      const char = text[end]
      if (char === undefined || char === '?') return refuse()
      if (',[]{}'.includes(char)) break
      if (char === ':' && (this.isBlank(end + 1) || ',[]{}'.includes(text[end + 1] ?? ''))) break
      if (char === '#' && this.isBlank(end - 1)) return refuse()
    }
    this.at = end
    const written = text.slice(at, end).trimEnd()
    return written.includes('\n') ? refuse() : single(written)
  }

  private skipFlow(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code === space || code === newline) this.at++
      else if (code === hash && this.isBlank(this.at - 1)) this.at = this.lineEnd(this.at)
      else if (code === tab) refuse()
      else return
    }
  }
}
