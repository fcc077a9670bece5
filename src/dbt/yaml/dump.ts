import { Dict, Float, repr, type Value } from '../../jinja/index.ts'
import { isPlainText } from './plain.ts'

/** Behind this column a text goes on in the next line. */
const width = 80
/** Blocks stand this much further in than what they stand in. */
const step = 2
/** A key that is longer stands behind `?`. */
const keyCharsMax = 128

/** A value as PyYAML's `safe_dump` writes it, in blocks; undefined: it holds something that has no YAML. */
export function dumpYaml(value: Value, { sortKeys }: { readonly sortKeys: boolean }): string | undefined {
  const writer = new Writer(sortKeys)
  return writer.document(value) ? writer.text : undefined
}

type Style = 'plain' | 'single' | 'double'
type Words = { readonly indent: number; readonly splits: boolean; readonly isQuoted?: boolean }

class Writer {
  text = ''
  private column = 0
  private readonly sortKeys: boolean
  constructor(sortKeys: boolean) {
    this.sortKeys = sortKeys
  }

  document(value: Value): boolean {
    if (!this.value(value, -step, 'root')) return false
    // A plain text alone could go on: its end is marked.
    const isAlone = !Array.isArray(value) && !(value instanceof Dict)
    this.put(isAlone && !/^['"]/.test(this.text) ? '\n...\n' : '\n')
    return true
  }

  private put(text: string): true {
    this.text += text
    this.column += text.length
    return true
  }

  private line(indent: number): void {
    this.text += `\n${' '.repeat(indent)}`
    this.column = indent
  }

  /** A value behind `key:`, behind `- `, or alone; `indent` is that of the block it stands in. */
  private value(value: Value, indent: number, where: 'root' | 'key' | 'item'): boolean {
    if (Array.isArray(value) && value.length > 0) return this.list(value, indent, where)
    if (value instanceof Dict && value.size > 0) return this.dict(value, indent + step, where)
    if (where === 'key') this.put(' ')
    if (Array.isArray(value)) return this.put('[]')
    if (value instanceof Dict) return this.put('{}')
    return this.single(value, Math.max(indent, 0) + step, true)
  }

  /** A list under a key stands as far to the left as the key does. */
  private list(items: readonly Value[], parent: number, where: 'root' | 'key' | 'item'): boolean {
    const indent = where === 'key' ? parent : parent + step
    return items.every((item, place) => {
      if (place > 0 || where === 'key') this.line(indent)
      this.put('- ')
      return this.value(item, indent, 'item')
    })
  }

  private dict(dict: Dict, indent: number, where: 'root' | 'key' | 'item'): boolean {
    const entries = [...dict.entries()]
    if (this.sortKeys) entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    return entries.every(([key, item], place) => {
      if (place > 0 || where === 'key') this.line(indent)
      if (!isLongKey(key)) {
        if (!this.single(key, indent + step, false)) return false
        this.put(':')
        return this.value(item, indent, 'key')
      }
      this.put('? ')
      if (!this.single(key, indent + step, true)) return false
      this.line(indent)
      this.put(': ')
      return this.value(item, indent, 'item')
    })
  }

  private single(value: Value, indent: number, splits: boolean): boolean {
    if (typeof value !== 'string') {
      const text = singleText(value)
      return text === undefined ? false : this.put(text)
    }
    switch (styleOf(value)) {
      case 'plain':
        return this.words(value, { indent, splits })
      case 'single':
        this.put("'")
        this.words(value.replaceAll("'", "''"), { indent, splits, isQuoted: true })
        return this.put("'")
      case 'double':
        return this.escaped(value, indent, splits)
    }
  }

  /** Words, which go on in the next line at a single space behind the width. */
  private words(text: string, { indent, splits, isQuoted = false }: Words): true {
    const parts = text.split(/( +|\n+)/)
    for (const [place, part] of parts.entries()) {
      const isInside = place > 0 && place < parts.length - 1 && parts[0] !== '' && parts.at(-1) !== ''
      const mayBreak = !isQuoted || isInside || (place > 1 && place < parts.length - 2)
      if (part.startsWith('\n')) {
        this.text += '\n'.repeat(part.length)
        this.line(indent)
      } else if (part === ' ' && splits && this.column > width && mayBreak) this.line(indent)
      else this.put(part)
    }
    return true
  }

  /** A text in double quotes; where it goes on in the next line a backslash says so. */
  private escaped(text: string, indent: number, splits: boolean): true {
    this.put('"')
    const chars = [...text]
    let start = 0
    for (let end = 0; end <= chars.length; end++) {
      const char = chars[end]
      const escape = char === undefined ? '' : escapeOf(char)
      if (char === undefined || escape !== '') {
        this.put(chars.slice(start, end).join(''))
        this.put(escape)
        start = char === undefined ? end : end + 1
      }
      const isInside = end > 0 && end < chars.length - 1
      const mayBreak = char === ' ' || start >= end
      if (!splits || !isInside || !mayBreak || this.column + Math.max(0, end - start) <= width) continue
      this.put(`${chars.slice(start, end).join('')}\\`)
      if (start < end) start = end
      this.line(indent)
      if (chars[start] === ' ') this.put('\\')
    }
    return this.put('"')
  }
}

/** A key on one line is short, and no empty text. */
function isLongKey(key: Value): boolean {
  return typeof key === 'string' && (key === '' || key.includes('\n') || key.length >= keyCharsMax)
}

function singleText(value: Value): string | undefined {
  if (value === null) return 'null'
  if (value instanceof Float) return floatText(value)
  return typeof value === 'object' ? undefined : String(value)
}

function floatText(value: Float): string {
  if (Number.isNaN(value.value)) return '.nan'
  if (!Number.isFinite(value.value)) return value.value > 0 ? '.inf' : '-.inf'
  const text = repr(value)
  return text.includes('.') ? text : text.replace('e', '.0e')
}

/** How a text must be written to be read as the text it is. */
function styleOf(text: string): Style {
  // Spaces around a line end would be lost.
  if (/[^\n\u0020-\u007e]| \n|\n /.test(text)) return 'double'
  if (text === '' || /\n|^ | $|^(?:---|\.\.\.)/.test(text)) return 'single'
  if (/^[#,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|: |:$| #/.test(text)) return 'single'
  return isPlainText(text) ? 'plain' : 'single'
}

const escapes: { readonly [char: string]: string } = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

/** Empty: the character stands for itself. */
function escapeOf(char: string): string {
  const known = escapes[char]
  if (known !== undefined) return `\\${known}`
  const code = char.codePointAt(0) ?? 0
  if (code >= 0x20 && code < 0x7f) return ''
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
