import type { Body, Expression, Statement, Target } from '../tree.ts'
import { type Node, eachChild } from '../walk.ts'

/** What a name holds when its frame is entered. */
export type Load =
  /** It is handed in. */
  | { readonly kind: 'parameter' }
  /** It is looked up outside of the template. */
  | { readonly kind: 'resolve' }
  /** It begins as a name of an outer frame. */
  | { readonly kind: 'alias'; readonly of: string }
  | { readonly kind: 'missing' }

/** A name as the generated code knows it. */
export type Symbol = { readonly variable: string; readonly load: Load }

/**
 * The names of one frame: a template, a loop, a macro … An `if` opens none. They are jinja2's rules,
 * idtracking.py.
 */
export type Symbols = {
  readonly outer: Symbols | undefined
  /** What holds before this branch of an `if`. */
  readonly before: Symbols | undefined
  readonly loads: Map<string, Load>
  readonly stores: Set<string>
  /** Variables of the frame, shared by its branches. */
  readonly variables: Map<string, string>
  /** A variable nobody else has. */
  readonly fresh: (name: string) => string
}

export function rootSymbols(fresh: (name: string) => string): Symbols {
  return {
    outer: undefined,
    before: undefined,
    loads: new Map(),
    stores: new Set(),
    variables: new Map(),
    fresh,
  }
}

/** The names of a frame inside of another one; a function of its own has variables of its own. */
export function innerSymbols(outer: Symbols, fresh: (name: string) => string = outer.fresh): Symbols {
  return { ...rootSymbols(fresh), outer }
}

/** What a name means here. */
export function find(symbols: Symbols, name: string): Symbol | undefined {
  return own(symbols, name) ?? (symbols.outer ? find(symbols.outer, name) : undefined)
}

function own(symbols: Symbols, name: string): Symbol | undefined {
  for (let at: Symbols | undefined = symbols; at; at = at.before) {
    const load = at.loads.get(name)
    if (load) return { variable: variableOf(symbols, name), load }
  }
  return undefined
}

function variableOf({ variables, fresh }: Symbols, name: string): string {
  const known = variables.get(name)
  if (known !== undefined) return known
  const made = fresh(name)
  variables.set(name, made)
  return made
}

function define(symbols: Symbols, name: string, load: Load): string {
  symbols.loads.set(name, load)
  return variableOf(symbols, name)
}

export function declareParameter(symbols: Symbols, name: string): string {
  symbols.stores.add(name)
  return define(symbols, name, { kind: 'parameter' })
}

function outerVariable({ outer }: Symbols, name: string): string | undefined {
  return outer ? find(outer, name)?.variable : undefined
}

function store(symbols: Symbols, name: string): void {
  symbols.stores.add(name)
  if (own(symbols, name)) return
  const outer = outerVariable(symbols, name)
  define(symbols, name, outer === undefined ? { kind: 'missing' } : { kind: 'alias', of: outer })
}

function load(symbols: Symbols, name: string): void {
  if (!find(symbols, name)) define(symbols, name, { kind: 'resolve' })
}

function isStored(symbols: Symbols, name: string): boolean {
  for (let at: Symbols | undefined = symbols; at; at = at.before) if (at.stores.has(name)) return true
  return false
}

export function analyseExpression(symbols: Symbols, node: Node): void {
  if (node.kind === 'name') load(symbols, node.name)
  else eachChild(node, { node: child => analyseExpression(symbols, child) })
}

export function analyseBody(symbols: Symbols, body: Body): void {
  for (const statement of body) analyse(symbols, statement)
}

/** Targets of loops are handed in, others are assigned to. */
export function analyseTarget(symbols: Symbols, target: Target, how: 'parameter' | 'store'): void {
  if (target.kind === 'member') load(symbols, target.namespace)
  else if (target.kind === 'targets') for (const item of target.items) analyseTarget(symbols, item, how)
  else if (how === 'parameter') declareParameter(symbols, target.name)
  else store(symbols, target.name)
}

/** What one statement does to the names around it: what opens a frame is not entered. */
function analyse(symbols: Symbols, node: Statement): void {
  switch (node.kind) {
    case 'if':
      return analyseIf(symbols, node)
    case 'macro':
      return store(symbols, node.name)
    case 'for':
      return analyseExpression(symbols, node.over)
    case 'call block':
      return analyseExpression(symbols, node.call)
    case 'filter block':
      return analyseExpression(symbols, node.filter)
    case 'with':
      return analyseAll(symbols, node.values)
    case 'set':
      analyseExpression(symbols, node.value)
      return analyseTarget(symbols, node.target, 'store')
    case 'set block':
      return analyseTarget(symbols, node.target, 'store')
    case 'import':
      analyseExpression(symbols, node.template)
      return store(symbols, node.name)
    case 'from import':
      analyseExpression(symbols, node.template)
      for (const { alias } of node.names) store(symbols, alias)
      return
    case 'autoescape':
    case 'block':
      return
    default:
      eachChild(node, { node: child => analyseExpression(symbols, child) })
  }
}

function analyseAll(symbols: Symbols, nodes: readonly Expression[]): void {
  for (const node of nodes) analyseExpression(symbols, node)
}

/**
 * jinja2 looks at the first branch, at all `elif` as nested ones, and at `else`; a name that any of them
 * assigns to begins as what it is outside, so that it can be read where another branch was taken.
 */
function analyseIf(symbols: Symbols, { branches, otherwise }: Extract<Statement, { kind: 'if' }>): void {
  const [first, ...rest] = branches
  if (first) analyseExpression(symbols, first.when)
  const branch = (): Symbols => ({ ...symbols, before: symbols, loads: new Map(), stores: new Set() })
  const yes = branch()
  if (first) analyseBody(yes, first.body)
  const elifs = branch()
  for (const each of rest) analyseIf(elifs, { kind: 'if', at: each.at, branches: [each], otherwise: [] })
  const no = branch()
  analyseBody(no, otherwise)
  update(symbols, [yes, elifs, no])
}

function update(symbols: Symbols, branches: readonly Symbols[]): void {
  const assigned = new Set(
    branches.flatMap(({ stores }) => [...stores]).filter(name => !isStored(symbols, name)),
  )
  for (const { loads, stores } of branches) {
    for (const [name, each] of loads) symbols.loads.set(name, each)
    for (const name of stores) symbols.stores.add(name)
  }
  for (const name of assigned) {
    const outer = outerVariable(symbols, name)
    symbols.loads.set(name, outer === undefined ? { kind: 'resolve' } : { kind: 'alias', of: outer })
  }
}

/** What must be done when a frame is entered: `variable = …`. */
export function entered(symbols: Symbols): readonly { name: string; variable: string; load: Load }[] {
  return [...symbols.loads].map(([name, each]) => ({ name, variable: variableOf(symbols, name), load: each }))
}

/** All names that are assigned to here or further out, with what holds them. */
export function visible(symbols: Symbols): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (let at: Symbols | undefined = symbols; at; at = at.outer)
    for (const name of at.stores) {
      const found = names.has(name) ? undefined : find(at, name)
      if (found) names.set(name, found.variable)
    }
  return names
}
