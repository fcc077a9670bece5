import { Dict, View } from './dict.ts'
import { Iterated } from './iterated.ts'
import { textOf } from './markup.ts'
import { failUndefined } from './missing.ts'
import { Float, HOST, Tuple, type Value } from './model.ts'
import { type Int, intOf } from './numbers.ts'
import { raise } from './raise.ts'
import { Range } from './range.ts'
import { PySet } from './sets.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'

/** Python's truth: empty is false, so is zero, so is what is missing. */
export function truth(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value)
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Dict || value instanceof PySet) return value.size > 0
  if (value instanceof Float) return value.value !== 0
  if (value instanceof Undefined) return value.kind.truth?.(value) ?? false
  if (value instanceof Range) return value.length > 0
  if (value instanceof View) return value.dict.size > 0
  if (isHost(value)) {
    const { truth: own, length } = value[HOST]
    return own?.(value as never) ?? length?.(value as never) !== 0
  }
  return textOf(value) !== ''
}

/** Python's `==`. */
export function equal(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right
  if (left instanceof Undefined || right instanceof Undefined) return equalMissing(left, right)
  const [a, b] = [numeric(left), numeric(right)]
  // A bigint and a double are compared exactly.
  // oxlint-disable-next-line eqeqeq
  if (a !== undefined && b !== undefined) return a == b
  if (isHost(left) && left[HOST].equal !== undefined) return left[HOST].equal(left as never, right)
  if (isHost(right) && right[HOST].equal !== undefined) return right[HOST].equal(right as never, left)
  if (left === right) return true
  const text = textOf(left)
  if (text !== undefined) return text === textOf(right)
  return equalContainers(left, right)
}

function equalMissing(left: Value, right: Value): boolean {
  const [self, other] = left instanceof Undefined ? [left, right] : [right as Undefined, left]
  if (self.kind.equal !== undefined) return self.kind.equal(self, other)
  if (other instanceof Undefined && other.kind.equal !== undefined) return other.kind.equal(other, self)
  return other instanceof Undefined && other.kind === self.kind
}

function equalContainers(left: Value, right: Value): boolean {
  if (Array.isArray(left))
    return Array.isArray(right) && left instanceof Tuple === right instanceof Tuple && equalItems(left, right)
  if (left instanceof Dict) return right instanceof Dict && equalDicts(left, right)
  if (isSetLike(left) && isSetLike(right)) return sizeOf(left) === sizeOf(right) && isWithin(left, right)
  if (left instanceof Range && right instanceof Range) return equalRanges(left, right)
  return false
}

function equalItems(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((item, i) => same(item, right[i] as Value))
}

function equalDicts(left: Dict, right: Dict): boolean {
  if (left.size !== right.size) return false
  for (const [key, value] of left.entries()) {
    const other = right.get(key)
    if (other === undefined || !same(value, other)) return false
  }
  return true
}

function equalRanges(left: Range, right: Range): boolean {
  if (left.length !== right.length || left.length === 0) return left.length === right.length
  return left.start === right.start && (left.length === 1 || left.step === right.step)
}

/** What containers ask: the same object or equal, so that a NaN is found in its list. */
export function same(left: Value, right: Value): boolean {
  return left === right || equal(left, right)
}

/** A set, or a view that behaves as one. */
function isSetLike(value: Value): value is PySet | View {
  return value instanceof PySet || (value instanceof View && value.of !== 'values')
}

/** What a set or such a view holds, as a set. */
export function setLike(value: Value): PySet | undefined {
  return isSetLike(value) ? PySet.of(value) : undefined
}

/** A number as JavaScript compares it: bool, int and float, each exactly. */
function numeric(value: Value): Int | undefined {
  return value instanceof Float ? value.value : intOf(value)
}

export type Order = '<' | '<=' | '>' | '>='

/** Python's `<` and its kin. */
export function compare(operator: Order, left: Value, right: Value): boolean {
  const [a, b] = [numeric(left), numeric(right)]
  if (a !== undefined && b !== undefined) return ordered(operator, a, b)
  const [one, other] = [textOf(left), textOf(right)]
  if (one !== undefined && other !== undefined) return ordered(operator, compareText(one, other), 0)
  return compareOthers(operator, left, right)
}

function compareOthers(operator: Order, left: Value, right: Value): boolean {
  if (left instanceof Undefined) return failUndefined(left)
  if (right instanceof Undefined) return failUndefined(right)
  if (Array.isArray(left) && Array.isArray(right) && left instanceof Tuple === right instanceof Tuple)
    return compareItems(operator, left, right)
  if (isSetLike(left) && isSetLike(right)) return compareSets(operator, left, right)
  const ahead = isHost(left) ? left[HOST].compare?.(left as never, right) : undefined
  if (ahead !== undefined) return ordered(operator, ahead, 0)
  const behind = isHost(right) ? right[HOST].compare?.(right as never, left) : undefined
  if (behind !== undefined) return ordered(operator, 0, behind)
  const [a, b] = [typeName(left), typeName(right)]
  return raise('TypeError', `'${operator}' not supported between instances of '${a}' and '${b}'`)
}

function ordered(operator: Order, left: Int, right: Int): boolean {
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  return operator === '>' ? left > right : left >= right
}

function compareItems(operator: Order, left: readonly Value[], right: readonly Value[]): boolean {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const [a, b] = [left[i] as Value, right[i] as Value]
    if (!same(a, b)) return compare(operator, a, b)
  }
  return ordered(operator, left.length, right.length)
}

function compareSets(operator: Order, left: PySet | View, right: PySet | View): boolean {
  if (operator === '>' || operator === '>=') return compareSets(operator === '>' ? '<' : '<=', right, left)
  const isSmaller = operator === '<' ? sizeOf(left) < sizeOf(right) : sizeOf(left) <= sizeOf(right)
  return isSmaller && isWithin(left, right)
}

/** Asked item by item: values of a dict need be no keys. */
function isWithin(left: PySet | View, right: PySet | View): boolean {
  for (const item of left) if (!contains(item, right)) return false
  return true
}

function sizeOf(value: PySet | View): number {
  return value instanceof View ? value.dict.size : value.size
}

const surrogate = /[\ud800-\udfff]/

/** By code points, where JavaScript's `<` goes by halves of surrogate pairs. */
function compareText(left: string, right: string): number {
  if (left === right) return 0
  if (!surrogate.test(left) && !surrogate.test(right)) return left < right ? -1 : 1
  const [a, b] = [Array.from(left), Array.from(right)]
  for (const [i, character] of a.entries()) {
    const other = b[i]
    if (other === undefined) return 1
    if (other !== character) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)
  }
  return -1
}

/** Python's `item in container`. */
export function contains(item: Value, container: Value): boolean {
  const text = textOf(container)
  if (text !== undefined) return containsText(item, text)
  if (Array.isArray(container)) return container.some(each => same(each, item))
  if (container instanceof Dict || container instanceof PySet) return container.has(item)
  if (container instanceof Undefined) return within(item, container.kind.iterate?.(container) ?? [])
  if (container instanceof Range) return containsNumber(item, container)
  if (container instanceof View) return containsInView(item, container)
  if (container instanceof Iterated) return within(item, container)
  if (isHost(container)) {
    const { contains: own, iterate } = container[HOST]
    if (own) return own(container as never, item)
    if (iterate) return within(item, iterate(container as never))
  }
  return raise('TypeError', `argument of type '${typeName(container)}' is not iterable`)
}

function containsText(item: Value, text: string): boolean {
  const part = textOf(item)
  if (part !== undefined) return text.includes(part)
  return raise('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`)
}

function containsNumber(item: Value, range: Range): boolean {
  const number = numeric(item)
  return number !== undefined && range.indexOf(Number(number)) !== undefined
}

function containsInView(item: Value, view: View): boolean {
  if (view.of === 'keys') return view.dict.has(item)
  if (view.of === 'values') return within(item, view)
  if (!(item instanceof Tuple) || item.length !== 2) return false
  const value = view.dict.get(item[0] as Value)
  return value !== undefined && same(value, item[1] as Value)
}

function within(item: Value, items: Iterable<Value>): boolean {
  for (const each of items) if (same(each, item)) return true
  return false
}
