import { div, mul, pow } from './arithmetic.ts'
import { truncated } from './convert.ts'
import type { Dialect } from './dialect.ts'
import { divideHalfEven, roundFloat } from './format/decimal.ts'
import { Float, HOST, type Value } from './model.ts'
import { type Int, floatOf, int, intOf } from './numbers.ts'
import { raise } from './raise.ts'
import { isHost, typeName } from './types.ts'
import { wantIndex } from './numbers.ts'

/** Python's `abs(value)`. */
export function abs(value: Value): Value {
  if (value instanceof Float) return new Float(Math.abs(value.value))
  const held = intOf(value)
  if (held !== undefined) return held < 0 ? -held : held
  const own = isHost(value) ? value[HOST].operate?.('abs', value, null) : undefined
  return own ?? raise('TypeError', `bad operand type for abs(): '${typeName(value)}'`)
}

/** Python's `round(value, digits)`: halves go to the even digit. */
export function roundHalfEven(value: Value, digits: Value): Value {
  const held = intOf(value)
  if (!(value instanceof Float) && held === undefined) {
    const own = isHost(value) ? value[HOST].operate?.('round', value, digits) : undefined
    return own ?? raise('TypeError', `type ${typeName(value)} doesn't define __round__ method`)
  }
  if (digits === null) return value instanceof Float ? truncated(roundFloat(value.value, 0)) : (held ?? 0)
  const places = wantIndex(digits, typeName)
  return value instanceof Float ? new Float(roundFinite(value.value, places)) : roundInt(held ?? 0, places)
}

function roundFinite(value: number, places: number): number {
  const rounded = roundFloat(value, places)
  if (Number.isFinite(value) && !Number.isFinite(rounded))
    return raise('OverflowError', 'rounded value too large to represent')
  return rounded
}

/** Tens beyond which every int within the limits is zero. */
const tensMax = 400_000

function roundInt(value: Int, places: number): Int {
  if (places >= 0) return value
  if (-places > tensMax) return 0
  const unit = 10n ** BigInt(-places)
  const size = value < 0 ? -BigInt(value) : BigInt(value)
  const rounded = divideHalfEven(size, unit) * unit
  return int(value < 0 ? -rounded : rounded)
}

/** jinja2's `round(…, 'ceil')`. */
export function roundUp(dialect: Dialect, value: Value, precision: Value): Value {
  return towards(dialect, { value, precision, to: Math.ceil })
}

/** jinja2's `round(…, 'floor')`. */
export function roundDown(dialect: Dialect, value: Value, precision: Value): Value {
  return towards(dialect, { value, precision, to: Math.floor })
}

type Towards = { readonly value: Value; readonly precision: Value; readonly to: (value: number) => number }

function towards(dialect: Dialect, { value, precision, to }: Towards): Value {
  const scale = pow(dialect, 10, precision)
  const scaled = mul(dialect, value, scale)
  const held = intOf(scaled)
  if (held !== undefined) return div(held, scale)
  const double = floatOf(scaled) ?? raise('TypeError', `must be real number, not ${typeName(scaled)}`)
  return div(truncated(to(double)), scale)
}
