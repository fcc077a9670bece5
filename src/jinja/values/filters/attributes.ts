import type { Dialect } from '../dialect.ts'
import { getitem } from '../lookup.ts'
import { textOf } from '../markup.ts'
import type { Value } from '../model.ts'
import { Undefined } from '../undefined.ts'

export type Getter = (item: Value) => Value

type Options = {
  /** Applied to what was found. */
  readonly shape?: Getter
  /** In place of what is missing; None: it stays missing. */
  readonly otherwise?: Value
}

/** `'address.city'` or `'0.name'`, looked up step by step; None is the item itself. */
export function getterOf(dialect: Dialect, path: Value, { shape, otherwise = null }: Options = {}): Getter {
  const parts = partsOf(path)
  const [only = null] = parts
  if (parts.length === 1 && otherwise === null)
    return shape ? item => shape(getitem(dialect, item, only)) : item => getitem(dialect, item, only)
  return item => {
    let value = item
    for (const part of parts) {
      value = getitem(dialect, value, part)
      if (otherwise !== null && value instanceof Undefined) value = otherwise
    }
    return shape ? shape(value) : value
  }
}

/** `'age,name'`: several paths, and a list of what they lead to. */
export function gettersOf(dialect: Dialect, paths: Value, shape?: Getter): (item: Value) => Value[] {
  const text = textOf(paths)
  const each = text === undefined ? [paths] : text.split(',')
  const getters = each.map(path => getterOf(dialect, path, shape && { shape }))
  return item => getters.map(getter => getter(item))
}

function partsOf(path: Value): readonly Value[] {
  if (path === null) return []
  const text = textOf(path)
  return text === undefined ? [path] : text.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Texts in lower case, others as they are. */
export function ignoreCase(value: Value): Value {
  return textOf(value)?.toLowerCase() ?? value
}
