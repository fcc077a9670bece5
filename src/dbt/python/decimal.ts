import { Float, HOST, type Host, type HostType, raise, repr, str, type Value } from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'

/**
 * Python's `decimal.Decimal`, as query results hold numbers with a fraction: coefficient × 10^exponent, exact; results of arithmetic
 * are rounded half to even to the 28 digits of Python's default context (General Decimal Arithmetic Specification 1.70).
 */
export class Decimal implements Host {
  readonly coefficient: bigint
  readonly exponent: number
  readonly special: 'NaN' | 'Infinity' | '-Infinity' | undefined
  readonly [HOST]: HostType<Decimal> = decimalHost
  constructor(coefficient: bigint, exponent: number, special?: Decimal['special']) {
    this.coefficient = coefficient
    this.exponent = exponent
    this.special = special
  }
}

const digitsMax = 28
/** Below it a number without digits before the point is written with an exponent (to-scientific-string). */
const leastPlainExponent = -6

/** Of `-12.50`, `1e20`, `nan`; undefined: it is no number. */
export function decimal(text: string): Decimal | undefined {
  const special = /^([-+]?)(?:(nan)|(inf(?:inity)?))$/i.exec(text)
  if (special) return new Decimal(0n, 0, special[2] ? 'NaN' : special[1] === '-' ? '-Infinity' : 'Infinity')
  const found = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(text)
  if (!found) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = found
  if (whole === '' && fraction === '') return undefined
  const coefficient = BigInt(whole + fraction)
  return new Decimal(sign === '-' ? -coefficient : coefficient, Number(power) - fraction.length)
}

/** Of a float, by its shortest text, as agate reads it. */
export function decimalOfFloat(value: number): Decimal {
  return decimal(repr(new Float(value))) ?? new Decimal(0n, 0, 'NaN')
}

/** As `str()` writes it. */
export function decimalText({ coefficient, exponent, special }: Decimal): string {
  if (special) return special
  const sign = coefficient < 0n ? '-' : ''
  const digits = String(coefficient < 0n ? -coefficient : coefficient)
  const adjusted = exponent + digits.length - 1
  if (exponent <= 0 && adjusted >= leastPlainExponent) return sign + plain(digits, exponent)
  const point = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
  return `${sign}${point}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`
}

function plain(digits: string, exponent: number): string {
  if (exponent === 0) return digits
  const padded = digits.padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

function numberOf(of: Decimal): number {
  if (of.special) return Number(of.special === 'NaN' ? Number.NaN : of.special)
  return Number(`${of.coefficient}e${of.exponent}`)
}

/** What a value counts as beside a decimal; undefined: it is no number that Python mixes with one. */
function asDecimal(value: Value): Decimal | undefined {
  if (value instanceof Decimal) return value
  if (typeof value === 'boolean') return new Decimal(value ? 1n : 0n, 0)
  if (typeof value === 'number' || typeof value === 'bigint') return new Decimal(BigInt(value), 0)
  return undefined
}

function aligned(a: Decimal, b: Decimal): readonly [a: bigint, b: bigint, exponent: number] {
  const exponent = Math.min(a.exponent, b.exponent)
  const scaled = (of: Decimal) => of.coefficient * 10n ** BigInt(of.exponent - exponent)
  return [scaled(a), scaled(b), exponent]
}

function rounded(coefficient: bigint, exponent: number): Decimal {
  const digits = String(coefficient < 0n ? -coefficient : coefficient).length
  if (digits <= digitsMax) return new Decimal(coefficient, exponent)
  const cut = digits - digitsMax
  return new Decimal(halfEven(coefficient, 10n ** BigInt(cut)), exponent + cut)
}

/** The quotient as a whole number, ties to even. */
function halfEven(value: bigint, by: bigint): bigint {
  const [size, sign] = value < 0n ? [-value, -1n] : [value, 1n]
  const quotient = size / by
  const twice = (size % by) * 2n
  const isUp = twice > by || (twice === by && quotient % 2n === 1n)
  return sign * (isUp ? quotient + 1n : quotient)
}

const operations: { readonly [operator: string]: (a: Decimal, b: Decimal) => Decimal } = {
  '+': (a, b) => {
    const [left, right, exponent] = aligned(a, b)
    return rounded(left + right, exponent)
  },
  '-': (a, b) => {
    const [left, right, exponent] = aligned(a, b)
    return rounded(left - right, exponent)
  },
  '*': (a, b) => rounded(a.coefficient * b.coefficient, a.exponent + b.exponent),
  '/': divided,
  '//': (a, b) => {
    const [left, right] = aligned(a, nonzero(b))
    return new Decimal(left / right, 0)
  },
  '%': (a, b) => {
    const [left, right, exponent] = aligned(a, nonzero(b))
    return rounded(left % right, exponent)
  },
}

function nonzero(of: Decimal): Decimal {
  return of.coefficient === 0n ? raise('DivisionByZero', "[<class 'decimal.DivisionByZero'>]") : of
}

/** To 28 digits, without zeros at its end that nobody asked for. */
function divided(a: Decimal, b: Decimal): Decimal {
  nonzero(b)
  const shift = digitsMax + String(b.coefficient).length
  const quotient = rounded(
    halfEven(a.coefficient * 10n ** BigInt(shift), b.coefficient),
    a.exponent - b.exponent - shift,
  )
  let { coefficient, exponent } = quotient
  const ideal = a.exponent - b.exponent
  while (exponent < ideal && coefficient % 10n === 0n) {
    coefficient /= 10n
    exponent += 1
  }
  return new Decimal(coefficient, exponent)
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  const [a, b] = [asDecimal(left), asDecimal(right)]
  if (!a || !b) return undefined
  if (a.special || b.special) return new Decimal(0n, 0, 'NaN')
  return operations[operator]?.(a, b)
}

function compared(a: Decimal, other: Value): number {
  const b = other instanceof Float ? decimalOfFloat(other.value) : asDecimal(other)
  if (!b) return Number.NaN
  if (a.special || b.special) return numberOf(a) - numberOf(b)
  const [left, right] = aligned(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

/** To so many digits after the point; without `digits`, a whole number. */
function quantized(of: Decimal, digits: number | undefined): Value {
  const places = -(digits ?? 0)
  const { coefficient, exponent } = of
  const scaled =
    exponent >= places
      ? coefficient * 10n ** BigInt(exponent - places)
      : halfEven(coefficient, 10n ** BigInt(places - exponent))
  return digits === undefined ? intOf(scaled) : new Decimal(scaled, places)
}

function intOf(value: bigint): Value {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

function truncated({ coefficient, exponent }: Decimal): bigint {
  return exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent)
}

/** The same number has the same key, as an int of its value has. */
function keyOf(of: Decimal): string {
  if (of.special) return of.special
  let { coefficient, exponent } = of
  while (coefficient !== 0n && coefficient % 10n === 0n) {
    coefficient /= 10n
    exponent += 1
  }
  return `${coefficient}e${coefficient === 0n ? 0 : exponent}`
}

const decimalHost: HostType<Decimal> = hostType<Decimal>(
  'decimal.Decimal',
  {
    methods: {
      is_nan: ['', ({ special }) => special === 'NaN'],
      is_zero: ['', ({ coefficient, special }) => special === undefined && coefficient === 0n],
      to_integral_value: ['rounding=None', of => new Decimal(BigInt(quantized(of, undefined) as number), 0)],
      quantize: ['exp, rounding=None', (of, [like]) => quantized(of, like instanceof Decimal ? -like.exponent : 0)],
      normalize: ['', of => decimal(keyOf(of)) ?? of],
      __round__: ['ndigits=None', (of, [digits]) => quantized(of, typeof digits === 'number' ? digits : undefined)],
    },
  },
  {
    str: decimalText,
    repr: of => `Decimal('${decimalText(of)}')`,
    truth: ({ coefficient, special }) => special !== undefined || coefficient !== 0n,
    equal: (self, other) => compared(self, other) === 0,
    compare: (self, other) => compared(self, other),
    key: keyOf,
    is: ['number'],
    number: of => (of.special || of.exponent < 0 ? new Float(numberOf(of)) : truncated(of)),
    format: (of, specification) => formatted(of, specification),
    operate,
  },
)

/** `,` `.2f` and their like; whatever else is asked for goes by its float. */
function formatted(of: Decimal, specification: string): string {
  const found = /^(,)?(?:\.(\d+))?f?$/.exec(specification)
  if (!found) return str(new Float(numberOf(of)))
  const [, comma, places] = found
  const text = decimalText(places === undefined ? of : (quantized(of, Number(places)) as Decimal))
  if (comma === undefined) return text
  const [whole = '', fraction] = text.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
