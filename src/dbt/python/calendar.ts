/**
 * The proleptic Gregorian calendar by ordinals, as Python counts them: 1 is the first of January of
 * the year 1.
 */

export type YearMonthDay = { readonly year: number; readonly month: number; readonly day: number }

export const yearMin = 1
export const yearMax = 9999
/** The 31st of December 9999. */
export const ordinalMax = 3_652_059
/** The first of January 1970. */
export const epochOrdinal = 719_163

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const daysOf400Years = 146_097
const daysOf100Years = 36_524
const daysOf4Years = 1461

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** From 1. */
export function dayOfYear({ year, month, day }: YearMonthDay): number {
  return (daysBefore[month - 1] ?? 0) + (month > 2 && isLeap(year) ? 1 : 0) + day
}

export function ordinalOf(date: YearMonthDay): number {
  const past = date.year - 1
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + dayOfYear(date)
}

export function ofOrdinal(ordinal: number): YearMonthDay {
  let rest = ordinal - 1
  const take = (days: number, max: number) => {
    const count = Math.min(max, Math.floor(rest / days))
    rest -= count * days
    return count
  }
  const year =
    1 +
    400 * take(daysOf400Years, Infinity) +
    100 * take(daysOf100Years, 3) +
    4 * take(daysOf4Years, Infinity) +
    take(365, 3)
  let month = 1
  while (rest >= daysInMonth(year, month)) rest -= daysInMonth(year, month++)
  return { year, month, day: rest + 1 }
}

/** Monday is 0. */
export function weekdayOf(ordinal: number): number {
  return (((ordinal + 6) % 7) + 7) % 7
}

/** ISO 8601: the week that holds the year's first Thursday is its first. */
export function isoWeekOf(date: YearMonthDay): { year: number; week: number; weekday: number } {
  const ordinal = ordinalOf(date)
  const start = firstMonday(date.year)
  const next = firstMonday(date.year + 1)
  const year = ordinal < start ? date.year - 1 : ordinal >= next ? date.year + 1 : date.year
  const from = ordinal < start ? firstMonday(year) : ordinal >= next ? next : start
  return { year, week: Math.floor((ordinal - from) / 7) + 1, weekday: weekdayOf(ordinal) + 1 }
}

/** The ordinal of the Monday of a year's first week. */
export function firstMonday(year: number): number {
  const first = ordinalOf({ year, month: 1, day: 1 })
  const weekday = weekdayOf(first)
  return first - weekday + (weekday > 3 ? 7 : 0)
}

/** How many weeks its last one is. */
export function weeksIn(year: number): number {
  return (firstMonday(year + 1) - firstMonday(year)) / 7
}
