import { syntaxFailure } from '../source.ts'
import type { Body, Expression, If, Output, Parameter, Statement } from '../tree.ts'
import {
  type Cursor,
  conditionally,
  current,
  expect,
  expectWord,
  fail,
  isOneOf,
  isType,
  isWord,
  next,
  skipType,
  skipWord,
} from './cursor.ts'
import { expression, filter, filters, or, tuple } from './expression.ts'
import { name, parameters, target, targetOrMember } from './target.ts'

/**
 * Text and statements up to a tag of `ends`, which is current then; the end of the template without `ends`.
 */
export function body(cursor: Cursor, ends: readonly string[] = []): Body {
  const statements: Statement[] = []
  let parts: (string | Expression)[] = []
  let partsAt = 0
  const flush = () => {
    if (parts.length > 0) statements.push({ kind: 'output', at: partsAt, parts })
    parts = []
  }
  if (ends.length > 0) cursor.ends.push(ends)
  for (;;) {
    const { type, at, value } = current(cursor)
    if (type === 'eof') break
    if (parts.length === 0) partsAt = at
    next(cursor)
    if (type === 'data') parts.push(value as string)
    else if (type === 'variable_begin') {
      parts.push(tuple(cursor))
      expect(cursor, 'variable_end')
    } else {
      flush()
      if (isOneOf(cursor, ends)) break
      statements.push(cursor.statement(cursor))
      expect(cursor, 'block_end')
    }
  }
  flush()
  if (ends.length > 0) cursor.ends.pop()
  return statements
}

/** The end of a tag, a body, and the word that ended it, which is read. */
function bodyUntil(cursor: Cursor, ends: readonly string[]): { body: Body; end: string } {
  skipType(cursor, 'colon')
  expect(cursor, 'block_end')
  const read = body(cursor, ends)
  if (isType(cursor, 'eof')) failAtEnd(cursor, ends)
  return { body: read, end: next(cursor).value as string }
}

/** A body with names of its own: what stands in it is not conditional, whatever it stands in. */
export function ownBody(cursor: Cursor, ends: readonly string[]): { body: Body; end: string } {
  const { conditions } = cursor
  cursor.conditions = 0
  const read = bodyUntil(cursor, ends)
  cursor.conditions = conditions
  return read
}

function failAtEnd(cursor: Cursor, ends: readonly string[]): never {
  return fail(cursor, ['Unexpected end of template.', ...expected(cursor, [...cursor.ends, ends])].join(' '))
}

/** jinja2's words about a tag that nobody knows here. */
export function failUnknown(cursor: Cursor, tag: string, at: number): never {
  return fail(
    cursor,
    [`Encountered unknown tag '${tag}'.`, ...expected(cursor, cursor.ends, tag)].join(' '),
    at,
  )
}

function expected(cursor: Cursor, ends: readonly (readonly string[])[], tag?: string): readonly string[] {
  const looking = ends
    .at(-1)
    ?.map(end => `'${end}'`)
    .join(' or ')
  const isNesting = tag !== undefined && ends.some(words => words.includes(tag))
  const wanted = isNesting
    ? 'You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for '
    : 'Jinja was looking for the following tags: '
  const innermost = cursor.open.at(-1)
  return [
    ...(looking === undefined ? [] : [`${wanted}${looking}.`]),
    ...(innermost === undefined
      ? []
      : [`The innermost block that needs to be closed is '${innermost.tag}'.`]),
  ]
}

type Read = (cursor: Cursor, at: number) => Statement

function readSet(cursor: Cursor, at: number): Statement {
  const assigned = targetOrMember(cursor)
  if (skipType(cursor, 'assign')) return { kind: 'set', at, target: assigned, value: tuple(cursor) }
  const filtered = filters(cursor, undefined)
  return { kind: 'set block', at, target: assigned, filter: filtered, body: ownBody(cursor, ['endset']).body }
}

function readFor(cursor: Cursor, at: number): Statement {
  const assigned = target(cursor, 'in')
  expectWord(cursor, 'in')
  const over = tuple(cursor, { item: or, end: 'recursive' })
  const when = skipWord(cursor, 'if') ? unconditionally(cursor, () => expression(cursor)) : undefined
  const recursive = skipWord(cursor, 'recursive')
  const first = ownBody(cursor, ['endfor', 'else'])
  const otherwise = first.end === 'else' ? ownBody(cursor, ['endfor']).body : []
  return { kind: 'for', at, target: assigned, over, when, recursive, body: first.body, otherwise }
}

function unconditionally<T>(cursor: Cursor, read: () => T): T {
  const { conditions } = cursor
  cursor.conditions = 0
  const node = read()
  cursor.conditions = conditions
  return node
}

function readIf(cursor: Cursor, at: number): Statement {
  return conditionally(cursor, () => {
    const branches: If['branches'][number][] = []
    for (let branchAt = at; ; ) {
      const when = tuple(cursor, { item: or })
      const { body: yes, end } = bodyUntil(cursor, ['elif', 'else', 'endif'])
      branches.push({ at: branchAt, when, body: yes })
      if (end === 'elif') branchAt = current(cursor).at
      else {
        const otherwise = end === 'else' ? bodyUntil(cursor, ['endif']).body : []
        return { kind: 'if', at, branches, otherwise } satisfies If
      }
    }
  })
}

function readWith(cursor: Cursor, at: number): Statement {
  const targets = []
  const values: Expression[] = []
  while (!isType(cursor, 'block_end')) {
    if (targets.length > 0) expect(cursor, 'comma')
    targets.push(target(cursor))
    expect(cursor, 'assign')
    values.push(expression(cursor))
  }
  return { kind: 'with', at, targets, values, body: ownBody(cursor, ['endwith']).body }
}

function readAutoescape(cursor: Cursor, at: number): Statement {
  const when = expression(cursor)
  return { kind: 'autoescape', at, when, body: ownBody(cursor, ['endautoescape']).body }
}

function readMacro(cursor: Cursor, at: number): Statement {
  const { name: own } = name(cursor)
  const declared = unconditionally(cursor, () => parameters(cursor))
  return { kind: 'macro', at, name: own, parameters: declared, body: ownBody(cursor, ['endmacro']).body }
}

function readCall(cursor: Cursor, at: number): Statement {
  const declared: readonly Parameter[] = isType(cursor, 'lparen') ? parameters(cursor) : []
  const call = expression(cursor)
  if (call.kind !== 'call') return fail(cursor, 'expected call', at)
  return { kind: 'call block', at, call, parameters: declared, body: ownBody(cursor, ['endcall']).body }
}

function readFilter(cursor: Cursor, at: number): Statement {
  const applied = unconditionally(cursor, () => {
    const first = filter(cursor, undefined)
    return filters(cursor, first) ?? first
  })
  return { kind: 'filter block', at, filter: applied, body: ownBody(cursor, ['endfilter']).body }
}

function readPrint(cursor: Cursor, at: number): Statement {
  const parts: Expression[] = []
  while (!isType(cursor, 'block_end')) {
    if (parts.length > 0) expect(cursor, 'comma')
    parts.push(expression(cursor))
  }
  return { kind: 'output', at, parts } satisfies Output
}

function readBlock(cursor: Cursor, at: number): Statement {
  const own = expect(cursor, 'name').value as string
  const scoped = skipWord(cursor, 'scoped')
  const required = skipWord(cursor, 'required')
  if (isType(cursor, 'sub'))
    fail(
      cursor,
      'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, ' +
        'use an underscore instead.',
    )
  const { body: read } = ownBody(cursor, ['endblock'])
  if (required && !read.every(isBlank))
    fail(cursor, 'Required blocks can only contain comments or whitespace')
  skipWord(cursor, own)
  return { kind: 'block', at, name: own, scoped, required, body: read }
}

function isBlank(statement: Statement): boolean {
  if (statement.kind !== 'output') return false
  return statement.parts.every(part => typeof part === 'string' && part.trim() === '')
}

function readInclude(cursor: Cursor, at: number): Statement {
  const template = expression(cursor)
  const ignoreMissing = isWord(cursor, 'ignore') && followedBy(cursor, 'missing')
  if (ignoreMissing) {
    next(cursor)
    next(cursor)
  }
  return { kind: 'include', at, template, ignoreMissing, withContext: context(cursor) ?? true }
}

/** `with context`, `without context`; undefined: neither. */
function context(cursor: Cursor): boolean | undefined {
  if (!isOneOf(cursor, ['with', 'without']) || !followedBy(cursor, 'context')) return undefined
  const isWith = next(cursor).value === 'with'
  next(cursor)
  return isWith
}

function followedBy(cursor: Cursor, word: string): boolean {
  const token = cursor.tokens[cursor.index + 1]
  return token?.type === 'name' && token.value === word
}

function readImport(cursor: Cursor, at: number): Statement {
  const template = expression(cursor)
  expectWord(cursor, 'as')
  const { name: own } = name(cursor)
  return { kind: 'import', at, template, name: own, withContext: context(cursor) ?? false }
}

function readFrom(cursor: Cursor, at: number): Statement {
  const template = expression(cursor)
  expectWord(cursor, 'import')
  const names: { name: string; alias: string }[] = []
  let withContext: boolean | undefined
  do {
    if (names.length > 0) expect(cursor, 'comma')
    withContext = context(cursor)
    if (withContext !== undefined) break
    const { name: own, at: nameAt } = name(cursor)
    if (own.startsWith('_'))
      throw syntaxFailure(cursor.source, nameAt, {
        kind: 'TemplateAssertionError',
        words: 'names starting with an underline can not be imported',
      })
    names.push({ name: own, alias: skipWord(cursor, 'as') ? name(cursor).name : own })
    withContext = context(cursor)
  } while (withContext === undefined && isType(cursor, 'comma'))
  return { kind: 'from import', at, template, names, withContext: withContext ?? false }
}

/** The statements of jinja2, with its extensions `do` and `loopcontrols`. */
export const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['set', readSet],
  ['for', readFor],
  ['if', readIf],
  ['with', readWith],
  ['autoescape', readAutoescape],
  ['macro', readMacro],
  ['call', readCall],
  ['filter', readFilter],
  ['print', readPrint],
  ['block', readBlock],
  ['extends', (cursor, at) => ({ kind: 'extends', at, template: expression(cursor) })],
  ['include', readInclude],
  ['import', readImport],
  ['from', readFrom],
  ['do', (cursor, at) => ({ kind: 'do', at, value: tuple(cursor) })],
  ['break', (_, at) => ({ kind: 'break', at })],
  ['continue', (_, at) => ({ kind: 'continue', at })],
])
