import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Failure } from '../errors/index.ts'
import { CALL, callable, Dict, language, Returned, repr, undefinedKinds, type Value } from './index.ts'

const jinja = language()
const scope = (names: { readonly [name: string]: Value } = {}) => new Map(Object.entries(names))
const render = (text: string, names?: { readonly [name: string]: Value }) =>
  jinja.compile(text, { name: 'models/a.sql' }).render(scope(names))

const later = callable('later', 'value=None', async ([value]) => {
  await setImmediate()
  return value
})

test.for([
  [
    'a loop has names of its own',
    '{% set x = 0 %}{% for i in [1, 2] %}{% set x = i %}{% endfor %}{{ x }}',
    '0',
  ],
  [
    'each turn of a loop begins anew',
    '{% set x = 0 %}{% for i in [1, 2] %}{{ x }}{% set x = i %}{% endfor %}',
    '00',
  ],
  ['an if has none', '{% if true %}{% set x = 1 %}{% endif %}{{ x }}', '1'],
  [
    'what another branch assigns is looked up outside',
    '{% if false %}{% set n = 1 %}{% endif %}{{ n }}',
    'N',
  ],
  ['a loop variable is gone after its loop', '{% for i in [1] %}{% endfor %}[{{ i }}]', '[]'],
  [
    'a macro sees the top, not its caller',
    '{% macro m() %}[{{ n }}{{ i }}]{% endmacro %}{% for i in [1] %}{{ m() }}{% endfor %}',
    '[N]',
  ],
  [
    'a macro sees what the top assigns later',
    '{% macro m() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ m() }}',
    '1',
  ],
  [
    'a call block sees what stands around it',
    '{% macro m() %}{{ caller(2) }}{% endmacro %}{% set x = 1 %}{% call(y) m() %}{{ x + y }}{% endcall %}',
    '3',
  ],
  [
    'with looks up its values outside',
    '{% set a = 1 %}{% with a = 2, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}',
    '211',
  ],
  ['a set block has names of its own', '{% set x %}{% set y = 1 %}{{ y }}{% endset %}{{ x }}{{ y }}', '1'],
  [
    'a default sees the parameters before it',
    '{% macro m(a, b=a + 1) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}',
    '12',
  ],
  [
    'varargs, kwargs',
    '{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, b=3) }}',
    "1(2,){'b': 3}",
  ],
  [
    'a loop can be left and its turn be ended',
    '{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}',
    '02',
  ],
  [
    'a recursive loop',
    '{% for i in [[1, [2]], 3] recursive %}{{ loop(i) if i is sequence else i }}{{ loop.depth }},{% endfor %}',
    '12,23,2,1,31,',
  ],
  [
    'a loop over what passes a test knows its last',
    '{% for i in range(5) if i % 2 %}{{ i }}{{ loop.last }}{% endfor %}',
    '1False3True',
  ],
])('%s', async ([, text = '', printed]) => {
  const template = jinja.compile(text)
  expect(template.render(scope({ n: 'N' }))).toBe(printed)
  expect(await template.renderAsync(scope({ n: 'N' }))).toBe(printed)
})

test('what must be waited for is, in every place of a template', async () => {
  const text =
    '{% macro m(a=later(1)) %}{{ later(a) }}{{ caller() if caller }}{% endmacro %}' +
    '{{ later(0) }}{{ m() }}{% for i in later([2, 3]) if later(true) %}{{ later(i) + 1 }}{{ loop.last }}{% endfor %}' +
    '{% call m(7) %}{{ later(8) }}{% endcall %}{% set x %}{{ later("x") }}{% endset %}{{ x|upper }}' +
    '{{ [later(1), later(2)]|join(later("-")) }}{{ later(1) < later(2) < later(3) }}{{ {"k": later}.k(9) }}'
  const template = jinja.compile(text)
  expect(await template.renderAsync(scope({ later }))).toBe('013False4True78X1-2True9')
  expect(() => template.render(scope({ later }))).toThrow(
    expect.objectContaining({ why: expect.stringContaining('this render does not wait') }),
  )
})

test('a macro is bound to a scope, and called at once or waiting', async () => {
  const text = '{% set t = x %}{% macro m(a, b="2") %}{{ t }}{{ a }}{{ b }}{{ f() }}{% endmacro %}'
  const template = jinja.compile(text)
  expect(template.macros).toEqual([
    {
      name: 'm',
      parameters: [
        { name: 'a', default: undefined },
        { name: 'b', default: '"2"' },
      ],
      line: 1,
      column: 19,
    },
  ])
  const now = callable('f', '', () => 'f')
  expect(template.macro('m', scope({ x: 'x', f: now }))[CALL]([1])).toBe('x12f')
  const waiting = template.macro('m', scope({ x: 'x', f: later }))
  expect(await waiting.callWaiting([1], new Map([['b', 3]]))).toBe('x13None')
  expect(await jinja.compile('{{ m(1) }}').renderAsync(scope({ m: waiting }))).toBe('x12None')
  expect(() => template.macro('nope', scope())).toThrow('The template cannot be rendered.')
})

test('return() ends the macro at the top that it stands in', async () => {
  const stop = callable('return', 'value', ([value]) => {
    throw new Returned(value)
  })
  const text =
    '{% macro list() %}{% macro inner() %}{{ return([1]) }}{% endmacro %}lost{{ inner() }}{% endmacro %}' +
    '{{ list()[0] + 1 }}'
  const template = jinja.compile(text)
  expect(template.render(scope({ return: stop }))).toBe('2')
  expect(await template.renderAsync(scope({ return: stop }))).toBe('2')
  expect(() => render('{{ return(1) }}', { return: stop })).toThrow(
    expect.objectContaining({ why: 'RuntimeError: return() outside of a macro' }),
  )
})

test('an error names its place and the macros on the way', () => {
  const text =
    '{% macro inner(n) %}\n  {{ 1 / n }}\n{% endmacro %}\n{% macro outer() %}{{ inner(0) }}{% endmacro %}\n\n {{ outer() }}'
  const file = 'models/a.sql'
  expect(() => render(text)).toThrow(
    expect.objectContaining({
      code: 'SLUICE_JINJA_RENDER',
      why: 'ZeroDivisionError: division by zero',
      at: { file, line: 2, column: 8, length: 1 },
      notes: [
        { text: 'in macro `inner`' },
        { text: 'called by macro `outer`', at: { file, line: 4, column: 23, length: 5 } },
        { text: 'called here', at: { file, line: 6, column: 5, length: 5 } },
      ],
    }),
  )
})

test('places count from where the text begins in its file', () => {
  const at = (text: string) => {
    try {
      jinja.compile(text, { name: 'm.sql', line: 10, column: 5 }).render(scope())
      return undefined
    } catch (thrown) {
      return (thrown as Failure).at
    }
  }
  expect(at('{{ a.b }}')).toEqual({ file: 'm.sql', line: 10, column: 10, length: 1 })
  expect(at('\r\n{{ "é" }}{{\n a.b }}')).toEqual({ file: 'm.sql', line: 12, column: 4, length: 1 })
  expect(at('\n{% if %}')).toEqual({ file: 'm.sql', line: 11, column: 7, length: 2 })
})

test('a failure of a host keeps its words and gets the place', () => {
  const wrong = callable('wrong', '', () => {
    throw jinjaFailure
  })
  const jinjaFailure = failureOf('{{ 1 + }}')
  expect(() => render('\n{{ wrong() }}', { wrong })).toThrow(
    expect.objectContaining({
      code: 'SLUICE_JINJA_SYNTAX',
      at: expect.objectContaining({ line: 1 }),
      notes: [{ text: 'reached from', at: { file: 'models/a.sql', line: 2, column: 4, length: 5 } }],
    }),
  )
})

function failureOf(text: string): Failure {
  try {
    render(text)
  } catch (thrown) {
    return thrown as Failure
  }
  throw new Error('it rendered')
}

test('an end that is missing says what is open', () => {
  expect(failureOf('{% if a %}\n{% for b in c %}\nd')).toMatchObject({
    why:
      "TemplateSyntaxError: Unexpected end of template. Jinja was looking for the following tags: 'endfor' or " +
      "'else'. The innermost block that needs to be closed is 'for'.",
    notes: [{ text: '`for` begins here', at: { line: 2, column: 4 } }],
  })
})

test.for([
  [
    'a loop without end',
    '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
    'loops turn',
  ],
  ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'more than 400 deep'],
  [
    'text that doubles',
    '{% set n = namespace(t="x" * 1000) %}{% for i in range(99) %}{% set n.t = n.t ~ n.t %}{% endfor %}',
    '',
  ],
  [
    'output',
    '{% set t = "x" * 100000 %}{% for i in range(200) %}{{ t }}{% endfor %}',
    'characters are printed',
  ],
  ['brackets', `{{ ${'('.repeat(50_000)}`, 'nested too deeply'],
  ['a sum', `{{ ${'1 + '.repeat(50_000)}1 }}`, ''],
])('%s ends at a limit', async ([, text = '', words]) => {
  const limited = language({ limits: { iterationsMax: 100_000, outputCharsMax: 10_000_000 } })
  const expected = expect.objectContaining({
    code: 'SLUICE_JINJA_LIMIT',
    why: expect.stringContaining(words ?? ''),
  })
  expect(() => limited.compile(text).render(scope())).toThrow(expected)
  await expect(async () => await limited.compile(text).renderAsync(scope())).rejects.toThrow(expected)
})

test.for([
  "{{ ''.constructor }}",
  '{{ [].map }}',
  '{{ {}.hasOwnProperty }}',
  "{{ ''['constructor'] }}{{ f['call'] }}",
  '{{ f.constructor }}{{ f.prototype }}{{ f.bind }}',
  '{{ m.constructor }}{{ m.invoke }}{{ m.head }}',
  '{{ loop.constructor if loop }}{% for i in [1] %}{{ loop.items }}{{ loop.parts }}{{ loop.constructor }}{% endfor %}',
  '{{ process }}{{ globalThis }}{{ require }}{{ r }}{{ c }}{{ p }}{{ R }}{{ K }}{{ A }}{{ D }}{{ arguments }}',
])('%s reaches nothing', text => {
  const f = callable('f', '', () => 1)
  expect(render(`{% macro m() %}{% endmacro %}${text}`, { f }).trim()).toBe('')
})

test('names and texts of a template are never code', () => {
  const names = ['__proto__', 'constructor', 'await', 'new', 'p', 'r', 'c', 'o0', 'undefined', 'ñandú', 'ﬁ']
  for (const name of names) {
    expect(render(`{% set ${name} = 1 %}{{ ${name} }}{{ {"${name}": 2}.${name} }}`), name).toBe('12')
    expect(render(`{% macro m(${name}) %}{{ ${name} }}{% endmacro %}{{ m(${name}=3) }}`), name).toBe('3')
  }
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), text => {
      const safe = text.replaceAll('{', '').replaceAll('\r', '')
      expect(render(`${safe}|`)).toBe(`${safe}|`)
      expect(render(`{{ t == ${repr(text)} }}`, { t: text })).toBe('True')
    }),
  )
})

test('whatever the text is, it renders or fails as a template does', () => {
  const pieces = [
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '-',
    ' if ',
    ' for ',
    ' in ',
    'x',
    '1',
    "'",
    '(',
    ')',
    '[',
    ']',
  ]
  const more = [
    ' set ',
    ' endif ',
    ' endfor ',
    ' macro m() ',
    ' endmacro ',
    '=',
    '|',
    '.',
    ',',
    ' raw ',
    '\n',
    ' block ',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 30 }), parts => {
      try {
        render(parts.join(''))
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure)
        expect((thrown as Failure).code).toMatch(/^SLUICE_JINJA_/)
      }
    }),
    { numRuns: 2000 },
  )
})

test('a native render gives values', async () => {
  const native = (text: string) => jinja.compile(text).native(scope({ x: 1, list: [1] }))
  expect(native('{{ x }}')).toBe(1)
  expect(native('{{ list }}')).toEqual([1])
  expect(native('[{{ x }}, "a"]')).toEqual([1, 'a'])
  expect(native('{{ x }}{{ x }}')).toBe(11)
  expect(native('')).toBe(null)
  expect(native("{'a': {{ x }}}")).toEqual(Dict.of([['a', 1]]))
  expect(native('{% macro m() %}{{ x }}{% endmacro %}{{ m() + 1 }}')).toBe(2)
  expect(await jinja.compile('{{ later(2) }}').nativeAsync(scope({ later }))).toBe(2)
})

test('a host chooses how a native render joins, and what constants are there', () => {
  const told = language({ join: values => values.map(repr).join(';') })
  expect(told.compile('a{{ 1 }}{{ [x, none] }}').native(scope({ x: 2 }))).toBe("'a';'1';[2, None]")
})

test('a missing value that stands for anything is a mapping too', () => {
  const anything = language({
    undefined: { ...undefinedKinds.lenient, name: 'Undefined', member: self => self, call: self => self },
  })
  const text = '{% set d = {"a": 1} %}{% do d.update(x.y()) %}{{ dict(x) }}{{ dict(b=2, **x) }}{{ d }}'
  expect(anything.compile(text).render(scope())).toBe("{}{'b': 2}{'a': 1}")
  expect(() => render('{{ dict(**x) }}')).toThrow('The template cannot be rendered.')
})

test('a missing value behaves as the host says', () => {
  const strict = language({ undefined: undefinedKinds.strict })
  expect(() => strict.compile('{{ x }}').render(scope())).toThrow(
    expect.objectContaining({ why: "UndefinedError: 'x' is undefined" }),
  )
})
