import { mod } from './arithmetic.ts'
import { type Arguments, bind, signature } from './bind.ts'
import { compare, contains, equal } from './compare.ts'
import type { Dialect, Test } from './dialect.ts'
import { Dict } from './dict.ts'
import { iterable, lengthOf } from './iterate.ts'
import { Markup, textOf } from './markup.ts'
import { isLowerCase, isUpperCase } from './methods/letters.ts'
import { Float, HOST, type Value } from './model.ts'
import { str } from './print.ts'
import { isRaised, raise } from './raise.ts'
import { PySet } from './sets.ts'
import { isCallable, isHost, isMapping } from './types.ts'
import { Undefined } from './undefined.ts'
import { Iterated } from './iterated.ts'
import { View } from './dict.ts'

function test(name: string, parameters: string, run: (values: Arguments, dialect: Dialect) => boolean): Test {
  const declared = signature(name, parameters)
  return (dialect, values, named) => run(bind(declared, values, named), dialect)
}

/** Python's operators, as functions of two values. */
function operator(name: string, run: (left: Value, right: Value) => boolean): Test {
  return (_, values, named) => {
    if (named !== undefined && named.size > 0)
      return raise('TypeError', `_operator.${name}() takes no keyword arguments`)
    const [left, right, ...more] = values
    if (left === undefined || right === undefined || more.length > 0)
      return raise('TypeError', `${name} expected 2 arguments, got ${values.length}`)
    return run(left, right)
  }
}

const isInteger = (value: Value) => typeof value === 'number' || typeof value === 'bigint'

function isNumber(value: Value): boolean {
  if (isInteger(value) || typeof value === 'boolean' || value instanceof Float) return true
  return isHost(value) && value[HOST].is?.includes('number') === true
}

/** It has a length and items; what raises when asked has not. */
function isSequence(value: Value): boolean {
  if (value instanceof PySet || value instanceof View || value instanceof Iterated) return false
  if (isHost(value)) return value[HOST].length !== undefined && value[HOST].item !== undefined
  try {
    return lengthOf(value) !== undefined
  } catch (thrown) {
    if (isRaised(thrown)) return false
    throw thrown
  }
}

/** Python's `is`; small and equal constants are one object. */
function isSame(left: Value, right: Value): boolean {
  if (left instanceof Float && right instanceof Float)
    return Object.is(left.value, right.value) && left === right
  return left === right
}

const eq = operator('eq', equal)
const ne = operator('ne', (left, right) => !equal(left, right))
const gt = operator('gt', (left, right) => compare('>', left, right))
const ge = operator('ge', (left, right) => compare('>=', left, right))
const lt = operator('lt', (left, right) => compare('<', left, right))
const le = operator('le', (left, right) => compare('<=', left, right))

/** All tests of jinja2, by name. */
export const builtinTests: ReadonlyMap<string, Test> = new Map(
  Object.entries({
    odd: test('test_odd', 'value', ([value], dialect) => equal(mod(dialect, value, 2), 1)),
    even: test('test_even', 'value', ([value], dialect) => equal(mod(dialect, value, 2), 0)),
    divisibleby: test('test_divisibleby', 'value, num', ([value, by], dialect) =>
      equal(mod(dialect, value, by), 0),
    ),
    defined: test('test_defined', 'value', ([value]) => !(value instanceof Undefined)),
    undefined: test('test_undefined', 'value', ([value]) => value instanceof Undefined),
    filter: (dialect, values, named) => {
      const [, name] = bind(signature('test_filter', 'env, value'), [null, ...values], named)
      return dialect.filters.has(hashed(name))
    },
    test: (dialect, values, named) => {
      const [, name] = bind(signature('test_test', 'env, value'), [null, ...values], named)
      return dialect.tests.has(hashed(name))
    },
    none: test('test_none', 'value', ([value]) => value === null),
    boolean: test('test_boolean', 'value', ([value]) => typeof value === 'boolean'),
    false: test('test_false', 'value', ([value]) => value === false),
    true: test('test_true', 'value', ([value]) => value === true),
    integer: test('test_integer', 'value', ([value]) => isInteger(value)),
    float: test('test_float', 'value', ([value]) => value instanceof Float),
    lower: test('test_lower', 'value', ([value]) => isLowerCase(str(value))),
    upper: test('test_upper', 'value', ([value]) => isUpperCase(str(value))),
    string: test('test_string', 'value', ([value]) => textOf(value) !== undefined),
    mapping: test('test_mapping', 'value', ([value]) => isMapping(value)),
    number: test('test_number', 'value', ([value]) => isNumber(value)),
    sequence: test('test_sequence', 'value', ([value]) => isSequence(value)),
    sameas: test('test_sameas', 'value, other', ([value, other]) => isSame(value, other)),
    iterable: test('test_iterable', 'value', ([value]) => iterable(value) !== undefined),
    escaped: test('test_escaped', 'value', ([value]) => value instanceof Markup),
    in: test('test_in', 'value, seq', ([value, container]) => contains(value, container)),
    callable: (_, values, named) => {
      if (named !== undefined && named.size > 0)
        return raise('TypeError', 'callable() takes no keyword arguments')
      const [value, ...more] = values
      if (value === undefined || more.length > 0)
        return raise('TypeError', `callable() takes exactly one argument (${values.length} given)`)
      // jinja2's Undefined has a `__call__`, so that Python takes it for callable.
      return value instanceof Undefined || isCallable(value)
    },
    '==': eq,
    eq,
    equalto: eq,
    '!=': ne,
    ne,
    '>': gt,
    gt,
    greaterthan: gt,
    '>=': ge,
    ge,
    '<': lt,
    lt,
    lessthan: lt,
    '<=': le,
    le,
  }),
)

/** A name, where anything that can be a key is asked for. */
function hashed(name: Value): string {
  new Dict().has(name)
  return textOf(name) ?? ''
}
