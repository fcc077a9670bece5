import { expect, test } from 'vitest'
import { language } from '../language.ts'

// What jinja2 3.1.6 prints for each, with `x = 'X'`.
const cases: readonly (readonly [string, { readonly [name: string]: string }])[] = [
  [
    '<[baseX|X]-b>',
    {
      main: "{% extends 'base' %}{% block a %}[{{ super() }}|{{ x }}]{% endblock %}lost",
      base: '<{% block a %}base{{ x }}{% endblock %}-{% block b %}b{% endblock %}>',
    },
  ],
  [
    '123',
    {
      main: "{% extends 'mid' %}{% block a %}1{{ super() }}{% endblock %}",
      mid: "{% extends 'base' %}{% block a %}2{{ super() }}{% endblock %}",
      base: '{% block a %}3{% endblock %}',
    },
  ],
  [
    '13',
    {
      main: "{% extends 'mid' %}{% block a %}1{{ super.super() }}{% endblock %}",
      mid: "{% extends 'base' %}{% block a %}2{% endblock %}",
      base: '{% block a %}3{% endblock %}',
    },
  ],
  [
    '5656',
    {
      main: "{% set y = 5 %}{% extends 'base' %}{% set z = 6 %}{% block a %}{{ y }}{{ z }}{% endblock %}",
      base: '{% block a %}{% endblock %}{{ y }}{{ z }}',
    },
  ],
  ['12', { main: '{% for i in [1,2] %}{% block a scoped %}{{ i }}{% endblock %}{% endfor %}' }],
  ['', { main: '{% for i in [1,2] %}{% block a %}{{ i }}{% endblock %}{% endfor %}' }],
  ['AA', { main: '{% block a %}A{% endblock %}{{ self.a() }}{{ self.b }}' }],
  [
    'textA',
    { main: "{% if nope %}{% extends 'base' %}{% endif %}text{% block a %}A{% endblock %}", base: 'base' },
  ],
  [
    '[X3][]',
    {
      main: "{% set y = 3 %}{% include 'inc' %}{% include 'inc' without context %}",
      inc: '[{{ x }}{{ y }}]',
    },
  ],
  ['[9X]', { main: "{% macro m(a) %}{% include 'inc' %}{% endmacro %}{{ m(9) }}", inc: '[{{ a }}{{ x }}]' }],
  ['ok', { main: "{% include 'no' ignore missing %}ok" }],
  ['I', { main: "{% include ['no', 'inc'] %}", inc: 'I' }],
  [
    '<2>7',
    {
      main: "{% import 'lib' as l %}{{ l.m(2) }}{{ l.v }}{{ l._p }}{{ l.nope }}",
      lib: '{% macro m(a) %}<{{ a }}{{ x }}>{% endmacro %}{% set v = 7 %}{% set _p = 1 %}',
    },
  ],
  [
    '<2X4>',
    {
      main: "{% set y = 4 %}{% import 'lib' as l with context %}{{ l.m(2) }}",
      lib: '{% macro m(a) %}<{{ a }}{{ x }}{{ y }}>{% endmacro %}',
    },
  ],
  [
    '<2>7',
    {
      main: "{% from 'lib' import m, v as w %}{{ m(2) }}{{ w }}",
      lib: '{% macro m(a) %}<{{ a }}>{% endmacro %}{% set v = 7 %}',
    },
  ],
  [
    '',
    {
      main: "{% import 'lib' as l %}{{ l.m }}",
      lib: "{% from 'other' import q as m %}",
      other: '{% set q = 1 %}',
    },
  ],
  ['ABC', { main: "{% filter upper %}{% include 'inc' %}{% endfilter %}", inc: 'abc' }],
]

const templateOf = (texts: { readonly [name: string]: string }) =>
  language({ load: name => texts[name] }).compile(texts.main ?? '', { name: 'main' })

test.for(cases)('%s', async ([printed, texts]) => {
  const scope = new Map([['x', 'X']])
  expect(templateOf(texts).render(scope)).toBe(printed)
  expect(await templateOf(texts).renderAsync(scope)).toBe(printed)
})

test.for([
  ["{% include 'no' %}", 'TemplateNotFound: no'],
  ["{% include ['no', 'nono'] %}", 'TemplatesNotFound: none of the templates given were found: no, nono'],
  ['{% extends nope %}', "UndefinedError: 'nope' is undefined"],
  ["{% extends 'base' %}{% extends 'base' %}", 'TemplateRuntimeError: extended multiple times'],
  ['{% block a required %}{% endblock %}', "TemplateRuntimeError: Required block 'a' not found"],
  ["{% include 'main' %}", 'macros call each other more than 400 deep'],
])('%s fails', ([main = '', why]) => {
  expect(() => templateOf({ main, base: 'b' }).render(new Map())).toThrow(expect.objectContaining({ why }))
})
