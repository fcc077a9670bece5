import { bind, bindUsual } from '../bind.ts'
import { Dict, View } from '../dict.ts'
import type { Dialect } from '../dialect.ts'
import { Markup } from '../markup.ts'
import { CALL, type Callable, Float, HOST, type Named, Tuple, type Value } from '../model.ts'
import { Range } from '../range.ts'
import { PySet } from '../sets.ts'
import { isHost, typeName } from '../types.ts'
import { dictMethods } from './dict.ts'
import { internal } from './internal.ts'
import { listMethods, tupleMethods } from './list.ts'
import { markupMethods } from './markup.ts'
import { check, type Method, type Methods } from './method.ts'
import { floatMethods, intMethods, numberAttribute, rangeMethods } from './number.ts'
import { setMethods } from './set.ts'
import { textMethods } from './text.ts'

/** The methods of Python's own types; undefined: a host's object, or something without methods. */
function methodsOf(value: Value): Methods<never> | undefined {
  switch (typeof value) {
    case 'string':
      return textMethods
    case 'number':
    case 'bigint':
    case 'boolean':
      return intMethods
    default:
      return value === null ? undefined : methodsOfObject(value)
  }
}

function methodsOfObject(value: object): Methods<never> | undefined {
  if (value instanceof Tuple) return tupleMethods
  if (Array.isArray(value)) return listMethods
  if (value instanceof Dict) return dictMethods
  if (value instanceof Markup) return markupMethods
  if (value instanceof PySet) return setMethods
  if (value instanceof Float) return floatMethods
  return value instanceof Range ? rangeMethods : undefined
}

/** A method by name, not yet bound; undefined: its type has none. */
export function methodOf(value: Value, name: string): Method | undefined {
  return methodsOf(value)?.get(name) as Method | undefined
}

/** `value.name`, without a look at items; undefined: there is none. */
export function attributeOf(dialect: Dialect, value: Value, name: string): Value | undefined {
  const method = methodOf(value, name)
  if (method !== undefined) return new Bound(dialect, { self: value, method, name })
  if (typeof value !== 'object' || value === null || value instanceof Float)
    return numberAttribute(value, name)
  if (value instanceof Range && (name === 'start' || name === 'stop' || name === 'step')) return value[name]
  if (value instanceof View) return name === 'mapping' ? value.dict : undefined
  if (value instanceof Tuple)
    return value.fields?.includes(name) ? value[value.fields.indexOf(name)] : undefined
  if (isHost(value)) return value[HOST].attribute(value as never, name)
  return CALL in value ? (value as Callable).attribute?.(name) : undefined
}

/** Whether it is a name of Python's inside, which no template may see. */
export function isInternal(value: Value, name: string): boolean {
  if (internal.object.has(name)) return true
  if (isHost(value)) return value[HOST].attribute(value as never, name) !== undefined
  return internal.types.get(typeName(value))?.has(name) === true
}

type Binding = { readonly self: Value; readonly method: Method; readonly name: string }

/** `[].append`: a method with its value. */
class Bound implements Callable {
  readonly name: string
  readonly type = 'builtin_function_or_method'
  readonly self: Value
  readonly #dialect: Dialect
  readonly #method: Method
  constructor(dialect: Dialect, { self, method, name }: Binding) {
    this.#dialect = dialect
    this.#method = method
    this.self = self
    this.name = name
  }

  [CALL](positional: readonly Value[], named?: Named): Value {
    const { self, name } = this
    return runMethod(this.#dialect, self, { method: this.#method, name, positional, named })
  }
}

type Running = {
  readonly method: Method
  readonly name: string
  readonly positional: readonly Value[]
  readonly named?: Named | undefined
}

/** A method of Python's own, run with these arguments. */
export function runMethod(dialect: Dialect, self: Value, running: Running): Value {
  const { method, name, positional, named } = running
  const usual = bindUsual(method.declared, positional, named)
  if (usual) return method.run(self as never, usual, dialect)
  check({ type: typeName(self), name, method }, positional, named)
  return method.run(self as never, bind(method.declared, positional, named), dialect)
}
