import type { Calendar, PartitionKey, PartitionScheme, PartitionUnit } from '../model/index.ts'

/** The partitions of a scheme in their order, whether cut by time or listed. */
export type Grid = {
  isKey(text: string): boolean
  /** Negative: a comes before b. */
  order(a: PartitionKey, b: PartitionKey): number
  /** Is b the very next one after a? */
  follows(a: PartitionKey, b: PartitionKey): boolean
  /** Both ends inside, cut to the scheme's own `from` and `until`. */
  between(first: PartitionKey, last: PartitionKey): readonly PartitionKey[]
  /** All partitions there are now; undefined: only the data knows. */
  all(nowMs: number): readonly PartitionKey[] | undefined
  /** Could rows that belong to it still have come after this instant? */
  wasOpen(key: PartitionKey, instantMs: number): boolean
}

export function gridOf(
  scheme: PartitionScheme,
  calendarOf: (unit: PartitionUnit, zone: string) => Calendar,
): Grid {
  return scheme.kind === 'static'
    ? listGrid(scheme.values)
    : timeGrid(scheme, calendarOf(scheme.unit, scheme.zone))
}

function listGrid(values: readonly string[]): Grid {
  const place = new Map(values.map((value, i) => [value, i]))
  const at = (key: PartitionKey) => place.get(key) ?? -1
  return {
    isKey: text => place.has(text),
    order: (a, b) => at(a) - at(b),
    follows: (a, b) => at(b) - at(a) === 1,
    between: (first, last) => values.slice(at(first), at(last) + 1),
    all: () => values,
    // A listed partition has no end: it may always grow.
    wasOpen: () => true,
  }
}

function timeGrid(scheme: Extract<PartitionScheme, { kind: 'time' }>, calendar: Calendar): Grid {
  const { from, until } = scheme
  return {
    isKey: calendar.isKey,
    order: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    follows: (a, b) => calendar.next(a) === b,
    between: (first, last) => {
      const start = from !== undefined && from > first ? from : first
      const keys = calendar.between(start, last)
      return until === undefined ? keys : keys.filter(key => key < until)
    },
    // The partition that holds `now` is one of them: it grows, and its upstream's versions tell when. None
    // beyond: it would be built empty.
    all: nowMs => {
      if (from === undefined) return undefined
      const keys = calendar.between(from, calendar.of(nowMs))
      return until === undefined ? keys : keys.filter(key => key < until)
    },
    wasOpen: (key, instantMs) => calendar.bounds(key, key).untilMs > instantMs,
  }
}
