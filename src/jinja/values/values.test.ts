import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  bind,
  builtinFilters,
  builtinTests,
  CALL,
  callable,
  callFilter,
  callMethod,
  callTest,
  callValue,
  compare,
  contains,
  type Dialect,
  dialectOf,
  Dict,
  equal,
  Float,
  floordiv,
  formatValue,
  getattr,
  getitem,
  HOST,
  type Host,
  type HostType,
  Iterated,
  json,
  listOf,
  mod,
  mul,
  neg,
  pow,
  PySet,
  type Raised,
  raise,
  repr,
  signature,
  str,
  sub,
  toFloat,
  toInt,
  tupleOf,
  truth,
  undefinedKinds,
  type UndefinedKind,
  type Value,
  valueLimits,
} from './index.ts'

function dialectWith(parts: Partial<Dialect> = {}): Dialect {
  return dialectOf({
    undefined: undefinedKinds.lenient,
    filters: builtinFilters,
    tests: builtinTests,
    limits: valueLimits,
    ...parts,
  })
}

const dialect = dialectWith()

/** `TypeError: …`, as a template's edge tells it. */
function raisedBy(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    const { kind, words } = thrown as Raised
    return `${kind}: ${words}`
  }
  return 'nothing'
}

/** A number of a host, as a Decimal would be. */
class Cents implements Host {
  readonly cents: number
  constructor(cents: number) {
    this.cents = cents
  }
  get [HOST](): HostType<never> {
    return centsType as HostType<never>
  }
}

function centsOf(value: Value): number | undefined {
  if (value instanceof Cents) return value.cents
  return typeof value === 'number' ? value * 100 : undefined
}

const centsType: HostType<Cents> = {
  name: 'money.Cents',
  attribute: (self, name) => (name === 'cents' ? self.cents : name === 'nothing' ? null : undefined),
  str: self => (self.cents / 100).toFixed(2),
  repr: self => `Cents(${self.cents})`,
  truth: self => self.cents !== 0,
  is: ['number'],
  number: self => new Float(self.cents / 100),
  equal: (self, other) => self.cents === centsOf(other),
  key: self => String(self.cents),
  compare: (self, other) => self.cents - (centsOf(other) ?? raise('TypeError', 'not money')),
  format: (self, specification) => `${specification}:${self.cents}`,
  operate: (operator, left, right) => {
    const [a, b] = [centsOf(left), centsOf(right)]
    if (operator === 'abs' && a !== undefined) return new Cents(Math.abs(a))
    return operator === '+' && a !== undefined && b !== undefined ? new Cents(a + b) : undefined
  },
}

describe('hosts', () => {
  const one = new Cents(100)

  test('are seen through their type alone', () => {
    expect(getattr(dialect, one, 'cents')).toBe(100)
    expect(getattr(dialect, one, 'nothing')).toBeNull()
    expect(raisedBy(() => add(dialect, getattr(dialect, one, 'constructor'), 1))).toBe(
      "UndefinedError: 'money.Cents object' has no attribute 'constructor'",
    )
    expect(raisedBy(() => str(callValue(one, []) as Value))).toBe("TypeError: 'Cents' object is not callable")
    expect(raisedBy(() => listOf(one))).toBe("TypeError: 'Cents' object is not iterable")
  })

  test('print, compare, add and stand as keys as they say', () => {
    expect([str(one), repr([one]), truth(new Cents(0))]).toEqual(['1.00', '[Cents(100)]', false])
    expect(str(add(dialect, 1, one))).toBe('2.00')
    expect(raisedBy(() => sub(one, 1))).toBe(
      "TypeError: unsupported operand type(s) for -: 'Cents' and 'int'",
    )
    expect([equal(1, one), compare('<', one, 2), compare('>', 2, one)]).toEqual([true, true, true])
    expect(Dict.of([[one, 'a']]).get(new Cents(100))).toBe('a')
    expect(contains(one, [new Cents(100)])).toBe(true)
    expect(formatValue(dialect, one, '.2f')).toBe('.2f:100')
  })

  test('are numbers where they say so', () => {
    expect(callTest(dialect, { name: 'number', values: [one] })).toBe(true)
    expect([toInt(new Cents(250)), toFloat(one)]).toEqual([2, 1])
    expect(str(callFilter(dialect, { name: 'abs', values: [new Cents(-5)] }) as Value)).toBe('0.05')
    expect(mod(dialect, '%.1f|%d', tupleOf([one, one]))).toBe('1.0|1')
    const sum = callFilter(dialect, { name: 'sum', values: [[one, one]] }) as Value
    expect(str(sum)).toBe('2.00')
  })

  test('without a type for it, behave as any object of Python', () => {
    const bare: Host = { [HOST]: { name: 'a.Bare', attribute: () => undefined } }
    expect([str(bare), truth(bare), equal(bare, bare), equal(bare, {} as never)]).toEqual([
      '<a.Bare object at 0x0>',
      true,
      true,
      false,
    ])
    expect(raisedBy(() => compare('<', bare, bare))).toBe(
      "TypeError: '<' not supported between instances of 'Bare' and 'Bare'",
    )
    expect(Dict.of([[bare, 1]]).get(bare)).toBe(1)
  })
})

describe('functions of the host', () => {
  const parameters = "database, schema=None, *, strict=False, name='x'"
  const found = callable('get', parameters, ([database, schema, strict, name]) => [
    database,
    schema,
    strict,
    name,
  ])
  const call = (positional: Value[], named: { [name: string]: Value } = {}) =>
    callValue(found, positional, new Map(Object.entries(named))) as Value

  test('get their arguments in the places that they declare', () => {
    expect(call(['d'])).toEqual(['d', null, false, 'x'])
    expect(call(['d', 's'], { strict: true, name: null })).toEqual(['d', 's', true, null])
    expect(call([], { schema: 's', database: 'd' })).toEqual(['d', 's', false, 'x'])
  })

  test.each([
    [[], {}, "get() missing 1 required positional argument: 'database'"],
    [['a', 'b', 'c'], {}, 'get() takes from 1 to 2 positional arguments but 3 were given'],
    [['a'], { database: 'b' }, "get() got multiple values for argument 'database'"],
    [['a'], { other: 1 }, "get() got an unexpected keyword argument 'other'"],
  ])('say what does not fit in Python’s words: %j %j', (positional, named, words) => {
    expect(raisedBy(() => call(positional, named))).toBe(`TypeError: ${words}`)
  })

  test('several arguments that are missing are told as Python tells them', () => {
    const three = signature('f', 'a, b, c')
    expect(raisedBy(() => bind(three, []))).toBe(
      "TypeError: f() missing 3 required positional arguments: 'a', 'b', and 'c'",
    )
    expect(raisedBy(() => bind(three, [1]))).toBe(
      "TypeError: f() missing 2 required positional arguments: 'b' and 'c'",
    )
    expect(raisedBy(() => bind(signature('f', '*, a'), []))).toBe(
      "TypeError: f() missing 1 required keyword-only argument: 'a'",
    )
    expect(raisedBy(() => bind(signature('f', 'a, /'), [], new Map([['a', 1]])))).toBe(
      "TypeError: f() got some positional-only arguments passed as keyword arguments: 'a'",
    )
  })

  test('all others go into args and kwargs', () => {
    const [first, args, kwargs] = bind(signature('f', 'a, *args, **kwargs'), [1, 2, 3], new Map([['x', 4]]))
    expect([first, repr(args), repr(kwargs)]).toEqual([1, '(2, 3)', "{'x': 4}"])
  })

  test('that must be waited for are no keys of a sort', () => {
    const slow = callable('slow', 'item', ([item]) => Promise.resolve(item))
    expect(
      raisedBy(() =>
        callMethod(dialect, [2, 1], { name: 'sort', positional: [], named: new Map([['key', slow]]) }),
      ),
    ).toBe('TypeError: a function that waits is not supported here')
  })
})

test('a host says itself what a missing value does', () => {
  const told: UndefinedKind = {
    name: 'dbt.Undefined',
    member: self => self,
    call: self => self,
    print: ({ missing }) => raise('CompilationError', `${str(missing.name ?? null)} is not there`),
    fail: ({ missing }) => raise('CompilationError', `'${str(missing.name ?? null)}' cannot be used`),
  }
  const strange = dialectWith({ undefined: told })
  const missing = getattr(strange, new Dict(), 'ref')
  expect(getattr(strange, missing, 'a')).toBe(missing)
  expect(callValue(missing, [1])).toBe(missing)
  expect(raisedBy(() => str(missing))).toBe('CompilationError: ref is not there')
  expect(raisedBy(() => add(strange, missing, 1))).toBe("CompilationError: 'ref' cannot be used")
})

describe('dicts', () => {
  test('keep order, and take 1, 1.0 and True for one key with its first spelling', () => {
    const dict = new Dict().set('b', 1).set(1, 'a').set(true, 'b').set(new Float(1), 'c').set('a', 2)
    dict.set('b', 3)
    expect(repr(dict)).toBe("{'b': 3, 1: 'c', 'a': 2}")
    dict.delete(1)
    dict.set(true, 0)
    expect(repr(dict)).toBe("{'b': 3, 'a': 2, True: 0}")
  })

  test('tell apart what only looks alike', () => {
    const keys: Value[] = [
      '1',
      1,
      tupleOf([1]),
      tupleOf(['1']),
      '\0(1,)',
      '\0',
      null,
      'None',
      1n << 60n,
      new Float(0.5),
    ]
    const dict = Dict.of(keys.map((key, i) => [key, i] as const))
    expect(keys.map(key => dict.get(key))).toEqual(keys.map((_, i) => i))
    expect(dict.get(new Float(2 ** 60))).toBe(8)
    expect(dict.get(tupleOf([tupleOf(['1'])]))).toBeUndefined()
  })

  test('with keys of JavaScript’s inside are dicts like others', () => {
    const dict = new Dict().set('__proto__', 1).set('constructor', 2)
    expect(getitem(dialect, dict, '__proto__')).toBe(1)
    expect(getattr(dialect, dict, 'constructor')).toBe(2)
    expect(str(getattr(dialect, new Dict(), 'hasOwnProperty'))).toBe('')
  })

  test('say when they are changed while somebody goes through them', () => {
    const dict = new Dict().set('a', 1).set('b', 2)
    expect(
      raisedBy(() => {
        for (const key of dict.keys()) dict.set(`${str(key)}x`, 1)
      }),
    ).toBe('RuntimeError: dictionary changed size during iteration')
  })

  test('a NaN is found as itself alone', () => {
    const nan = new Float(Number.NaN)
    const dict = new Dict().set(nan, 1)
    expect([dict.get(nan), dict.get(new Float(Number.NaN))]).toEqual([1, undefined])
    expect([contains(nan, [nan]), equal(nan, nan), equal([nan], [nan])]).toEqual([true, false, true])
  })
})

describe('nothing leads inside', () => {
  const values: Value[] = [
    '',
    [],
    new Dict(),
    new PySet(),
    tupleOf([]),
    1,
    new Float(1),
    null,
    true,
    callable('f', '', () => 1),
  ]
  const names = [
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'call',
    'apply',
    'map',
    'push',
  ]

  test.each(names)('%s is no name of any value', name => {
    for (const value of values) expect(truth(getattr(dialect, value, name))).toBe(false)
    for (const value of values) expect(truth(getitem(dialect, value, name))).toBe(false)
  })

  test.each(['__class__', '__init__', '__doc__'])('%s is refused when it is used', name => {
    for (const value of values)
      expect(raisedBy(() => getattr(dialect, getattr(dialect, value, name), 'x'))).toMatch(
        /^SecurityError: access to attribute/,
      )
  })
})

describe('limits', () => {
  const small = dialectWith({ limits: { textCharsMax: 100, itemsMax: 10, intBitsMax: 64, rangeItemsMax: 5 } })
  const method =
    (value: Value, name: string, ...positional: Value[]) =>
    () =>
      callMethod(small, value, { name, positional })

  test.each<[string, () => unknown]>([
    ['a text repeated', () => mul(small, 'ab', 1000)],
    ['a list repeated', () => mul(small, [1], 11)],
    ['lists joined', () => add(small, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5])],
    ['a power', () => pow(small, 10, 1_000_000)],
    ['a width', method('a', 'center', 101)],
    ['zeros', method('a', 'zfill', 101)],
    ['a width of %', () => mod(small, '%101d', 1)],
    ['a precision of %', () => mod(small, '%.101f', 1)],
    ['a width in a specification', () => formatValue(small, 'a', '101')],
    [
      'a list that grows',
      method(
        Array.from({ length: 10 }, () => 1),
        'append',
        1,
      ),
    ],
    [
      'a list that is extended',
      method(
        [],
        'extend',
        Array.from({ length: 11 }, () => 1),
      ),
    ],
  ])('%s', (_, act) => {
    expect(raisedBy(act)).toMatch(/^LimitError: /)
  })

  test('what is within them is made', () => {
    expect(mul(small, 'ab', 50)).toHaveLength(100)
    expect(pow(small, 2, 15)).toBe(32_768)
    expect(pow(small, 1, 1_000_000)).toBe(1)
  })
})

test('a generator is gone through once, is true, and has no length', () => {
  const rest = new Iterated([1, 2, 3].values())
  expect(callFilter(dialect, { name: 'first', values: [rest] })).toBe(1)
  expect([listOf(rest), listOf(rest), truth(rest)]).toEqual([[2, 3], [], true])
})

test('JSON is as Python writes it', () => {
  const value = new Dict().set('b', [new Float(1), null, true, 'é\u007f']).set('a', tupleOf([1n << 60n]))
  expect(json(value, { sorts: true })).toBe(
    '{"a": [1152921504606846976], "b": [1.0, null, true, "\\u00e9\\u007f"]}',
  )
  expect(json(value, { sorts: false, indent: ' ' })).toMatch(/^\{\n "b": \[\n {2}1\.0,\n/)
})

describe('numbers', () => {
  const ints = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }))
  const held = (value: number | bigint): Value =>
    typeof value === 'bigint' && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
      ? Number(value)
      : value

  test('an int is a number while it is safe and never -0', () => {
    fc.assert(
      fc.property(ints, ints, (a, b) => {
        for (const made of [
          add(dialect, held(a), held(b)),
          sub(held(a), held(b)),
          mul(dialect, held(a), held(b)),
          neg(held(a)),
        ]) {
          expect(Object.is(made, -0)).toBe(false)
          if (typeof made === 'bigint') expect(Number.isSafeInteger(Number(made))).toBe(false)
          else expect(Number.isSafeInteger(made)).toBe(true)
        }
        expect(BigInt(add(dialect, held(a), held(b)) as bigint)).toBe(BigInt(a) + BigInt(b))
        expect(BigInt(mul(dialect, held(a), held(b)) as bigint)).toBe(BigInt(a) * BigInt(b))
      }),
    )
  })

  test('a = (a // b) * b + a % b, and the rest has the sign of b', () => {
    fc.assert(
      fc.property(ints, ints, (a, b) => {
        fc.pre(BigInt(b) !== 0n)
        const [quotient, rest] = [floordiv(held(a), held(b)), mod(dialect, held(a), held(b))]
        expect(equal(add(dialect, mul(dialect, quotient, held(b)), rest), held(a))).toBe(true)
        expect(equal(rest, 0) || compare('<', rest, 0) === compare('<', held(b), 0)).toBe(true)
        expect(compare('<', rest as number, held(b)) || compare('>=', held(b), rest) || BigInt(b) < 0n).toBe(
          true,
        )
      }),
    )
  })

  test('a printed float gives the float back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), value => {
        expect(Object.is(toFloat(str(new Float(value))), value)).toBe(true)
      }),
    )
  })
})

test('texts are ordered by code points', () => {
  const points = (text: string) => Array.from(text, each => each.codePointAt(0) ?? 0)
  const character = fc.constantFrom('a', 'z', '\uffee', '😀', '\u{10ffff}', '\ue000')
  const texts = fc.array(character).map(all => all.join(''))
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(compare('<', a, b)).toBe(compare('<', points(a), points(b)))
    }),
  )
})

test('a method that is taken from its value still belongs to it', () => {
  const list: Value[] = [1]
  const append = getattr(dialect, list, 'append')
  callValue(append, [2])
  expect(list).toEqual([1, 2])
  expect(CALL in (append as object)).toBe(true)
  expect(repr(append)).toBe('<built-in method append of list object at 0x0>')
})
