/** Numbers that look random and are the same for the same seed. */
export type Chance = {
  /** From 0 up to, and without, `below`. */
  integer(below: number): number
  /** True once in so many times. */
  one(times: number): boolean
  of<T>(values: readonly T[]): T
}

/** Mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0
  const integer = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
  return {
    integer,
    one: times => integer(times) === 0,
    of: values => values[integer(values.length)] as (typeof values)[number],
  }
}
