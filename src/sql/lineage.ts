import type { ColumnLineage } from '../model/index.ts'
import { type Aligned, alignedByGroups, alignedJoin, alignedNowhere, alignedUnion, moved } from './aligned.ts'
import {
  type Flow,
  type PlanNode,
  type Resolve,
  type Shaper,
  flowOf,
  flowsOf,
  joinMaps,
  merge,
  noFlow,
  nodeOf,
  nodesOf,
  ordersOf,
  origin,
  shapers,
} from './flow.ts'

/**
 * What an operator gives: a flow per column, what shaped its rows, and how they align with the rows of what
 * is read.
 */
type Relation = {
  readonly columns: readonly Flow[]
  readonly shaped: ReadonlyMap<string, Shaper>
  readonly aligned: Aligned
}

type Context = {
  /** By `cte_index`. */
  readonly ctes: Map<number, Relation>
  /** By `table_index`, for the references that the engine leaves bound by name. */
  readonly tables: Map<number, readonly Flow[]>
  /** Columns that the correlated side of the enclosing joins sees, innermost last. */
  readonly delims: (readonly Flow[])[]
  unknown: string | undefined
}

/**
 * Column lineage from a bound plan that was not optimised: DuckDB's `json_serialize_plan` (1.5; never with
 * skip_default or skip_empty, which drop index 0). undefined where the plan holds an operator that is not
 * known here. The plan is not a stable interface of the engine: a golden test per version keeps watch.
 */
export function lineageOf(plan: unknown, names: readonly string[]): readonly ColumnLineage[] | undefined {
  const context: Context = { ctes: new Map(), tables: new Map(), delims: [], unknown: undefined }
  const top = relationOf(nodeOf(plan), context)
  if (context.unknown !== undefined || top.columns.length < names.length) return undefined
  return names.map((column, index) => {
    const flow = top.columns[index] ?? noFlow
    const alignedWith = [...top.aligned].flatMap(([asset, byIndex]) => {
      const source = byIndex.get(index)
      return source === undefined ? [] : [{ asset, column: source }]
    })
    const shapedBy = [...joinMaps([flow.shaped, top.shaped]).values()]
    const lineage = { column, from: [...flow.from.values()], shapedBy }
    return alignedWith.length > 0 ? { ...lineage, alignedWith } : lineage
  })
}

type Operator = (node: PlanNode, inputs: readonly Relation[], context: Context) => Relation

const operators: { readonly [type: string]: Operator } = {
  LOGICAL_GET: get,
  LOGICAL_DUMMY_SCAN: () => ({ columns: [noFlow], shaped: new Map(), aligned: new Map() }),
  LOGICAL_EMPTY_RESULT: node => flat(nodesOf(node['return_types']).map(() => noFlow)),
  LOGICAL_EXPRESSION_GET: values,
  LOGICAL_PROJECTION: projection,
  LOGICAL_FILTER: (node, [input = flat([])]) => shapedBy(input, node['expressions'], 'filter'),
  LOGICAL_AGGREGATE_AND_GROUP_BY: aggregate,
  LOGICAL_WINDOW: window,
  LOGICAL_UNNEST: (node, [input = flat([])]) => {
    const more = flowsOf(nodesOf(node['expressions']), byPosition(input.columns))
    return { ...input, columns: [...input.columns, ...more] }
  },
  LOGICAL_DISTINCT: distinct,
  LOGICAL_ORDER_BY: (node, [input = flat([])]) => shapedBy(input, ordersOf(node['orders']), 'sort'),
  LOGICAL_TOP_N: (node, [input = flat([])]) => cut(shapedBy(input, ordersOf(node['orders']), 'sort')),
  LOGICAL_LIMIT: (_, [input = flat([])]) => cut(input),
  LOGICAL_SAMPLE: (_, [input = flat([])]) => cut(input),
  LOGICAL_UNION: union,
  LOGICAL_EXCEPT: subtract,
  LOGICAL_INTERSECT: subtract,
  LOGICAL_COMPARISON_JOIN: join,
  LOGICAL_ANY_JOIN: join,
  LOGICAL_DELIM_JOIN: join,
  LOGICAL_ASOF_JOIN: join,
  LOGICAL_CROSS_PRODUCT: join,
  LOGICAL_POSITIONAL_JOIN: (node, inputs) => cut(join(node, inputs)),
  LOGICAL_DELIM_GET: (node, _, context) => {
    const columns = context.delims.at(-1) ?? []
    context.tables.set(Number(node['table_index']), columns)
    // It depends on nothing but the row it is joined back to.
    return flat(columns)
  },
  LOGICAL_CTE_REF: (node, _, context) =>
    context.ctes.get(Number(node['cte_index'])) ?? flat(nodesOf(node['chunk_types']).map(() => noFlow)),
}

function relationOf(node: PlanNode, context: Context): Relation {
  const type = String(node['type'])
  const [first = {}, second = {}] = nodesOf(node['children'])
  if (type === 'LOGICAL_MATERIALIZED_CTE') {
    context.ctes.set(Number(node['table_index']), relationOf(first, context))
    return relationOf(second, context)
  }
  if (type === 'LOGICAL_RECURSIVE_CTE') return recursive(node, context)
  if (type === 'LOGICAL_DELIM_JOIN') return delimJoin(node, context)
  const operator = operators[type]
  if (!operator) context.unknown ??= type
  const inputs = nodesOf(node['children']).map(child => relationOf(child, context))
  return operator ? operator(node, inputs, context) : flat([])
}

function flat(columns: readonly Flow[]): Relation {
  return { columns, shaped: new Map(), aligned: new Map() }
}

function byPosition(columns: readonly Flow[]): Resolve {
  return reference => columns[Number(reference['index'])] ?? noFlow
}

function shapedBy(input: Relation, expressions: unknown, how: Shaper['how']): Relation {
  const flows = flowsOf(Array.isArray(expressions) ? expressions : [], byPosition(input.columns))
  return { ...input, shaped: joinMaps([input.shaped, shapers(flows, how)]) }
}

/** Which rows stay depends on all the others. */
function cut(input: Relation): Relation {
  return { ...input, aligned: alignedNowhere(input.aligned) }
}

/** A table, or a table function over columns of its input. */
function get(node: PlanNode, [input]: readonly Relation[], context: Context): Relation {
  const names = Array.isArray(node['names']) ? node['names'].map(String) : []
  const data = nodeOf(node['function_data'])
  const table = typeof data['table'] === 'string' ? `${String(data['schema'])}.${data['table']}` : undefined
  const indexes = nodesOf(node['column_indexes']).map(({ index }) => Number(index))
  const picked = numbersOf(node['projection_ids'])
  const read = picked.length > 0 ? picked.map(at => indexes[at] ?? -1) : indexes
  if (table !== undefined) {
    const columns = read.map(index => (names[index] === undefined ? noFlow : origin(table, names[index])))
    const own = new Map(read.flatMap((index, at) => (names[index] === undefined ? [] : [[at, names[index]]])))
    context.tables.set(Number(node['table_index']), columns)
    return { columns, shaped: new Map(), aligned: new Map([[table, own]]) }
  }
  const through = numbersOf(node['projected_input'])
  const given = input?.columns ?? []
  const made = merge(
    given.filter((_, at) => !through.includes(at)),
    'transformation',
  )
  const columns = [...read.map(() => made), ...through.map(at => given[at] ?? noFlow)]
  return { ...(input ? cut(input) : flat([])), columns }
}

function numbersOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

function values(node: PlanNode, [input = flat([])]: readonly Relation[]): Relation {
  const rows = Array.isArray(node['expressions']) ? node['expressions'].map(nodesOf) : []
  const width = nodesOf(node['expr_types']).length
  const resolve = byPosition(input.columns)
  const column = (at: number): Flow =>
    merge(
      rows.map(row => flowOf(row[at], resolve)),
      'transformation',
    )
  return { ...input, columns: Array.from({ length: width }, (_, at) => column(at)) }
}

function projection(node: PlanNode, [input = flat([])]: readonly Relation[], context: Context): Relation {
  const expressions = nodesOf(node['expressions'])
  const columns = expressions.map(expression =>
    flowOf(expression, reference => {
      const binding = nodeOf(reference['binding'])
      if (reference['expression_class'] !== 'BOUND_COLUMN_REF') return byPosition(input.columns)(reference)
      return context.tables.get(Number(binding['table_index']))?.[Number(binding['column_index'])] ?? noFlow
    }),
  )
  context.tables.set(Number(node['table_index']), columns)
  return { columns, shaped: input.shaped, aligned: moved(input.aligned, expressions.map(positionOf)) }
}

/** Position of the input column that an expression only passes on. */
function positionOf(expression: PlanNode): number | undefined {
  return expression['expression_class'] === 'BOUND_REF' ? Number(expression['index']) : undefined
}

function aggregate(node: PlanNode, [input = flat([])]: readonly Relation[]): Relation {
  const resolve = byPosition(input.columns)
  const groups = nodesOf(node['groups'])
  const groupFlows = flowsOf(groups, resolve)
  const made = flowsOf(nodesOf(node['expressions']), resolve)
  const groupings = nodesOf(node['grouping_functions']).map(() => noFlow)
  const sets = (Array.isArray(node['grouping_sets']) ? node['grouping_sets'] : []).map(numbersOf)
  const inAll = groups.map((_, at) => sets.every(set => set.includes(at)))
  const kept = groups.map((group, at) => (inAll[at] ? positionOf(group) : undefined))
  return {
    columns: [...groupFlows, ...made, ...groupings],
    shaped: joinMaps([input.shaped, shapers(groupFlows, 'group by')]),
    aligned: moved(input.aligned, kept),
  }
}

function window(node: PlanNode, [input = flat([])]: readonly Relation[]): Relation {
  const windows = nodesOf(node['expressions'])
  const columns = [...input.columns, ...flowsOf(windows, byPosition(input.columns))]
  // `delim_index` numbers rows so that a correlated side can be joined back to them; it decides nothing.
  const deciding = windows.filter(one => one['alias'] !== 'delim_index')
  const partitions = deciding.map(one => new Set(nodesOf(one['partitions']).map(positionOf)))
  const keeps = (at: number): boolean => partitions.every(partition => partition.has(at))
  return { ...input, columns, aligned: alignedByGroups(input.aligned, keeps) }
}

function distinct(node: PlanNode, [input = flat([])]: readonly Relation[]): Relation {
  const targets = nodesOf(node['distinct_targets'])
  const on = new Set(targets.map(positionOf))
  const orders = ordersOf(nodeOf(node['order_by'])['orders'])
  const grouped = shapedBy(shapedBy(input, targets, 'group by'), orders, 'sort')
  return { ...grouped, aligned: alignedByGroups(input.aligned, at => on.has(at)) }
}

/** A column is passed on unchanged only if every branch passes one on. */
function union(_: PlanNode, inputs: readonly Relation[]): Relation {
  const [first = flat([])] = inputs
  const columns = first.columns.map((__, at) => {
    const branches = inputs.map(input => input.columns[at] ?? noFlow)
    const plain = branches.every(flow => flow.from.size === 1 && isIdentity(flow))
    return merge(branches, plain ? 'identity' : 'transformation')
  })
  const aligned = alignedUnion(inputs.map(input => input.aligned))
  return { columns, shaped: joinMaps(inputs.map(input => input.shaped)), aligned }
}

function isIdentity(flow: Flow): boolean {
  return flow.from.values().every(({ how }) => how === 'identity')
}

/** EXCEPT and INTERSECT give rows of the left side; the right side decides which. */
function subtract(_: PlanNode, [left = flat([]), right = flat([])]: readonly Relation[]): Relation {
  return {
    columns: left.columns,
    shaped: joinMaps([left.shaped, right.shaped, shapers(right.columns, 'filter')]),
    aligned: alignedUnion([left.aligned, right.aligned]),
  }
}

function join(node: PlanNode, [left = flat([]), right = flat([])]: readonly Relation[]): Relation {
  const [leftFlow, rightFlow] = [byPosition(left.columns), byPosition(right.columns)]
  const conditions = nodesOf(node['conditions'])
  const both = byPosition([...left.columns, ...right.columns])
  const flows = [
    ...conditions.flatMap(one => [flowOf(one['left'], leftFlow), flowOf(one['right'], rightFlow)]),
    ...[node['condition'], node['predicate']].map(one => flowOf(one, both)),
  ]
  const kind = String(node['join_type'] ?? 'INNER')
  const leftOnly = kind === 'SEMI' || kind === 'ANTI' || kind === 'MARK'
  const rightOnly = kind === 'RIGHT_SEMI' || kind === 'RIGHT_ANTI'
  const mark = kind === 'MARK' ? [merge([...flows], 'transformation')] : []
  const equal = conditions.flatMap(one => {
    const pair = [positionOf(nodeOf(one['left'])), positionOf(nodeOf(one['right']))] as const
    return one['comparison'] === 'COMPARE_EQUAL' && pair[0] !== undefined && pair[1] !== undefined
      ? [{ left: pair[0], right: pair[1] }]
      : []
  })
  const sides = { left: left.aligned, right: right.aligned, width: left.columns.length }
  return {
    columns: [...(rightOnly ? [] : left.columns), ...(leftOnly ? mark : right.columns)],
    shaped: joinMaps([left.shaped, right.shaped, shapers(flows, 'join')]),
    aligned: alignedJoin({ ...sides, kind, equal }),
  }
}

/** The correlated side sees columns of the other one. */
function delimJoin(node: PlanNode, context: Context): Relation {
  const [first = {}, second = {}] = nodesOf(node['children'])
  const flipped = node['delim_flipped'] === true
  const outer = relationOf(flipped ? second : first, context)
  const seen = flowsOf(nodesOf(node['duplicate_eliminated_columns']), byPosition(outer.columns))
  context.delims.push(seen)
  const inner = relationOf(flipped ? first : second, context)
  context.delims.pop()
  return join(node, flipped ? [inner, outer] : [outer, inner])
}

/** Walked until nothing new flows: each round can carry a column one step further. */
function recursive(node: PlanNode, context: Context): Relation {
  const [start = {}, step = {}] = nodesOf(node['children'])
  let relation = relationOf(start, context)
  for (let round = 0; round <= relation.columns.length; round++) {
    context.ctes.set(Number(node['table_index']), cut(relation))
    const next = relationOf(step, context)
    const grown = union(node, [relation, next])
    const same = grown.columns.every((flow, at) => flow.from.size === relation.columns[at]?.from.size)
    relation = grown
    if (same) break
  }
  return cut(relation)
}
