import type { ColumnLineage, ShapedBy } from '../model/index.ts'

/** An operator or expression of an engine's plan, as it came out of JSON. */
export type PlanNode = { readonly [key: string]: unknown }

export type How = ColumnLineage['from'][number]['how']

export type Origin = { readonly asset: string; readonly column: string; readonly how: How }
export type Shaper = { readonly asset: string; readonly column: string; readonly how: ShapedBy }

/** Where a value comes from, and what decided it without flowing into it (a CASE condition, a window). */
export type Flow = {
  readonly from: ReadonlyMap<string, Origin>
  readonly shaped: ReadonlyMap<string, Shaper>
}

export const noFlow: Flow = { from: new Map(), shaped: new Map() }

export function origin(asset: string, column: string): Flow {
  return { from: new Map([[keyOf(asset, column), { asset, column, how: 'identity' }]]), shaped: new Map() }
}

const strength: { readonly [how in How]: number } = { identity: 0, transformation: 1, aggregation: 2 }

/** All of these flow into one value, at least as strongly as `how`. */
export function merge(flows: readonly Flow[], how: How): Flow {
  const [only] = flows
  if (flows.length === 1 && only && how === 'identity') return only
  const from = new Map<string, Origin>()
  const shaped = new Map<string, Shaper>()
  for (const flow of flows) {
    for (const [key, one] of flow.from) {
      const stronger = strength[one.how] > strength[how] ? one.how : how
      const seen = from.get(key)
      if (!seen || strength[seen.how] < strength[stronger]) from.set(key, { ...one, how: stronger })
    }
    for (const [key, one] of flow.shaped) shaped.set(key, one)
  }
  return { from, shaped }
}

/** These decide about rows or values, but do not flow into them. What decides about them decides too. */
export function shapers(flows: readonly Flow[], how: ShapedBy): ReadonlyMap<string, Shaper> {
  const shaped = new Map<string, Shaper>()
  for (const flow of flows) {
    for (const { asset, column } of flow.from.values()) {
      shaped.set(`${keyOf(asset, column)}\0${how}`, { asset, column, how })
    }
    for (const [key, one] of flow.shaped) shaped.set(key, one)
  }
  return shaped
}

function withShapers(flow: Flow, ...more: readonly ReadonlyMap<string, Shaper>[]): Flow {
  if (more.every(one => one.size === 0)) return flow
  return { from: flow.from, shaped: joinMaps([flow.shaped, ...more]) }
}

export function joinMaps<K, V>(maps: readonly ReadonlyMap<K, V>[]): ReadonlyMap<K, V> {
  const filled = maps.filter(map => map.size > 0)
  return filled.length < 2 ? (filled[0] ?? new Map()) : new Map(filled.flatMap(map => [...map]))
}

function keyOf(asset: string, column: string): string {
  return `${asset}\0${column}`
}

/**
 * Gives the flow of a column that an expression refers to: by position in the operator's input, or by
 * binding.
 */
export type Resolve = (reference: PlanNode) => Flow

/**
 * What flows into an expression. Unknown kinds of expression are walked into: whatever they mention flows in.
 * Not by recursion: `a + a + …` is as deep as it is long, and the engine takes 1,000 levels.
 */
export function flowOf(expression: unknown, resolve: Resolve): Flow {
  const special = specialFlow(expression, resolve)
  if (special) return special
  const flows: Flow[] = []
  const open = [expression]
  while (open.length > 0) {
    const next = open.pop()
    const flow = specialFlow(next, resolve)
    if (flow) flows.push(flow)
    else open.push(...(Array.isArray(next) ? next : inside(nodeOf(next))).toReversed())
  }
  return merge(flows, 'transformation')
}

/** Of expressions that do more than compute a value from what they mention. */
function specialFlow(expression: unknown, resolve: Resolve): Flow | undefined {
  const node = nodeOf(expression)
  switch (node['expression_class']) {
    case 'BOUND_REF':
    case 'BOUND_COLUMN_REF':
      return resolve(node)
    case 'BOUND_CONSTANT':
      return noFlow
    case 'BOUND_CASE':
      return caseFlow(node, resolve)
    case 'BOUND_AGGREGATE':
      return aggregateFlow(node, resolve)
    case 'BOUND_WINDOW':
      return windowFlow(node, resolve)
    default:
      return undefined
  }
}

export function flowsOf(expressions: readonly unknown[], resolve: Resolve): readonly Flow[] {
  return expressions.map(expression => flowOf(expression, resolve))
}

// A lambda's body counts its own parameters from 0; what it captures stands among the function's children.
const notInside = new Set([
  'function_data',
  'bind_info',
  'value',
  'return_type',
  'arguments',
  'original_arguments',
])

function inside(node: PlanNode): readonly unknown[] {
  return Object.keys(node)
    .filter(key => !notInside.has(key) && typeof node[key] === 'object' && node[key] !== null)
    .map(key => node[key])
}

function caseFlow(node: PlanNode, resolve: Resolve): Flow {
  const checks = nodesOf(node['case_checks'])
  const values = [...checks.map(check => check['then_expr']), node['else_expr']]
  const whens = checks.map(check => check['when_expr'])
  const value = merge(flowsOf(values, resolve), 'transformation')
  return withShapers(value, shapers(flowsOf(whens, resolve), 'conditional'))
}

function aggregateFlow(node: PlanNode, resolve: Resolve): Flow {
  const value = merge(flowsOf(nodesOf(node['children']), resolve), 'aggregation')
  const filter = node['filter'] ? [flowOf(node['filter'], resolve)] : []
  const orders = ordersOf(nodeOf(node['order_bys'])['orders'])
  return withShapers(value, shapers(filter, 'conditional'), shapers(flowsOf(orders, resolve), 'sort'))
}

function windowFlow(node: PlanNode, resolve: Resolve): Flow {
  const how = String(node['type']) === 'WINDOW_AGGREGATE' ? 'aggregation' : 'transformation'
  const value = merge(flowsOf([...nodesOf(node['children']), node['default_expr']], resolve), how)
  const orders = [...ordersOf(node['orders']), ...ordersOf(node['arg_orders'])]
  const bounds = [node['start_expr'], node['end_expr'], node['offset_expr']]
  const frame = flowsOf([...nodesOf(node['partitions']), ...orders, ...bounds], resolve)
  const filter = flowsOf([node['filters']], resolve)
  return withShapers(value, shapers(frame, 'window'), shapers(filter, 'conditional'))
}

export function ordersOf(orders: unknown): readonly unknown[] {
  return nodesOf(orders).map(order => order['expression'])
}

/** JSON as a node; what is none is an empty one. */
export function nodeOf(value: unknown): PlanNode {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as PlanNode) : {}
}

export function nodesOf(value: unknown): readonly PlanNode[] {
  return Array.isArray(value) ? value.map(nodeOf) : []
}
