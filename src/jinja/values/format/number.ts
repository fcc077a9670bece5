import { printExponent } from '../float.ts'
import type { Int } from '../numbers.ts'
import { raise } from '../raise.ts'
import { fixed, scientific } from './decimal.ts'
import { padded, type Specification, unknownCode } from './specification.ts'

/** Digits after the point, where none are asked for. */
const precisionDefault = 6

const radix: { readonly [type: string]: number } = { b: 2, o: 8, x: 16, X: 16 }

/** `format(int, spec)`. */
export function formatInt(value: Int, spec: Specification): string {
  const type = spec.type ?? 'd'
  if ('eEfFgG%'.includes(type)) return formatFloat(Number(value), spec)
  if (!'bcdoxXn'.includes(type)) return unknownCode(spec)
  if (spec.precision !== undefined)
    return raise('ValueError', 'Precision not allowed in integer format specifier')
  if (spec.noNegativeZero)
    return raise('ValueError', 'Negative zero coercion (z) not allowed in integer format specifier')
  if (type === 'c') return formatCharacter(value, spec)
  const base = radix[type] ?? 10
  const size = value < 0 ? -value : value
  const digits = size.toString(base)
  const mark = spec.alternate && base !== 10 ? `0${type}` : ''
  const prefix = signOf(value < 0, spec) + mark
  return grouped(spec, type === 'X' ? digits.toUpperCase() : digits, { prefix, every: base === 10 ? 3 : 4 })
}

function formatCharacter(value: Int, spec: Specification): string {
  if (spec.sign !== undefined)
    return raise('ValueError', "Sign not allowed with integer format specifier 'c'")
  if (spec.alternate)
    return raise('ValueError', "Alternate form (#) not allowed with integer format specifier 'c'")
  return padded(spec, characterOf(value, '%c arg not in range(0x110000)'), { align: '<' })
}

/** `chr(value)`. */
export function characterOf(value: Int, words: string): string {
  if (typeof value === 'bigint') return raise('OverflowError', 'Python int too large to convert to C long')
  return value >= 0 && value < 0x110000 ? String.fromCodePoint(Number(value)) : raise('OverflowError', words)
}

function signOf(negative: boolean, { sign }: Specification): string {
  if (negative) return '-'
  return sign === '+' || sign === ' ' ? sign : ''
}

/** `format(float, spec)`. */
export function formatFloat(value: number, spec: Specification): string {
  const type = spec.type ?? ''
  if (!['', ...'eEfFgGn%'].includes(type)) return unknownCode(spec)
  const shown = type === '%' ? value * 100 : value
  const size = Math.abs(shown)
  let body = Number.isFinite(size) ? digitsOf(size, { ...spec, type }) : Number.isNaN(size) ? 'nan' : 'inf'
  const zero = !/[1-9]/.test(body.split(/e/i)[0] ?? '') && Number.isFinite(size)
  const negative = (shown < 0 || Object.is(shown, -0)) && !(zero && spec.noNegativeZero)
  if (type === 'E' || type === 'F' || type === 'G') body = body.toUpperCase()
  if (type === '%') body += '%'
  return grouped(spec, body, { prefix: signOf(negative, spec), every: 3 })
}

type Digits = { readonly type: string; readonly precision: number | undefined; readonly alternate: boolean }

/** The digits of a finite number that is not below zero. */
export function digitsOf(size: number, { type, precision, alternate }: Digits): string {
  const lower = type.toLowerCase()
  const point = alternate ? '.' : ''
  if (lower === 'f' || lower === '%') {
    const digits = precision ?? precisionDefault
    return fixed(size, digits) + (digits === 0 ? point : '')
  }
  if (lower === 'e') return exponential(size, precision ?? precisionDefault, point)
  if (type === '' && precision === undefined) return shortest(size)
  return general(size, { precision: precision ?? precisionDefault, dotted: type === '', alternate })
}

function exponential(size: number, precision: number, point: string): string {
  const { digits, exponent } = scientific(size, precision + 1)
  const rest = digits.slice(1)
  return `${digits.slice(0, 1)}${rest === '' ? point : `.${rest}`}e${printExponent(exponent)}`
}

/** As `repr`, which `format(x, '')` is. */
function shortest(size: number): string {
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = '0'] = size.toExponential().split('e')
    return `${digits}e${printExponent(Number(exponent))}`
  }
  const plain = String(size)
  return plain.includes('.') ? plain : `${plain}.0`
}

type General = { readonly precision: number; readonly dotted: boolean; readonly alternate: boolean }

/** `%g`: so many significant digits, with an exponent where the number is far from one. */
function general(size: number, { precision, dotted, alternate }: General): string {
  const count = Math.max(1, precision)
  const { digits, exponent } = scientific(size, count)
  if (exponent < -4 || exponent >= count - (dotted ? 1 : 0)) {
    const kept = alternate ? digits : digits.replace(/0+$/, '')
    const rest = kept.slice(1)
    const head = kept.slice(0, 1) || '0'
    return `${head}${rest === '' ? (alternate ? '.' : '') : `.${rest}`}e${printExponent(exponent)}`
  }
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1)
  const fraction = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1)
  const kept = alternate ? fraction : fraction.replace(/0+$/, '')
  if (kept !== '') return `${whole}.${kept}`
  return whole + (dotted ? '.0' : alternate ? '.' : '')
}

/** Marks between digits, zeros that fill counted in; then the width. */
function grouped(
  spec: Specification,
  body: string,
  { prefix, every }: { prefix: string; every: number },
): string {
  const { grouping } = spec
  if (grouping === undefined) return padded(spec, body, { prefix, align: '>' })
  const [, digits = '', rest = ''] = /^([\da-fA-F]*?(?=\.|e[+-]|%|$)|\d*)(.*)$/s.exec(body) ?? []
  if (digits === '') return padded(spec, body, { prefix, align: '>' })
  const marked = (text: string) => text.replace(new RegExp(`(?<=.)(?=(.{${every}})+$)`, 'g'), grouping)
  let long = digits
  if (spec.fill === '0' && spec.align === '=')
    while (prefix.length + marked(long).length + rest.length < spec.width) long = `0${long}`
  // A mark is never the first character.
  return padded(spec, marked(long) + rest, { prefix, align: '>' })
}
