import { raise, repr, type Value } from '../../../jinja/index.ts'
import { weeksIn, type YearMonthDay, yearMin } from '../calendar.ts'
import { checkClock, checkDate, type Clock, clockMicros, ofIsoWeek } from './wall.ts'

/** ISO 8601 as `fromisoformat` of Python 3.11 reads it. */

export type IsoTime = Clock & { readonly offset: bigint | null }

const dateForms = [
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)$/,
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)$/,
  /^(?<year>\d{4})-W(?<week>\d\d)(?:-(?<weekday>\d))?$/,
  /^(?<year>\d{4})W(?<week>\d\d)(?<weekday>\d)?$/,
]

const lengths = [10, 8, 7]

export function parseIsoDate(value: Value): YearMonthDay {
  const text = wantIso(value)
  return dateIn(text) ?? invalid(text)
}

function wantIso(value: Value): string {
  return typeof value === 'string' ? value : raise('TypeError', 'fromisoformat: argument must be str')
}

function invalid(text: string): never {
  return raise('ValueError', `Invalid isoformat string: ${repr(text)}`)
}

function dateIn(text: string): YearMonthDay | undefined {
  for (const form of dateForms) {
    const found = form.exec(text)?.groups
    if (!found) continue
    const { year, month, day, week, weekday = '1' } = found
    if (week === undefined) return checkDate({ year: Number(year), month: Number(month), day: Number(day) })
    // C words what is wrong with a date, but not with a week.
    return isWeek(Number(year), Number(week), Number(weekday))
      ? ofIsoWeek(Number(year), Number(week), Number(weekday))
      : undefined
  }
  return undefined
}

function isWeek(year: number, week: number, weekday: number): boolean {
  return year >= yearMin && week >= 1 && week <= weeksIn(year) && weekday >= 1 && weekday <= 7
}

const clockForm =
  /^(?<hour>\d\d)(?:(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?$/

export function parseIsoTime(value: Value): IsoTime {
  const text = wantIso(value)
  return timeIn(text.startsWith('T') ? text.slice(1) : text) ?? invalid(text)
}

function timeIn(text: string): IsoTime | undefined {
  const [, shown = '', zone] = /^([^-+Z]*)([-+Z].*)?$/s.exec(text) ?? []
  const clock = clockIn(shown)
  const offset = zone === undefined ? null : offsetIn(zone)
  return clock && offset !== undefined ? { ...checkClock(clock), offset } : undefined
}

function clockIn(text: string): Clock | undefined {
  const found = clockForm.exec(text)?.groups
  if (!found) return undefined
  const { hour, minute = '0', second = '0', fraction = '' } = found
  return {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
  }
}

function offsetIn(text: string): bigint | undefined {
  if (text === 'Z') return 0n
  const clock = text.startsWith('Z') ? undefined : clockIn(text.slice(1))
  if (!clock) return undefined
  const size = clockMicros(clock)
  return text.startsWith('-') ? -size : size
}

/** A date alone, or with a time after any one character. */
export function parseIso(value: Value): { readonly date: YearMonthDay; readonly time: IsoTime } {
  const text = wantIso(value)
  const alone = dateIn(text)
  if (alone) return { date: alone, time: { hour: 0, minute: 0, second: 0, microsecond: 0, offset: null } }
  const characters = Array.from(text)
  for (const length of lengths) {
    const date = characters.length > length + 1 ? dateIn(characters.slice(0, length).join('')) : undefined
    const time = date && timeIn(characters.slice(length + 1).join(''))
    if (date && time) return { date, time }
  }
  return invalid(text)
}
