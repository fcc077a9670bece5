import type { Metadata } from './actions.ts'

// Properties that are lengths of time are written as intervals of Spark: `interval 1 week`, `30 days`.

const unitsMs: { readonly [unit: string]: number } = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
  microsecond: 0.001,
}

/** The property in milliseconds; where it is not set, or is no interval, what is said otherwise. */
export function durationMs(
  configuration: Metadata['configuration'],
  name: string,
  otherwiseMs: number,
): number {
  const text = configuration[name]
    ?.trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
  if (text === undefined || !/^(\d+\s*[a-z]+\s*)+$/.test(text)) return otherwiseMs
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)\s*([a-z]+?)s?(?=\s|\d|$)/g)) {
    const unitMs = unitsMs[unit ?? '']
    if (unitMs === undefined) return otherwiseMs
    total += Number(amount) * unitMs
  }
  return total
}

/** `delta.deletedFileRetentionDuration` unless a table says otherwise. */
export const tombstoneRetentionMs = 7 * 86_400_000
