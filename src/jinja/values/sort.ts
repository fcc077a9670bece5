import { callValue } from './call.ts'
import { compare } from './compare.ts'
import type { Value } from './model.ts'
import { raise } from './raise.ts'

/** Python's `sorted(items)`, by keys: stable, and only `<` is asked. */
export function sorted(items: readonly Value[], { keys = items, reverse = false } = {}): Value[] {
  const order = items.map((_, i) => i)
  const turn = reverse ? -1 : 1
  order.sort((a, b) => {
    const [one, other] = [keys[a] as Value, keys[b] as Value]
    // Of equal keys, the first stays first, reversed or not.
    return turn * (compare('<', one, other) ? -1 : compare('<', other, one) ? 1 : 0)
  })
  return order.map(i => items[i] as Value)
}

/** `key(item)` of each; a key that would have to be waited for is refused. */
export function keysBy(key: Value, items: readonly Value[]): readonly Value[] {
  if (key === null) return items
  return items.map(item => now(callValue(key, [item])))
}

/** The value at once: what must be waited for cannot be asked in the middle of a sort or a filter. */
export function now(value: Value | Promise<Value>): Value {
  return value instanceof Promise ? raise('TypeError', 'a function that waits is not supported here') : value
}
