import { Float, type Value } from '../model.ts'
import { type Int, int, intOf } from '../numbers.ts'
import { raise } from '../raise.ts'
import type { Range } from '../range.ts'
import { tupleOf } from '../tuple.ts'
import { type Method, type Methods, none, one } from './method.ts'
import { repr } from '../print.ts'
import { equal } from '../compare.ts'

const ofInt: { readonly [name: string]: Method<Int | boolean> } = {
  bit_length: none(self => {
    const held = BigInt(self)
    return held === 0n ? 0 : (held < 0n ? -held : held).toString(2).length
  }),
  bit_count: none(self => {
    const held = BigInt(self)
    return (held < 0n ? -held : held).toString(2).replaceAll('0', '').length
  }),
  conjugate: none(self => intOf(self) ?? 0),
  as_integer_ratio: none(self => tupleOf([intOf(self) ?? 0, 1])),
}

export const intMethods: Methods<Int | boolean> = new Map(Object.entries(ofInt))

const ofFloat: { readonly [name: string]: Method<Float> } = {
  is_integer: none(({ value }) => Number.isInteger(value)),
  conjugate: none(self => self),
  as_integer_ratio: none(({ value }) => ratio(value)),
}

function ratio(value: number): Value {
  if (Number.isNaN(value)) return raise('ValueError', 'cannot convert NaN to integer ratio')
  if (!Number.isFinite(value)) return raise('OverflowError', 'cannot convert Infinity to integer ratio')
  let [top, bottom] = [value, 1n]
  while (!Number.isInteger(top)) {
    top *= 2
    bottom *= 2n
  }
  return tupleOf([int(BigInt(top)), int(bottom)])
}

export const floatMethods: Methods<Float> = new Map(Object.entries(ofFloat))

/** `real` and the like: attributes of numbers. */
export function numberAttribute(value: Value, name: string): Value | undefined {
  const held = intOf(value)
  if (held !== undefined) {
    if (name === 'real' || name === 'numerator') return held
    if (name === 'imag') return 0
    return name === 'denominator' ? 1 : undefined
  }
  if (!(value instanceof Float)) return undefined
  if (name === 'real') return value
  return name === 'imag' ? new Float(0) : undefined
}

const ofRange: { readonly [name: string]: Method<Range> } = {
  count: one((range, [item]) => Array.from(range).filter(each => equal(each, item)).length),
  index: one((range, [item]) => {
    const at = Array.from(range).findIndex(each => equal(each, item))
    if (at >= 0) return at
    const words =
      intOf(item) === undefined ? 'sequence.index(x): x not in sequence' : `${repr(item)} is not in range`
    return raise('ValueError', words)
  }),
}

export const rangeMethods: Methods<Range> = new Map(Object.entries(ofRange))
