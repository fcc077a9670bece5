/** A table that a query reads, as an engine's parser saw it. Offsets count characters. */
export type Reference = {
  /** The database, where it is named. */
  readonly catalog?: string
  readonly schema: string | undefined
  readonly table: string
  readonly offset: number
  readonly length: number
}

/** DuckDB writes "no place" as 2^64 - 1. */
const nowhere = 2 ** 53

type Node = { readonly [key: string]: unknown }

/**
 * Tables that a query reads, outside its own CTEs, from DuckDB's `json_serialize_sql` tree; in the order of
 * the text. A CTE sees those before it, and itself only when it is recursive: `with orders as (select * from
 * orders)` reads the table.
 */
export function readsOf(statement: unknown, sql: string): readonly Reference[] {
  const found: Reference[] = []
  const place = characterOffsets(sql)
  walk(statement, undefined, node => {
    const bytes = Number(node['query_location'])
    const offset = bytes < nowhere ? place(bytes) : 0
    const length = bytes < nowhere ? pathLength(sql, offset) : 0
    const schema = text(node['schema_name'])
    found.push({
      schema: schema === '' ? undefined : schema,
      table: text(node['table_name']),
      offset,
      length,
    })
  })
  return found.sort((a, b) => a.offset - b.offset)
}

/**
 * The tree without places: equal for queries that differ only in comments, white space and letter case of
 * keywords. Done on the text: inside a JSON string the quotes of the same words would be escaped, so that
 * nothing else can match.
 */
export function normalForm(serialized: string): string {
  return serialized.replaceAll(/"query_location":\d+,?/g, '')
}

/** From an offset in UTF-8 bytes, which DuckDB's parser and binder count, to one in UTF-16 units. */
export function characterOffsets(sql: string): (bytes: number) => number {
  if (/^[\0-\x7f]*$/.test(sql)) return bytes => bytes
  return bytes => {
    let offset = 0
    let seen = 0
    while (seen < bytes && offset < sql.length) {
      const code = sql.codePointAt(offset) ?? 0
      seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      offset += code < 0x10000 ? 1 : 2
    }
    return offset
  }
}

/**
 * From an offset in characters as Unicode counts them, which DuckDB's syntax errors give, to one in UTF-16
 * units.
 */
export function codePointOffset(sql: string, codePoints: number): number {
  let offset = 0
  for (let seen = 0; seen < codePoints && offset < sql.length; seen++) {
    offset += (sql.codePointAt(offset) ?? 0) < 0x10000 ? 1 : 2
  }
  return offset
}

const path =
  /(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}\p{N}_$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+))*/uy

function pathLength(sql: string, offset: number): number {
  path.lastIndex = offset
  return path.exec(sql)?.[0].length ?? 1
}

/** Names of the CTEs that can be seen, innermost first. */
type Scope = { readonly name: string; readonly outer: Scope } | undefined

function walk(value: unknown, scope: Scope, table: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope, table)
    return
  }
  if (value === null || typeof value !== 'object') return
  const node = value as Node
  if (node['type'] === 'BASE_TABLE') {
    const plain = text(node['schema_name']) === '' && text(node['catalog_name']) === ''
    if (!plain || !seen(scope, text(node['table_name']))) table(node)
    return
  }
  const inner = withCtes(node, scope, table)
  for (const key in node) if (key !== 'cte_map') walk(node[key], inner, table)
}

/** Walks the CTEs of a query and gives the scope in which the rest of it stands. */
function withCtes(node: Node, scope: Scope, table: (node: Node) => void): Scope {
  const entries = (node['cte_map'] as { readonly map?: readonly Node[] } | undefined)?.map ?? []
  let inner = scope
  for (const { key, value } of entries) {
    const own = { name: text(key).toLowerCase(), outer: inner }
    const query = (value as { readonly query?: { readonly node?: Node } }).query
    walk(query, query?.node?.['type'] === 'RECURSIVE_CTE_NODE' ? own : inner, table)
    inner = own
  }
  return inner
}

function seen(scope: Scope, name: string): boolean {
  const wanted = name.toLowerCase()
  for (let at = scope; at; at = at.outer) if (at.name === wanted) return true
  return false
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
