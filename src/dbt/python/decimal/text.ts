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

const specification =
  /^(?:(?<filled>.)(?<alignFilled>[<>=^])|(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>\d+)?(?<comma>,)?(?:\.(?<precision>\d+))?(?<type>[eEfFgGn%])?$/su

const widthMax = 1_000_000

/** `format(decimal, specification)`: the language of floats', but for `#`, `z` and `_`. */
export function formatExact(of: Exact, text: string): string {
  const spec = specification.exec(text)?.groups
  const isAligned = spec?.align !== undefined || spec?.alignFilled !== undefined
  if (!spec || (isAligned && spec.zero) || (spec.comma && spec.type === 'n') || spec.width?.startsWith('0'))
    return raise('ValueError', 'invalid format string')
  const width = Number(spec.width ?? 0)
  if (width > widthMax) return raise('LimitError', `a text is larger than ${widthMax}`)
  const { type = 'n', comma = '' } = spec
  const places = spec.precision === undefined ? undefined : Math.min(Number(spec.precision), widthMax)
  const sign = of.isNegative ? '-' : (spec.sign ?? '-').replace('-', '')
  const isZeroFilled = spec.zero !== undefined
  const percent = type === '%' ? '%' : ''
  const shape = {
    fill: spec.filled ?? (isZeroFilled ? '0' : ' '),
    align: spec.alignFilled ?? spec.align ?? (isZeroFilled ? '=' : '>'),
    width,
  }
  if (of.special !== undefined)
    return filled(sign, of.special + percent, isZeroFilled ? { fill: ' ', align: '>', width } : shape)
  const rounded = roundedFor(percent ? { ...of, exponent: of.exponent + 2 } : of, type, places)
  const letter = spec.type === undefined || /[EFG]/.test(type) ? 'E' : 'e'
  const always = type === 'e' || type === 'E'
  const [whole, rest] = parts(rounded, { pointAt: pointOf(rounded, type, places), letter, always })
  const tail = rest + percent
  const least = isZeroFilled ? width - sign.length - tail.length : 0
  return filled(sign, grouped(whole, comma, least) + tail, shape)
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
