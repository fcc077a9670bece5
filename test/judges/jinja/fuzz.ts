import type { Case } from './cases/index.ts'
import { Expressions, type Random } from './fuzz-expressions.ts'

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const settings = [{}, {}, {}, { trim_blocks: true }, { trim_blocks: true, lstrip_blocks: true }] as const

/** Templates of the grammar: most are sound, and some of them fail while they are rendered. */
export function templatesFrom(seed: number, count: number): readonly Case[] {
  const next = randomFrom(seed)
  const random: Random = {
    of: all => all[Math.floor(next() * all.length)] as never,
    likely: share => next() < share,
  }
  return Array.from({ length: count }, () => ({
    template: new Statements(random).body(3),
    undefined: random.of(['lenient', 'lenient', 'lenient', 'chainable', 'debug'] as const),
    native: false,
    options: random.of(settings),
  }))
}

const texts = [
  'x',
  ' ',
  '\n',
  'a b',
  '  \n',
  '\n\n',
  'select 1',
  ',',
  "it's",
  '{',
  '}',
  '%',
  '#',
  'é😀',
  '\t',
  '\r\n',
]
const kinds = [
  'if',
  'for',
  'set',
  'setBlock',
  'macro',
  'call',
  'filter',
  'with',
  'change',
  'namespace',
  'raw',
  'comment',
] as const

/** Statements of one template. Depth is how far they may still hold others. */
class Statements {
  private readonly random: Random
  private readonly expressions: Expressions
  constructor(random: Random) {
    this.random = random
    this.expressions = new Expressions(random)
  }

  body(depth: number): string {
    const count = this.random.of([1, 2, 3])
    return Array.from({ length: count }, () => this.statement(depth)).join('')
  }

  private tag(inside: string): string {
    const open = this.random.of(['{%', '{%', '{%', '{%-', '{%+'])
    return `${open} ${inside} ${this.random.of(['%}', '%}', '%}', '-%}'])}`
  }

  private print(): string {
    const open = this.random.of(['{{', '{{', '{{-'])
    return `${open} ${this.expressions.any(2)} ${this.random.of(['}}', '}}', '-}}'])}`
  }

  private statement(depth: number): string {
    if (depth === 0 || this.random.likely(0.35))
      return this.random.likely(0.4) ? this.random.of(texts) : this.print()
    return this[this.random.of(kinds)](depth - 1)
  }

  private if(depth: number): string {
    const { random, expressions } = this
    const or = random.likely(0.3) ? this.tag(`elif ${expressions.any(1)}`) + this.body(depth) : ''
    const otherwise = random.likely(0.5) ? this.tag('else') + this.body(depth) : ''
    return this.tag(`if ${expressions.truth(2)}`) + this.body(depth) + or + otherwise + this.tag('endif')
  }

  private for(depth: number): string {
    const { random, expressions } = this
    const pairs = random.likely(0.3)
    const over = pairs ? random.of(["{'k': 1, 'l': 2}.items()", '[(1, 2)]']) : expressions.list(1)
    const condition = random.likely(0.2) ? ` if ${expressions.truth(1)}` : ''
    const head = this.tag(`for ${pairs ? 'a, b' : random.of(['a', 'b', 'n'])} in ${over}${condition}`)
    const otherwise = random.likely(0.2) ? this.tag('else') + this.body(depth) : ''
    return head + this.body(depth) + this.loop() + otherwise + this.tag('endfor')
  }

  private loop(): string {
    const { random, expressions } = this
    if (random.likely(0.2))
      return (
        this.tag(`if ${expressions.truth(1)}`) +
        this.tag(random.of(['break', 'continue'])) +
        this.tag('endif')
      )
    const facts = 'index index0 first last length revindex revindex0 previtem nextitem depth'.split(' ')
    return random.likely(0.5) ? `{{ loop.${random.of(facts)} }}` : this.print()
  }

  private set(): string {
    const { random, expressions } = this
    if (random.likely(0.15)) return this.tag(`set a, b = ${expressions.any(1)}, ${expressions.any(1)}`)
    return this.tag(`set ${random.of(['a', 'b', 'c'])} = ${expressions.any(2)}`)
  }

  private setBlock(depth: number): string {
    const { random } = this
    const filter = random.likely(0.3)
      ? ` | ${random.of(['upper', 'trim', 'length', 'replace("a", "b")'])}`
      : ''
    return this.tag(`set ${random.of(['a', 'b', 'c'])}${filter}`) + this.body(depth) + this.tag('endset')
  }

  private macro(depth: number): string {
    const { random } = this
    const name = random.of(['m', 'n'])
    const head = this.tag(`macro ${name}(${random.of(['', 'a', 'a, b=2', "a='x', b=a", 'a, b'])})`)
    const rest = random.likely(0.5)
      ? random.of(['{{ varargs }}', '{{ kwargs }}', '{{ varargs }}{{ kwargs }}'])
      : ''
    const given = random.of(['', '1', '1, 2', 'b=1', "1, 'x', 3", 'a=b', 'x=1'])
    return `${head}${this.body(depth)}${rest}${this.tag('endmacro')}{{ ${name}(${given}) }}`
  }

  private call(depth: number): string {
    const [parameters, given] = this.random.of([
      ['', ''],
      ['(a)', '1'],
      ['(a, b=3)', "'x'"],
      ['(a, b=3)', '1, 2'],
      ['(a)', ''],
      ['', '1'],
    ] as const)
    const macro = `{% macro w() %}[{{ caller(${given}) }}]{% endmacro %}`
    return `${macro}${this.tag(`call${parameters} w()`)}${this.body(depth)}${this.tag('endcall')}`
  }

  private filter(depth: number): string {
    const name = this.random.of([
      'upper',
      'trim',
      'indent(2)',
      'replace("a", "b")',
      'title',
      'escape',
      'lower',
    ])
    return this.tag(`filter ${name}`) + this.body(depth) + this.tag('endfilter')
  }

  private with(depth: number): string {
    const given = this.random.of(['', ' a=1', ' a=1, b=a', ` c=${this.expressions.any(1)}`])
    return this.tag(`with${given}`) + this.body(depth) + this.tag('endwith')
  }

  private change(): string {
    const { random, expressions } = this
    return (
      this.tag(`set l = ${expressions.list(1)}|list`) +
      this.tag(
        `do l.${random.of(['append(1)', 'extend([1, 2])', 'pop()', 'insert(0, 9)', 'reverse()', 'sort()'])}`,
      ) +
      '{{ l }}'
    )
  }

  private namespace(): string {
    return `${this.tag('set s = namespace(x=0)')}${this.tag(`set s.x = ${this.expressions.any(2)}`)}{{ s.x }}{{ s.y }}`
  }

  private raw(): string {
    return `${this.tag('raw')}${this.random.of(texts)}{{ x }}${this.tag('endraw')}`
  }

  private comment(): string {
    return this.random.of(['{# c #}', '{#- c #}', '{# c -#}', '{# {{ x }} #}', '\n{# c #}\n'])
  }
}
