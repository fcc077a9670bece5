import { Dict, View } from './dict.ts'
import { Iterated } from './iterated.ts'
import { Markup } from './markup.ts'
import { CALL, type Callable, Float, HOST, type Host, Tuple, type Value } from './model.ts'
import { Range } from './range.ts'
import { PySet } from './sets.ts'
import { Undefined } from './undefined.ts'

/** Python's class with its module, as jinja2 words it; built-in classes have none. */
export function qualifiedName(value: Value): string {
  if (value === null) return 'NoneType'
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'int'
    default:
      return Array.isArray(value) ? (value instanceof Tuple ? 'tuple' : 'list') : objectName(value)
  }
}

function objectName(value: Exclude<Value, null | string | boolean | number | bigint | Value[]>): string {
  if (value instanceof Dict) return 'dict'
  if (value instanceof Float) return 'float'
  if (value instanceof Undefined) return value.kind.name
  if (value instanceof Markup) return 'markupsafe.Markup'
  if (value instanceof PySet) return 'set'
  if (value instanceof Range) return 'range'
  if (value instanceof View) return `dict_${value.of}`
  if (value instanceof Iterated) return value.type
  if (isHost(value)) return value[HOST].name
  return (value as Callable).type ?? 'function'
}

/**
 * What errors of Python's operations call its class: the module belongs to it where the class is one of
 * C's.
 */
export function typeName(value: Value): string {
  if (value instanceof Iterated) return value.type
  return isHost(value) && value[HOST].isBuiltin ? value[HOST].name : className(value)
}

/** Python's `type(value).__name__`. */
export function className(value: Value): string {
  const name = qualifiedName(value)
  return name.slice(name.lastIndexOf('.') + 1)
}

export function isHost(value: unknown): value is Host {
  return typeof value === 'object' && value !== null && HOST in value
}

/** A macro, a function, a method; a host that can be called. */
export function isCallable(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function'
  return CALL in value || (isHost(value) && value[HOST].call !== undefined)
}

export function isMapping(value: Value): boolean {
  return value instanceof Dict || (isHost(value) && value[HOST].is?.includes('mapping') === true)
}
