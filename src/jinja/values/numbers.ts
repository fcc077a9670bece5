import { Float, HOST, type Value } from './model.ts'
import { raise } from './raise.ts'
import { isHost } from './types.ts'

/** An int, as it is held: a number while it is safe. */
export type Int = number | bigint

/** A bigint as it is held. */
export function int(value: bigint): Int {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** An integral double as an int. */
export function intOfFloat(value: number): Int {
  return Number.isSafeInteger(value) ? value + 0 : int(BigInt(value))
}

/** The int that a value is: a bool is one. */
export function intOf(value: Value | undefined): Int | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return typeof value === 'boolean' ? Number(value) : undefined
}

/** A safe int, as an index or a count is; a larger one is beyond everything. */
export function indexOf(value: Value | undefined): number | undefined {
  const held = intOf(value)
  if (typeof held !== 'bigint') return held
  return held > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
}

/** An int where Python asks for one (`__index__`). */
export function wantIndex(value: Value | undefined, typeNamed: (value: Value) => string): number {
  const index = indexOf(value)
  if (index !== undefined) return index
  return raise('TypeError', `'${typeNamed(value ?? null)}' object cannot be interpreted as an integer`)
}

/** A flag where C asks for an int: a text is none. */
export function wantFlag(value: Value, typeNamed: (value: Value) => string): boolean {
  if (typeof value === 'bigint') return raise('OverflowError', 'Python int too large to convert to C int')
  const flag = wantIndex(value, typeNamed)
  if (Math.abs(flag) > intMax) return raise('OverflowError', 'Python int too large to convert to C int')
  return flag !== 0
}

/** C's largest int. */
const intMax = 2 ** 31

/** The double of a number of Python; a host's number is asked. */
export function floatOf(value: Value): number | undefined {
  if (value instanceof Float) return value.value
  const held = intOf(value)
  if (held !== undefined) return doubleOf(held)
  if (!isHost(value)) return undefined
  const number = value[HOST].number?.(value as never)
  if (number === undefined) return undefined
  return number instanceof Float ? number.value : doubleOf(number)
}

/** `float(int)`. */
export function doubleOf(value: Int): number {
  const double = Number(value)
  return Number.isFinite(double) ? double : raise('OverflowError', 'int too large to convert to float')
}

/** Binary digits. */
export function bitsOf(value: Int): number {
  return (value < 0 ? -BigInt(value) : BigInt(value)).toString(16).length * 4
}
