import { findReferences } from './find.ts'
import { isWord } from './items.ts'
import type { Reference } from './references.ts'
import { type Token, tokenize } from './tokens.ts'

const entries = 'tables columns views schemas databases constraints indexes sequences types'.replaceAll(
  ' ',
  '|',
)
const pragmas = 'table_info show show_tables show_tables_expanded database_list database_size'.replaceAll(
  ' ',
  '|',
)

/** Functions of DuckDB that list tables and columns, or what belongs to them. */
const functions = new RegExp(`^(duckdb_(${entries})|pragma_(${pragmas}))$`, 'i')

/** Where names are looked up: of interest to who lists, and no reason to take a query for a listing. */
const places = /^current_(database|catalog|schemas?)$/i

/** Relations that list them, where no schema is named. */
const relations = new RegExp(
  `^(duckdb_(${entries})|sqlite_(temp_)?(master|schema)|pragma_database_list|pg_\\w+)$`,
  'i',
)

/** Does the table of a query list tables and columns? */
export function isListing({ schema, table }: Reference): boolean {
  return schema === undefined ? relations.test(table) : /^(information_schema|pg_catalog)$/i.test(schema)
}

/** Does the text ask DuckDB which tables and columns there are, in any of its ways? */
export function asksForTables(sql: string): boolean {
  // Hardly any query does, and tokens cost.
  if (!/\b(show|desc|pragma|duckdb_|information_schema|pg_|sqlite_|current_)/i.test(sql)) return false
  const tokens = tokenize(sql).filter(({ kind }) => kind !== 'comment')
  const references = findReferences(sql)
  if (references.some(isListing) || tokens.some((_, at) => lists(tokens, at))) return true
  return references.length === 0 && tokens.some((_, at) => isCall(tokens, at, places))
}

function isCall(tokens: readonly Token[], at: number, names: RegExp): boolean {
  const token = tokens[at] as Token
  return tokens[at + 1]?.text === '(' && token.kind === 'word' && names.test(token.text)
}

function lists(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] as Token
  const next = tokens[at + 1]
  if (isCall(tokens, at, functions)) return true
  const begins = at === 0 || /^[;(]$/.test(tokens[at - 1]?.text ?? '')
  if (!begins) return false
  if (isWord(token, 'pragma')) return true
  if (!['show', 'describe', 'desc'].some(word => isWord(token, word))) return false
  const what = ['tables', 'all', 'databases', 'schemas'].some(word => isWord(next, word))
  return next === undefined || /^[;)]$/.test(next.text) || (what && tokens[at + 2]?.text !== '.')
}
