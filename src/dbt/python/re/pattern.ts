import {
  callValue,
  Dict,
  HOST,
  type Host,
  type HostType,
  isCallable,
  Iterated,
  raise,
  repr,
  textOf,
  tupleOf,
  typeName,
  type Value,
} from '../../../jinja/index.ts'
import { builtinType } from '../builtin.ts'
import { wantInt } from '../datetime/arguments.ts'
import { budgetFor, find, type Search } from './machine.ts'
import { Match } from './match.ts'
import { parse } from './parse.ts'
import { type Program, programOf } from './program.ts'
import { cut, type Subject, subjectOf } from './subject.ts'
import { filled, templateOf } from './template.ts'
import { flag, type Tree } from './tree.ts'

/** Python's `re.Pattern`. */
export class Pattern implements Host {
  readonly text: string
  readonly tree: Tree
  readonly program: Program
  readonly [HOST]: HostType<Pattern> = patternType
  constructor(text: string, flags: number) {
    this.text = text
    this.tree = parse(text, flags)
    this.program = programOf(this.tree)
  }
}

export type Window = { readonly pos: number; readonly endpos: number }

const everything: Window = { pos: 0, endpos: Number.MAX_SAFE_INTEGER }

/** The first match in a text, or in a window of it. */
export function first(
  pattern: Pattern,
  text: Value,
  { how, pos, endpos }: Window & { readonly how: Search['how'] },
): Match | null {
  const subject = subjectOf(text)
  const length = subject.codes.length
  const end = Math.min(Math.max(endpos, 0), length)
  const from = Math.min(Math.max(pos, 0), length)
  if (from > end) return null
  const registers = find(pattern.program, {
    codes: subject.codes,
    from,
    end,
    how,
    mustAdvance: false,
    budget: budgetFor(length),
  })
  return registers ? new Match({ pattern, subject, registers, pos: from, endpos: end }) : null
}

/** All of them, one after the other; after an empty one the next must not be empty at the same place. */
function* all(pattern: Pattern, subject: Subject, { pos, endpos }: Window = everything): Generator<Match> {
  const end = Math.min(Math.max(endpos, 0), subject.codes.length)
  const start = Math.min(Math.max(pos, 0), end)
  const budget = budgetFor(subject.codes.length)
  let [from, mustAdvance] = [start, false]
  for (;;) {
    const registers = find(pattern.program, {
      codes: subject.codes,
      from,
      end,
      how: 'search',
      mustAdvance,
      budget,
    })
    if (!registers) return
    const match = new Match({ pattern, subject, registers, pos: start, endpos: end })
    yield match
    const [began, ended] = match.span()
    from = ended
    mustAdvance = began === ended
  }
}

/** What `findall` gives of a match: all of it, its only group, or all its groups. */
function told(match: Match): Value {
  const { groups } = match.found.pattern.tree
  if (groups === 0) return match.text()
  const texts = Array.from({ length: groups }, (_, i) => match.text(i + 1) ?? '')
  return groups === 1 ? (texts[0] ?? '') : tupleOf(texts)
}

export function findAll(pattern: Pattern, text: Value, window?: Window): Value[] {
  return Array.from(all(pattern, subjectOf(text), window), told)
}

export function findIter(pattern: Pattern, text: Value, window?: Window): Value {
  return new Iterated(all(pattern, subjectOf(text), window), { type: 'callable_iterator' })
}

export function split(pattern: Pattern, text: Value, maxsplit: Value): Value[] {
  const subject = subjectOf(text)
  const max = wantInt(maxsplit)
  const parts: Value[] = []
  let [from, count] = [0, 0]
  if (max >= 0)
    for (const match of all(pattern, subject)) {
      if (max > 0 && count >= max) break
      const [began, ended] = match.span()
      parts.push(cut(subject, from, began))
      for (let group = 1; group <= pattern.tree.groups; group++) parts.push(match.text(group))
      from = ended
      count += 1
    }
  parts.push(cut(subject, from, subject.codes.length))
  return parts
}

type Replacing = { readonly replacement: Value; readonly text: Value; readonly count: Value }
type Replaced = { readonly text: string; readonly count: number }

/** `sub`: what a function puts in a match's place may have to be waited for. */
export function replace(
  pattern: Pattern,
  { replacement, text, count }: Replacing,
): Replaced | Promise<Replaced> {
  const max = wantInt(count)
  const template = isCallable(replacement) ? undefined : templateOf(replacement, pattern)
  const subject = subjectOf(text)
  const parts: (Value | Promise<Value>)[] = []
  let [from, made] = [0, 0]
  if (max >= 0)
    for (const match of all(pattern, subject)) {
      if (max > 0 && made >= max) break
      const [began, ended] = match.span()
      if (began > from) parts.push(cut(subject, from, began))
      parts.push(template ? filled(template, match) : callValue(replacement, [match]))
      from = ended
      made += 1
    }
  if (from < subject.codes.length) parts.push(cut(subject, from, subject.codes.length))
  if (!parts.some(part => part instanceof Promise)) return { text: joined(parts as Value[]), count: made }
  return Promise.all(parts).then(known => ({ text: joined(known), count: made }))
}

function joined(parts: readonly Value[]): string {
  return parts
    .filter(part => part !== null)
    .map(
      (part, i) =>
        textOf(part) ??
        raise('TypeError', `sequence item ${i}: expected str instance, ${typeName(part)} found`),
    )
    .join('')
}

/** What is made of a replaced text, now or when it is there. */
export function after<A, B>(value: A | Promise<A>, make: (value: A) => B): B | Promise<B> {
  return value instanceof Promise ? value.then(make) : make(value)
}

const flagNames: readonly (readonly [number, string])[] = [
  [flag.I, 're.IGNORECASE'],
  [flag.L, 're.LOCALE'],
  [flag.M, 're.MULTILINE'],
  [flag.S, 're.DOTALL'],
  [flag.X, 're.VERBOSE'],
  [flag.A, 're.ASCII'],
]

function representation({ text, tree: { flags } }: Pattern): string {
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  // C cuts a pattern's own repr at two hundred characters.
  const shown = repr(text).slice(0, 200)
  return `re.compile(${shown}${names.length === 0 ? '' : `, ${names.join('|')}`})`
}

const window = `pos=0, endpos=${Number.MAX_SAFE_INTEGER}`

function windowOf(pos: Value, endpos: Value): Window {
  return { pos: wantInt(pos), endpos: wantInt(endpos) }
}

const patternType: HostType<Pattern> = builtinType<Pattern>(
  're.Pattern',
  {
    fields: {
      pattern: ({ text }) => text,
      flags: ({ tree }) => tree.flags,
      groups: ({ tree }) => tree.groups,
      groupindex: ({ tree }) => Dict.of(tree.names),
    },
    methods: {
      match: [
        `string, ${window}`,
        (self, [text, pos, endpos]) => first(self, text, { how: 'match', ...windowOf(pos, endpos) }),
      ],
      fullmatch: [
        `string, ${window}`,
        (self, [text, pos, endpos]) => first(self, text, { how: 'full', ...windowOf(pos, endpos) }),
      ],
      search: [
        `string, ${window}`,
        (self, [text, pos, endpos]) => first(self, text, { how: 'search', ...windowOf(pos, endpos) }),
      ],
      findall: [
        `string, ${window}`,
        (self, [text, pos, endpos]) => findAll(self, text, windowOf(pos, endpos)),
      ],
      finditer: [
        `string, ${window}`,
        (self, [text, pos, endpos]) => findIter(self, text, windowOf(pos, endpos)),
      ],
      split: ['string, maxsplit=0', (self, [text, max]) => split(self, text, max)],
      sub: [
        'repl, string, count=0',
        (self, [replacement, text, count]) =>
          after(replace(self, { replacement, text, count }), made => made.text),
      ],
      subn: [
        'repl, string, count=0',
        (self, [replacement, text, count]) =>
          after<Replaced, Value>(replace(self, { replacement, text, count }), made =>
            tupleOf([made.text, made.count]),
          ),
      ],
    },
  },
  {
    repr: representation,
    key: ({ text, tree }) => `${tree.flags} ${text}`,
    equal: (self, other) =>
      other instanceof Pattern && other.text === self.text && other.tree.flags === self.tree.flags,
  },
)
