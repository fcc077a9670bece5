import { kinds, type Kind } from './kinds.ts'
import type { Term } from './reading.ts'

type Known = {
  readonly least: number
  readonly most: number
  /** Kinds of the arguments in turn; the last one stands for all that follow. */
  readonly takes: readonly (readonly Kind[])[]
  /** undefined: not with these arguments. */
  readonly sql: (args: readonly Term[]) => string | undefined
  /** From this argument on they are brought to one type. */
  readonly unites?: number
  /** Also without brackets: `current_date`. */
  readonly bare?: boolean
}

const all = (args: readonly Term[]) => args.map(arg => arg.sql).join(', ')
const first = (args: readonly Term[]) => args[0]?.sql ?? ''
const same = (name: string, count: number, takes: readonly Kind[] = kinds.any): Known => ({
  least: count,
  most: count,
  takes: [takes],
  sql: args => `${name}(${all(args)})`,
})
const united = (name: string, least: number, most = Number.POSITIVE_INFINITY): Known => ({
  least,
  most,
  takes: [kinds.any],
  unites: 0,
  sql: args => `${name}(${all(args)})`,
})
const around = (count: number, takes: readonly Kind[], sql: (args: readonly Term[]) => string): Known => ({
  least: count,
  most: count,
  takes: [takes],
  sql,
})
/** Parts of a date are ints in Spark, bigints in DuckDB. */
const part = (name: string, takes: readonly Kind[], plus = ''): Known =>
  around(1, takes, args => `CAST(${name}(${first(args)})${plus} AS INTEGER)`)
const trim = (name: string): Known => around(1, kinds.string, args => `${name}(${first(args)}, ' ')`)
/**
 * Letters beyond ASCII change their case by other tables in Java (`ß`, `ς`, `İ`); such a row stops the write
 * rather than be held against another value.
 */
const letterCase = (name: string): Known =>
  around(1, kinds.string, args => {
    const of = first(args)
    const words = `${name} of letters beyond ASCII is not the same everywhere`
    return `(CASE WHEN strlen(${of}) <> length(${of}) THEN error('${words}') ELSE ${name}(${of}) END)`
  })
const choice: Known = {
  least: 3,
  most: 3,
  takes: [kinds.any],
  unites: 1,
  sql: ([when, then, otherwise]) => `(CASE WHEN ${when?.sql} THEN ${then?.sql} ELSE ${otherwise?.sql} END)`,
}
const substring: Known = {
  least: 2,
  most: 3,
  takes: [kinds.string, kinds.integer],
  sql: args => {
    const [from, count] = [args[1]?.literal, args[2]?.literal ?? 0n]
    // From 0 and from behind, both count differently.
    if (typeof from !== 'bigint' || from < 1n || typeof count !== 'bigint' || count < 0n) return undefined
    return `substring(${all(args)})`
  },
}
const ends = (name: string): Known => ({
  least: 2,
  most: 2,
  takes: [kinds.string, kinds.integer],
  sql: args => {
    const count = args[1]?.literal
    return typeof count === 'bigint' && count >= 0n ? `"${name}"(${all(args)})` : undefined
  },
})
const replace: Known = {
  least: 3,
  most: 3,
  takes: [kinds.string],
  sql: args => (args[1]?.literal ? `replace(${all(args)})` : undefined),
}
const days = (operator: string): Known => ({
  least: 2,
  most: 2,
  takes: [kinds.date, kinds.integer],
  sql: ([day, count]) => `(${day?.sql} ${operator} CAST(${count?.sql} AS INTEGER))`,
})
const toDate: Known = around(
  1,
  ['date', 'timestamp', 'local', 'string'],
  args => `CAST(${all(args)} AS DATE)`,
)

const units: { readonly [unit: string]: string } = {
  YEAR: 'year',
  YYYY: 'year',
  YY: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  MON: 'month',
  MM: 'month',
  WEEK: 'week',
  DAY: 'day',
  DD: 'day',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
}
const unitOf = (term: Term | undefined) =>
  typeof term?.literal === 'string' ? units[term.literal.toUpperCase()] : undefined
const dateTrunc: Known = {
  least: 2,
  most: 2,
  takes: [kinds.string, kinds.time],
  sql: ([unit, of]) => unitOf(unit) && `date_trunc('${unitOf(unit)}', ${of?.sql})`,
}
const trunc: Known = {
  least: 2,
  most: 2,
  takes: [kinds.date, kinds.string],
  sql: ([of, unit]) => {
    const name = unitOf(unit)
    const whole = name !== undefined && ['year', 'quarter', 'month', 'week'].includes(name)
    return whole ? `CAST(date_trunc('${name}', ${of?.sql}) AS DATE)` : undefined
  },
}

const formats: { readonly [java: string]: string } = {
  yyyy: '%Y',
  MM: '%m',
  dd: '%d',
  HH: '%H',
  mm: '%M',
  ss: '%S',
}
const dateFormat: Known = {
  least: 2,
  most: 2,
  takes: [kinds.day, kinds.string],
  sql: ([of, format]) => {
    const pattern = typeof format?.literal === 'string' ? format.literal : ''
    if (!/^(?:yyyy|MM|dd|HH|mm|ss|[-/:_. ])+$/.test(pattern)) return undefined
    const made = pattern.replaceAll(/yyyy|MM|dd|HH|mm|ss/g, found => formats[found] ?? '')
    return `strftime(${of?.sql}, '${made}')`
  },
}
const nullable = (test: string): Known => around(1, kinds.any, args => `(${first(args)} ${test})`)

/** Spark's functions that DuckDB can compute exactly alike. What is not here is refused by its name. */
export const functions: { readonly [name: string]: Known } = {
  COALESCE: united('coalesce', 1),
  IFNULL: united('coalesce', 2, 2),
  NVL: united('coalesce', 2, 2),
  NULLIF: united('nullif', 2, 2),
  GREATEST: united('greatest', 2),
  LEAST: united('least', 2),
  IF: choice,
  IFF: choice,
  ISNULL: nullable('IS NULL'),
  ISNOTNULL: nullable('IS NOT NULL'),
  ISNAN: around(1, ['float'], args => `coalesce(isnan(${first(args)}), false)`),
  ABS: same('abs', 1, kinds.number),
  FLOOR: around(1, kinds.inexact, args => `CAST(floor(${first(args)}) AS BIGINT)`),
  CEIL: around(1, kinds.inexact, args => `CAST(ceil(${first(args)}) AS BIGINT)`),
  CEILING: around(1, kinds.inexact, args => `CAST(ceil(${first(args)}) AS BIGINT)`),
  MOD: around(2, kinds.integer, ([left, right]) => `(${left?.sql} % nullif(${right?.sql}, 0))`),
  LOWER: letterCase('lower'),
  LCASE: letterCase('lower'),
  UPPER: letterCase('upper'),
  UCASE: letterCase('upper'),
  LENGTH: part('length', kinds.string),
  CHAR_LENGTH: part('length', kinds.string),
  CHARACTER_LENGTH: part('length', kinds.string),
  OCTET_LENGTH: part('strlen', kinds.string),
  TRIM: trim('trim'),
  LTRIM: trim('ltrim'),
  RTRIM: trim('rtrim'),
  CONCAT: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    takes: [kinds.string],
    // DuckDB's concat skips what is NULL.
    sql: args => `(${args.map(arg => arg.sql).join(' || ')})`,
  },
  SUBSTRING: substring,
  SUBSTR: substring,
  LEFT: ends('left'),
  RIGHT: ends('right'),
  REPLACE: replace,
  STARTSWITH: same('starts_with', 2, kinds.string),
  ENDSWITH: same('ends_with', 2, kinds.string),
  CONTAINS: same('contains', 2, kinds.string),
  YEAR: part('year', kinds.day),
  QUARTER: part('quarter', kinds.day),
  MONTH: part('month', kinds.day),
  DAY: part('day', kinds.day),
  DAYOFMONTH: part('day', kinds.day),
  DAYOFYEAR: part('dayofyear', kinds.day),
  // From Sunday = 1 there, from Sunday = 0 here.
  DAYOFWEEK: part('dayofweek', kinds.day, ' + 1'),
  // From Monday = 0 there, from Monday = 1 here.
  WEEKDAY: part('isodow', kinds.day, ' - 1'),
  WEEKOFYEAR: part('weekofyear', kinds.day),
  HOUR: part('hour', kinds.time),
  MINUTE: part('minute', kinds.time),
  SECOND: part('second', kinds.time),
  TO_DATE: toDate,
  DATE_ADD: days('+'),
  DATE_SUB: days('-'),
  DATEDIFF: around(2, kinds.date, ([to, from]) => `CAST(${to?.sql} - ${from?.sql} AS INTEGER)`),
  DATE_TRUNC: dateTrunc,
  TRUNC: trunc,
  DATE_FORMAT: dateFormat,
  CURRENT_DATE: { ...around(0, kinds.any, () => "CAST(now() AT TIME ZONE 'UTC' AS DATE)"), bare: true },
  CURRENT_TIMESTAMP: { ...around(0, kinds.any, () => 'now()'), bare: true },
  NOW: around(0, kinds.any, () => 'now()'),
}
