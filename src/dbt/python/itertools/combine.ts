import { add, callValue, iterate, raise, truth, tupleOf, type Value } from '../../../jinja/index.ts'
import { plainDialect } from './dialect.ts'

/**
 * Iterators over other iterators. Each is gone through by hand: who stops early must leave the rest to
 * the next.
 */

export function iteratorOf(value: Value): Iterator<Value> {
  return iterate(value)[Symbol.iterator]()
}

export function* chained(parts: Iterator<Value>): Generator<Value> {
  for (let part = parts.next(); !part.done; part = parts.next()) {
    const items = iteratorOf(part.value)
    for (let item = items.next(); !item.done; item = items.next()) yield item.value
  }
}

/** A function of a template at once: an iterator cannot wait for it. */
function called(fn: Value, values: readonly Value[]): Value {
  const result = callValue(fn, values)
  return result instanceof Promise
    ? raise('TypeError', 'a function that waits is not supported in itertools')
    : result
}

export function* accumulated(items: Iterator<Value>, fn: Value, initial: Value): Generator<Value> {
  const dialect = plainDialect()
  let total = initial
  if (total === null) {
    const first = items.next()
    if (first.done) return
    total = first.value
  }
  yield total
  for (let item = items.next(); !item.done; item = items.next()) {
    total = fn === null ? add(dialect, total, item.value) : called(fn, [total, item.value])
    yield total
  }
}

export function* compressed(items: Iterator<Value>, selectors: Iterator<Value>): Generator<Value> {
  for (;;) {
    const item = items.next()
    const selector = item.done ? item : selectors.next()
    if (item.done || selector.done) return
    if (truth(selector.value)) yield item.value
  }
}

export function* starmapped(fn: Value, items: Iterator<Value>): Generator<Value> {
  for (let item = items.next(); !item.done; item = items.next())
    yield called(fn, Array.from(iterate(item.value)))
}

export type Slice = { readonly start: number; readonly stop: number; readonly step: number }

export function* sliced(items: Iterator<Value>, { start, stop, step }: Slice): Generator<Value> {
  let next = start
  for (let at = 0; at < stop; at++) {
    const item = items.next()
    if (item.done) return
    if (at !== next) continue
    yield item.value
    next += step
  }
}

/** So many iterators over one; what one has taken is kept for the others. */
export function teed(items: Iterator<Value>, count: number): Generator<Value>[] {
  const taken: Value[] = []
  function* each(): Generator<Value> {
    for (let at = 0; ; at++) {
      if (at === taken.length) {
        const item = items.next()
        if (item.done) return
        taken.push(item.value)
      }
      yield taken[at] as Value
    }
  }
  return Array.from({ length: count }, each)
}

export function* zippedLongest(all: readonly Iterator<Value>[], fill: Value): Generator<Value> {
  const ended = new Set<Iterator<Value>>()
  while (ended.size < all.length) {
    const row = all.map(items => {
      const item = ended.has(items) ? undefined : items.next()
      if (item?.done) ended.add(items)
      return item === undefined || item.done ? fill : item.value
    })
    if (ended.size < all.length) yield tupleOf(row)
  }
}
