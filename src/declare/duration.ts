type Unit = 'second' | 'minute' | 'hour' | 'day' | 'week'

/** A length of time in words: `'15 minutes'`, `'1 hour'`, `'90 seconds'`; a bare unit is one of it: `'day'`. */
export type Duration = Unit | `${number} ${Unit}` | `${number} ${Unit}s` | `${number} ms`

// Months and years are no lengths: they differ. A partition of a month is a partition, not a duration.
const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

const form = /^(?:(\d+(?:\.\d+)?)\s+)?([a-z]+?)(s?)$/

/** Words to milliseconds; undefined: these words are no duration. `0 seconds` is one. */
export function readDuration(words: string): number | undefined {
  const found = form.exec(words.trim().toLowerCase())
  if (!found) return undefined
  const [, count, unit = '', plural] = found
  // `ms` is a unit of its own; the lazy match leaves its `s` to the plural.
  const ms = unitMs[unit + plural] ?? unitMs[unit]
  if (ms === undefined || (count === undefined && plural === 's')) return undefined
  const total = Number(count ?? 1) * ms
  return Number.isSafeInteger(total) ? total : undefined
}
