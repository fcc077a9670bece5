import { Dict, Float, isMapping, repr, type Value } from '../../jinja/index.ts'
import { isPlainText } from './plain.ts'

/** Columns after which a text goes on in a new line, as PyYAML has it. */
const width = 80

/** A value as PyYAML's `safe_dump` writes it, in blocks; undefined: it holds something that has no YAML. */
export function dumpYaml(value: Value, { sortKeys }: { readonly sortKeys: boolean }): string | undefined {
  const lines = new Writer(sortKeys)
  if (!lines.root(value)) return undefined
  return lines.text
}

class Writer {
  text = ''
  private readonly sortKeys: boolean
  constructor(sortKeys: boolean) {
    this.sortKeys = sortKeys
  }

  root(value: Value): boolean {
    if (!this.node(value, 0, 'root')) return false
    // A plain text alone could go on: its end is marked.
    if (!this.text.endsWith('\n')) this.text += /^['"[{]/.test(this.text) ? '\n' : '\n...\n'
    return true
  }

  /**
   * Write after `- `, `key: ` or nothing; blocks begin in lines of their own where they stand under a key.
   */
  private node(value: Value, indent: number, under: 'root' | 'key' | 'item'): boolean {
    if (Array.isArray(value)) return this.list(value, indent, under)
    if (value instanceof Dict) return this.dict(value, indent, under)
    if (isMapping(value)) return false
    const scalar = scalarText(value)
    if (scalar === undefined) return false
    this.folded(scalar, indent + (under === 'root' ? 0 : 2))
    return true
  }

  private list(items: readonly Value[], indent: number, under: string): boolean {
    if (items.length === 0) return this.put('[]')
    const pad = ' '.repeat(indent)
    return items.every((item, place) => {
      if (place > 0 || under === 'key') this.line(pad)
      this.put('- ')
      return this.node(item, indent + 2, 'item')
    })
  }

  private dict(dict: Dict, indent: number, under: string): boolean {
    if (dict.size === 0) return this.put('{}')
    const pad = ' '.repeat(indent)
    const entries = [...dict.entries()]
    if (this.sortKeys) entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
    return entries.every(([key, item], place) => {
      const name = scalarText(key)
      if (name === undefined) return false
      if (place > 0 || under === 'key') this.line(pad)
      this.put(`${name.text}:`)
      const isList = Array.isArray(item) && item.length > 0
      const isDict = item instanceof Dict && item.size > 0
      if (!isList && !isDict) this.put(' ')
      // A list under a key stands as far to the left as the key does.
      return this.node(item, isDict ? indent + 2 : indent, 'key')
    })
  }

  private put(text: string): boolean {
    this.text += text
    return true
  }

  private line(pad: string): void {
    this.text += (this.text === '' || this.text.endsWith('\n') ? '' : '\n') + pad
  }

  /** A text goes on in the next line at the first space beyond the width. */
  private folded({ text, style }: Scalar, indent: number): void {
    if (style === 'double' || (text.length <= width && !text.includes('\n'))) return void (this.text += text)
    let column = this.text.length - (this.text.lastIndexOf('\n') + 1)
    const pad = ' '.repeat(indent)
    for (const part of text.split(/( +|\n+)/)) {
      if (part.startsWith('\n')) {
        this.text += '\n'.repeat(part.length + 1) + pad
        column = indent
      } else if (part === ' ' && column > width) {
        this.text += `\n${pad}`
        column = indent
      } else {
        this.text += part
        column += part.length
      }
    }
  }
}

type Scalar = { readonly text: string; readonly style: 'plain' | 'single' | 'double' }

function scalarText(value: Value): Scalar | undefined {
  if (value === null) return { text: 'null', style: 'plain' }
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
      return { text: String(value), style: 'plain' }
    case 'string':
      return quotedText(value)
    default:
      return value instanceof Float ? { text: floatText(value), style: 'plain' } : undefined
  }
}

function floatText(value: Float): string {
  if (Number.isNaN(value.value)) return '.nan'
  if (!Number.isFinite(value.value)) return value.value > 0 ? '.inf' : '-.inf'
  const text = repr(value)
  return text.includes('.') ? text : text.replace('e', '.0e')
}

function quotedText(text: string): Scalar {
  if (text === '') return { text: "''", style: 'single' }
  if (/[^\n\x20-\x7e]/.test(text) || / \n|\n /.test(text))
    return { text: doubleQuoted(text), style: 'double' }
  return mayBePlain(text)
    ? { text, style: 'plain' }
    : { text: `'${text.replaceAll("'", "''")}'`, style: 'single' }
}

/** Nothing in it has a meaning in YAML, and it would be read as a text. */
function mayBePlain(text: string): boolean {
  if (/\n|^ | $|^(?:---|\.\.\.)/.test(text)) return false
  if (/^[#,[\]{}&*!|>'"%@`]|^[?:-](?:\s|$)|: |:$| #/.test(text)) return false
  return isPlainText(text)
}

const escapes: { readonly [char: string]: string } = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

function doubleQuoted(text: string): string {
  const inner = [...text].map(char => {
    const known = escapes[char]
    if (known !== undefined) return known
    const code = char.codePointAt(0) ?? 0
    if (code >= 0x20 && code < 0x7f) return char
    const hex = code.toString(16).toUpperCase()
    if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
    return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })
  return `"${inner.join('')}"`
}
