import { Float, type Value } from './model.ts'
import { type Int, doubleOf, int } from './numbers.ts'
import { raise, refuse } from './raise.ts'

/** Python's `a ** b` of ints: an int, unless `b` is below zero. */
export function powerOfInts(a: Int, b: Int): Value {
  if (b < 0) return new Float(powerOfFloats(doubleOf(a), doubleOf(b)))
  const quick = Number(a) ** Number(b)
  if (Number.isSafeInteger(quick)) return quick + 0
  return int(BigInt(a) ** BigInt(b))
}

/** Python's `x ** y` of floats. */
export function powerOfFloats(x: number, y: number): number {
  if (x === 0 && y < 0) return raise('ZeroDivisionError', '0.0 cannot be raised to a negative power')
  // IEEE 754 says so, and JavaScript otherwise.
  if (x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y))) return 1
  if (x < 0 && Number.isFinite(x) && Number.isFinite(y) && !Number.isInteger(y))
    return refuse('a complex number')
  const power = x ** y
  if (Number.isFinite(x) && Number.isFinite(y) && !Number.isFinite(power))
    return raise('OverflowError', "(34, 'Numerical result out of range')")
  return power
}
