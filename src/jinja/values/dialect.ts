import { getattr, getitem } from './lookup.ts'
import type { Named, Value } from './model.ts'
import type { UndefinedKind } from './undefined.ts'

/** What a language hands to the operations: how missing names behave, filters and tests by name, limits. */
export type Dialect = {
  readonly undefined: UndefinedKind
  readonly filters: ReadonlyMap<string, Filter>
  readonly tests: ReadonlyMap<string, Test>
  readonly limits: ValueLimits
  /** How methods and formats reach members of values; `dialectOf` puts it here. */
  readonly lookup: Lookup
}

export type Lookup = {
  readonly getattr: (dialect: Dialect, value: Value, name: string) => Value
  readonly getitem: (dialect: Dialect, value: Value, key: Value) => Value
}

/** `values[0]` is what stands at the left of `|`. */
export type Filter = (dialect: Dialect, values: readonly Value[], named?: Named) => Value | Promise<Value>

/** `values[0]` is what stands at the left of `is`. */
export type Test = (dialect: Dialect, values: readonly Value[], named?: Named) => boolean

/** How large a value may become in one operation. */
export type ValueLimits = {
  /** Characters of a text. */
  readonly textCharsMax: number
  /** Items of a list or tuple. */
  readonly itemsMax: number
  /** Binary digits of an int. */
  readonly intBitsMax: number
  /** Items of a `range`. */
  readonly rangeItemsMax: number
}

export const valueLimits: ValueLimits = {
  textCharsMax: 100_000_000,
  itemsMax: 10_000_000,
  intBitsMax: 1_000_000,
  // The same as that of jinja2's sandbox.
  rangeItemsMax: 100_000,
}

/** A dialect of these parts. */
export function dialectOf(parts: Omit<Dialect, 'lookup'>): Dialect {
  return { ...parts, lookup: { getattr, getitem } }
}
