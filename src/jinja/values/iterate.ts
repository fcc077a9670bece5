import { Dict, View } from './dict.ts'
import { Iterated } from './iterated.ts'
import { textOf } from './markup.ts'
import { HOST, Tuple, type Value } from './model.ts'
import { raise } from './raise.ts'
import { Range } from './range.ts'
import { PySet } from './sets.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'
import { points } from './text.ts'
import { Markup } from './markup.ts'

/** Python's `iter(value)`: characters of a text, keys of a dict. */
export function iterate(value: Value): Iterable<Value> {
  return iterable(value) ?? raise('TypeError', `'${typeName(value)}' object is not iterable`)
}

/** undefined: it cannot be iterated. */
export function iterable(value: Value): Iterable<Value> | undefined {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return points(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Dict) return value.keys()
  if (value instanceof Iterated || value instanceof View || value instanceof PySet || value instanceof Range)
    return value
  if (value instanceof Undefined) return value.kind.iterate?.(value) ?? []
  if (value instanceof Markup) return points(value.text)
  return isHost(value) ? value[HOST].iterate?.(value as never) : undefined
}

/** Python's `list(value)`, as an array of its own. */
export function listOf(value: Value): Value[] {
  const items = iterate(value)
  // A tuple's own `slice` would be a tuple.
  return Array.isArray(items) && !(items instanceof Tuple) ? items.slice() : Array.from(items)
}

/** Python's `len(value)`. */
export function length(value: Value): number {
  return lengthOf(value) ?? raise('TypeError', `object of type '${typeName(value)}' has no len()`)
}

/** undefined: it has none. */
export function lengthOf(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length
  const text = textOf(value)
  if (text !== undefined) return points(text).length
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof Dict || value instanceof PySet) return value.size
  if (value instanceof Range) return value.length
  if (value instanceof View) return value.dict.size
  if (value instanceof Undefined) return value.kind.length?.(value) ?? 0
  return isHost(value) ? value[HOST].length?.(value as never) : undefined
}
