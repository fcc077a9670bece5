import { tokenWords } from '../lex.ts'
import type { Arguments, Comparison, Conditional, Expression, Filter, Operator, Pair, Test } from '../tree.ts'
import type { Value } from '../values/index.ts'
import {
  type Cursor,
  current,
  expect,
  fail,
  isOneOf,
  isType,
  isWord,
  look,
  next,
  quoted,
  skipType,
  skipWord,
} from './cursor.ts'

/** `a if b else c`, and all that binds closer. */
export function expression(cursor: Cursor): Expression {
  const from = cursor.named.length
  let node = or(cursor)
  while (isWord(cursor, 'if')) {
    const { at } = next(cursor)
    const when = or(cursor)
    const no: Expression | undefined = skipWord(cursor, 'else') ? expression(cursor) : undefined
    node = { kind: 'conditional', at, when, yes: node, no } satisfies Conditional
    // jinja2 asks for the filters of all three parts only when they are reached.
    for (let i = from; i < cursor.named.length; i++)
      cursor.named[i] = { ...(cursor.named[i] as (typeof cursor.named)[number]), isConditional: true }
  }
  return node
}

type TupleOptions = {
  /** How its items are read. */
  readonly item?: (cursor: Cursor) => Expression
  /** A word that ends it, beside the ends of tags and brackets. */
  readonly end?: string
  /** It stands in brackets, where nothing is a tuple too. */
  readonly bracketed?: boolean
}

/** Expressions with commas between them make a tuple; one alone is itself. */
export function tuple(
  cursor: Cursor,
  { item = expression, end, bracketed = false }: TupleOptions = {},
): Expression {
  const { at } = current(cursor)
  const items: Expression[] = []
  let isTuple = false
  for (;;) {
    if (items.length > 0) expect(cursor, 'comma')
    if (isTupleEnd(cursor, end)) break
    items.push(item(cursor))
    if (!isType(cursor, 'comma')) break
    isTuple = true
  }
  const [only] = items
  if (!isTuple && only) return only
  if (!isTuple && !bracketed)
    return fail(cursor, `Expected an expression, got ${quoted(tokenWords(current(cursor)))}`)
  return { kind: 'tuple', at, items }
}

function isTupleEnd(cursor: Cursor, end: string | undefined): boolean {
  const { type } = current(cursor)
  if (type === 'variable_end' || type === 'block_end' || type === 'rparen') return true
  return end !== undefined && isWord(cursor, end)
}

/** Without `if`: what `for` and `if` stand on. */
export function or(cursor: Cursor): Expression {
  let left = and(cursor)
  while (isWord(cursor, 'or')) {
    const { at } = next(cursor)
    left = { kind: 'or', at, left, right: and(cursor) }
  }
  return left
}

function and(cursor: Cursor): Expression {
  let left = not(cursor)
  while (isWord(cursor, 'and')) {
    const { at } = next(cursor)
    left = { kind: 'and', at, left, right: not(cursor) }
  }
  return left
}

function not(cursor: Cursor): Expression {
  if (!isWord(cursor, 'not')) return compare(cursor)
  const { at } = next(cursor)
  return { kind: 'not', at, of: not(cursor) }
}

const comparisons: ReadonlyMap<string, Comparison['operator']> = new Map([
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['lteq', '<='],
  ['gt', '>'],
  ['gteq', '>='],
])

function compare(cursor: Cursor): Expression {
  const first = sum(cursor)
  const rest: Comparison[] = []
  for (;;) {
    const { at } = current(cursor)
    const operator = comparison(cursor)
    if (operator === undefined) break
    rest.push({ operator, at, right: sum(cursor) })
  }
  const [{ at } = first] = rest
  return rest.length === 0 ? first : { kind: 'compare', at, first, rest }
}

function comparison(cursor: Cursor): Comparison['operator'] | undefined {
  const operator = comparisons.get(current(cursor).type)
  if (operator !== undefined) {
    next(cursor)
    return operator
  }
  if (skipWord(cursor, 'in')) return 'in'
  if (!isWord(cursor, 'not')) return undefined
  const { type, value } = look(cursor)
  if (type !== 'name' || value !== 'in') return undefined
  next(cursor)
  next(cursor)
  return 'not in'
}

type Operators = { readonly [type: string]: Operator }

const sums: Operators = { add: '+', sub: '-' }
const products: Operators = { mul: '*', div: '/', floordiv: '//', mod: '%' }
const powers: Operators = { pow: '**' }

function binary(cursor: Cursor, operators: Operators, operand: (cursor: Cursor) => Expression): Expression {
  let left = operand(cursor)
  for (;;) {
    const { type, at } = current(cursor)
    const operator = operators[type]
    if (operator === undefined) return left
    next(cursor)
    left = { kind: 'binary', at, operator, left, right: operand(cursor) }
  }
}

function sum(cursor: Cursor): Expression {
  return binary(cursor, sums, concat)
}

function concat(cursor: Cursor): Expression {
  const first = product(cursor)
  if (!isType(cursor, 'tilde')) return first
  const { at } = current(cursor)
  const items = [first]
  while (skipType(cursor, 'tilde')) items.push(product(cursor))
  return { kind: 'concat', at, items }
}

function product(cursor: Cursor): Expression {
  return binary(cursor, products, power)
}

// jinja2's `**` takes from the left, unlike Python's.
function power(cursor: Cursor): Expression {
  return binary(cursor, powers, filtered)
}

function filtered(cursor: Cursor): Expression {
  let node = unary(cursor)
  for (;;) {
    if (isType(cursor, 'pipe')) node = filters(cursor, node) as Filter
    else if (isWord(cursor, 'is')) node = test(cursor, node)
    else if (isType(cursor, 'lparen')) node = call(cursor, node)
    else return node
  }
}

function unary(cursor: Cursor): Expression {
  const { type, at } = current(cursor)
  if (type !== 'sub' && type !== 'add') return postfix(cursor, primary(cursor))
  next(cursor)
  return postfix(cursor, { kind: 'unary', at, operator: type === 'sub' ? '-' : '+', of: unary(cursor) })
}

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** A name, a literal, or something in brackets. */
export function primary(cursor: Cursor): Expression {
  const token = current(cursor)
  const { type, at, value } = token
  if (type === 'name') return named(cursor)
  if (type === 'string') return texts(cursor)
  if (type === 'integer' || type === 'float') {
    next(cursor)
    return { kind: 'constant', at, value: value as Value }
  }
  if (type === 'lbracket') return list(cursor)
  if (type === 'lbrace') return dict(cursor)
  if (type !== 'lparen') return fail(cursor, `unexpected ${quoted(tokenWords(token))}`)
  next(cursor)
  const node = tuple(cursor, { bracketed: true })
  expect(cursor, 'rparen')
  return node
}

function named(cursor: Cursor): Expression {
  const { at, value } = next(cursor)
  const name = value as string
  const constant = words.get(name)
  return constant === undefined ? { kind: 'name', at, name } : { kind: 'constant', at, value: constant }
}

/** Texts that stand side by side are one. */
function texts(cursor: Cursor): Expression {
  const { at } = current(cursor)
  let value = ''
  while (isType(cursor, 'string')) value += next(cursor).value as string
  return { kind: 'constant', at, value }
}

function list(cursor: Cursor): Expression {
  const { at } = expect(cursor, 'lbracket')
  const items: Expression[] = []
  while (!isType(cursor, 'rbracket')) {
    if (items.length > 0) expect(cursor, 'comma')
    if (isType(cursor, 'rbracket')) break
    items.push(expression(cursor))
  }
  next(cursor)
  return { kind: 'list', at, items }
}

function dict(cursor: Cursor): Expression {
  const { at } = expect(cursor, 'lbrace')
  const pairs: Pair[] = []
  while (!isType(cursor, 'rbrace')) {
    if (pairs.length > 0) expect(cursor, 'comma')
    if (isType(cursor, 'rbrace')) break
    const key = expression(cursor)
    expect(cursor, 'colon')
    pairs.push({ key, value: expression(cursor) })
  }
  next(cursor)
  return { kind: 'dict', at, pairs }
}

function postfix(cursor: Cursor, start: Expression): Expression {
  let node = start
  for (;;) {
    if (isType(cursor, 'dot')) node = member(cursor, node)
    else if (isType(cursor, 'lbracket')) node = subscript(cursor, node)
    else if (isType(cursor, 'lparen')) node = call(cursor, node)
    else return node
  }
}

/** `.name`, or `.0` for an item. */
function member(cursor: Cursor, of: Expression): Expression {
  next(cursor)
  const { type, at, value } = next(cursor)
  if (type === 'name') return { kind: 'attribute', at, of, name: value as string }
  if (type !== 'integer') return fail(cursor, 'expected name or number', at)
  return { kind: 'item', at, of, key: { kind: 'constant', at, value: value as number } }
}

function subscript(cursor: Cursor, of: Expression): Expression {
  const { at } = next(cursor)
  const keys: Expression[] = []
  while (!isType(cursor, 'rbracket')) {
    if (keys.length > 0) expect(cursor, 'comma')
    keys.push(bounds(cursor))
  }
  next(cursor)
  const [only] = keys
  return { kind: 'item', at, of, key: keys.length === 1 && only ? only : { kind: 'tuple', at, items: keys } }
}

function bounds(cursor: Cursor): Expression {
  const { at } = current(cursor)
  const start = isType(cursor, 'colon') ? undefined : expression(cursor)
  if (start && !isType(cursor, 'colon')) return start
  next(cursor)
  const stop = isBound(cursor) ? expression(cursor) : undefined
  const step = skipType(cursor, 'colon') && isBound(cursor) ? expression(cursor) : undefined
  return { kind: 'slice', at, bounds: [start, stop, step] }
}

function isBound(cursor: Cursor): boolean {
  const { type } = current(cursor)
  return type !== 'colon' && type !== 'rbracket' && type !== 'comma'
}

function call(cursor: Cursor, of: Expression): Expression {
  const at = of.kind === 'name' || of.kind === 'attribute' ? of.at : current(cursor).at
  return { kind: 'call', at, of, with: callArguments(cursor) }
}

const noArguments: Arguments = { positional: [], named: [], rest: undefined, keywords: undefined }

function callArguments(cursor: Cursor): Arguments {
  const { at } = expect(cursor, 'lparen')
  const positional: Expression[] = []
  const named: { name: string; value: Expression }[] = []
  let rest: Expression | undefined
  let keywords: Expression | undefined
  const wrong = (isWrong: boolean) => {
    if (isWrong) fail(cursor, 'invalid syntax for function call expression', at)
  }
  for (let isFirst = true; !isType(cursor, 'rparen'); isFirst = false) {
    if (!isFirst) expect(cursor, 'comma')
    if (!isFirst && isType(cursor, 'rparen')) break
    const { type, value } = current(cursor)
    if (type === 'mul') {
      wrong(rest !== undefined || keywords !== undefined)
      next(cursor)
      rest = expression(cursor)
    } else if (type === 'pow') {
      wrong(keywords !== undefined)
      next(cursor)
      keywords = expression(cursor)
    } else if (type === 'name' && look(cursor).type === 'assign') {
      wrong(keywords !== undefined)
      next(cursor)
      next(cursor)
      named.push({ name: value as string, value: expression(cursor) })
    } else {
      wrong(rest !== undefined || keywords !== undefined || named.length > 0)
      positional.push(expression(cursor))
    }
  }
  next(cursor)
  return { positional, named, rest, keywords }
}

/** `| name(…)`, as many as there are; `of` is undefined where a block is filtered. */
export function filters(cursor: Cursor, of: Expression | undefined): Filter | undefined {
  let node = of
  while (skipType(cursor, 'pipe')) node = filter(cursor, node)
  return node as Filter | undefined
}

/** `name(…)`: a filter without its bar. */
export function filter(cursor: Cursor, of: Expression | undefined): Filter {
  const { at, name } = operation(cursor, 'filter')
  const given = isType(cursor, 'lparen') ? callArguments(cursor) : noArguments
  return { kind: 'filter', at, of, name, with: given }
}

function operation(cursor: Cursor, kind: 'filter' | 'test'): { at: number; name: string } {
  const { at, value } = expect(cursor, 'name')
  let name = value as string
  while (skipType(cursor, 'dot')) name += `.${expect(cursor, 'name').value as string}`
  cursor.named.push({ kind, name, at, isConditional: cursor.conditions > 0 })
  return { at, name }
}

const operands = new Set(['name', 'string', 'integer', 'float', 'lparen', 'lbracket', 'lbrace'])

function test(cursor: Cursor, of: Expression): Expression {
  next(cursor)
  const negated = isWord(cursor, 'not') ? next(cursor) : undefined
  const { at, name } = operation(cursor, 'test')
  const node: Test = { kind: 'test', at, of, name, with: testArguments(cursor) }
  return negated ? { kind: 'not', at: negated.at, of: node } : node
}

/** One argument needs no brackets: `x is divisibleby 3`. */
function testArguments(cursor: Cursor): Arguments {
  if (isType(cursor, 'lparen')) return callArguments(cursor)
  if (!operands.has(current(cursor).type) || isOneOf(cursor, ['else', 'or', 'and'])) return noArguments
  if (isWord(cursor, 'is')) return fail(cursor, 'You cannot chain multiple tests with is')
  return { ...noArguments, positional: [postfix(cursor, primary(cursor))] }
}
