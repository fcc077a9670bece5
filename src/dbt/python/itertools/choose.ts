import { tupleOf, type Value } from '../../../jinja/index.ts'

/** Choices out of a pool, in the order of their places: as Python's, one after the other. */

/** `places` of each choice, lazily. */
type Places = Generator<readonly number[]>

export function* chosen(pool: readonly Value[], places: Places): Generator<Value> {
  for (const each of places) yield tupleOf(each.map(place => pool[place] as Value))
}

/** Of so many, so many, each once, in any order. */
export function* permutations(count: number, length: number): Places {
  if (length > count) return
  const current: number[] = []
  const used = new Set<number>()
  for (let candidate = 0; ; ) {
    if (current.length === length) {
      yield [...current]
      candidate = count
    }
    while (candidate < count && used.has(candidate)) candidate++
    if (candidate < count) {
      used.add(candidate)
      current.push(candidate)
      candidate = 0
    } else {
      const last = current.pop()
      if (last === undefined) return
      used.delete(last)
      candidate = last + 1
    }
  }
}

/** Of so many, so many, in their own order; `again`: each may stand more than once. */
export function* combinations(count: number, length: number, again: 0 | 1): Places {
  if (length > 0 && (count === 0 || (again === 0 && length > count))) return
  const step = 1 - again
  const current = Array.from({ length }, (_, i) => i * step)
  for (;;) {
    yield [...current]
    let last = length - 1
    while (last >= 0 && current[last] === count - 1 - (length - 1 - last) * step) last -= 1
    if (last < 0) return
    const from = (current[last] ?? 0) + 1
    for (let i = last; i < length; i++) current[i] = from + (i - last) * step
  }
}

/** One of each pool, the last going fastest. */
export function* product(pools: readonly (readonly Value[])[]): Generator<Value> {
  if (pools.some(pool => pool.length === 0)) return
  const current = pools.map(() => 0)
  for (;;) {
    yield tupleOf(current.map((place, i) => pools[i]?.[place] as Value))
    let last = pools.length - 1
    while (last >= 0 && current[last] === (pools[last]?.length ?? 0) - 1) current[last--] = 0
    if (last < 0) return
    current[last] = (current[last] ?? 0) + 1
  }
}
