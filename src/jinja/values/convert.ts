import { textOf } from './markup.ts'
import { failUndefined } from './missing.ts'
import { Float, HOST, type Value } from './model.ts'
import { type Int, doubleOf, int, intOf, intOfFloat } from './numbers.ts'
import { repr } from './print.ts'
import { raise } from './raise.ts'
import { trimmed } from './methods/split.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'

/** Digits of an int that Python still reads from a text, or writes. */
const intDigitsMax = 4300

/** Python's `int(value)`, or `int(value, base)` of a text. */
export function toInt(value: Value, base = 10): Int {
  const text = textOf(value)
  if (text !== undefined) return parseInt(text, base) ?? raise('ValueError', badInt(value, base))
  if (value instanceof Float) return truncated(value.value)
  const held = intOf(value)
  if (held !== undefined) return held
  if (value instanceof Undefined) return failUndefined(value)
  const whole = isHost(value) ? value[HOST].whole?.(value as never) : undefined
  if (whole !== undefined) return whole
  const own = isHost(value) ? value[HOST].number?.(value as never) : undefined
  if (own !== undefined) return own instanceof Float ? truncated(own.value) : own
  return raise(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  )
}

function badInt(value: Value, base: number): string {
  return `invalid literal for int() with base ${base}: ${repr(value)}`
}

/** Towards zero. */
export function truncated(value: number): Int {
  if (Number.isNaN(value)) return raise('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(value)) return raise('OverflowError', 'cannot convert float infinity to integer')
  return intOfFloat(Math.trunc(value))
}

/** Digits of any script as those of ASCII. */
function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, digit => {
    const point = digit.codePointAt(0) ?? 0
    // Decimal digits stand in runs of ten, from zero to nine.
    let zero = point
    while (point - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    return String((point - zero) % 10)
  })
}

const prefixes: { readonly [base: number]: RegExp } = { 2: /^0[bB]_?/, 8: /^0[oO]_?/, 16: /^0[xX]_?/ }

/** undefined: it is no int. */
function parseInt(text: string, base: number): Int | undefined {
  if (base !== 0 && (base < 2 || base > 36))
    return raise('ValueError', 'int() base must be >= 2 and <= 36, or 0')
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(asciiDigits(trimmed(text, 'both'))) ?? []
  const found = base === 0 ? ([2, 8, 16].find(each => prefixes[each]?.test(body)) ?? 10) : base
  const digits = body.replace(prefixes[found] ?? '', '')
  if (!/^[\da-zA-Z]+(_[\da-zA-Z]+)*$/.test(digits)) return undefined
  const plain = digits.replaceAll('_', '')
  if (base === 0 && found === 10 && /^0+[1-9]/.test(plain)) return undefined
  if (plain.length > intDigitsMax && (found & (found - 1)) !== 0)
    return raise('ValueError', tooLong(plain.length))
  const value = parseDigits(plain, found)
  return value === undefined ? undefined : int(sign === '-' ? -value : value)
}

function tooLong(count: number): string {
  return (
    `Exceeds the limit (${intDigitsMax} digits) for integer string conversion: value has ${count} digits; ` +
    'use sys.set_int_max_str_digits() to increase the limit'
  )
}

function parseDigits(digits: string, base: number): bigint | undefined {
  if (base === 10) return /^\d+$/.test(digits) ? BigInt(digits) : undefined
  let value = 0n
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= base) return undefined
    value = value * BigInt(base) + BigInt(worth)
  }
  return value
}

/** Python's `float(value)`. */
export function toFloat(value: Value): number {
  const text = textOf(value)
  if (text !== undefined)
    return parseFloat(text) ?? raise('ValueError', `could not convert string to float: ${repr(value)}`)
  if (value instanceof Float) return value.value
  const held = intOf(value)
  if (held !== undefined) return doubleOf(held)
  if (value instanceof Undefined) return failUndefined(value)
  const own = isHost(value) ? value[HOST].number?.(value as never) : undefined
  if (own !== undefined) return own instanceof Float ? own.value : doubleOf(own)
  return raise('TypeError', `float() argument must be a string or a real number, not '${typeName(value)}'`)
}

const digits = '\\d+(?:_\\d+)*'
const float = new RegExp(`^[-+]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:[eE][-+]?${digits})?$`)

/** undefined: it is no float. */
function parseFloat(text: string): number | undefined {
  const plain = asciiDigits(trimmed(text, 'both'))
  const special = /^([-+]?)(?:inf(inity)?|(nan))$/i.exec(plain)
  if (special) return special[3] === undefined ? Number(`${special[1]}Infinity`) : Number.NaN
  return float.test(plain) ? Number(plain.replaceAll('_', '')) : undefined
}
