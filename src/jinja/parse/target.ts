import type { Expression, Parameter, Target } from '../tree.ts'
import { type Cursor, current, expect, fail, isType, next, skipType } from './cursor.ts'
import { expression, primary, tuple } from './expression.ts'

/** A name alone. */
export function name(cursor: Cursor): { name: string; at: number } {
  const { at, value } = expect(cursor, 'name')
  const found = value as string
  if (reserved.has(found)) fail(cursor, "can't assign to 'name'", at)
  return { name: found, at }
}

const reserved = new Set(['true', 'false', 'none', 'True', 'False', 'None'])

type Member = {
  readonly kind: 'member'
  readonly at: number
  readonly namespace: string
  readonly name: string
}

/** What `for` assigns to: `a`, or `a, b`. */
export function target(cursor: Cursor, end?: string): Target {
  return targetOf(cursor, tuple(cursor, { item: primary, ...(end === undefined ? {} : { end }) }))
}

/** What `set` assigns to: `namespace.name` too. */
export function targetOrMember(cursor: Cursor): Target {
  const members = new Map<Expression, Member>()
  const item = (at: Cursor): Expression => {
    const node = primary(at)
    if (node.kind === 'name' && isType(at, 'dot')) members.set(node, member(at, node))
    return node
  }
  return targetOf(cursor, tuple(cursor, { item }), members)
}

function member(cursor: Cursor, { at, name: namespace }: { at: number; name: string }): Member {
  next(cursor)
  return { kind: 'member', at, namespace, name: expect(cursor, 'name').value as string }
}

function targetOf(cursor: Cursor, node: Expression, members?: ReadonlyMap<Expression, Member>): Target {
  const assigned = assignable(node, members)
  if (assigned) return assigned
  const what = node.kind === 'constant' ? 'const' : classes[node.kind]
  return fail(cursor, `can't assign to '${what ?? node.kind}'`, node.at)
}

/** jinja2's classes of nodes, where they are called otherwise than here. */
const classes: { readonly [kind: string]: string } = {
  binary: 'binexpr',
  attribute: 'getattr',
  item: 'getitem',
  conditional: 'condexpr',
}

function assignable(node: Expression, members?: ReadonlyMap<Expression, Member>): Target | undefined {
  if (node.kind === 'name') return members?.get(node) ?? node
  if (node.kind !== 'tuple') return undefined
  const items = node.items.map(item => assignable(item, members))
  return items.every(item => item !== undefined) ? { kind: 'targets', at: node.at, items } : undefined
}

/** `(a, b=1)` */
export function parameters(cursor: Cursor): readonly Parameter[] {
  const read: Parameter[] = []
  expect(cursor, 'lparen')
  while (!isType(cursor, 'rparen')) {
    if (read.length > 0) expect(cursor, 'comma')
    const declared = name(cursor)
    const initial = skipType(cursor, 'assign') ? defaultOf(cursor) : undefined
    if (!initial && read.at(-1)?.initial) fail(cursor, 'non-default argument follows default argument')
    read.push({ ...declared, initial: initial?.value, text: initial?.text })
  }
  next(cursor)
  return read
}

function defaultOf(cursor: Cursor): { value: Expression; text: string } {
  const from = current(cursor).at
  const value = expression(cursor)
  const end = cursor.tokens[cursor.index - 1]?.end ?? from
  return { value, text: cursor.source.text.slice(from, end) }
}
