import { expect, test } from 'vitest'
import { blocks } from './blocks.ts'

const tags = ['macro', 'test', 'materialization', 'snapshot', 'docs']
const of = (text: string) => blocks(text, { name: 'macros/a.sql', tags })

test('blocks are cut out with their places; what stands around them may be anything', () => {
  const text =
    "it's {% ### %} }} { { 'no end\n\n  {% macro a(x='%}') -%}\n  {{ x }}\n{%- endmacro %} {% }\n{% test t(m) %}1{% endtest %}"
  expect(of(text)).toEqual([
    {
      tag: 'macro',
      name: 'a',
      text: "{% macro a(x='%}') -%}\n  {{ x }}\n{%- endmacro %}",
      body: '{{ x }}',
      line: 3,
      column: 3,
      start: text.indexOf('{% macro'),
      end: text.indexOf(' {% }'),
    },
    expect.objectContaining({
      tag: 'test',
      name: 't',
      text: '{% test t(m) %}1{% endtest %}',
      line: 6,
      column: 1,
    }),
  ])
})

test('comments, raw and quoted texts hide tags', () => {
  const text =
    '{# {% macro no() %} #}{% raw %}{% macro no() %}{% endraw %}' +
    '{% macro a() %}{{ "{% endmacro %}" }}{# {% endmacro %} #}{% set x = "{% endmacro %}" %}!{% endmacro %}'
  expect(of(text).map(({ name, body }) => [name, body.at(-1)])).toEqual([['a', '!']])
})

test('a body in raw is kept', () => {
  expect(of('{% docs a %}{% raw %}{% enddocs %}{% endraw %}{% enddocs %}')[0]?.body).toBe(
    '{% raw %}{% enddocs %}{% endraw %}',
  )
})

test.for([
  ['{% macro a() %}', "'macro' has no 'endmacro'"],
  [
    '{% macro a() %}{% macro b() %}{% endmacro %}',
    "'macro' stands inside of 'macro', which has no 'endmacro' yet",
  ],
  ['{% if x %}\n{% macro a() %}{% endmacro %}{% endif %}', "'macro' stands inside of 'if'"],
])('%s is refused', ([text = '', words]) => {
  expect(() => of(text)).toThrow(
    expect.objectContaining({ code: 'SLUICE_JINJA_SYNTAX', why: `TemplateSyntaxError: ${words}` }),
  )
})
