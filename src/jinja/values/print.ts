import { Dict, View } from './dict.ts'
import { printFloat } from './float.ts'
import { Iterated } from './iterated.ts'
import { Markup } from './markup.ts'
import { type Callable, Float, HOST, Tuple, type Value } from './model.ts'
import { Range } from './range.ts'
import { PySet } from './sets.ts'
import { raise } from './raise.ts'
import { isHost, qualifiedName, typeName } from './types.ts'
import { Undefined } from './undefined.ts'

/** Levels that Python's own stack allows, about. */
const depthMax = 900

/** Python's `str(value)`, which is what a template prints. */
export function str(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (value instanceof Markup) return value.text
  if (value instanceof Undefined) return value.kind.print?.(value) ?? ''
  if (isHost(value)) {
    const type = value[HOST]
    return (type.str ?? type.repr)?.(value as never) ?? plainRepr(value)
  }
  return repr(value)
}

/** Python's `repr(value)`. */
export function repr(value: Value): string {
  return written(value, [])
}

function written(value: Value, within: readonly Value[]): string {
  if (value === null) return 'None'
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'number':
      return String(value)
    case 'bigint':
      return printInt(value)
    default:
      return writtenObject(value, within)
  }
}

/** Digits of an int that CPython writes: more take time that grows with their square. */
const intDigitsMax = 4300

function printInt(value: bigint): string {
  const text = String(value)
  if (text.length - (value < 0n ? 1 : 0) <= intDigitsMax) return text
  return raise(
    'ValueError',
    `Exceeds the limit (${intDigitsMax} digits) for integer string conversion; ` +
      'use sys.set_int_max_str_digits() to increase the limit',
  )
}

function writtenObject(
  value: Exclude<Value, string | boolean | number | null | bigint>,
  within: readonly Value[],
): string {
  if (value instanceof Float) return printFloat(value.value)
  if (Array.isArray(value) || value instanceof Dict || value instanceof PySet || value instanceof View)
    return container(value, within)
  if (value instanceof Undefined) return value.kind.repr?.(value) ?? 'Undefined'
  if (value instanceof Markup) return `Markup(${quote(value.text)})`
  if (value instanceof Range)
    return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`
  if (value instanceof Iterated) return `<${value.type} object${value.name && ` ${value.name}`} at 0x0>`
  if (isHost(value)) return value[HOST].repr?.(value as never) ?? plainRepr(value)
  return callable(value as Callable)
}

function plainRepr(value: Value): string {
  return `<${qualifiedName(value)} object at 0x0>`
}

function callable(value: Callable): string {
  const type = typeName(value)
  if (type === 'builtin_function_or_method' && 'self' in value && value.self instanceof Markup)
    return `<bound method Markup.${value.name} of ${repr(value.self)}>`
  if (type === 'builtin_function_or_method' && 'self' in value)
    return `<built-in method ${value.name} of ${typeName(value.self as Value)} object at 0x0>`
  if (type === 'Macro') return `<Macro ${quote(value.name)}>`
  return type === 'type' ? `<class '${value.name}'>` : `<${type} ${value.name} at 0x0>`
}

function container(value: Value[] | Dict | PySet | View, within: readonly Value[]): string {
  const isTuple = value instanceof Tuple
  if (within.includes(value as Value)) return Array.isArray(value) ? (isTuple ? '(...)' : '[...]') : '{...}'
  if (within.length > depthMax)
    return raise('RecursionError', 'maximum recursion depth exceeded while getting the repr of an object')
  const inner = [...within, value as Value]
  const all = (items: Iterable<Value>) => Array.from(items, item => written(item, inner)).join(', ')
  if (isTuple) return value.length === 1 ? `(${all(value)},)` : `(${all(value)})`
  if (Array.isArray(value)) return `[${all(value)}]`
  if (value instanceof PySet) return value.size === 0 ? 'set()' : `{${all(value)}}`
  if (value instanceof View) return `dict_${value.of}([${all(value)}])`
  const pairs = Array.from(
    value.entries(),
    ([key, item]) => `${written(key, inner)}: ${written(item, inner)}`,
  )
  return `{${pairs.join(', ')}}`
}

// What Python calls not printable: control, format, unassigned, private, surrogates, and separators other
// than a space.
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u
const escaped = /[\\\p{C}\p{Zl}\p{Zp}\p{Zs}]/gu
const named: { readonly [character: string]: string } = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  ' ': ' ',
}

/** `repr(str)`: in single quotes, unless only those stand in it. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = text.replace(escaped, found => named[found] ?? code(found))
  return mark + (mark === "'" ? inside.replaceAll("'", "\\'") : inside) + mark
}

/** Python's `ascii(value)`: as `repr`, with everything beyond ASCII escaped. */
export function ascii(value: Value): string {
  return repr(value).replace(/[^\0-\x7f]/gu, code)
}

/** Whether every character can be shown as it is: `str.isprintable`. */
export function isPrintable(text: string): boolean {
  return !unprintable.test(text.replaceAll(' ', ''))
}

function code(character: string): string {
  const point = character.codePointAt(0) ?? 0
  const hex = point.toString(16)
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
