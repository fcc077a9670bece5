import { dayOfYear, isoWeekOf, ordinalOf, weekdayOf } from '../calendar.ts'
import { offsetText, type Wall } from './wall.ts'
import { sinceEpoch, utcOfLocal } from './local.ts'
import { floorDivide, microsPerSecond } from './duration.ts'

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** What `%z` and `%Z` say; absent: nothing, as of a naive time. */
export type ZoneShown = { readonly offset: bigint | null; readonly name: string | null }

const nowhere: ZoneShown = { offset: null, name: null }

type Shown = {
  readonly wall: Wall
  /** Monday is 0. */
  readonly weekday: number
  readonly dayOfYear: number
  readonly iso: { readonly year: number; readonly week: number }
}

/** A number, the digits that it has at least, and what fills them. */
type Digits = readonly [value: (shown: Shown) => number, digits: number, fill?: ' ' | '0']

const hourOf12 = (hour: number) => hour % 12 || 12

const numbers: { readonly [directive: string]: Digits } = {
  C: [({ wall }) => Math.floor(wall.year / 100), 1],
  d: [({ wall }) => wall.day, 2],
  e: [({ wall }) => wall.day, 2, ' '],
  g: [({ iso }) => iso.year % 100, 2],
  G: [({ iso }) => iso.year, 1],
  H: [({ wall }) => wall.hour, 2],
  I: [({ wall }) => hourOf12(wall.hour), 2],
  j: [shown => shown.dayOfYear, 3],
  k: [({ wall }) => wall.hour, 2, ' '],
  l: [({ wall }) => hourOf12(wall.hour), 2, ' '],
  m: [({ wall }) => wall.month, 2],
  M: [({ wall }) => wall.minute, 2],
  S: [({ wall }) => wall.second, 2],
  s: [({ wall }) => Number(floorDivide(sinceEpoch(utcOfLocal(wall)), microsPerSecond)), 1],
  u: [({ weekday }) => weekday + 1, 1],
  U: [shown => Math.floor((shown.dayOfYear + 6 - ((shown.weekday + 1) % 7)) / 7), 2],
  V: [({ iso }) => iso.week, 2],
  w: [({ weekday }) => (weekday + 1) % 7, 1],
  W: [shown => Math.floor((shown.dayOfYear + 6 - shown.weekday) / 7), 2],
  y: [({ wall }) => wall.year % 100, 2],
  Y: [({ wall }) => wall.year, 1],
}

const halfOf = ({ wall }: Shown) => (wall.hour < 12 ? 'AM' : 'PM')

const texts: { readonly [directive: string]: (shown: Shown) => string } = {
  a: ({ weekday }) => (dayNames[weekday] ?? '').slice(0, 3),
  A: ({ weekday }) => dayNames[weekday] ?? '',
  b: ({ wall }) => (monthNames[wall.month - 1] ?? '').slice(0, 3),
  B: ({ wall }) => monthNames[wall.month - 1] ?? '',
  h: ({ wall }) => (monthNames[wall.month - 1] ?? '').slice(0, 3),
  n: () => '\n',
  p: halfOf,
  P: shown => halfOf(shown).toLowerCase(),
  t: () => '\t',
  '%': () => '%',
}

/** Directives that stand for several, as the C locale writes them. */
const composed: { readonly [directive: string]: string } = {
  c: '%a %b %e %H:%M:%S %Y',
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  T: '%H:%M:%S',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
}

const directive = /%(?<flags>[-_0^#]*)(?<width>\d*)(?:[EO](?=[A-Za-z]))?(?<letter>[A-Za-z%])/g
/** Wider is nothing that a date is written in. */
const widthMax = 1000

/**
 * Python's `strftime`, in the C locale of glibc: with its flags (`%-d`, `%_m`, `%^a`, `%#Z`) and
 * widths (`%5Y`).
 */
export function strftime(format: string, wall: Wall, zone: ZoneShown = nowhere): string {
  const shown: Shown = {
    wall,
    weekday: weekdayOf(ordinalOf(wall)),
    dayOfYear: dayOfYear(wall),
    iso: isoWeekOf(wall),
  }
  return written(format, shown, zone)
}

function written(format: string, shown: Shown, zone: ZoneShown): string {
  return format.replace(directive, (whole, ...[flags, width, letter]: string[]) => {
    // Python fills these two in itself, and only where they stand alone.
    if (whole === '%f') return String(shown.wall.microsecond).padStart(6, '0')
    if (whole === '%z') return zone.offset === null ? '' : offsetText(zone.offset, '')
    return filled(letter ?? '', { flags: flags ?? '', width: width ?? '' }, { shown, zone }) ?? whole
  })
}

type All = { readonly shown: Shown; readonly zone: ZoneShown }

/** undefined: there is no such directive. */
function filled(letter: string, style: Style, { shown, zone }: All): string | undefined {
  if (letter === 'Z') return flagged(zone.name ?? '', style)
  const digits = Object.hasOwn(numbers, letter) ? numbers[letter] : undefined
  if (digits) return number(digits, shown, style)
  const inside = Object.hasOwn(composed, letter) ? composed[letter] : undefined
  if (inside !== undefined) return flagged(written(inside, shown, zone), style)
  const text = Object.hasOwn(texts, letter) ? texts[letter] : undefined
  return text && cased(text(shown), letter, style)
}

type Style = { readonly flags: string; readonly width: string }

function number([value, digits, fill = '0']: Digits, shown: Shown, { flags, width }: Style): string {
  const text = String(value(shown))
  const flag = /[-_0]/.exec(flags.split('').reverse().join(''))?.[0]
  const least = width === '' ? digits : Math.max(digits, Math.min(Number(width), widthMax))
  if (flag === '-') return text
  return text.padStart(least, flag === '_' ? ' ' : flag === '0' || width !== '' ? '0' : fill)
}

/** `#` turns upper to lower case for what is written in capitals, and to capitals what is not. */
function cased(text: string, letter: string, { flags, width }: Style): string {
  const turned = flags.replace('#', letter === 'p' ? '#' : '^')
  return flagged(text, { flags: turned, width })
}

function flagged(text: string, { flags, width }: Style): string {
  const turned = flags.includes('^') ? text.toUpperCase() : flags.includes('#') ? text.toLowerCase() : text
  return turned.padStart(Math.min(Number(width), widthMax), flags.includes('0') ? '0' : ' ')
}

/** `Wed Jan  1 00:00:00 2020`. */
export function ctime(wall: Wall): string {
  return strftime('%a %b %e %H:%M:%S ', wall) + String(wall.year).padStart(4, '0')
}
