import { nameOf, quoteName, type Token, tokenize } from '../sql/index.ts'
import type { TableField, TableType } from './schema.ts'

/** A type as DuckDB spells it, nested or not, as its parts. Fields of a STRUCT are stored by their names. */
export function parseType(sql: string): TableType {
  const tokens = tokenize(sql)
  const [type] = typeAt(tokens, 0, sql)
  return type
}

/** DuckDB's spelling of a type: what `CAST(… AS …)` takes. Fields have the names that people use. */
export function typeSql(type: TableType): string {
  switch (type.kind) {
    case 'scalar':
      return type.sql
    case 'struct':
      return `STRUCT(${type.fields.map(fieldSql).join(', ')})`
    case 'list':
      return `${typeSql(type.element.type)}[]`
    case 'map':
      return `MAP(${typeSql(type.key.type)}, ${typeSql(type.value.type)})`
  }
}

function fieldSql({ name, type }: TableField): string {
  return `${quoteName(name)} ${typeSql(type)}`
}

type Parsed = readonly [type: TableType, next: number]

function typeAt(tokens: readonly Token[], at: number, sql: string): Parsed {
  let [type, next] = bareAt(tokens, at, sql)
  // `INTEGER[]`, and arrays of a fixed length, `INTEGER[3]`, which no table format knows: lists to all.
  while (tokens[next]?.text === '[') {
    type = { kind: 'list', element: field('element', type) }
    next += tokens[next + 1]?.text === ']' ? 2 : 3
  }
  return [type, next]
}

function bareAt(tokens: readonly Token[], at: number, sql: string): Parsed {
  const opens = tokens[at + 1]?.text === '('
  const word = tokens[at]?.text.toUpperCase()
  if (word === 'STRUCT' && opens) {
    const fields: TableField[] = []
    let next = at + 1
    while (tokens[next]?.text !== ')' && next < tokens.length) {
      const [type, after] = typeAt(tokens, next + 2, sql)
      const name = tokens[next + 1]
      fields.push(field((name && nameOf(name)) ?? '', type))
      next = after
    }
    return [{ kind: 'struct', fields }, next + 1]
  }
  if (word === 'MAP' && opens) {
    const [key, comma] = typeAt(tokens, at + 2, sql)
    const [value, close] = typeAt(tokens, comma + 1, sql)
    return [
      { kind: 'map', key: { ...field('key', key), nullable: false }, value: field('value', value) },
      close + 1,
    ]
  }
  const end = scalarEnd(tokens, at)
  const [first, last] = [tokens[at], tokens[end - 1]]
  const text = first && last ? sql.slice(first.offset, last.offset + last.text.length) : sql
  return [{ kind: 'scalar', sql: text }, end]
}

/** Names of several words, then what stands in brackets: `TIMESTAMP WITH TIME ZONE`, `DECIMAL(10,2)`. */
function scalarEnd(tokens: readonly Token[], at: number): number {
  let end = at + 1
  while (tokens[end]?.kind === 'word') end++
  if (tokens[end]?.text !== '(') return end
  let depth = 0
  for (; end < tokens.length; end++) {
    if (tokens[end]?.text === '(') depth++
    if (tokens[end]?.text === ')' && --depth === 0) return end + 1
  }
  return end
}

function field(name: string, type: TableType): TableField {
  return { name, stored: name, type, nullable: true }
}
