import type { Dialect } from '../dialect.ts'
import { textOf } from '../markup.ts'
import { failUndefined } from '../missing.ts'
import { Float, HOST, type Value } from '../model.ts'
import { intOf } from '../numbers.ts'
import { str } from '../print.ts'
import { raise } from '../raise.ts'
import { slicePoints } from '../text.ts'
import { isHost, typeName } from '../types.ts'
import { Undefined } from '../undefined.ts'
import { formatFloat, formatInt } from './number.ts'
import { padded, parseSpecification, unknownCode } from './specification.ts'

/** Python's `format(value, specification)`. */
export function formatValue(dialect: Dialect, value: Value, specification: string): string {
  if (specification === '') return str(value)
  if (value instanceof Float)
    return formatFloat(value.value, parseSpecification(specification, 'float', dialect))
  const int = intOf(value)
  if (int !== undefined) return formatInt(int, parseSpecification(specification, typeName(value), dialect))
  const text = textOf(value)
  if (text !== undefined) return formatText(dialect, text, specification)
  if (isHost(value) && value[HOST].format) return value[HOST].format(value as never, specification)
  if (value instanceof Undefined && value.kind.fail) return failUndefined(value)
  return raise('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`)
}

function formatText(dialect: Dialect, text: string, specification: string): string {
  const spec = parseSpecification(specification, 'str', dialect)
  if (spec.type !== undefined && spec.type !== 's') return unknownCode(spec)
  if (spec.sign !== undefined)
    return raise(
      'ValueError',
      `${spec.sign === ' ' ? 'Space' : 'Sign'} not allowed in string format specifier`,
    )
  if (spec.noNegativeZero)
    return raise('ValueError', 'Negative zero coercion (z) not allowed in string format specifier')
  if (spec.alternate) return raise('ValueError', 'Alternate form (#) not allowed in string format specifier')
  if (spec.align === '=') return raise('ValueError', "'=' alignment not allowed in string format specifier")
  return padded(spec, spec.precision === undefined ? text : slicePoints(text, 0, spec.precision))
}
