// Crockford's base 32: no i, l, o, u; sorts as text in ASCII.
const digits = '0123456789abcdefghjkmnpqrstvwxyz'

/**
 * Ids of 16 characters that sort by the time they were made: 10 for the millisecond, 6 (30 bits) of chance.
 * Within one millisecond, or when the clock goes back, the next id is still the larger one.
 */
export function idsFrom(ports: {
  readonly nowMs: () => number
  readonly random: () => number
}): () => string {
  let lastMs = -1
  let chance = 0
  return () => {
    const nowMs = Math.trunc(ports.nowMs())
    const rises = nowMs > lastMs
    chance = rises ? Math.floor(ports.random() * 2 ** 30) : chance + 1
    if (rises) lastMs = nowMs
    if (chance >= 2 ** 30) {
      chance = 0
      lastMs += 1
    }
    return spell(lastMs, 10) + spell(chance, 6)
  }
}

function spell(value: number, width: number): string {
  let rest = value
  let out = ''
  for (let place = 0; place < width; place += 1) {
    out = digits.charAt(rest % 32) + out
    rest = Math.floor(rest / 32)
  }
  return out
}
