const unitMs: { readonly [unit: string]: number } = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

/**
 * `15 minutes`, `2 hours`, `1 day`, or a unit alone (`day`): milliseconds. undefined: not a duration. A day
 * has 24 hours.
 */
export function durationMs(words: string): number | undefined {
  const parts = /^(?:(\d{1,9}) +)?([a-z]+?)s?$/.exec(words.trim().toLowerCase())
  const unit = unitMs[parts?.[2] ?? '']
  return unit === undefined ? undefined : Number(parts?.[1] ?? '1') * unit
}
