// Months and years are no lengths: they differ.
const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

/**
 * `15 minutes`, `1.5 hours`, `90 ms`, or a unit alone (`day`): whole milliseconds. undefined: not a duration.
 * A day has 24 hours.
 */
export function durationMs(words: string): number | undefined {
  const parts = /^(?:(\d{1,9})(?:\.(\d{1,6}))? +)?(ms|second|minute|hour|day|week)(s?)$/.exec(
    words.trim().toLowerCase(),
  )
  if (parts === null) return undefined
  const [, count, fraction = '', unit = '', plural] = parts
  if (plural === 's' && (count === undefined || unit === 'ms')) return undefined
  const scaled = Number(`${count ?? '1'}${fraction}`) * (unitMs[unit] ?? 0)
  const total = scaled / 10 ** fraction.length
  return Number.isSafeInteger(total) ? total : undefined
}
