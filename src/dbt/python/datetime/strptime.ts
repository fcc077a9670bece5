import { raise, repr } from '../../../jinja/index.ts'
import { ofOrdinal, ordinalOf, weekdayOf, type YearMonthDay } from '../calendar.ts'
import { microsPerHour, microsPerMinute, microsPerSecond } from './duration.ts'
import { type Moment, checkedMoment } from './moment.ts'
import { dayNames, monthNames } from './strftime.ts'
import { ofIsoWeek } from './wall.ts'
import { fixedZone } from './zone.ts'

const anyOf = (names: readonly string[]) => names.join('|')
const short = (names: readonly string[]) => names.map(name => name.slice(0, 3))

/** What each directive accepts; the longest first, as Python tries them. */
const accepted: { readonly [directive: string]: string } = {
  a: anyOf(short(dayNames)),
  A: anyOf(dayNames),
  b: anyOf(short(monthNames)),
  B: anyOf(monthNames),
  d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]',
  f: '\\d{1,6}',
  G: '\\d{4}',
  H: '2[0-3]|[01]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  p: 'am|pm',
  S: '6[01]|[0-5]\\d|\\d',
  u: '[1-7]',
  U: '5[0-3]|[0-4]\\d|\\d',
  V: '5[0-3]|0[1-9]|[1-4]\\d|\\d',
  w: '[0-6]',
  W: '5[0-3]|[0-4]\\d|\\d',
  y: '\\d\\d',
  Y: '\\d{4}',
  z: '[-+]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|(?-i:Z)',
  Z: 'utc|gmt',
}

const composed: { readonly [directive: string]: string } = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

/** Python's `datetime.strptime`, in the C locale. */
export function strptime(text: string, format: string): Moment {
  const found = patternOf(format).exec(text)
  if (!found) return raise('ValueError', `time data ${repr(text)} does not match format ${repr(format)}`)
  const rest = text.slice(found[0].length)
  if (rest !== '') return raise('ValueError', `unconverted data remains: ${rest}`)
  const read: Read = found.groups ?? {}
  const clock = {
    hour: hourOf(read),
    minute: Number(read.M ?? 0),
    second: Number(read.S ?? 0),
    microsecond: Number((read.f ?? '').padEnd(6, '0')),
  }
  const zone = read.z === undefined ? null : fixedZone(offsetOf(read.z))
  return checkedMoment({ ...dateOf(read), ...clock }, zone)
}

type Read = { readonly [directive: string]: string | undefined }

function patternOf(format: string): RegExp {
  const seen = new Set<string>()
  const source = expanded(format).replace(/%(.)|\s+|[\\.^$*+?{}[\]|()/-]|%$/gsu, (whole, letter?: string) => {
    if (whole === '%') return raise('ValueError', `stray % in format ${repr(format)}`)
    if (letter === undefined) return /^\s/.test(whole) ? '\\s+' : `\\${whole}`
    if (letter === '%') return '%'
    const form = Object.hasOwn(accepted, letter) ? accepted[letter] : undefined
    if (form === undefined)
      return raise('ValueError', `'${letter}' is a bad directive in format ${repr(format)}`)
    if (seen.has(letter)) return raise('error', `redefinition of group name '${letter}'`)
    seen.add(letter)
    return `(?<${letter}>${form})`
  })
  return new RegExp(`^(?:${source})`, 'i')
}

function expanded(format: string): string {
  return format.replace(/%(.)/gsu, (whole, letter: string) =>
    Object.hasOwn(composed, letter) ? (composed[letter] ?? whole) : whole,
  )
}

function hourOf({ H, I, p }: Read): number {
  if (I === undefined) return Number(H ?? 0)
  const hour = Number(I) % 12
  return p?.toLowerCase() === 'pm' ? hour + 12 : hour
}

function offsetOf(text: string): bigint {
  if (text === 'Z') return 0n
  const [, sign, hours = '', colon, minutes = '', second, seconds = '0', fraction = ''] =
    /^([-+])(\d\d)(:?)(\d\d)(?:(:?)(\d\d)(?:\.(\d+))?)?$/.exec(text) ?? []
  if (second !== undefined && second !== colon) return raise('ValueError', `Inconsistent use of : in ${text}`)
  const size =
    BigInt(hours) * microsPerHour +
    BigInt(minutes) * microsPerMinute +
    BigInt(seconds) * microsPerSecond +
    BigInt(fraction.padEnd(6, '0'))
  return sign === '-' ? -size : size
}

/** Without a year it is 1900, as in C. */
const yearDefault = 1900
/** Two digits beyond this are of the twentieth century (POSIX). */
const lastOfThisCentury = 68

function dateOf(read: Read): YearMonthDay {
  const weekday = weekdayRead(read)
  const isoYear = isoDate(read, weekday)
  if (isoYear) return isoYear
  const year = yearOf(read)
  const days = read.j === undefined ? weekDays(read, year, weekday) : Number(read.j)
  if (days !== undefined) return ofOrdinal(ordinalOf({ year, month: 1, day: 1 }) + days - 1)
  return { year, month: monthOf(read), day: Number(read.d ?? 1) }
}

function yearOf({ Y, y }: Read): number {
  if (Y !== undefined) return Number(Y)
  if (y === undefined) return yearDefault
  return Number(y) + (Number(y) <= lastOfThisCentury ? 2000 : 1900)
}

function monthOf({ m, b, B }: Read): number {
  if (m !== undefined) return Number(m)
  const name = (B ?? b)?.toLowerCase()
  return name === undefined ? 1 : monthNames.findIndex(each => each.toLowerCase().startsWith(name)) + 1
}

/** Monday is 0. */
function weekdayRead({ a, A, w, u }: Read): number | undefined {
  const name = (A ?? a)?.toLowerCase()
  if (name !== undefined) return dayNames.findIndex(each => each.toLowerCase().startsWith(name))
  if (w !== undefined) return (Number(w) + 6) % 7
  return u === undefined ? undefined : Number(u) - 1
}

function isoDate({ G, V, j, Y }: Read, weekday: number | undefined): YearMonthDay | undefined {
  const together = "and a weekday directive ('%A', '%a', '%w', or '%u')."
  if (G !== undefined) {
    if (j !== undefined)
      return raise(
        'ValueError',
        "Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.",
      )
    if (V === undefined || weekday === undefined)
      return raise(
        'ValueError',
        `ISO year directive '%G' must be used with the ISO week directive '%V' ${together}`,
      )
    return ofIsoWeek(Number(G), Number(V), weekday + 1)
  }
  if (V === undefined) return undefined
  if (Y === undefined || weekday === undefined)
    return raise(
      'ValueError',
      `ISO week directive '%V' must be used with the ISO year directive '%G' ${together}`,
    )
  return raise(
    'ValueError',
    "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.",
  )
}

/** The day of the year that a week and a weekday name; undefined: they do not. */
function weekDays({ U, W }: Read, year: number, weekday: number | undefined): number | undefined {
  const week = U ?? W
  if (week === undefined || weekday === undefined) return undefined
  const shift = U === undefined ? 0 : 1
  const first = (weekdayOf(ordinalOf({ year, month: 1, day: 1 })) + shift) % 7
  const inWeek = (weekday + shift) % 7
  const days =
    Number(week) === 0 ? 1 + inWeek - first : 1 + ((7 - first) % 7) + 7 * (Number(week) - 1) + inWeek
  return days
}
