import { raise } from '../../../jinja/index.ts'
import {
  daysInMonth,
  firstMonday,
  ofOrdinal,
  ordinalMax,
  ordinalOf,
  weeksIn,
  type YearMonthDay,
  yearMax,
  yearMin,
} from '../calendar.ts'
import {
  floorDivide,
  floorModulo,
  microsPerDay,
  microsPerHour,
  microsPerMinute,
  microsPerSecond,
} from './duration.ts'

/** What a clock shows. */
export type Clock = {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
}

/** What a calendar and a clock show, in no zone. */
export type Wall = YearMonthDay & Clock

export const midnight: Clock = { hour: 0, minute: 0, second: 0, microsecond: 0 }

export function checkDate({ year, month, day }: YearMonthDay): YearMonthDay {
  if (year < yearMin || year > yearMax) return raise('ValueError', `year ${year} is out of range`)
  if (month < 1 || month > 12) return raise('ValueError', 'month must be in 1..12')
  if (day < 1 || day > daysInMonth(year, month)) return raise('ValueError', 'day is out of range for month')
  return { year, month, day }
}

const clockMax = { hour: 23, minute: 59, second: 59, microsecond: 999_999 }

export function checkClock(clock: Clock): Clock {
  for (const name of ['hour', 'minute', 'second', 'microsecond'] as const)
    if (clock[name] < 0 || clock[name] > clockMax[name])
      return raise('ValueError', `${name} must be in 0..${clockMax[name]}`)
  const { hour, minute, second, microsecond } = clock
  return { hour, minute, second, microsecond }
}

export function clockMicros({ hour, minute, second, microsecond }: Clock): bigint {
  return (
    BigInt(hour) * microsPerHour +
    BigInt(minute) * microsPerMinute +
    BigInt(second) * microsPerSecond +
    BigInt(microsecond)
  )
}

/** Microseconds since the day before the first. */
export function wallMicros(wall: Wall): bigint {
  return BigInt(ordinalOf(wall)) * microsPerDay + clockMicros(wall)
}

export function dateOfOrdinal(ordinal: number): YearMonthDay {
  return ordinal >= 1 && ordinal <= ordinalMax
    ? ofOrdinal(ordinal)
    : raise('OverflowError', 'date value out of range')
}

/** The date in a week of a year, as ISO 8601 counts them. */
export function ofIsoWeek(year: number, week: number, weekday: number): YearMonthDay {
  if (year < yearMin || year > yearMax) return raise('ValueError', `Year is out of range: ${year}`)
  if (week < 1 || week > weeksIn(year)) return raise('ValueError', `Invalid week: ${week}`)
  if (weekday < 1 || weekday > 7) return raise('ValueError', `Invalid day: ${weekday} (range is [1, 7])`)
  return dateOfOrdinal(firstMonday(year) + (week - 1) * 7 + weekday - 1)
}

export function wallOf(micros: bigint): Wall {
  const rest = floorModulo(micros, microsPerDay)
  return { ...dateOfOrdinal(Number(floorDivide(micros, microsPerDay))), ...clockOf(rest) }
}

function clockOf(micros: bigint): Clock {
  return {
    hour: Number(micros / microsPerHour),
    minute: Number((micros / microsPerMinute) % 60n),
    second: Number((micros / microsPerSecond) % 60n),
    microsecond: Number(micros % microsPerSecond),
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

export function dateText({ year, month, day }: YearMonthDay): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

const fractions: { readonly [timespec: string]: (clock: Clock) => string } = {
  hours: ({ hour }) => two(hour),
  minutes: ({ hour, minute }) => `${two(hour)}:${two(minute)}`,
  seconds: ({ hour, minute, second }) => `${two(hour)}:${two(minute)}:${two(second)}`,
  milliseconds: clock =>
    `${clockText(clock, 'seconds')}.${String(Math.floor(clock.microsecond / 1000)).padStart(3, '0')}`,
  microseconds: clock => `${clockText(clock, 'seconds')}.${String(clock.microsecond).padStart(6, '0')}`,
  auto: clock => clockText(clock, clock.microsecond === 0 ? 'seconds' : 'microseconds'),
}

export function clockText(clock: Clock, timespec = 'auto'): string {
  const write = Object.hasOwn(fractions, timespec) ? fractions[timespec] : undefined
  return write?.(clock) ?? raise('ValueError', 'Unknown timespec value')
}

/** `+05:30`, with seconds and their fraction where there are any. */
export function offsetText(micros: bigint, colon = ':'): string {
  const size = micros < 0n ? -micros : micros
  const { hour, minute, second, microsecond } = clockOf(size)
  const seconds = second === 0 && microsecond === 0 ? '' : `${colon}${two(second)}`
  const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`
  return `${micros < 0n ? '-' : '+'}${two(hour)}${colon}${two(minute)}${seconds}${fraction}`
}
