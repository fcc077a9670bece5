import type { Dict, View } from './dict.ts'
import type { Iterated } from './iterated.ts'
import type { Markup } from './markup.ts'
import type { Range } from './range.ts'
import type { PySet } from './sets.ts'
import type { Undefined } from './undefined.ts'

/**
 * Python's values, as this room holds them. None is `null`; bool, str and list are JavaScript's; an int is
 * a `number` while it is a safe integer and a `bigint` beyond; everything that JavaScript cannot tell apart
 * (1.0 from 1, a tuple from a list) has a class.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Value[]
  | Tuple
  | Markup
  | Dict
  | View
  | PySet
  | Range
  | Iterated
  | Undefined
  | Callable
  | Host

/** A float: `1.0` prints as `1.0`, and `4 / 2` is one. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A tuple: a list that prints with round brackets, is never changed, and may be a key. */
export class Tuple extends Array<Value> {
  /** Names of its items, of a named tuple. */
  fields?: readonly string[]
}

/**
 * A callable: macros, host functions, methods bound to their value. Named arguments are absent when there
 * are none.
 */
export interface Callable {
  readonly [CALL]: (positional: readonly Value[], named?: Named) => Value | Promise<Value>
  /** What errors and `repr` call it. */
  readonly name: string
  /** Its class with the module: `jinja2.runtime.Macro`; absent: `function`. */
  readonly type?: string
  /** Attributes, beside being called; absent: it has none. */
  readonly attribute?: (name: string) => Value | undefined
}

export type Named = ReadonlyMap<string, Value>

export const CALL: unique symbol = Symbol('call')
export const HOST: unique symbol = Symbol('host')

/**
 * An object of the host (a relation, a column, a module): it is seen only through its `HostType`, so that
 * no template reaches a prototype, a constructor or a global.
 */
export interface Host {
  readonly [HOST]: HostType<never>
}

/**
 * What templates see of a host's objects; whatever is absent behaves as it does for a plain Python object.
 */
export type HostType<Self> = {
  /** Python's class name, for errors and `repr`. */
  readonly name: string
  /**
   * Attribute by name; JavaScript's `undefined` says that there is none. Methods are attributes whose value
   * is callable.
   */
  readonly attribute: (self: Self, name: string) => Value | undefined
  readonly item?: (self: Self, key: Value) => Value | undefined
  /** `{% set x.name = … %}` of a namespace. */
  readonly assign?: (self: Self, name: string, value: Value) => void
  readonly call?: (self: Self, positional: readonly Value[], named?: Named) => Value | Promise<Value>
  readonly str?: (self: Self) => string
  readonly repr?: (self: Self) => string
  readonly truth?: (self: Self) => boolean
  readonly equal?: (self: Self, other: Value) => boolean
  /** A class of C's, not of Python's: errors call it with its module, `datetime.date`. */
  readonly isBuiltin?: boolean
  /**
   * A key: two that are equal have the same one; a number is the key of that number. Absent: each object is
   * its own key.
   */
  readonly key?: (self: Self) => string | number | bigint
  /** Below, at or above zero, as in sorting; `undefined`, or absent: it cannot be ordered with this one. */
  readonly compare?: (self: Self, other: Value) => number | undefined
  readonly iterate?: (self: Self) => Iterable<Value>
  readonly length?: (self: Self) => number
  readonly contains?: (self: Self, item: Value) => boolean
  /** What the tests `mapping`, `number` and `callable` say; a host with `call` is callable anyway. */
  readonly is?: readonly ('mapping' | 'number')[]
  /** What `int()` and `float()` make of it; a number of the host (a Decimal) has it. */
  readonly number?: (self: Self) => number | bigint | Float
  /** What `int()` makes of it, where that is not its `number` cut; undefined: it is. */
  readonly whole?: (self: Self) => number | bigint | undefined
  /** `format(self, spec)`, in `'{:…}'.format` too; absent: only an empty specification is accepted. */
  readonly format?: (self: Self, specification: string) => string
  /**
   * `+`, `-` and other operators with this object at the left or at the right; `undefined` says not
   * supported.
   */
  readonly operate?: (operator: string, left: Value, right: Value) => Value | undefined
}
