import { lineOf } from '../source.ts'
import type { Arguments, Call, Conditional, Expression, Filter, Operator, Test } from '../tree.ts'
import { type Frame, buffered, constant, fresh, literal, op, place, settled } from './frame.ts'
import { find } from './symbols.ts'

type Kind = Expression['kind']
type Write = { readonly [K in Kind]: (frame: Frame, node: Expression & { readonly kind: K }) => string }

/** An expression as code whose value is Python's. */
export function value(frame: Frame, node: Expression): string {
  const write = writers[node.kind] as (frame: Frame, node: Expression) => string
  return write(frame, node)
}

/** An expression as code that is JavaScript's `true` or `false`. */
export function condition(frame: Frame, node: Expression): string {
  if (isBoolean(node)) return value(frame, node)
  if (node.kind === 'and') return `(${condition(frame, node.left)}&&${condition(frame, node.right)})`
  if (node.kind === 'or') return `(${condition(frame, node.left)}||${condition(frame, node.right)})`
  return op(frame.unit.making, 'truth', value(frame, node), place(node.at))
}

function isBoolean({ kind }: Expression): boolean {
  return kind === 'not' || kind === 'compare' || kind === 'test'
}

function values(frame: Frame, nodes: readonly Expression[]): string {
  return nodes.map(node => value(frame, node)).join(',')
}

const operations: { readonly [operator in Operator]: string } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
}

const comparisons: { readonly [operator: string]: string } = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }

const writers: Write = {
  constant: ({ unit }, { value: held }) => {
    if (typeof held === 'string') return literal(held)
    if (typeof held === 'number' || typeof held === 'boolean' || held === null) return String(held)
    return constant(unit.making, held)
  },
  name: (frame, node) => name(frame, node.name),
  list: (frame, { items }) => `[${values(frame, items)}]`,
  tuple: (frame, { items }) => op(frame.unit.making, 'tuple', `[${values(frame, items)}]`),
  dict: (frame, { at, pairs }) => {
    const entries = pairs.map(pair => `[${value(frame, pair.key)},${value(frame, pair.value)}]`)
    return op(frame.unit.making, 'dict', `[${entries.join(',')}]`, place(at))
  },
  concat: (frame, { at, items }) => {
    const { making } = frame.unit
    if (frame.autoescape === 'false') return `(${items.map(item => textOf(frame, item, at)).join('+')})`
    return op(making, 'join', frame.autoescape, `[${values(frame, items)}]`, place(at))
  },
  unary: (frame, { at, operator, of }) =>
    op(frame.unit.making, operator === '-' ? 'neg' : 'pos', value(frame, of), place(at)),
  not: (frame, { of }) => `!${condition(frame, of)}`,
  binary: (frame, { at, operator, left, right }) =>
    op(frame.unit.making, operations[operator], value(frame, left), value(frame, right), place(at)),
  and: (frame, node) => {
    const held = fresh(frame.unit)
    const isTrue = op(frame.unit.making, 'truth', `${held}=${value(frame, node.left)}`, place(node.at))
    return `(${isTrue}?${value(frame, node.right)}:${held})`
  },
  or: (frame, node) => {
    const held = fresh(frame.unit)
    const isTrue = op(frame.unit.making, 'truth', `${held}=${value(frame, node.left)}`, place(node.at))
    return `(${isTrue}?${held}:${value(frame, node.right)})`
  },
  compare,
  conditional,
  filter,
  test,
  call: (frame, node) => call(frame, node),
  attribute: (frame, { at, of, name: attribute }) =>
    op(frame.unit.making, 'attr', value(frame, of), literal(attribute), place(at)),
  item: (frame, { at, of, key }) => {
    const { making } = frame.unit
    if (key.kind !== 'slice') return op(making, 'item', value(frame, of), value(frame, key), place(at))
    const bounds = key.bounds.map(bound => (bound ? value(frame, bound) : 'null'))
    const name = frame.isFolding ? 'constantSlice' : 'slice'
    return op(making, name, value(frame, of), `[${bounds.join(',')}]`, place(at))
  },
  // Slices inside of a tuple, `x[1:2, 3]`: Python makes a `slice` object, which no value here takes.
  slice: (frame, { at }) => op(frame.unit.making, 'noSlice', place(at)),
}

function name(frame: Frame, called: string): string {
  const { unit, symbols, pending } = frame
  const symbol = find(symbols, called)
  if (symbol?.load.kind === 'parameter' && !pending.has(symbol.variable)) return symbol.variable
  const missing = op(unit.making, 'undef', literal(called))
  if (symbol) return `(${symbol.variable}===undefined?${missing}:${symbol.variable})`
  return op(unit.making, 'resolved', 'c', literal(called))
}

const placed: ReadonlySet<string> = new Set(['call', 'attribute', 'item', 'filter', 'binary', 'unary'])

/** An expression as the text that it prints. */
export function textOf(frame: Frame, node: Expression, at: number): string {
  const code = value(frame, node)
  const isText = node.kind === 'constant' && typeof node.value === 'string'
  if (isText) return code
  // What calls an operation last has set the place already.
  const isPlaced = node.at === at && placed.has(node.kind)
  return op(frame.unit.making, 'text', code, ...(isPlaced ? [] : [place(at)]))
}

type Compare = Extract<Expression, { kind: 'compare' }>

/** Each operand is asked for once: `a < b < c`. */
function compare(frame: Frame, { first, rest }: Compare): string {
  const { making } = frame.unit
  let left = value(frame, first)
  const links = rest.map(({ operator, at, right }, index) => {
    const held = index < rest.length - 1 ? fresh(frame.unit) : undefined
    const written = value(frame, right)
    const operand = held === undefined ? written : `${held}=${written}`
    const link = comparison(operator, left, operand)
    left = held ?? ''
    return `${link.not ? '!' : ''}${op(making, link.name, link.first, link.second, place(at))}`
  })
  return links.length === 1 ? (links[0] ?? '') : `(${links.join('&&')})`
}

type Link = { readonly name: string; readonly not?: boolean; readonly first: string; readonly second: string }

function comparison(operator: string, first: string, second: string): Link {
  if (operator === '==') return { name: 'equal', first, second }
  if (operator === '!=') return { name: 'equal', not: true, first, second }
  if (operator === 'in') return { name: 'contains', first, second }
  if (operator === 'not in') return { name: 'contains', not: true, first, second }
  return { name: comparisons[operator] ?? operator, first, second }
}

function conditional(frame: Frame, { at, when, yes, no }: Conditional): string {
  const { making } = frame.unit
  const otherwise = no ? value(frame, no) : op(making, 'noElse', String(lineOf(making.source, at)))
  return `(${condition(frame, when)}?${value(frame, yes)}:${otherwise})`
}

/** The variable of a filter or test; it is looked up once for a template. */
function applied(frame: Frame, kind: 'filter' | 'test', called: string): string {
  const { making } = frame.unit
  for (const [variable, known] of making.applied)
    if (known.kind === kind && known.name === called) return variable
  const variable = `${kind === 'filter' ? 'F' : 'T'}${making.applied.size}`
  making.applied.set(variable, { kind, name: called })
  return variable
}

function filter(frame: Frame, { at, of, name: called, with: given }: Filter): string {
  const { making } = frame.unit
  making.operations.add('D')
  const first = of ? value(frame, of) : buffered(frame, frame.out)
  const { positional, named } = handed(frame, given, { first })
  return settled(frame.unit, `${applied(frame, 'filter', called)}(D,${positional},${named},${place(at)})`)
}

function test(frame: Frame, { at, of, name: called, with: given }: Test): string {
  const { making } = frame.unit
  making.operations.add('D')
  const { positional, named } = handed(frame, given, { first: value(frame, of) })
  return `${applied(frame, 'test', called)}(D,${positional},${named},${place(at)})`
}

type Handed = { readonly positional: string; readonly named: string }
type Special = { readonly first?: string; readonly caller?: string | undefined }

/** What a call hands over, as an array and a map or `undefined`. */
function handed(frame: Frame, given: Arguments, { first, caller }: Special): Handed {
  const { making } = frame.unit
  const items = given.positional.map(node => value(frame, node))
  if (first !== undefined) items.unshift(first)
  const named = given.named.map(each => `${literal(each.name)},${value(frame, each.value)}`)
  if (caller !== undefined) named.push(`"caller",${caller}`)
  if (given.rest) items.push(`...${op(making, 'rest', value(frame, given.rest))}`)
  const positional = `[${items.join(',')}]`
  if (given.keywords)
    return { positional, named: op(making, 'keywords', `[${named.join(',')}]`, value(frame, given.keywords)) }
  return { positional, named: named.length === 0 ? 'undefined' : op(making, 'named', `[${named.join(',')}]`) }
}

/** A call; `caller` is the body of a call block. */
export function call(frame: Frame, { at, of, with: handing }: Call, caller?: string): string {
  const { waits } = frame.unit.making.mode
  const how = waits ? 'Waiting' : ''
  let code: string
  if (of.kind === 'attribute') {
    const holder = value(frame, of.of)
    const { positional, named } = handed(frame, handing, { caller })
    const given = `{name:${literal(of.name)},positional:${positional},named:${named}}`
    code = `r.method${how}(${holder},${given},${place(at)})`
  } else {
    const called = value(frame, of)
    const { positional, named } = handed(frame, handing, { caller })
    code = `r.call${how}(${called},${positional},${named},${place(at)})`
  }
  return waits ? settled(frame.unit, code) : code
}
