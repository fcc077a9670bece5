import type { PartitionKey, PartitionUnit } from './partition.ts'

/**
 * The partitions of one unit in one time zone. A key names a stretch of wall clock; the stretch of time it
 * stands for begins at the first instant at which the zone's clocks reach it and ends where the next one
 * begins. So partitions never overlap and leave no gap, whatever the clocks do:
 * - a day on which clocks go forward lasts 23 hours, the hour they jump over does not exist (it is not a
 *   key);
 * - a day on which they go back lasts 25 hours, the repeated hour is one key and lasts two hours;
 * - a calendar day that a zone left out (Pacific/Apia, 2011-12-30) does not exist.
 */
export type Calendar = {
  /** The partition that holds an instant (Unix ms). */
  of(instantMs: number): PartitionKey
  /** Well-formed, on the grid (a week is named by its Monday) and not left out by the zone's clocks. */
  isKey(text: string): boolean
  next(key: PartitionKey): PartitionKey
  previous(key: PartitionKey): PartitionKey
  /** All keys from first to last, both inside; empty when last is before first. */
  between(first: PartitionKey, last: PartitionKey): readonly PartitionKey[]
  /** Wall clock and instants at which a range of neighbours begins and ends; the end is outside. */
  bounds(first: PartitionKey, last: PartitionKey): Bounds
}

export type Bounds = {
  /** `2026-01-31 05:00:00`, in the zone's wall clock. */
  readonly fromWall: string
  readonly untilWall: string
  /** The same instants in UTC, `2026-01-30 23:00:00`. */
  readonly fromUtc: string
  readonly untilUtc: string
  readonly fromMs: number
  readonly untilMs: number
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Holds the zone's clock rules, read from `Intl`; make it once per scheme and keep it. An unknown zone is a
 * RangeError of `Intl`.
 */
export function calendarOf(unit: PartitionUnit, zone: string): Calendar {
  const clock = zoneClock(zone)
  const start = (key: PartitionKey) => clock.reaches(wallOf(key))
  const exists = (key: PartitionKey) => start(key) < clock.reaches(stepWall(unit, wallOf(key), 1))
  const walk = (key: PartitionKey, by: 1 | -1): PartitionKey => {
    let found = keyOfWall(unit, stepWall(unit, wallOf(key), by))
    // Longest stretch a zone ever left out is one day: 24 hours.
    for (let tries = 0; tries < 48 && mayBeMissing(unit) && !exists(found); tries++)
      found = keyOfWall(unit, stepWall(unit, wallOf(found), by))
    return found
  }
  const of = (instantMs: number): PartitionKey => {
    const key = keyOfWall(unit, instantMs + clock.offsetMs(instantMs))
    if (start(key) > instantMs) return walk(key, -1)
    // After clocks went back over the end of a partition its name shows twice; the second time belongs to the
    // next one.
    const after = walk(key, 1)
    return start(after) <= instantMs ? after : key
  }
  return {
    of,
    isKey: text => isOnGrid(unit, text) && (!mayBeMissing(unit) || exists(text)),
    next: key => walk(key, 1),
    previous: key => walk(key, -1),
    between: (first, last) => listed({ unit, clock, exists }, first, last),
    bounds: (first, last) => {
      const after = walk(last, 1)
      const fromMs = start(first)
      const untilMs = start(after)
      return {
        fromWall: clockText(wallOf(first)),
        untilWall: clockText(wallOf(after)),
        fromUtc: clockText(fromMs),
        untilUtc: clockText(untilMs),
        fromMs,
        untilMs,
      }
    },
  }
}

/** Weeks and months are longer than any stretch that a zone ever left out. */
function mayBeMissing(unit: PartitionUnit): boolean {
  return unit === 'hour' || unit === 'day'
}

type Grid = {
  readonly unit: PartitionUnit
  readonly clock: ZoneClock
  readonly exists: (key: PartitionKey) => boolean
}

function listed(grid: Grid, first: PartitionKey, last: PartitionKey): readonly PartitionKey[] {
  const { unit, clock, exists } = grid
  const keys: PartitionKey[] = []
  const until = wallOf(last)
  // Clock rules are asked once per stretch; only where clocks went forward is every key looked at.
  const stretch = unit === 'hour' ? dayMs : 28 * dayMs
  let sampled = Number.NEGATIVE_INFINITY
  let suspect = false
  for (let wall = wallOf(first); wall <= until; wall = stepWall(unit, wall, 1)) {
    if (mayBeMissing(unit) && wall >= sampled) {
      sampled = wall + stretch
      const jump = clock.offsetMs(wall + stretch + dayMs) - clock.offsetMs(wall - dayMs)
      suspect = unit === 'hour' ? jump !== 0 : Math.abs(jump) >= 12 * hourMs
    }
    const key = keyOfWall(unit, wall)
    if (!suspect || exists(key)) keys.push(key)
  }
  return keys
}

type ZoneClock = {
  /** Wall clock minus UTC. */
  offsetMs(instantMs: number): number
  /** First instant at which the zone's clocks show this wall time or a later one. */
  reaches(wallMs: number): number
}

function zoneClock(zone: string): ZoneClock {
  if (zone === 'UTC' || zone === 'Etc/UTC') return { offsetMs: () => 0, reaches: wallMs => wallMs }
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const read = (instantMs: number): number => {
    const part: { [type: string]: string } = {}
    for (const { type, value } of format.formatToParts(instantMs)) part[type] = value
    const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year'])
    const days = daysFromCivil(year, Number(part['month']), Number(part['day']))
    const seconds = Number(part['hour']) * 3600 + Number(part['minute']) * 60 + Number(part['second'])
    return days * dayMs + seconds * 1000 - Math.floor(instantMs / 1000) * 1000
  }
  const known = new Map<number, number>()
  // `Intl` takes microseconds a call and a listing asks for the same hours again; 100,000 entries are about 4
  // MB.
  const offsetMs = (instantMs: number): number => {
    const kept = known.get(instantMs)
    if (kept !== undefined) return kept
    if (known.size > 100_000) known.clear()
    const offset = read(instantMs)
    known.set(instantMs, offset)
    return offset
  }
  return { offsetMs, reaches: wallMs => reaches(offsetMs, wallMs) }
}

function reaches(offsetMs: (instantMs: number) => number, wallMs: number): number {
  let low = wallMs - 2 * dayMs
  const before = offsetMs(low)
  const early = wallMs - before
  if (offsetMs(early) === before) return early
  const after = offsetMs(wallMs + 2 * dayMs)
  const late = wallMs - after
  if (offsetMs(late) === after && offsetMs(late - 1) === after) return late
  // The clocks jumped over this wall time, or reached it at the very jump: the jump is the instant.
  let high = wallMs + 2 * dayMs
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetMs(middle) === before) low = middle
    else high = middle
  }
  return high
}

/**
 * Milliseconds of a key's start in its wall clock, as if that were UTC. Partial keys start at their first
 * moment.
 */
function wallOf(key: PartitionKey): number {
  const year = Number(key.slice(0, 4))
  const month = Number(key.slice(5, 7))
  const day = key.length > 7 ? Number(key.slice(8, 10)) : 1
  const hour = key.length > 10 ? Number(key.slice(11, 13)) : 0
  return daysFromCivil(year, month, day) * dayMs + hour * hourMs
}

function keyOfWall(unit: PartitionUnit, wallMs: number): PartitionKey {
  const days = Math.floor(wallMs / dayMs)
  if (unit === 'month') return dateText(days).slice(0, 7)
  // Day 0 was a Thursday.
  if (unit === 'week') return dateText(days - (((days % 7) + 10) % 7))
  if (unit === 'day') return dateText(days)
  return `${dateText(days)}T${two(Math.floor((wallMs - days * dayMs) / hourMs))}`
}

function stepWall(unit: PartitionUnit, wallMs: number, by: 1 | -1): number {
  if (unit === 'hour') return wallMs + by * hourMs
  if (unit === 'day') return wallMs + by * dayMs
  if (unit === 'week') return wallMs + by * 7 * dayMs
  const { year, month } = civilFromDays(Math.floor(wallMs / dayMs))
  return daysFromCivil(year, month + by, 1) * dayMs
}

const shapes: { readonly [unit in PartitionUnit]: RegExp } = {
  hour: /^\d{4}-\d\d-\d\dT\d\d$/,
  day: /^\d{4}-\d\d-\d\d$/,
  week: /^\d{4}-\d\d-\d\d$/,
  month: /^\d{4}-\d\d$/,
}

function isOnGrid(unit: PartitionUnit, text: string): boolean {
  return shapes[unit].test(text) && !text.startsWith('0000') && keyOfWall(unit, wallOf(text)) === text
}

/** Zones began and ended their summer times on whole seconds; so do partitions. */
function clockText(ms: number): string {
  const days = Math.floor(ms / dayMs)
  const second = Math.floor((ms - days * dayMs) / 1000)
  const minute = Math.floor(second / 60)
  return `${dateText(days)} ${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}`
}

function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

/**
 * Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Hinnant, "chrono-compatible date
 * algorithms").
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = year + Math.floor((month - 1) / 12)
  const m = ((((month - 1) % 12) + 12) % 12) + 1
  const shifted = m <= 2 ? y - 1 : y
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * dayOfYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return { year, month, day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1 }
}
