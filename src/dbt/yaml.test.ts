import { describe, expect, test } from 'vitest'
import { Float } from '../jinja/index.ts'
import { dumpYaml, loadAnyYaml, loadYaml, locateYaml, type Yaml, YamlDate } from './yaml.ts'

const at = { path: 'a.yml' }

/** Read by both readers, which agree. */
function read(text: string): Yaml {
  const whole = loadAnyYaml(text, at)
  expect(loadYaml(text, at)).toEqual(whole)
  return whole
}

describe('single values are those of YAML 1.1, as PyYAML reads them', () => {
  test.each<[string, Yaml]>([
    ['yes', true],
    ['Off', false],
    ['y', 'y'],
    ['n', 'n'],
    ['010', 8],
    ['08', '08'],
    ['0o10', '0o10'],
    ['1_000', 1000],
    ['0x1F', 31],
    ['-0b11', -3],
    ['12:30:45', 45045],
    ['1e3', '1e3'],
    ['1.5e+3', new Float(1500)],
    ['1.0', new Float(1)],
    ['.5', new Float(0.5)],
    ['-.inf', new Float(Number.NEGATIVE_INFINITY)],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
    ['~', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['2020-01-31', new YamlDate('2020-01-31')],
    ['2020-1-31', '2020-1-31'],
    ['2020-01-31 1:02:03.5 -5', new YamlDate('2020-01-31T01:02:03.500000-05:00')],
    ["'1'", '1'],
    ['"\\u00e9\\n"', 'é\n'],
    ['http://a:b', 'http://a:b'],
    ['a#b', 'a#b'],
  ])('%s', (text, value) => {
    expect(read(`a: ${text}`)).toEqual({ a: value })
  })
})

test('of a key that is there twice the last value wins, and merged mappings give way', () => {
  expect(read('a: 1\nb: 2\na: 3')).toEqual({ a: 3, b: 2 })
  const merged = read('x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [*x, {a: 9, c: 4}]}')
  expect(merged).toEqual({ x: { a: 1, b: 2 }, y: { a: 1, b: 3 }, z: { a: 1, c: 4, b: 2 } })
})

test('a mapping whose keys are no names is a map, and keeps their order', () => {
  expect(read('10: a\n2: b\nyes: c')).toEqual(
    new Map<Yaml, Yaml>([
      [10, 'a'],
      [2, 'b'],
      [true, 'c'],
    ]),
  )
  expect(read('"10": a\n"2": b')).toEqual(
    new Map([
      ['10', 'a'],
      ['2', 'b'],
    ]),
  )
  expect(read('__proto__: {x: 1}')).toEqual(new Map([['__proto__', { x: 1 }]]))
})

test('texts in blocks and over several lines are folded as PyYAML folds them', () => {
  expect(read('a: |\n  x\n   y\n\nb: >-\n  p\n  q\n\n  r\nc: p\n  q\n\n  r\nd: "p\n  q"')).toEqual({
    a: 'x\n y\n',
    b: 'p q\nr',
    c: 'p q\nr',
    d: 'p q',
  })
  // A file without a last line end has a block without one.
  expect(read('a: |\n  x')).toEqual({ a: 'x' })
})

test('lists stand under their key or below it, and in brackets over lines', () => {
  expect(read('a:\n- 1\n- b: 2\n  c: 3\nd: [x,\n  {y: z}] # comment\n')).toEqual({
    a: [1, { b: 2, c: 3 }],
    d: ['x', { y: 'z' }],
  })
})

describe('what is wrong is told with its place', () => {
  test.each([
    ['a: "x', 1],
    ['a: b: c', 1],
    ['a:\n\t- b', 2],
    ['a: {{ x }}', 1],
    ['a: 1\n---\nb: 2', 2],
    ['a: 2020-13-01', 1],
    ['a: !new x', 1],
    ['a: *gone', 1],
  ])('%j', (text, line) => {
    expect(() => loadYaml(text, at)).toThrow(
      expect.objectContaining({
        code: 'SLUICE_DBT_YAML',
        at: expect.objectContaining({ file: 'a.yml', line }),
      }),
    )
  })
})

test('the place of a value is found by its keys', () => {
  expect(locateYaml('models:\n  - name: a\n  - name: b\n', ['models', 1, 'name'])).toEqual({
    line: 3,
    column: 11,
  })
})

test('values are written as PyYAML writes them', () => {
  const value = ['yes', 'a: b', "it's", '', 'é', 1, new Float(1), null, true, [1, []]]
  expect(dumpYaml(value, { sortKeys: false })).toBe(
    "- 'yes'\n- 'a: b'\n- it's\n- ''\n- \"\\xE9\"\n- 1\n- 1.0\n- null\n- true\n- - 1\n  - []\n",
  )
})
