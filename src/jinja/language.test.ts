import { expect, test } from 'vitest'
import { callable, language, type Value, walk } from './index.ts'

const none = new Map<string, Value>()

test("a host's own statements make macros, by the names that it gives them", () => {
  const jinja = language({
    tags: new Map([
      ['test', { head: 'signature', macro: name => `test_${name}` }],
      ['docs', { head: 'name', macro: name => `docs_${name}` }],
      [
        'materialization',
        {
          head: 'options',
          macro: (name, options) => `${name}_${String(options.get('adapter') ?? 'default')}`,
        },
      ],
    ]),
    macroName: name => `own_${name}`,
  })
  const template = jinja.compile(
    '{% test positive(model, column="id") %}{{ model }}{{ column }}{% endtest %}{% docs a %}d{% enddocs %}' +
      "{% materialization view, adapter='duckdb', supported_languages=['sql', 'python'] %}v{% endmaterialization %}" +
      '{% materialization table, default %}t{% endmaterialization %}{% macro m() %}{% endmacro %}',
  )
  expect(template.macros.map(({ name }) => name)).toEqual([
    'test_positive',
    'docs_a',
    'view_duckdb',
    'table_default',
    'own_m',
  ])
  expect(template.render(none)).toBe('')
  expect(() => jinja.compile('{% materialization a, adapter=x %}{% endmaterialization %}')).toThrow(
    expect.objectContaining({ why: 'TemplateSyntaxError: expected a constant' }),
  )
})

test('globals, filters and tests of a host; two languages share nothing', () => {
  const own = language({
    globals: new Map([['g', callable('g', '', () => 'G')]]),
    filters: new Map([['twice', (_, [value = null]) => `${String(value)}${String(value)}`]]),
    tests: new Map([['seven', (_, [value]) => value === 7]]),
  })
  expect(own.compile('{{ g() }}{{ "a"|twice }}{{ 7 is seven }}').render(none)).toBe('GaaTrue')
  expect(own.compile('{{ g }}').render(new Map([['g', 'given']]))).toBe('given')
  expect(() => language().compile('{{ "a"|twice }}')).toThrow(
    expect.objectContaining({ why: "TemplateAssertionError: No filter named 'twice'." }),
  )
  expect(Object.isFrozen(own)).toBe(true)
})

test('a filter that may never be reached is asked for only there', () => {
  const { compile } = language()
  expect(compile('{% if false %}{{ 1|nope }}{% endif %}{{ 2 if true else 1|nope }}').render(none)).toBe('2')
  expect(() => compile('{% if true %}{{ 1|nope }}{% endif %}').render(none)).toThrow(
    expect.objectContaining({ why: "TemplateRuntimeError: No filter named 'nope' found." }),
  )
  expect(() => compile('{% if false %}{% for i in x %}{{ 1|nope }}{% endfor %}{% endif %}')).toThrow(
    expect.objectContaining({ why: "TemplateAssertionError: No filter named 'nope'." }),
  )
})

test('questions about a tree need no render, before it and after', () => {
  const template = language().compile(
    "{{ config(a=1) }}select {% if x %}{{ ref('a') }}{% else %}{{ ref(name) }}{% endif %}",
  )
  const called = () => {
    const names: unknown[] = []
    walk(template.tree, node => {
      if (node.kind !== 'call' || node.of.kind !== 'name') return
      const [first] = node.with.positional
      names.push([node.of.name, first?.kind === 'constant' ? first.value : undefined])
    })
    return names
  }
  const expected = [
    ['config', undefined],
    ['ref', 'a'],
    ['ref', undefined],
  ]
  expect(called()).toEqual(expected)
  template.render(
    new Map([
      ['config', callable('config', 'a', () => '')],
      ['ref', callable('ref', 'name', () => '')],
    ]),
  )
  expect(called()).toEqual(expected)
})

test('white space is dropped as the host says', () => {
  const text = 'a\n  {% if true %}\n  b\n  {%+ endif %}\n\n'
  const trimmed = language({ trimBlocks: true, lstripBlocks: true })
  expect(trimmed.compile(text).render(none)).toBe('a\n  b\n  ')
  expect(language({ keepTrailingNewline: true }).compile(text).render(none)).toBe('a\n  \n  b\n  \n\n')
})
