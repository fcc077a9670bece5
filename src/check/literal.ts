import { quoteText } from '../sql/index.ts'
import { type Decimal, decimalText, parseDecimal, roundDecimal } from './decimal.ts'
import type { Family } from './types.ts'

/**
 * A value of a check as SQL for a column of one type, without loss: the column is never cast to meet the
 * value, so that statistics serve and nothing rounds. `never`: no value of the column equals it.
 */
export type Literal = { readonly sql: string } | { readonly never: true } | { readonly problem: string }

/** For equality: `in` and `not_in`. */
export function memberLiteral(value: string, type: string, family: Family): Literal {
  switch (family.kind) {
    case 'integer':
    case 'decimal': {
      const number = parseDecimal(value)
      if (number === undefined) return { problem: notA(value, 'number') }
      const fits = within(roundDecimal(number, scaleOf(family), 'down'), family)
      const exact = roundDecimal(number, scaleOf(family), 'up').units === fits?.units
      return fits !== undefined && exact ? { sql: decimalText(fits) } : { never: true }
    }
    case 'text':
      return { sql: quoteText(value) }
    case 'enum':
    case 'other':
      return { sql: quoteText(value) }
    default:
      return typedLiteral(value, type, family)
  }
}

/**
 * The rows that lie on the wrong side of a bound, as SQL over `column`; `true` and `false` where all or
 * none do.
 */
export function outside(
  bound: { readonly side: 'min' | 'max'; readonly value: string },
  column: { readonly sql: string; readonly type: string; readonly family: Family },
  nowMs: number,
): { readonly sql: string } | { readonly problem: string } {
  const { family } = column
  const operator = bound.side === 'min' ? '<' : '>'
  if (family.kind === 'integer' || family.kind === 'decimal') return outsideExact(bound, column.sql, family)
  if (family.kind === 'text' || family.kind === 'enum') {
    if (parseDecimal(bound.value) !== undefined) {
      return {
        problem: `the column is text, so it cannot be compared with the number ${bound.value}: cast it`,
      }
    }
    const sql = family.kind === 'enum' ? `cast(${column.sql} as VARCHAR)` : column.sql
    return { sql: `${sql} ${operator} ${quoteText(bound.value)}` }
  }
  if (family.kind === 'other') return { problem: `values of ${column.type} have no order to check` }
  const value = momentOf(bound.value, nowMs)
  if (family.kind === 'date' && value.length > 10) {
    const literal = typedLiteral(value, 'TIMESTAMP', { kind: 'timestamp' })
    if (!('sql' in literal)) return 'problem' in literal ? literal : { sql: 'false' }
    return { sql: `cast(${column.sql} as TIMESTAMP) ${operator} ${literal.sql}` }
  }
  const literal = typedLiteral(value, column.type, family)
  if ('problem' in literal) return literal
  return 'never' in literal ? { sql: 'false' } : { sql: `${column.sql} ${operator} ${literal.sql}` }
}

/** The bound is brought to the column's own scale, so that `0.5` on an integer column means 1 from below. */
function outsideExact(
  bound: { readonly side: 'min' | 'max'; readonly value: string },
  column: string,
  family: Exact,
): { readonly sql: string } | { readonly problem: string } {
  const number = parseDecimal(bound.value)
  if (number === undefined) return { problem: notA(bound.value, 'number') }
  const rounded = roundDecimal(number, scaleOf(family), bound.side === 'min' ? 'up' : 'down')
  const inside = within(rounded, family)
  if (inside !== undefined)
    return { sql: `${column} ${bound.side === 'min' ? '<' : '>'} ${decimalText(inside)}` }
  const all = bound.side === 'min' ? rounded.units > 0n : rounded.units < 0n
  return { sql: all ? `${column} is not null` : 'false' }
}

type Exact = Extract<Family, { kind: 'integer' | 'decimal' }>

function scaleOf(family: Exact): number {
  return family.kind === 'decimal' ? family.scale : 0
}

/** The number if the type can hold it. */
function within(number: Decimal, family: Exact): Decimal | undefined {
  if (family.kind === 'integer') {
    return number.units >= family.min && number.units <= family.max ? number : undefined
  }
  const at = number.units * 10n ** BigInt(family.scale - number.scale)
  const size = at < 0n ? -at : at
  return size < 10n ** BigInt(family.precision) ? number : undefined
}

const day = /^(\d{4})-(\d{2})-(\d{2})$/
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/
const zone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/

function typedLiteral(value: string, type: string, family: Family): Literal {
  switch (family.kind) {
    case 'float':
      return floatLiteral(value, type)
    case 'boolean':
      return /^(?:true|false)$/i.test(value)
        ? { sql: value.toLowerCase() }
        : { problem: notA(value, 'true or false') }
    case 'uuid':
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? { sql: `cast(${quoteText(value)} as UUID)` }
        : { problem: notA(value, 'UUID') }
    case 'date':
      return isDay(value) ? { sql: `cast(${quoteText(value)} as DATE)` } : { problem: notA(value, 'date') }
    case 'time':
      return timeOfDay.test(value)
        ? { sql: `cast(${quoteText(value)} as TIME)` }
        : { problem: notA(value, 'time') }
    default:
      return momentLiteral(value, type, family)
  }
}

function floatLiteral(value: string, type: string): Literal {
  if (parseDecimal(value) === undefined) return { problem: notA(value, 'number') }
  return { sql: `cast(${quoteText(value)} as ${type})` }
}

/** Without a zone, a time means UTC where the column has zones; with one, the column must have zones too. */
function momentLiteral(value: string, type: string, family: Family): Literal {
  const zoned = value.length > 10 && zone.test(value)
  const local = zoned ? value.replace(zone, '') : value
  const [date = '', time = '00:00:00'] = local.split(/[ T]/)
  if (!isDay(date) || !timeOfDay.test(time)) return { problem: notA(value, 'date or time') }
  if (family.kind === 'timestamptz') {
    const offset = zoned ? (zone.exec(value)?.[0] ?? '+00') : '+00'
    const text = `${date} ${time}${offset === 'Z' ? '+00' : offset}`
    return { sql: `cast(${quoteText(text)} as TIMESTAMP WITH TIME ZONE)` }
  }
  if (zoned) return { problem: `\`${value}\` has a time zone and the column has none` }
  return { sql: `cast(${quoteText(`${date} ${time}`)} as ${type})` }
}

function isDay(text: string): boolean {
  const parts = day.exec(text)
  if (parts === null) return false
  const [year = 0, month = 0, date = 0] = parts.slice(1).map(Number)
  const lastOfMonth = new Date(Date.UTC(2000, month, 0)).getUTCDate()
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const last = month === 2 && !leap ? 28 : lastOfMonth
  return year > 0 && month >= 1 && month <= 12 && date >= 1 && date <= last
}

const dayMs = 86_400_000
const dayWords: { readonly [word: string]: number } = { yesterday: -1, today: 0, tomorrow: 1 }

/** `now`, `today`, `yesterday`, `tomorrow` in UTC as a date or time; anything else as it is. */
function momentOf(value: string, nowMs: number): string {
  if (value === 'now') return new Date(nowMs).toISOString().slice(0, 23).replace('T', ' ')
  const days = Object.hasOwn(dayWords, value) ? dayWords[value] : undefined
  return days === undefined ? value : new Date(nowMs + days * dayMs).toISOString().slice(0, 10)
}

function notA(value: string, what: string): string {
  return `\`${value}\` is not a ${what}`
}
