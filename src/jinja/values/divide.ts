import { type Int, int } from './numbers.ts'
import { raise } from './raise.ts'

/** Python's `a % b` of ints: it has the sign of `b`. */
export function moduloInts(a: Int, b: Int): Int {
  if (b === 0) return raise('ZeroDivisionError', 'integer modulo by zero')
  if (typeof a === 'number' && typeof b === 'number') {
    const rest = a % b
    return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0
  }
  const [x, y] = [BigInt(a), BigInt(b)]
  const rest = x % y
  return int(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest)
}

/** Python's `a // b` of ints: rounded down. */
export function floorDivideInts(a: Int, b: Int): Int {
  if (b === 0) return raise('ZeroDivisionError', 'integer division or modulo by zero')
  if (typeof a === 'number' && typeof b === 'number') {
    // The rest is exact, and without it the quotient is.
    const rest = a % b
    return (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0) + 0
  }
  const [x, y] = [BigInt(a), BigInt(b)]
  const rest = x % y
  return int(x / y - (rest !== 0n && rest < 0n !== y < 0n ? 1n : 0n))
}

/** Digits of a quotient beyond which only whether there is a rest counts: a double has 53. */
const quotientBits = 66

/** Python's `a / b` of ints: the double that is nearest to the true quotient. */
export function divideInts(a: Int, b: Int): number {
  if (b === 0) return raise('ZeroDivisionError', 'division by zero')
  if (typeof a === 'number' && typeof b === 'number') return a / b
  const [x, y] = [BigInt(a), BigInt(b)]
  const [top, bottom] = [x < 0n ? -x : x, y < 0n ? -y : y]
  const shift = Math.max(0, quotientBits + bottom.toString(2).length - top.toString(2).length)
  const shifted = top << BigInt(shift)
  const quotient = shifted / bottom
  const rest = shifted % bottom === 0n ? 0n : 1n
  const size = Number((quotient << 1n) | rest) * 2 ** -(shift + 1)
  if (!Number.isFinite(size)) return raise('OverflowError', 'integer division result too large for a float')
  return x < 0n === y < 0n ? size : -size
}

/** Python's `x % y` of floats. */
export function moduloFloats(x: number, y: number): number {
  if (y === 0) return raise('ZeroDivisionError', 'float modulo')
  const rest = x % y
  if (rest === 0) return Math.sign(y) < 0 || Object.is(y, -0) ? -0 : 0
  return rest < 0 !== y < 0 ? rest + y : rest
}

/** Python's `x // y` of floats. */
export function floorDivideFloats(x: number, y: number): number {
  if (y === 0) return raise('ZeroDivisionError', 'float floor division by zero')
  const rest = x % y
  const whole = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0)
  if (whole === 0) return Object.is(x / y, -0) || x / y < 0 ? -0 : 0
  const floor = Math.floor(whole)
  return whole - floor > 0.5 ? floor + 1 : floor
}
