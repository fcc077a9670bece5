import {
  type Asking,
  isNode,
  type Node,
  parseCondition,
  partsOf,
  printExpressions,
  replaced,
  steadyFunctions,
} from './condition.ts'

// What bounds of a file's columns say about a condition on its rows: whether some row may make it true. In
// doubt the file stays.

/**
 * A column whose bounds are known as `lo_1`, `hi_1`, `nulls_1`, `rows_1` (with its own number): no value is
 * below or above, so many of so many rows are NULL; each of them NULL where it is not known.
 */
export type Bounded = {
  readonly number: number
  /** As the engine spells it. */
  readonly type: string
  /** One value for the whole file, NULL included: `lo_1` is it. */
  readonly constant: boolean
}

/** All of them hold for a file that may have a row. */
export type Conjunct = {
  readonly sql: string
  readonly columns: readonly number[]
  /** Of these it asks how many are NULL; of the others only where they have no bounds. */
  readonly counted: readonly number[]
}

/** `columnOf`: a path of names as people write them; undefined: nothing is known of it. */
export async function conjunctsOf(
  session: Asking,
  where: string,
  columnOf: (path: readonly string[]) => Bounded | undefined,
): Promise<readonly Conjunct[]> {
  const tree = await parseCondition(session, where)
  if (!tree) return []
  const of: Walk = { columnOf, steady: await steadyFunctions(session, tree), printed: [] }
  const terms = conjunction(tree).flatMap(node => may(of, node, true) ?? [])
  const texts = await printExpressions(session, of.printed)
  const types = await typesOf(session, of.printed, texts)
  const sqlOf = new Map(of.printed.map((node, i) => [node, { sql: texts[i] ?? '', type: types[i] ?? '' }]))
  return terms.flatMap(term => {
    const sql = term.sql(node => sqlOf.get(node) ?? { sql: 'NULL', type: '' })
    if (sql === undefined) return []
    return [{ sql, columns: [...new Set(term.columns)], counted: [...new Set(term.counted)] }]
  })
}

type Walk = {
  readonly columnOf: (path: readonly string[]) => Bounded | undefined
  readonly steady: ReadonlySet<string>
  /** Expressions whose SQL is needed. */
  readonly printed: Node[]
}

type Printed = { readonly sql: string; readonly type: string }

/** undefined, of the term or of its SQL: any file may have such a row. */
type Term = {
  readonly columns: readonly number[]
  readonly counted?: readonly number[]
  readonly sql: (print: (node: Node) => Printed) => string | undefined
}

/** Whether a row may make the node `truth`; NULL is neither. */
function may(of: Walk, node: Node, truth: boolean): Term | undefined {
  const constant = ofConstants(of, node, truth)
  if (constant) return constant
  const children = (node['children'] as readonly Node[] | undefined) ?? []
  switch (node.type) {
    case 'CONJUNCTION_AND':
      return (truth ? all : any)(children.map(child => may(of, child, truth)))
    case 'CONJUNCTION_OR':
      return (truth ? any : all)(children.map(child => may(of, child, truth)))
    case 'OPERATOR_NOT':
      return children[0] && may(of, children[0], !truth)
    case 'OPERATOR_IS_NULL':
      return isNull(of, children[0], truth)
    case 'OPERATOR_IS_NOT_NULL':
      return isNull(of, children[0], !truth)
    case 'COMPARE_IN':
      return truth ? inList(of, children) : undefined
    case 'COMPARE_BETWEEN':
      return between(of, node, truth)
    case 'FUNCTION':
      return truth ? startsWith(of, node) : undefined
    case 'COLUMN_REF':
      return compared(of, { left: node, operator: '=', right: literal(truth) })
    default: {
      const operator = comparisons[node.type]
      const [left, right] = [node['left'], node['right']]
      if (!operator || !isNode(left) || !isNode(right)) return undefined
      return compared(of, { left, operator: truth ? operator : opposite[operator], right })
    }
  }
}

type Operator = '=' | '<>' | '<' | '<=' | '>' | '>='
const comparisons: { readonly [type: string]: Operator } = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHAN: '>',
  COMPARE_GREATERTHANOREQUALTO: '>=',
}
const opposite = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const
const mirrored = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

function conjunction(node: Node): readonly Node[] {
  if (node.type !== 'CONJUNCTION_AND') return [node]
  return (node['children'] as readonly Node[]).flatMap(conjunction)
}

function all(terms: readonly (Term | undefined)[]): Term | undefined {
  const known = terms.filter(term => term !== undefined)
  if (known.length === 0) return undefined
  return joined(known, parts => {
    const said = parts.filter(part => part !== undefined)
    return said.length === 0 ? undefined : `(${said.join(' and ')})`
  })
}

function any(terms: readonly (Term | undefined)[]): Term | undefined {
  const known = terms.filter(term => term !== undefined)
  if (known.length < terms.length) return undefined
  return joined(known, parts => (parts.includes(undefined) ? undefined : `(${parts.join(' or ')})`))
}

function joined(
  terms: readonly Term[],
  join: (parts: readonly (string | undefined)[]) => string | undefined,
): Term {
  return {
    columns: terms.flatMap(term => term.columns),
    counted: terms.flatMap(term => term.counted ?? []),
    sql: print => join(terms.map(term => term.sql(print))),
  }
}

/** A condition over constants of the file, whatever it is, has one value for the file. */
function ofConstants(of: Walk, node: Node, truth: boolean): Term | undefined {
  const columns = constantsIn(of, node)
  if (!columns) return undefined
  const value = replaced(node, part => {
    const column = part.class === 'COLUMN_REF' ? columnAt(of, part) : undefined
    return column && { ...part, column_names: [`lo_${column.number}`] }
  })
  of.printed.push(value)
  return {
    columns,
    sql: print => `coalesce(${truth ? '' : 'not '}(${print(value).sql}), false)`,
  }
}

/** undefined: there is more in it than constants of the file and steady functions of them. */
function constantsIn(of: Walk, node: Node): readonly number[] | undefined {
  if (node.class === 'COLUMN_REF') {
    const column = columnAt(of, node)
    return column?.constant ? [column.number] : undefined
  }
  if (!isSteady(of, node)) return undefined
  const parts = partsOf(node).map(part => constantsIn(of, part))
  const known = parts.filter(part => part !== undefined)
  return known.length < parts.length ? undefined : known.flat()
}

const steadyClasses: readonly string[] = [
  'CONSTANT',
  'CAST',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'BETWEEN',
  'CASE',
]

function isSteady(of: Walk, node: Node): boolean {
  if (node.class === 'FUNCTION') return of.steady.has(String(node['function_name']))
  return steadyClasses.includes(node.class)
}

/** Without any column in it, and the same whenever it is asked for. */
function isValue(of: Walk, node: Node | undefined): node is Node {
  return node !== undefined && constantsIn(of, node)?.length === 0
}

function columnAt(of: Walk, node: Node | undefined): Bounded | undefined {
  return node?.class === 'COLUMN_REF' ? of.columnOf(node['column_names'] as readonly string[]) : undefined
}

type Comparison = { readonly left: Node; readonly operator: Operator; readonly right: Node }

function compared(of: Walk, { left, operator, right }: Comparison): Term | undefined {
  const column = columnAt(of, left)
  if (column && isValue(of, right)) return comparison(of, column, [operator, right])
  const other = columnAt(of, right)
  return other && isValue(of, left) ? comparison(of, other, [mirrored[operator], left]) : undefined
}

function comparison(of: Walk, column: Bounded, [operator, value]: readonly [Operator, Node]): Term {
  of.printed.push(value)
  return {
    columns: [column.number],
    sql: print => {
      const { sql, type } = print(value)
      if (!isAlike(column.type, type, value)) return undefined
      const within = bounds(column, operator, `(${sql})`)
      return within && `(${hasValues(column)} and coalesce(${within}, true))`
    },
  }
}

function bounds({ number, type }: Bounded, operator: Operator, value: string): string | undefined {
  const [lo, hi] = [`lo_${number}`, `hi_${number}`]
  // NaN is greater than all numbers, and many writers leave it out of the bounds.
  const isFloat = floats.includes(type)
  switch (operator) {
    case '=':
      return `(${lo} <= ${value} and ${hi} >= ${value})${isFloat ? ` or isnan(${value}::DOUBLE)` : ''}`
    case '<':
    case '<=':
      return `${lo} ${operator} ${value}`
    case '>':
    case '>=':
      return isFloat ? undefined : `${hi} ${operator} ${value}`
    case '<>':
      return isFloat ? undefined : `not (${lo} = ${value} and ${hi} = ${value})`
  }
}

/** A comparison holds for no NULL. */
function hasValues({ number }: Bounded): string {
  return `coalesce(nulls_${number} < rows_${number}, true)`
}

function isNull(of: Walk, node: Node | undefined, truth: boolean): Term | undefined {
  const column = columnAt(of, node)
  if (!column) return undefined
  return {
    columns: [column.number],
    counted: [column.number],
    sql: () => (truth ? `coalesce(nulls_${column.number} > 0, true)` : hasValues(column)),
  }
}

/** So many values of a list are looked for one by one; of more, only the range. */
const listMax = 1000

function inList(of: Walk, [left, ...values]: readonly Node[]): Term | undefined {
  const column = columnAt(of, left)
  if (!column || values.length === 0 || !values.every(value => isValue(of, value))) return undefined
  if (values.length <= listMax) return any(values.map(value => comparison(of, column, ['=', value])))
  of.printed.push(...values)
  return {
    columns: [column.number],
    sql: print => {
      const printed = values.map(value => ({ ...print(value), value }))
      const alike = printed.every(({ type, value }) => isAlike(column.type, type, value))
      if (!alike || floats.includes(column.type)) return undefined
      const list = `[${printed.map(({ sql }) => sql).join(', ')}]::${column.type}[]`
      const [lo, hi] = [`lo_${column.number}`, `hi_${column.number}`]
      const within = `${lo} <= list_max(${list}) and ${hi} >= list_min(${list})`
      return `(${hasValues(column)} and coalesce(${within}, true))`
    },
  }
}

function between(of: Walk, node: Node, truth: boolean): Term | undefined {
  const [input, lower, upper] = [node['input'], node['lower'], node['upper']]
  if (!isNode(input) || !isNode(lower) || !isNode(upper)) return undefined
  const ends = [
    compared(of, { left: input, operator: truth ? '>=' : '<', right: lower }),
    compared(of, { left: input, operator: truth ? '<=' : '>', right: upper }),
  ]
  return truth ? all(ends) : any(ends)
}

/** `like 'abc%'`, `starts_with(…, 'abc')`, `… ^@ 'abc'`. */
function startsWith(of: Walk, node: Node): Term | undefined {
  const [left, right] = (node['children'] as readonly Node[] | undefined) ?? []
  const column = columnAt(of, left)
  const text = right?.class === 'CONSTANT' ? textOf(right) : undefined
  if (column?.type !== 'VARCHAR' || text === undefined || !right) return undefined
  const name = String(node['function_name'])
  const isLike = name === '~~'
  if (!isLike && !['starts_with', 'prefix', '^@'].includes(name)) return undefined
  const prefix = isLike ? text.slice(0, Math.max(0, text.search(/[%_]|$/))) : text
  if (prefix === '') return undefined
  const value = { ...right, value: { ...(right['value'] as object), value: prefix } }
  of.printed.push(value)
  const [lo, hi] = [`lo_${column.number}`, `hi_${column.number}`]
  return {
    columns: [column.number],
    sql: print => {
      const { sql } = print(value)
      const within = `${hi} >= ${sql} and (${lo} <= ${sql} or starts_with(${lo}, ${sql}))`
      return `(${hasValues(column)} and coalesce(${within}, true))`
    },
  }
}

type Literal = {
  readonly type?: { readonly id?: string }
  readonly is_null?: boolean
  readonly value?: unknown
}

/** Text of a literal that is text. */
function textOf(node: Node): string | undefined {
  const { type, value } = (node['value'] ?? {}) as Literal
  return type?.id === 'VARCHAR' && typeof value === 'string' ? value : undefined
}

function literal(value: boolean): Node {
  return {
    class: 'CONSTANT',
    type: 'VALUE_CONSTANT',
    alias: '',
    query_location: 0,
    value: { type: { id: 'BOOLEAN', type_info: null }, is_null: false, value },
  }
}

const floats: readonly string[] = ['FLOAT', 'DOUBLE']

/** Types between which a comparison keeps the order of either side. */
function kindOf(type: string): string | undefined {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL.*|FLOAT|DOUBLE)$/.test(type)) return 'number'
  if (/^(DATE|TIMESTAMP.*)$/.test(type)) return 'time'
  return type === 'VARCHAR' || type === 'BOOLEAN' ? type : undefined
}

/** A literal of text becomes what it is compared with; text of any other kind would make the column text. */
function isAlike(column: string, type: string, value: Node): boolean {
  const kind = kindOf(column)
  return kind !== undefined && (kind === kindOf(type) || (value.class === 'CONSTANT' && type === 'VARCHAR'))
}

/** Types of the values without a column in them; the others are conditions of their own. */
async function typesOf(
  session: Asking,
  nodes: readonly Node[],
  texts: readonly string[],
): Promise<readonly string[]> {
  const hasColumn = (node: Node): boolean => node.class === 'COLUMN_REF' || partsOf(node).some(hasColumn)
  const asked = texts.map((text, i) => (nodes[i] && !hasColumn(nodes[i]) ? `typeof(${text})` : "''"))
  return asked.length === 0 ? [] : (await session.row(`select ${asked.join(', ')}`)).map(type => type ?? '')
}
