import { abs } from '../round.ts'
import { toFloat, toInt } from '../convert.ts'
import type { Filter } from '../dialect.ts'
import { printFloat } from '../float.ts'
import { fixed } from '../format/decimal.ts'
import { truth } from '../compare.ts'
import { textOf } from '../markup.ts'
import { Float, type Value } from '../model.ts'
import { wantIndex } from '../numbers.ts'
import { isRaised, raise } from '../raise.ts'
import { roundDown, roundHalfEven, roundUp } from '../round.ts'
import { typeName } from '../types.ts'
import { builtin, filter } from './filter.ts'

/** What stands in place of a value that cannot be converted. */
function or(otherwise: Value, kinds: readonly string[], make: () => Value): Value {
  try {
    return make()
  } catch (thrown) {
    if (isRaised(thrown, ...kinds)) return otherwise
    throw thrown
  }
}

const unfit = ['TypeError', 'ValueError']

function toIntOr(value: Value, otherwise: Value, base: Value): Value {
  try {
    return toInt(value, textOf(value) === undefined ? 10 : wantIndex(base, typeName))
  } catch (thrown) {
    if (!isRaised(thrown, ...unfit)) throw thrown
    return or(otherwise, [...unfit, 'OverflowError'], () => toInt(new Float(toFloat(value))))
  }
}

const sizes = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

function fileSize(value: Value, binary: boolean): string {
  const bytes = toFloat(value)
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${toInt(new Float(bytes))} Bytes`
  const found = sizes.findIndex((_, i) => bytes < base ** (i + 2))
  const at = found < 0 ? sizes.length - 1 : found
  const size = (base * bytes) / base ** (at + 2)
  const letter = sizes[at] ?? ''
  const shown = Number.isFinite(size) ? fixed(size, 1) : printFloat(size)
  return `${shown} ${binary ? `${letter.toUpperCase()}iB` : `${letter}B`}`
}

/** Filters that make numbers, or text of them. */
export const numberFilters: { readonly [name: string]: Filter } = {
  abs: builtin('abs', abs),
  int: filter('do_int', 'value, default=0, base=10', ([value, otherwise, base]) =>
    toIntOr(value, otherwise, base),
  ),
  float: filter('do_float', 'value, default=0.0', ([value, otherwise]) =>
    or(otherwise, unfit, () => new Float(toFloat(value))),
  ),
  round: filter('do_round', "value, precision=0, method='common'", ([value, precision, method], dialect) => {
    if (method === 'common') return roundHalfEven(value, precision)
    if (method === 'ceil') return roundUp(dialect, value, precision)
    if (method === 'floor') return roundDown(dialect, value, precision)
    return raise('FilterArgumentError', 'method must be common, ceil or floor')
  }),
  filesizeformat: filter('do_filesizeformat', 'value, binary=False', ([value, binary]) =>
    fileSize(value, truth(binary)),
  ),
}
