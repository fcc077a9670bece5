import type { Filter } from '../dialect.ts'
import { Dict } from '../dict.ts'
import { printFloat } from '../float.ts'
import { Markup, textOf } from '../markup.ts'
import { Float, type Value } from '../model.ts'
import { indexOf, intOf } from '../numbers.ts'
import { raise } from '../raise.ts'
import { sorted } from '../sort.ts'
import { className, typeName } from '../types.ts'
import { filter } from './filter.ts'

/** How JSON is written: `indent` is a step's text. */
export type JsonOptions = { readonly indent?: string | undefined; readonly sorts: boolean }

/** Python's `json.dumps(value)`: all ASCII, `, ` and `: ` between. */
export function json(value: Value, options: JsonOptions): string {
  return new Json(options).write(value, [])
}

class Json {
  private readonly indent: string | undefined
  private readonly sorts: boolean
  constructor({ indent, sorts }: JsonOptions) {
    this.indent = indent
    this.sorts = sorts
  }

  write(value: Value, within: readonly Value[]): string {
    if (value === null) return 'null'
    if (typeof value === 'boolean') return String(value)
    const text = textOf(value)
    if (text !== undefined) return jsonText(text)
    const int = intOf(value)
    if (int !== undefined) return String(int)
    if (value instanceof Float) return jsonFloat(value.value)
    if (within.includes(value)) return raise('ValueError', 'Circular reference detected')
    if (Array.isArray(value)) return this.list(value, within)
    if (value instanceof Dict) return this.dict(value, within)
    return raise('TypeError', `Object of type ${className(value)} is not JSON serializable`)
  }

  private list(value: Value[], within: readonly Value[]): string {
    const inner = [...within, value]
    return this.around(
      '[]',
      value.map(item => this.write(item, inner)),
      inner.length,
    )
  }

  private dict(value: Dict, within: readonly Value[]): string {
    const inner = [...within, value]
    const keys = Array.from(value.keys())
    const all = (this.sorts ? sorted(keys) : keys).map(
      key => `${jsonText(jsonKey(key))}: ${this.write(value.get(key) ?? null, inner)}`,
    )
    return this.around('{}', all, inner.length)
  }

  private around(brackets: string, items: readonly string[], depth: number): string {
    const [open = '', close = ''] = brackets
    if (items.length === 0) return brackets
    const { indent } = this
    if (indent === undefined) return open + items.join(', ') + close
    const inside = `\n${indent.repeat(depth)}`
    return `${open}${inside}${items.join(`,${inside}`)}\n${indent.repeat(depth - 1)}${close}`
  }
}

function jsonKey(key: Value): string {
  const text = textOf(key)
  if (text !== undefined) return text
  if (key === null) return 'null'
  if (typeof key === 'boolean') return String(key)
  const int = intOf(key)
  if (int !== undefined) return String(int)
  if (key instanceof Float) return jsonFloat(key.value)
  return raise('TypeError', `keys must be str, int, float, bool or None, not ${className(key)}`)
}

function jsonFloat(value: number): string {
  if (Number.isFinite(value)) return printFloat(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

function jsonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

const unsafe: { readonly [character: string]: string } = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
}

export const jsonFilters: { readonly [name: string]: Filter } = {
  tojson: filter('do_tojson', 'eval_ctx, value, indent=None', ([value, indent]) => {
    const text = json(value, { indent: indentOf(indent), sorts: true })
    return new Markup(text.replace(/[<>&']/g, found => unsafe[found] ?? found))
  }),
}

function indentOf(indent: Value): string | undefined {
  if (indent === null) return undefined
  return (
    textOf(indent) ??
    ' '.repeat(
      Math.max(
        0,
        indexOf(indent) ??
          raise('TypeError', `can't multiply sequence by non-int of type '${typeName(indent)}'`),
      ),
    )
  )
}
