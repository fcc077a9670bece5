import { Tuple, type Value } from './model.ts'

/**
 * `tuple(items)`. An array's constructor takes a single number for a length, so that `Tuple.of` is not
 * enough.
 */
export function tupleOf(items: Iterable<Value>): Tuple {
  const tuple = new Tuple()
  for (const item of items) tuple.push(item)
  return tuple
}
