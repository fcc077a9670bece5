import { Float, HOST, type Host, type HostType, raise, repr, tupleOf, type Value } from '../../jinja/index.ts'
import { builtinType } from './builtin.ts'
import {
  adjusted,
  compared,
  type Exact,
  finished,
  floorOver,
  invalid,
  isRounding,
  isZero,
  negated,
  ofDouble,
  ofInt,
  over,
  plus,
  power,
  quantized,
  remainder,
  rescaled,
  type Rounding,
  stripped,
  times,
  truncated,
} from './decimal/number.ts'
import { exactText, formatExact, parseExact } from './decimal/text.ts'

/** Python's `decimal.Decimal`, as query results hold numbers with a fraction. */
export class Decimal implements Host {
  readonly exact: Exact
  readonly [HOST]: HostType<Decimal> = decimalType
  constructor(exact: Exact) {
    this.exact = exact
  }
}

/** Of `-12.50`, `1e20`, `nan`; undefined: it is no number. */
export function decimal(text: string): Decimal | undefined {
  const exact = parseExact(text)
  return exact && new Decimal(exact)
}

/** Of a float, by its shortest text, as agate reads it. */
export function decimalOfFloat(value: number): Decimal {
  return decimal(repr(new Float(value))) ?? new Decimal(ofDouble(value))
}

/** As `str()` writes it. */
function decimalText({ exact }: Decimal): string {
  return exactText(exact)
}

/** What a value counts as beside a decimal; undefined: it is no number that Python mixes with one. */
function exactOf(value: Value): Exact | undefined {
  if (value instanceof Decimal) return value.exact
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return ofInt(BigInt(value))
  return undefined
}

const operations = new Map<string, (a: Exact, b: Exact) => Exact>([
  ['+', plus],
  ['-', (a, b) => plus(a, negated(b))],
  ['*', times],
  ['/', over],
  ['//', floorOver],
  ['%', remainder],
  ['**', power],
])

const zero = ofInt(0n)

function unary(operator: string, of: Exact, digits: Value): Value | undefined {
  if (operator === 'round') return rounded(of, digits)
  if (!['+x', '-x', 'abs'].includes(operator)) return undefined
  if (isNan(of)) return new Decimal(of)
  // Zero has no sign here: what is negated is subtracted from zero.
  if (isZero(of) || operator === 'abs') return new Decimal(finished({ ...of, isNegative: false }))
  return new Decimal(finished(operator === '-x' ? negated(of) : of))
}

function operate(operator: string, left: Value, right: Value): Value | undefined {
  const a = exactOf(left)
  const operation = operations.get(operator)
  if (!operation) return a && unary(operator, a, right)
  const b = exactOf(right)
  return a && b && new Decimal(operation(a, b))
}

/** Python's `round(decimal, digits)`: an int without digits. */
function rounded(of: Exact, digits: Value): Value {
  if (digits === null) return whole(rescaled(finite(of), 0))
  if (typeof digits !== 'number' && typeof digits !== 'boolean')
    return raise('TypeError', 'optional arg must be an integer')
  if (of.special !== undefined) return of.special === 'NaN' ? new Decimal(of) : invalid()
  return new Decimal(quantized(of, -Number(digits)))
}

function finite(of: Exact): Exact {
  if (of.special === 'NaN') return raise('ValueError', 'cannot convert NaN to integer')
  return of.special === undefined ? of : raise('OverflowError', 'cannot convert Infinity to integer')
}

function whole(of: Exact): number | bigint {
  const value = truncated(of)
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

function doubleOf(of: Exact): number {
  return Number(exactText(of))
}

/** Against another decimal, an int, or a float, each exactly. */
function comparison(self: Decimal, other: Value): number | undefined {
  const exact = other instanceof Float ? ofDouble(other.value) : exactOf(other)
  if (exact === undefined) return undefined
  return isNan(self.exact) || isNan(exact) ? invalid() : compared(self.exact, exact)
}

function isNan({ special }: Exact): boolean {
  return special === 'NaN'
}

function equal(self: Decimal, other: Value): boolean {
  const exact = other instanceof Float ? ofDouble(other.value) : exactOf(other)
  return exact !== undefined && !isNan(self.exact) && !isNan(exact) && compared(self.exact, exact) === 0
}

/** Beyond it no float is left to be equal to. */
const doubleExponentMax = 309

/** The same number has the same key, whether it is a decimal, an int or a float. */
function keyOf({ exact }: Decimal): string | number | bigint {
  if (exact.special !== undefined) return exactText(exact)
  const least = stripped(exact)
  if (least.exponent >= 0 && adjusted(least) < doubleExponentMax) return whole(least)
  const double = doubleOf(least)
  return Number.isFinite(double) && compared(ofDouble(double), least) === 0 ? double : exactText(least)
}

function wantDecimal(value: Value): Exact {
  return (
    exactOf(value) ??
    raise(
      'TypeError',
      `conversion from ${value === null ? 'NoneType' : typeof value} to Decimal is not supported`,
    )
  )
}

/** Broken as C breaks them. */
const roundingNames = `[ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,
   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,
   ROUND_05UP]`

function wantRounding(value: Value): Rounding {
  if (value === null) return 'ROUND_HALF_EVEN'
  if (typeof value === 'string' && isRounding(value)) return value
  return raise('TypeError', `valid values for rounding are:\n  ${roundingNames}`)
}

function quantize(of: Exact, like: Value, rounding: Value): Exact {
  const { exponent, special } = wantDecimal(like)
  if (isNan(of) || special === 'NaN') return isNan(of) ? of : wantDecimal(like)
  if (of.special !== undefined && special !== undefined) return of
  if (of.special !== undefined || special !== undefined) return invalid()
  return quantized(of, exponent, wantRounding(rounding))
}

function integral(of: Exact, rounding: Value): Exact {
  return of.special !== undefined || of.exponent >= 0 ? of : rescaled(of, 0, wantRounding(rounding))
}

function asTuple({ isNegative, digits, exponent, special }: Exact): Value {
  const figures = special === 'NaN' ? [] : Array.from(String(digits), Number)
  const tuple = tupleOf([
    Number(isNegative),
    tupleOf(figures),
    special === undefined ? exponent : special === 'NaN' ? 'n' : 'F',
  ])
  tuple.fields = ['sign', 'digits', 'exponent']
  return tuple
}

function ratio(of: Exact): Value {
  if (of.special === 'NaN') return raise('ValueError', 'cannot convert NaN to integer ratio')
  if (of.special !== undefined) return raise('OverflowError', 'cannot convert Infinity to integer ratio')
  const [up, down] = [10n ** BigInt(Math.max(0, of.exponent)), 10n ** BigInt(Math.max(0, -of.exponent))]
  const divisor = greatestCommon(of.digits * up, down)
  const numerator = ofInt((of.digits * up) / divisor)
  return tupleOf([whole({ ...numerator, isNegative: of.isNegative }), whole(ofInt(down / divisor))])
}

function greatestCommon(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommon(b, a % b)
}

const decimalType: HostType<Decimal> = builtinType<Decimal>(
  'decimal.Decimal',
  {
    fields: {
      real: self => self,
      imag: () => new Decimal(zero),
    },
    methods: {
      is_nan: ['', ({ exact }) => isNan(exact)],
      is_infinite: ['', ({ exact }) => exact.special === 'Infinity'],
      is_finite: ['', ({ exact }) => exact.special === undefined],
      is_zero: ['', ({ exact }) => isZero(exact)],
      is_signed: ['', ({ exact }) => exact.isNegative],
      adjusted: ['', ({ exact }) => (exact.special === undefined ? adjusted(exact) : 0)],
      as_tuple: ['', ({ exact }) => asTuple(exact)],
      as_integer_ratio: ['', ({ exact }) => ratio(exact)],
      copy_abs: ['', ({ exact }) => new Decimal({ ...exact, isNegative: false })],
      copy_negate: ['', ({ exact }) => new Decimal(negated(exact))],
      quantize: [
        'exp, rounding=None, context=None',
        ({ exact }, [like, rounding]) => new Decimal(quantize(exact, like, rounding)),
      ],
      normalize: ['context=None', ({ exact }) => new Decimal(stripped(finished(exact)))],
      to_integral_value: [
        'rounding=None, context=None',
        ({ exact }, [rounding]) => new Decimal(integral(exact, rounding)),
      ],
      to_integral: [
        'rounding=None, context=None',
        ({ exact }, [rounding]) => new Decimal(integral(exact, rounding)),
      ],
      max: ['other, context=None', (self, [other]) => extreme(self, other, 1)],
      min: ['other, context=None', (self, [other]) => extreme(self, other, -1)],
    },
  },
  {
    str: decimalText,
    repr: self => `Decimal('${decimalText(self)}')`,
    truth: ({ exact }) => !isZero(exact),
    equal,
    compare: comparison,
    key: keyOf,
    is: ['number'],
    number: ({ exact }) => new Float(doubleOf(exact)),
    whole: ({ exact }) => whole(finite(exact)),
    format: ({ exact }, specification) => formatExact(exact, specification),
    operate,
  },
)

function extreme(self: Decimal, other: Value, way: number): Decimal {
  const exact = wantDecimal(other)
  return new Decimal(finished(compared(self.exact, exact) * way >= 0 ? self.exact : exact))
}
