import type { Arguments, Body, Expression, Parameter, Statement, Target } from './tree.ts'

export type Node = Statement | Expression

/** What is found right inside a node, in jinja2's order of fields. */
export type Visitor = {
  readonly node: (child: Node) => void
  /** A name that is assigned to, or declared as a parameter. */
  readonly store?: (name: string, at: number) => void
  /** `name` of `{% set name.x = … %}`. */
  readonly member?: (namespace: string, at: number) => void
}

/**
 * Every node under these, outermost first; what `visit` says false to is not entered.
 * @example walk(template.tree, node => { if (node.kind === 'call') … })
 */
export function walk(nodes: readonly Node[], visit: (node: Node) => boolean | void): void {
  const enter = (node: Node): void => {
    if (visit(node) !== false) eachChild(node, { node: enter })
  }
  for (const node of nodes) enter(node)
}

/** The children of one node. */
export function eachChild(node: Node, visitor: Visitor): void {
  const inside = insides[node.kind] as (node: Node, visitor: Visitor) => void
  inside(node, visitor)
}

type Insides = { readonly [K in Node['kind']]: (node: Extract<Node, { kind: K }>, visitor: Visitor) => void }

function each(nodes: readonly Node[], { node: visit }: Visitor): void {
  for (const child of nodes) visit(child)
}

function some(child: Node | undefined, { node: visit }: Visitor): void {
  if (child) visit(child)
}

function stores(target: Target, visitor: Visitor): void {
  if (target.kind === 'name') visitor.store?.(target.name, target.at)
  else if (target.kind === 'member') visitor.member?.(target.namespace, target.at)
  else for (const item of target.items) stores(item, visitor)
}

function given({ positional, named, rest, keywords }: Arguments, visitor: Visitor): void {
  each(positional, visitor)
  for (const { value } of named) visitor.node(value)
  some(rest, visitor)
  some(keywords, visitor)
}

function declared(parameters: readonly Parameter[], visitor: Visitor): void {
  for (const { name, at } of parameters) visitor.store?.(name, at)
  for (const { initial } of parameters) some(initial, visitor)
}

function applied(
  { of, with: handed }: { of: Expression | undefined; with: Arguments },
  visitor: Visitor,
): void {
  some(of, visitor)
  given(handed, visitor)
}

function nothing(): void {}

function items({ items: all }: { items: readonly Expression[] }, visitor: Visitor): void {
  each(all, visitor)
}

function sides({ left, right }: { left: Expression; right: Expression }, { node: visit }: Visitor): void {
  visit(left)
  visit(right)
}

function inner({ of }: { of: Expression }, { node: visit }: Visitor): void {
  visit(of)
}

function withBody(first: Node | undefined, body: Body, visitor: Visitor): void {
  some(first, visitor)
  each(body, visitor)
}

const insides: Insides = {
  constant: nothing,
  name: nothing,
  tuple: items,
  list: items,
  concat: items,
  dict: ({ pairs }, visitor) => {
    for (const { key, value } of pairs) each([key, value], visitor)
  },
  unary: inner,
  not: inner,
  binary: sides,
  and: sides,
  or: sides,
  compare: ({ first, rest }, visitor) => {
    visitor.node(first)
    for (const { right } of rest) visitor.node(right)
  },
  conditional: ({ when, yes, no }, visitor) => {
    each([when, yes], visitor)
    some(no, visitor)
  },
  filter: applied,
  test: applied,
  call: applied,
  attribute: inner,
  item: ({ of, key }, visitor) => each([of, key], visitor),
  slice: ({ bounds }, visitor) => {
    for (const bound of bounds) some(bound, visitor)
  },
  output: ({ parts }, visitor) => {
    for (const part of parts) if (typeof part !== 'string') visitor.node(part)
  },
  for: ({ target, over, body, otherwise, when }, visitor) => {
    stores(target, visitor)
    visitor.node(over)
    each(body, visitor)
    each(otherwise, visitor)
    some(when, visitor)
  },
  if: ({ branches, otherwise }, visitor) => {
    for (const { when, body } of branches) withBody(when, body, visitor)
    each(otherwise, visitor)
  },
  macro: ({ parameters, body }, visitor) => {
    declared(parameters, visitor)
    each(body, visitor)
  },
  'call block': ({ call, parameters, body }, visitor) => {
    visitor.node(call)
    declared(parameters, visitor)
    each(body, visitor)
  },
  'filter block': ({ filter, body }, visitor) => {
    each(body, visitor)
    visitor.node(filter)
  },
  with: ({ targets, values, body }, visitor) => {
    for (const target of targets) stores(target, visitor)
    each(values, visitor)
    each(body, visitor)
  },
  set: ({ target, value }, visitor) => {
    stores(target, visitor)
    visitor.node(value)
  },
  'set block': ({ target, filter, body }, visitor) => {
    stores(target, visitor)
    withBody(filter, body, visitor)
  },
  do: ({ value }, visitor) => visitor.node(value),
  break: nothing,
  continue: nothing,
  autoescape: ({ when, body }, visitor) => withBody(when, body, visitor),
  block: ({ body }, visitor) => each(body, visitor),
  extends: ({ template }, visitor) => visitor.node(template),
  include: ({ template }, visitor) => visitor.node(template),
  import: ({ template }, visitor) => visitor.node(template),
  'from import': ({ template }, visitor) => visitor.node(template),
}

/** Which of these names are read under the nodes before they are assigned to. */
export function undeclared(nodes: readonly Node[], names: readonly string[]): ReadonlySet<string> {
  const open = new Set(names)
  const found = new Set<string>()
  const visitor: Visitor = {
    node: child => {
      if (open.size === found.size) return
      if (child.kind === 'name') {
        if (open.has(child.name)) found.add(child.name)
      } else if (child.kind !== 'block') eachChild(child, visitor)
    },
    // What was read once stays found.
    store: name => {
      if (!found.has(name)) open.delete(name)
    },
  }
  for (const node of nodes) visitor.node(node)
  return found
}
