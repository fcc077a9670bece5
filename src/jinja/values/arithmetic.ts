import { setLike } from './compare.ts'
import { View } from './dict.ts'
import { iterable } from './iterate.ts'
import type { Dialect } from './dialect.ts'
import { formatPercent } from './format/percent.ts'
import { Markup, escapeText, textOf } from './markup.ts'
import { failUndefined } from './missing.ts'
import { Float, HOST, Tuple, type Value } from './model.ts'
import { type Int, bitsOf, doubleOf, indexOf, int, intOf } from './numbers.ts'
import { raise, tooLarge } from './raise.ts'
import { PySet } from './sets.ts'
import { tupleOf } from './tuple.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'
import { divideInts, floorDivideFloats, floorDivideInts, moduloFloats, moduloInts } from './divide.ts'
import { powerOfFloats, powerOfInts } from './power.ts'

/** Python's `left + right`. */
export function add(dialect: Dialect, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right
    return Number.isSafeInteger(sum) ? sum : int(BigInt(left) + BigInt(right))
  }
  if (typeof left === 'string' && typeof right === 'string') return left + right
  return numbers('+', left, right) ?? joined(dialect, left, right) ?? unable('+', left, right)
}

function joined(dialect: Dialect, left: Value, right: Value): Value | undefined {
  if (left instanceof Markup || right instanceof Markup) {
    const [one, other] = [htmlOf(left), htmlOf(right)]
    if (one !== undefined && other !== undefined) return new Markup(one + other)
  }
  if (!Array.isArray(left) || !Array.isArray(right)) return undefined
  if (left instanceof Tuple !== right instanceof Tuple) return undefined
  const { itemsMax } = dialect.limits
  if (left.length + right.length > itemsMax) return tooLarge('a list', itemsMax)
  return left instanceof Tuple ? tupleOf([...left, ...right]) : [...left, ...right]
}

function htmlOf(value: Value): string | undefined {
  if (value instanceof Markup) return value.text
  return typeof value === 'string' ? escapeText(value) : undefined
}

/** Python's `left - right`. */
export function sub(left: Value, right: Value): Value {
  const difference = numbers('-', left, right)
  if (difference !== undefined) return difference
  const [one, other] = [setLike(left), left instanceof View ? setOf(right) : setLike(right)]
  if (one && other) return PySet.of(Array.from(one).filter(item => !other.has(item)))
  return unable('-', left, right)
}

/** A view subtracts anything that can be iterated, a set only another one. */
function setOf(value: Value): PySet | undefined {
  const items = iterable(value)
  return items && PySet.of(items)
}

/** Python's `left * right`: texts and lists are repeated. */
export function mul(dialect: Dialect, left: Value, right: Value): Value {
  const product = numbers('*', left, right)
  if (product !== undefined) return product
  if (isSequence(left)) return repeated(dialect, left, right)
  if (isSequence(right)) return repeated(dialect, right, left)
  return unable('*', left, right)
}

function isSequence(value: Value): value is string | Markup | Value[] {
  return textOf(value) !== undefined || Array.isArray(value)
}

function repeated(dialect: Dialect, sequence: string | Markup | Value[], by: Value): Value {
  if (by instanceof Undefined) return failUndefined(by)
  const times = Math.max(0, indexOf(by) ?? notTimes(sequence, by))
  const { itemsMax, textCharsMax } = dialect.limits
  if (Array.isArray(sequence)) {
    if (sequence.length * times > itemsMax) return tooLarge('a list', itemsMax)
    const items = Array.from(
      { length: sequence.length * times },
      (_, i) => sequence[i % sequence.length] as Value,
    )
    return sequence instanceof Tuple ? tupleOf(items) : items
  }
  const text = textOf(sequence) ?? ''
  if (text.length * times > textCharsMax) return tooLarge('a text', textCharsMax)
  const long = text === '' ? '' : text.repeat(times)
  return sequence instanceof Markup ? new Markup(long) : long
}

function notTimes(sequence: string | Markup | Value[], by: Value): never {
  const type = typeName(by)
  // markupsafe hands it on to a function of C, which has words of its own.
  for (const [side, other] of [
    [sequence, type],
    [by, typeName(sequence)],
  ] as const)
    if (side instanceof Markup)
      return raise('TypeError', `'${other}' object cannot be interpreted as an integer`)
  return raise('TypeError', `can't multiply sequence by non-int of type '${type}'`)
}

/** Python's `left / right`: always a float. */
export function div(left: Value, right: Value): Value {
  return numbers('/', left, right) ?? unable('/', left, right)
}

/** Python's `left // right`: rounded down. */
export function floordiv(left: Value, right: Value): Value {
  return numbers('//', left, right) ?? unable('//', left, right)
}

/** Python's `left % right`: the sign of the right side; a text is filled in. */
export function mod(dialect: Dialect, left: Value, right: Value): Value {
  if (typeof left === 'string') return formatPercent(dialect, left, right)
  if (left instanceof Markup) return new Markup(formatPercent(dialect, left, right))
  return numbers('%', left, right) ?? unable('%', left, right)
}

/** Python's `left ** right`. */
export function pow(dialect: Dialect, left: Value, right: Value): Value {
  const [a, b] = [intOf(left), intOf(right)]
  const bits = dialect.limits.intBitsMax
  if (
    a !== undefined &&
    b !== undefined &&
    b > 0 &&
    bitsOf(a) * Number(b) > bits &&
    a !== 1 &&
    a !== -1 &&
    a !== 0
  )
    return tooLarge('a power', bits)
  return numbers('**', left, right) ?? unable('** or pow()', left, right)
}

/** Python's `-value`. */
export function neg(value: Value): Value {
  if (value instanceof Float) return new Float(-value.value)
  const held = intOf(value)
  if (held !== undefined) return typeof held === 'bigint' ? int(-held) : 0 - held
  return unary('-', value)
}

/** Python's `+value`. */
export function pos(value: Value): Value {
  if (value instanceof Float) return value
  return intOf(value) ?? unary('+', value)
}

function unary(operator: string, value: Value): Value {
  if (value instanceof Undefined) return failUndefined(value)
  const own = isHost(value) ? value[HOST].operate?.(`${operator}x`, value, null) : undefined
  return own ?? raise('TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`)
}

type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** undefined: these are not two numbers. */
function numbers(operator: Operator, left: Value, right: Value): Value | undefined {
  const [a, b] = [intOf(left), intOf(right)]
  if (a !== undefined && b !== undefined) return ints(operator, a, b)
  const isLeft = a !== undefined || left instanceof Float
  const isRight = b !== undefined || right instanceof Float
  return isLeft && isRight ? new Float(floats(operator, double(left), double(right))) : undefined
}

/** The double of an int or a float. */
function double(value: Value): number {
  return value instanceof Float ? value.value : doubleOf(intOf(value) ?? 0)
}

function ints(operator: Operator, a: Int, b: Int): Value {
  if (operator === '/') return new Float(divideInts(a, b))
  if (operator === '//') return floorDivideInts(a, b)
  if (operator === '%') return moduloInts(a, b)
  if (operator === '**') return powerOfInts(a, b)
  if (typeof a === 'number' && typeof b === 'number') {
    const result = operator === '+' ? a + b : operator === '-' ? a - b : a * b
    if (Number.isSafeInteger(result)) return result + 0
  }
  const [x, y] = [BigInt(a), BigInt(b)]
  return int(operator === '+' ? x + y : operator === '-' ? x - y : x * y)
}

function floats(operator: Operator, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
      return y === 0 ? raise('ZeroDivisionError', 'float division by zero') : x / y
    case '//':
      return floorDivideFloats(x, y)
    case '%':
      return moduloFloats(x, y)
    default:
      return powerOfFloats(x, y)
  }
}

/** Hosts are asked; otherwise Python's words. */
function unable(operator: string, left: Value, right: Value): Value {
  const sign = operator.split(' ')[0] ?? operator
  for (const side of [left, right]) {
    if (side instanceof Undefined) return failUndefined(side)
    const own = isHost(side) ? side[HOST].operate?.(sign, left, right) : undefined
    if (own !== undefined) return own
  }
  if (sign === '+' && isSequence(left) && !(left instanceof Markup)) {
    const name = typeName(left)
    return raise('TypeError', `can only concatenate ${name} (not "${typeName(right)}") to ${name}`)
  }
  const [a, b] = [typeName(left), typeName(right)]
  return raise('TypeError', `unsupported operand type(s) for ${operator}: '${a}' and '${b}'`)
}
