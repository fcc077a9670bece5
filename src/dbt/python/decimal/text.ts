import { raise } from '../../../jinja/index.ts'
import { adjusted, countDigits, type Exact, infinity, isZero, nan, rescaled, toDigits } from './number.ts'

/** Of `-12.50`, `1e20`, `nan`; undefined: it is no number. */
export function parseExact(text: string): Exact | undefined {
  const plain = text.trim().replaceAll('_', '')
  const special = /^([-+]?)(?:(nan)|(inf(?:inity)?))$/i.exec(plain)
  if (special) return special[2] ? nan : infinity(special[1] === '-')
  const found = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(plain)
  if (!found) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = found
  if (whole === '' && fraction === '') return undefined
  return {
    isNegative: sign === '-',
    digits: BigInt(whole + fraction),
    exponent: Number(power) - fraction.length,
  }
}

/** Below it a number without digits before the point is written with an exponent (to-scientific-string). */
const leastPlainExponent = -6

/** As `str()` writes it. */
export function exactText(of: Exact): string {
  const sign = of.isNegative ? '-' : ''
  if (of.special !== undefined) return sign + of.special
  return sign + body(of, { pointAt: pointOf(of, undefined, undefined), letter: 'E' })
}

/** How many digits stand before the point. */
function pointOf(of: Exact, type: string | undefined, places: number | undefined): number {
  const before = of.exponent + countDigits(of.digits)
  if (type === 'e' || type === 'E') return isZero(of) && places !== undefined ? 1 - places : 1
  if (type !== undefined && 'fF%'.includes(type)) return before
  return of.exponent <= 0 && adjusted(of) >= leastPlainExponent ? before : 1
}

type Written = { readonly pointAt: number; readonly letter: string; readonly always?: boolean }

function parts(of: Exact, { pointAt, letter, always = false }: Written): [whole: string, rest: string] {
  const digits = String(of.digits)
  const exponent = of.exponent + digits.length - pointAt
  const whole = pointAt <= 0 ? '0' : digits.slice(0, pointAt).padEnd(pointAt, '0')
  const fraction = pointAt < 0 ? '0'.repeat(-pointAt) + digits : digits.slice(Math.max(0, pointAt))
  const tail = exponent !== 0 || always ? `${letter}${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}` : ''
  return [whole, (fraction === '' ? '' : `.${fraction}`) + tail]
}

function body(of: Exact, written: Written): string {
  return parts(of, written).join('')
}

const specification = new RegExp(
  [
    '^(?:(?<filled>.)(?<alignFilled>[<>=^])|(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>\\d+)?',
    '(?<comma>,)?(?:\\.(?<precision>\\d+))?(?<type>[eEfFgGn%])?$',
  ].join(''),
  'su',
)

const widthMax = 1_000_000

/** `format(decimal, specification)`: the language of floats', but for `#`, `z` and `_`. */
export function formatExact(of: Exact, text: string): string {
  const spec = specificationOf(text)
  const { type, shape } = spec
  const sign = of.isNegative ? '-' : spec.sign
  const percent = type === '%' ? '%' : ''
  if (of.special !== undefined)
    return filled(sign, of.special + percent, spec.isZeroFilled ? { ...shape, fill: ' ', align: '>' } : shape)
  const rounded = roundedFor(percent ? { ...of, exponent: of.exponent + 2 } : of, type, spec.places)
  const [whole, rest] = parts(rounded, {
    pointAt: pointOf(rounded, type, spec.places),
    letter: spec.letter,
    always: type === 'e' || type === 'E',
  })
  const tail = rest + percent
  const least = spec.isZeroFilled ? shape.width - sign.length - tail.length : 0
  return filled(sign, grouped(whole, spec.comma, least) + tail, shape)
}

type Specification = {
  /** `n` where none is given. */
  readonly type: string
  /** What stands before an exponent. */
  readonly letter: string
  readonly places: number | undefined
  /** What stands before a number that is not below zero. */
  readonly sign: string
  readonly comma: string
  readonly isZeroFilled: boolean
  readonly shape: Shape
}

function specificationOf(text: string): Specification {
  const found = specification.exec(text)?.groups
  if (!found || isRefused(found)) return raise('ValueError', 'invalid format string')
  const { type = 'n', comma = '', zero, precision, sign = '' } = found
  const width = Number(found.width ?? 0)
  if (width > widthMax) return raise('LimitError', `a text is larger than ${widthMax}`)
  const isZeroFilled = zero !== undefined
  const align = found.alignFilled ?? found.align ?? (isZeroFilled ? '=' : '>')
  return {
    type,
    letter: found.type === undefined || /[EFG]/.test(type) ? 'E' : 'e',
    places: precision === undefined ? undefined : Math.min(Number(precision), widthMax),
    sign: sign.replace('-', ''),
    comma,
    isZeroFilled,
    shape: { fill: found.filled ?? (isZeroFilled ? '0' : ' '), align, width },
  }
}

/** What C's own decimals do not take together. */
function isRefused({
  align,
  alignFilled,
  zero,
  comma,
  type,
  width,
}: {
  [part: string]: string | undefined
}): boolean {
  const isAligned = align !== undefined || alignFilled !== undefined
  return (
    (isAligned && zero !== undefined) ||
    (comma !== undefined && type === 'n') ||
    width?.startsWith('0') === true
  )
}

function roundedFor(of: Exact, type: string, places: number | undefined): Exact {
  const isFixed = 'fF%'.includes(type)
  if (places !== undefined) {
    if (isFixed) return rescaled(of, -places)
    if (type !== 'e' && type !== 'E') return toDigits(of, Math.max(1, places))
    const cut = toDigits(of, places + 1)
    return isZero(cut) ? cut : rescaled(cut, cut.exponent - (places + 1 - countDigits(cut.digits)))
  }
  return isFixed && of.exponent > 0 ? rescaled(of, 0) : of
}

/** Marks between thousands; zeros that fill are among them. */
function grouped(digits: string, mark: string, least: number): string {
  if (mark === '') return digits.padStart(least, '0')
  let long = digits
  const marked = () => long.replace(/\B(?=(\d{3})+$)/g, mark)
  while (marked().length < least) long = `0${long}`
  return marked()
}

type Shape = { readonly fill: string; readonly align: string; readonly width: number }

function filled(sign: string, text: string, { fill, align, width }: Shape): string {
  const missing = Math.max(0, width - sign.length - text.length)
  if (align === '=') return sign + fill.repeat(missing) + text
  const left = align === '<' ? 0 : align === '>' ? missing : Math.floor(missing / 2)
  return fill.repeat(left) + sign + text + fill.repeat(missing - left)
}
