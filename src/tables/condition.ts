import type { Session } from '../engine/index.ts'
import { quoteText } from '../sql/index.ts'

// A condition as the engine's own parser sees it: its JSON, walked here and given back to it for printing.

/** Answers SQL that needs no tables. */
export type Asking = Pick<Session, 'row' | 'rows'>

export type Node = { readonly class: string; readonly type: string } & { readonly [key: string]: unknown }

/** The condition's tree; undefined: it is no condition. */
export async function parseCondition(session: Asking, where: string): Promise<Node | undefined> {
  const [text] = await session.row(
    `select json_serialize_sql(${quoteText(`select 1 from t where (${where}\n)`)})`,
  )
  const { statements } = JSON.parse(text ?? '{}', exactNumber) as {
    readonly statements?: readonly [Statement]
  }
  const { where_clause } = statements?.[0].node ?? {}
  return isNode(where_clause) ? where_clause : undefined
}

type Statement = { readonly node: { readonly where_clause?: unknown } }

// JSON.rawJSON and the source of a value (ES proposal "JSON.parse source text access", in V8 since 11.4).
const { rawJSON, isRawJSON: isRaw } = JSON as unknown as {
  readonly rawJSON: (text: string) => unknown
  readonly isRawJSON: (value: unknown) => boolean
}

/** Literals keep all their digits. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  return typeof value !== 'number' || source === undefined || String(value) === source
    ? value
    : rawJSON(source)
}

/** SQL of expressions, in order. */
export async function printExpressions(session: Asking, nodes: readonly Node[]): Promise<readonly string[]> {
  if (nodes.length === 0) return []
  const texts = nodes.map(node => quoteText(JSON.stringify(selecting(node))))
  const rows = await session.rows(
    `select json_deserialize_sql(s) from (select unnest([${texts.join(', ')}]::JSON[]) as s)`,
  )
  return rows.map(([sql]) => (sql ?? '').replace(/^SELECT /, ''))
}

/** A statement that selects the expression and nothing else. */
function selecting(node: Node) {
  return {
    error: false,
    statements: [
      {
        node: {
          type: 'SELECT_NODE',
          modifiers: [],
          cte_map: { map: [] },
          select_list: [node],
          from_table: { type: 'EMPTY', alias: '', sample: null, query_location: 0 },
          where_clause: null,
          group_expressions: [],
          group_sets: [],
          aggregate_handling: 'STANDARD_HANDLING',
          having: null,
          sample: null,
          qualify: null,
        },
        named_param_map: [],
      },
    ],
  }
}

/** The expressions right below an expression, however deep the parser hides them. */
export function partsOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap(nodesIn)
}

function nodesIn(value: unknown): readonly Node[] {
  if (isNode(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(nodesIn) : []
}

/** The same tree with some expressions replaced; `replace` gives undefined for what stays. */
export function replaced(node: Node, replace: (node: Node) => Node | undefined): Node {
  const inner = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || isRaw(value)) return value
    if (Array.isArray(value)) return value.map(inner)
    const other = isNode(value) ? replace(value) : undefined
    return other ?? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part)]))
  }
  return inner(node) as Node
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'class' in value && typeof value.class === 'string'
}

/**
 * Which of the functions give the same for the same arguments, whenever they are called: `random` and `now`
 * are not among them.
 */
export async function steadyFunctions(session: Asking, node: Node): Promise<ReadonlySet<string>> {
  const names = functionNames(node)
  const unknown = [...names].filter(name => !steady.has(name))
  if (unknown.length === 0) return names
  // 10 ms: the engine lists all of its 3,000.
  const rows = await session.rows(`select function_name from duckdb_functions()
    where function_name in (${unknown.map(quoteText).join(', ')})
    group by function_name having bool_and(function_type = 'scalar' and stability = 'CONSISTENT')`)
  return new Set([...rows.map(([name]) => name ?? ''), ...steady])
}

/** Those that most conditions use. */
const steady: ReadonlySet<string> = new Set(
  `+ - * / // % || ~~ !~~ starts_with ^@ trunc lower upper year month day
  to_days to_months to_years to_hours to_minutes to_seconds`.split(/\s+/),
)

function functionNames(node: Node): ReadonlySet<string> {
  const own = node.class === 'FUNCTION' ? [String(node['function_name'])] : []
  return new Set([...own, ...partsOf(node).flatMap(part => [...functionNames(part)])])
}
