import { raise } from '../../../jinja/index.ts'

/**
 * Decimal arithmetic (General Decimal Arithmetic Specification 1.70) in Python's default context: 28
 * digits, halves to the even one, and exceptions for what cannot be.
 */

/** (-1)^isNegative × digits × 10^exponent, or a special value. */
export type Exact = {
  readonly isNegative: boolean
  readonly digits: bigint
  readonly exponent: number
  readonly special?: 'NaN' | 'Infinity'
}

const precision = 28
const exponentMax = 999_999
/** The exponent of the smallest number of all. */
const exponentTiny = -exponentMax - precision + 1

export const nan: Exact = { isNegative: false, digits: 0n, exponent: 0, special: 'NaN' }

export function infinity(isNegative: boolean): Exact {
  return { isNegative, digits: 0n, exponent: 0, special: 'Infinity' }
}

export function ofInt(value: bigint): Exact {
  return { isNegative: value < 0n, digits: value < 0n ? -value : value, exponent: 0 }
}

export function countDigits(digits: bigint): number {
  return String(digits).length
}

/** The exponent of its first digit. */
export function adjusted({ digits, exponent }: Exact): number {
  return exponent + countDigits(digits) - 1
}

function signal(name: string): never {
  const kind = name === 'DivisionByZero' || name === 'Overflow' ? name : 'InvalidOperation'
  return raise(kind, `[<class 'decimal.${name}'>]`)
}

export function invalid(): never {
  return signal('InvalidOperation')
}

export type Rounding =
  | 'ROUND_HALF_EVEN'
  | 'ROUND_HALF_UP'
  | 'ROUND_HALF_DOWN'
  | 'ROUND_UP'
  | 'ROUND_DOWN'
  | 'ROUND_CEILING'
  | 'ROUND_FLOOR'
  | 'ROUND_05UP'

type Cut = {
  readonly quotient: bigint
  /** Below, at or above a half; `rest` says whether there is anything at all. */
  readonly half: number
  readonly rest: boolean
  readonly isNegative: boolean
}

/** Whether what is cut off makes the rest greater. */
const rounds: { readonly [mode in Rounding]: (cut: Cut) => boolean } = {
  ROUND_HALF_EVEN: ({ half, quotient }) => half > 0 || (half === 0 && quotient % 2n === 1n),
  ROUND_HALF_UP: ({ half }) => half >= 0,
  ROUND_HALF_DOWN: ({ half }) => half > 0,
  ROUND_UP: ({ rest }) => rest,
  ROUND_DOWN: () => false,
  ROUND_CEILING: ({ rest, isNegative }) => rest && !isNegative,
  ROUND_FLOOR: ({ rest, isNegative }) => rest && isNegative,
  ROUND_05UP: ({ rest, quotient }) => rest && quotient % 5n === 0n,
}

export function isRounding(name: string): name is Rounding {
  return Object.hasOwn(rounds, name)
}

/** With this exponent, rounded where digits go. */
export function rescaled(of: Exact, exponent: number, mode: Rounding = 'ROUND_HALF_EVEN'): Exact {
  if (of.exponent >= exponent) return { ...of, digits: of.digits * tens(of.exponent - exponent), exponent }
  const cut = exponent - of.exponent
  // All digits go, and then some: only whether there were any counts.
  const by = tens(Math.min(cut, countDigits(of.digits) + 1))
  const [quotient, rest] = [of.digits / by, of.digits % by]
  const half = 2n * rest < by ? -1 : Number(2n * rest > by)
  const isUp = rounds[mode]({ quotient, half, rest: rest !== 0n, isNegative: of.isNegative })
  return { ...of, digits: isUp ? quotient + 1n : quotient, exponent }
}

/** More zeros than that would only cost memory. */
const zerosMax = 2_000_000

function tens(count: number): bigint {
  return count > zerosMax
    ? raise('LimitError', `a decimal has more than ${zerosMax} digits`)
    : 10n ** BigInt(count)
}

/** To so many significant digits. */
export function toDigits(of: Exact, count: number): Exact {
  const excess = countDigits(of.digits) - count
  if (of.special !== undefined || excess <= 0) return of
  const rounded = rescaled(of, of.exponent + excess)
  return countDigits(rounded.digits) > count ? rescaled(rounded, rounded.exponent + 1) : rounded
}

/** What an operation gives: within the precision, and within the exponents. */
export function finished(of: Exact): Exact {
  const rounded = toDigits(of, precision)
  if (rounded.special !== undefined) return rounded
  if (rounded.digits === 0n)
    return { ...rounded, exponent: Math.min(exponentMax, Math.max(exponentTiny, rounded.exponent)) }
  if (adjusted(rounded) > exponentMax) return signal('Overflow')
  return rounded.exponent < exponentTiny ? rescaled(rounded, exponentTiny) : rounded
}

export function negated(of: Exact): Exact {
  return { ...of, isNegative: !of.isNegative }
}

export function plus(a: Exact, b: Exact): Exact {
  if (a.special !== undefined || b.special !== undefined) return plusSpecial(a, b)
  const [left, right] = near(a, b)
  const exponent = Math.min(left.exponent, right.exponent)
  const sum = signed(rescaled(left, exponent)) + signed(rescaled(right, exponent))
  const isNegative = sum === 0n ? a.isNegative && b.isNegative : sum < 0n
  return finished({ isNegative, digits: sum < 0n ? -sum : sum, exponent })
}

function plusSpecial(a: Exact, b: Exact): Exact {
  if (a.special === 'NaN' || b.special === 'NaN') return nan
  if (a.special !== undefined && b.special !== undefined && a.isNegative !== b.isNegative) return invalid()
  return a.special === undefined ? b : a
}

function signed({ isNegative, digits }: Exact): bigint {
  return isNegative ? -digits : digits
}

/** A number far below the last digit of the other one only says which way it is rounded. */
function near(a: Exact, b: Exact): readonly [Exact, Exact] {
  if (a.digits === 0n || b.digits === 0n) return nearZero(a, b)
  const [large, small] = adjusted(a) >= adjusted(b) ? [a, b] : [b, a]
  const least = Math.min(large.exponent, adjusted(large) - precision) - 2
  return adjusted(small) < least ? [large, { ...small, digits: 1n, exponent: least }] : [large, small]
}

function nearZero(a: Exact, b: Exact): readonly [Exact, Exact] {
  if (a.digits === 0n && b.digits === 0n) return [a, b]
  const [zero, other] = a.digits === 0n ? [a, b] : [b, a]
  return [{ ...zero, exponent: Math.max(zero.exponent, other.exponent - precision - 1) }, other]
}

export function times(a: Exact, b: Exact): Exact {
  const isNegative = a.isNegative !== b.isNegative
  if (a.special === 'NaN' || b.special === 'NaN') return nan
  if (a.special !== undefined || b.special !== undefined)
    return isZero(a) || isZero(b) ? invalid() : infinity(isNegative)
  return finished({ isNegative, digits: a.digits * b.digits, exponent: a.exponent + b.exponent })
}

export function isZero(of: Exact): boolean {
  return of.special === undefined && of.digits === 0n
}

export function over(a: Exact, b: Exact): Exact {
  const isNegative = a.isNegative !== b.isNegative
  if (a.special !== undefined || b.special !== undefined) return overSpecial(a, b)
  if (b.digits === 0n) return signal(a.digits === 0n ? 'DivisionUndefined' : 'DivisionByZero')
  const ideal = a.exponent - b.exponent
  if (a.digits === 0n) return finished({ isNegative, digits: 0n, exponent: ideal })
  const shift = Math.max(0, countDigits(b.digits) - countDigits(a.digits) + precision + 1)
  const dividend = a.digits * tens(shift)
  let [digits, exponent] = [dividend / b.digits, ideal - shift]
  // A digit that is neither 0 nor 5 says that the quotient goes on.
  if (dividend % b.digits !== 0n) digits += digits % 5n === 0n ? 1n : 0n
  else while (exponent < ideal && digits % 10n === 0n) [digits, exponent] = [digits / 10n, exponent + 1]
  return finished({ isNegative, digits, exponent })
}

function overSpecial(a: Exact, b: Exact): Exact {
  const isNegative = a.isNegative !== b.isNegative
  if (a.special === 'NaN' || b.special === 'NaN') return nan
  if (a.special !== undefined) return b.special === undefined ? infinity(isNegative) : invalid()
  return { isNegative, digits: 0n, exponent: exponentTiny }
}

/** The quotient as a whole number, towards zero, and what is left. */
function divided(a: Exact, b: Exact): readonly [quotient: Exact, rest: Exact] {
  const isNegative = a.isNegative !== b.isNegative
  const exponent = Math.min(a.exponent, b.exponent)
  if (a.digits === 0n || adjusted(a) - adjusted(b) <= -2)
    return [{ isNegative, digits: 0n, exponent: 0 }, rescaled(a, exponent)]
  if (adjusted(a) - adjusted(b) > precision) return signal('DivisionImpossible')
  const [left, right] = [rescaled(a, exponent).digits, rescaled(b, exponent).digits]
  const quotient = left / right
  if (countDigits(quotient) > precision) return signal('DivisionImpossible')
  return [
    { isNegative, digits: quotient, exponent: 0 },
    { isNegative: a.isNegative, digits: left % right, exponent },
  ]
}

export function floorOver(a: Exact, b: Exact): Exact {
  if (a.special !== undefined || b.special !== undefined) {
    if (a.special === undefined && b.special === 'Infinity')
      return { isNegative: a.isNegative !== b.isNegative, digits: 0n, exponent: 0 }
    return overSpecial(a, b)
  }
  if (b.digits === 0n) return signal(a.digits === 0n ? 'DivisionUndefined' : 'DivisionByZero')
  return divided(a, b)[0]
}

export function remainder(a: Exact, b: Exact): Exact {
  if (a.special === 'NaN' || b.special === 'NaN') return nan
  if (a.special !== undefined) return invalid()
  if (b.special !== undefined) return finished(a)
  if (b.digits === 0n) return signal(a.digits === 0n ? 'DivisionUndefined' : 'InvalidOperation')
  return finished(divided(a, b)[1])
}

/** Digits that are kept on the way to a power: more than enough for the 28 at its end. */
const powerDigits = 2 * precision

/** Only by whole numbers: Python's other powers take logarithms. */
export function power(base: Exact, by: Exact): Exact {
  if (base.special === 'NaN' || by.special === 'NaN') return nan
  if (by.special !== undefined)
    return raise('NotImplementedError', 'powers by infinity are not supported for decimals')
  const whole = rescaled(by, 0)
  if (compared(whole, by) !== 0)
    return raise('NotImplementedError', 'powers by a fraction are not supported for decimals')
  if (whole.digits === 0n) return isZero(base) ? invalid() : ofInt(1n)
  const isNegative = base.isNegative && whole.digits % 2n === 1n
  if (base.special !== undefined)
    return whole.isNegative ? { isNegative, digits: 0n, exponent: 0 } : infinity(isNegative)
  if (isZero(base)) return whole.isNegative ? infinity(isNegative) : { isNegative, digits: 0n, exponent: 0 }
  const positive = multiplied({ ...base, isNegative: false }, whole.digits)
  const result = whole.isNegative ? reciprocal(positive) : positive
  return finished({ ...result, isNegative })
}

function multiplied(base: Exact, by: bigint): Exact {
  if (by > BigInt(exponentMax) * 100n)
    return raise('NotImplementedError', 'so large a power is not supported for decimals')
  let [result, square]: [Exact, Exact] = [ofInt(1n), base]
  for (let left = by; left > 0n; left /= 2n) {
    if (left % 2n === 1n) result = wide(result, square)
    square = wide(square, square)
  }
  return result
}

function wide(a: Exact, b: Exact): Exact {
  return toDigits(
    { isNegative: false, digits: a.digits * b.digits, exponent: a.exponent + b.exponent },
    powerDigits,
  )
}

function reciprocal(of: Exact): Exact {
  return over(ofInt(1n), of)
}

/** Below, at or above zero; neither is NaN. */
export function compared(a: Exact, b: Exact): number {
  const [left, right] = [signOf(a), signOf(b)]
  if (left !== right || left === 0) return left - right
  if (a.special !== undefined || b.special !== undefined)
    return left * (Number(a.special !== undefined) - Number(b.special !== undefined))
  const far = adjusted(a) - adjusted(b)
  if (far !== 0) return left * far
  const exponent = Math.min(a.exponent, b.exponent)
  const [one, other] = [rescaled(a, exponent).digits, rescaled(b, exponent).digits]
  return left * (one < other ? -1 : Number(one > other))
}

function signOf(of: Exact): number {
  return isZero(of) ? 0 : of.isNegative ? -1 : 1
}

/** A double, exactly. */
export function ofDouble(value: number): Exact {
  if (Number.isNaN(value)) return nan
  if (!Number.isFinite(value)) return infinity(value < 0)
  let [whole, halvings] = [Math.abs(value), 0]
  while (!Number.isInteger(whole)) [whole, halvings] = [whole * 2, halvings + 1]
  const isNegative = value < 0 || Object.is(value, -0)
  return { isNegative, digits: BigInt(whole) * 5n ** BigInt(halvings), exponent: -halvings }
}

/** Towards zero. */
export function truncated(of: Exact): bigint {
  return signed(rescaled(of, 0, 'ROUND_DOWN'))
}

/** Without zeros at its end. */
export function stripped(of: Exact): Exact {
  if (of.special !== undefined) return of
  if (of.digits === 0n) return { ...of, exponent: 0 }
  let { digits, exponent } = of
  while (digits % 10n === 0n) [digits, exponent] = [digits / 10n, exponent + 1]
  return { ...of, digits, exponent }
}

/** With the exponent of another; more than 28 digits are refused. */
export function quantized(of: Exact, exponent: number, mode: Rounding = 'ROUND_HALF_EVEN'): Exact {
  if (!isZero(of) && adjusted(of) - exponent + 1 > precision) return invalid()
  const result = rescaled(of, exponent, mode)
  return countDigits(result.digits) > precision ? invalid() : result
}
