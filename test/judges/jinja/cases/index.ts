import { changes, numbers } from './collections.ts'
import { fields, formatted, percents, specifications } from './format.ts'
import { filtered, missing } from './filters.ts'
import { broken, templates } from './language.ts'
import { native } from './native.ts'
import { argumentLists, filters, members, methods, operands, operators, tests } from './products.ts'
import { text } from './text.ts'

/** One template, and how the language is set up for it. */
export type Case = {
  readonly template: string
  readonly undefined: 'lenient' | 'strict' | 'chainable' | 'debug'
  /** The value itself is asked for, by jinja2's native types. */
  readonly native: boolean
  readonly options: {
    readonly trim_blocks?: boolean
    readonly lstrip_blocks?: boolean
    readonly keep_trailing_newline?: boolean
  }
}

/** What templates of the tables may name. */
export const context = {
  people: [
    { name: 'Ann', age: 41, active: true, tags: ['a', 'b'], address: { city: 'Ulm' } },
    { name: 'bob', age: 29, active: false, tags: [], address: { city: 'Bern' } },
    { name: 'Bob', age: 29, active: true, tags: ['c'], address: {} },
    { name: 'Çem', age: 57, active: false, tags: ['d'], address: { city: 'ulm' } },
  ],
  text: 'Grüße 😀 "quoted" <b>',
  numbers: [3, 1, 2],
}

const plain: Omit<Case, 'template'> = { undefined: 'lenient', native: false, options: {} }

function of(all: Iterable<string>, rest: Partial<Case> = {}): readonly Case[] {
  return Array.from(all, template => ({ ...plain, ...rest, template }))
}

const shown = (expression: string) => `{{ ${expression} }}`

function* pairs(): Generator<string> {
  const sides = operands.flatMap((left, i) =>
    operands.map((right, j) => ({ left, right, at: i * 7 + j * 3 })),
  )
  for (const { left, right, at } of sides)
    for (const [k, operator] of operators.entries())
      if ((at + k) % thinness === 0 && !isEndless(operator, [left, right]))
        yield `{{ ${left} ${operator} ${right} }}`
}

/** One of so many combinations of two operands and an operator is tried: others say the same. */
const thinness = 8

/** Python would fill the memory with it, or answer with a complex number. */
function isEndless(operator: string, sides: readonly string[]): boolean {
  return (
    operator.startsWith('*') &&
    sides.some(side => /\d{16}/.test(side) || (operator === '**' && side === '-0.1'))
  )
}

function* each(apply: readonly string[], make: (operand: string, part: string) => string): Generator<string> {
  for (const operand of operands) for (const part of apply) yield make(operand, part)
}

function* formats(): Generator<string> {
  for (const value of formatted)
    for (const spec of specifications) yield `{{ '{:${spec}}'.format(${value}) }}`
}

/** Each of these names with each list of arguments. */
function called(names: Iterable<string>): readonly string[] {
  return Array.from(names).flatMap(name => argumentLists.map(list => `${name}(${list})`))
}

function withoutArguments(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(name => name.split(/[|(]/)[0] ?? ''))
}

const calls = methods.flatMap(([holders, names]) =>
  called(names.split(' '))
    // Python would fill the memory with it.
    .filter(call => !/(just|center|zfill|expandtabs)\(9007/.test(call))
    .flatMap(call => holders.map(holder => `{% set x = ${holder} %}{{ x.${call} }}|{{ x }}`)),
)

const filterCalls = called(withoutArguments(filters))
  // These hand what does not fit to the depth of other modules of Python, whose words are not pursued.
  .filter(call => !/9007|safe|^(wordwrap|urlize|tojson)/.test(call))
  .flatMap(call => ["'a b'", '[3, 1]', '-2.5', '{}'].map(operand => `{{ (${operand})|${call} }}`))

const testCalls = called(withoutArguments(tests)).flatMap(call =>
  ["'a'", '[3, 1]', '2'].map(operand => `{{ (${operand}) is ${call} }}`),
)

const layouts = templates.filter(template => /\n|^\s|\s$/.test(template))

/** All tables, by name. */
export const tables: { readonly [name: string]: readonly Case[] } = {
  operators: of(pairs()),
  filters: of(each(filters, (operand, filter) => `{{ (${operand})|${filter} }}`)),
  tests: of(each(tests, (operand, test) => `{{ (${operand}) is ${test} }}`)),
  members: of(each(members, (operand, member) => `{{ (${operand})${member} }}`)),
  'methods with any arguments': of(calls),
  'filters with any arguments': of(filterCalls),
  'tests with any arguments': of(testCalls),
  'printing within a list': of(operands.map(operand => `{{ [${operand}] }}{{ ${operand} }}`)),
  numbers: of(numbers.map(shown)),
  text: of(text.map(shown)),
  'format specifications': of(formats()),
  percent: of(percents.map(shown)),
  fields: of(fields.map(shown)),
  collections: of(
    changes.map(
      ([set, act]) => `{% macro l(x) %}{{ x|length }}{% endmacro %}{% set x = ${set} %}{{ ${act} }}|{{ x }}`,
    ),
  ),
  'filters with arguments': of(filtered.map(shown)),
  'missing values': of(missing.map(shown)),
  'missing values, strict': of(missing.map(shown), { undefined: 'strict' }),
  'missing values, chainable': of(missing.map(shown), { undefined: 'chainable' }),
  'missing values, debug': of(missing.map(shown), { undefined: 'debug' }),
  'native values': of(native, { native: true }),
  templates: of(templates),
  'blocks trimmed': of(layouts, { options: { trim_blocks: true } }),
  'blocks stripped': of(layouts, { options: { trim_blocks: true, lstrip_blocks: true } }),
  'last newline kept': of(layouts, { options: { keep_trailing_newline: true } }),
  'no templates': of(broken),
}
