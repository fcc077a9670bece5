import { type DuckDBConnection, DuckDBInstance, LIST, VARCHAR, listValue } from '@duckdb/node-api'
import type { Analyzer, BindQuery, BindRequest, Bound, Parsed } from '../connect/index.ts'
import type { Column } from '../model/index.ts'
import {
  bareQuery,
  characterOffsets,
  codePointOffset,
  findReferences,
  lineageOf,
  normalForm,
  quoteAsset,
  quoteName,
  readsOf,
  tokenize,
} from '../sql/index.ts'
import { type EngineError, boundOf, engineError } from './bind-errors.ts'

/**
 * DuckDB as reader of SQL: its parser and binder over a catalogue of empty tables, in memory. Nothing runs,
 * and nothing outside is looked at: `enable_external_access` is off, so that the answer depends on the input
 * alone (files change, `check` is offline). The columns of a query over `read_csv('…')` are therefore
 * unknown, which is no error.
 */
export async function openAnalyzer(): Promise<Analyzer> {
  const instance = await DuckDBInstance.create(':memory:', {
    // Binding is one thread's work; each further thread of a pool costs start-up time.
    threads: '1',
    errors_as_json: 'true',
    enable_external_access: 'false',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
    lock_configuration: 'true',
  })
  const parser = await instance.connect()
  let shadows = 0
  return {
    parse: queries => parse(parser, queries),
    async bind(request) {
      const connection = await instance.connect()
      try {
        shadows++
        return await bindIn(connection, `shadow_${shadows}`, request)
      } finally {
        connection.closeSync()
      }
    },
    async close() {
      parser.closeSync()
      instance.closeSync()
    },
  }
}

type Serialized = {
  readonly error: boolean
  readonly error_type?: string
  readonly error_message?: string
  readonly position?: string
  readonly statements?: readonly unknown[]
}

/** One statement for all: 1,000 queries took 22 ms, one by one 590 ms. */
async function parse(connection: DuckDBConnection, queries: readonly string[]): Promise<readonly Parsed[]> {
  const trees = await serialized(connection, 'json_serialize_sql', queries)
  return queries.map((sql, index) => parsed(sql, trees[index] ?? ''))
}

async function serialized(
  connection: DuckDBConnection,
  serializer: 'json_serialize_sql' | 'json_serialize_plan',
  queries: readonly string[],
): Promise<readonly string[]> {
  if (queries.length === 0) return []
  const sql = `select ${serializer}(query)::varchar from (select unnest($1) as query)`
  const answer = await connection.runAndReadAll(sql, [listValue([...queries])], [LIST(VARCHAR)])
  return answer.getRows().map(([tree]) => String(tree))
}

function parsed(sql: string, text: string): Parsed {
  const tree = JSON.parse(text) as Serialized
  if (tree.error) return tree.error_type === 'parser' ? syntaxError(sql, tree) : notSerialized(sql, tree)
  const [statement, second] = tree.statements ?? []
  if (statement === undefined) return { ok: false, words: 'There is no query in it.', offset: undefined }
  if (second !== undefined) {
    return { ok: false, words: 'There is more than one query in it.', offset: secondStatement(sql) }
  }
  return { ok: true, reads: readsOf(statement, sql), normal: normalForm(text) }
}

/** Places of syntax errors count characters, those of trees and of the binder count bytes (DuckDB 1.5.6). */
function syntaxError(sql: string, { error_message, position }: Serialized): Parsed {
  const offset = position === undefined ? undefined : codePointOffset(sql, Number(position))
  return { ok: false, words: sentence(error_message ?? 'It does not parse.'), offset }
}

function sentence(words: string): string {
  const first = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?]$/.test(first) ? first : `${first}.`
}

const queryWords = new Set(['select', 'with', 'from', 'pivot', 'unpivot', 'values', '('])

/**
 * A PIVOT whose columns come from the data is several statements to DuckDB: read by tokens. Whatever else is
 * no query.
 */
function notSerialized(sql: string, { error_message }: Serialized): Parsed {
  const code = tokenize(sql).filter(token => token.kind !== 'comment')
  const first = code[0]
  if (first === undefined || !queryWords.has(first.text.toLowerCase())) {
    const words = `\`${first?.text ?? ''}\` begins no query: an asset is one SELECT.`
    return { ok: false, words, offset: first?.offset }
  }
  if (!isPivot(sql)) {
    return { ok: false, words: sentence(error_message ?? 'It is no query'), offset: first.offset }
  }
  const normal = code.map(({ kind, text }) => `${kind} ${text}`).join('\n')
  return { ok: true, reads: findReferences(sql), normal }
}

function isPivot(sql: string): boolean {
  return /\bpivot\b/i.test(sql)
}

function secondStatement(sql: string): number | undefined {
  const code = tokenize(sql).filter(token => token.kind !== 'comment')
  const end = code.findIndex(token => token.text === ';')
  return code.slice(end).find(token => token.text !== ';')?.offset
}

type Statement = {
  readonly name: string
  readonly prefix: string
  readonly sql: string
  readonly suffix: string
}

async function bindIn(
  connection: DuckDBConnection,
  shadow: string,
  request: BindRequest,
): Promise<readonly Bound[]> {
  await connection.run(`attach ':memory:' as ${quoteName(shadow)}; use ${quoteName(shadow)}`)
  try {
    await createSchemas(connection, [...request.tables, ...request.queries])
    const errors = new Map<string, EngineError>()
    await create(connection, { statements: request.tables.map(tableStatement), shadow, errors })
    const late = await pivots(connection, request.queries)
    const bindable = request.queries.filter(({ name }) => !late.has(name)).map(queryStatement)
    await create(connection, { statements: bindable, shadow, errors })
    const columns = await columnsOf(connection, shadow)
    const lineage = await lineages(connection, request, columns)
    const failed = new Set([...late, ...errors.keys()])
    return request.queries.map(({ name, sql, adds = [] }): Bound => {
      if (late.has(name)) return { ok: 'unknown', words: 'the columns of its PIVOT come from the data' }
      const error = errors.get(name)
      if (error) return boundOf(error, { offsetOf: characterOffsets(sql), failed })
      return { ok: true, columns: ownColumns(columns.get(name), adds), lineage: lineage.get(name) }
    })
  } finally {
    await connection.run(`use memory; detach ${quoteName(shadow)}`)
  }
}

async function createSchemas(
  connection: DuckDBConnection,
  named: readonly { readonly name: string }[],
): Promise<void> {
  const schemas = new Set(named.map(({ name }) => name.slice(0, Math.max(0, name.indexOf('.')))))
  const sql = [...schemas].filter(Boolean).map(schema => `create schema if not exists ${quoteName(schema)}`)
  if (sql.length > 0) await connection.run(sql.join(';'))
}

function tableStatement(table: BindRequest['tables'][number]): Statement {
  const columns = table.columns.map(({ name, type }) => `${quoteName(name)} ${oneType(type)}`)
  const prefix = `create table ${quoteAsset(table.name)} (`
  return { name: table.name, prefix, sql: columns.join(', '), suffix: ')' }
}

/**
 * A type goes into the statement as it is written; what could end it is refused by making it a name that no
 * type has.
 */
function oneType(type: string): string {
  let depth = 0
  for (const { kind, text } of tokenize(type)) {
    if (text === '(') depth++
    if (text === ')') depth--
    if (kind === 'comment' || text === ';' || depth < 0) return quoteName(type)
  }
  return depth === 0 ? type : quoteName(type)
}

/**
 * A table and not a view: a view is bound again by every query above it, which a graph of diamonds makes
 * exponential.
 */
function queryStatement({ name, sql, adds = [] }: BindQuery): Statement {
  const table = quoteAsset(name)
  const more = adds.map(
    column =>
      `; alter table ${table} add column if not exists ${quoteName(column.name)} ${oneType(column.type)}`,
  )
  const suffix = `\n) with no data${more.join('')}`
  return { name, prefix: `create table ${table} as (`, sql: bareQuery(sql), suffix }
}

type Creation = {
  readonly statements: readonly Statement[]
  readonly shadow: string
  readonly errors: Map<string, EngineError>
}

/** Statements per round trip. */
const batchMax = 100

/** Many statements at once; where one of them fails, the batch is gone through again one by one. */
async function create(connection: DuckDBConnection, { statements, shadow, errors }: Creation): Promise<void> {
  for (let start = 0; start < statements.length; start += batchMax) {
    const batch = statements.slice(start, start + batchMax)
    const thrown = await attempt(connection, batch.map(textOf).join(';\n'))
    if (thrown === undefined) continue
    const made = await columnsOf(connection, shadow)
    for (const statement of batch) {
      const failed = made.has(statement.name) ? undefined : await attempt(connection, textOf(statement))
      if (failed !== undefined)
        errors.set(statement.name, engineError(failed, Buffer.byteLength(statement.prefix)))
    }
  }
}

function textOf({ prefix, sql, suffix }: Statement): string {
  return prefix + sql + suffix
}

/** What the engine threw, if it did: its message, which `errors_as_json` makes JSON. */
async function attempt(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  try {
    await connection.run(sql)
    return undefined
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

/** Queries whose columns the binder cannot tell because a PIVOT takes them from the data. */
async function pivots(
  connection: DuckDBConnection,
  queries: BindRequest['queries'],
): Promise<ReadonlySet<string>> {
  const suspects = queries.filter(({ sql }) => isPivot(sql))
  const trees = await serialized(
    connection,
    'json_serialize_sql',
    suspects.map(({ sql }) => sql),
  )
  const late = suspects.filter((_, index) => (JSON.parse(trees[index] ?? '{}') as Serialized).error)
  return new Set(late.map(({ name }) => name))
}

/** Columns of the tables that could be made. All are nullable: CREATE TABLE AS knows no better. */
async function columnsOf(
  connection: DuckDBConnection,
  shadow: string,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const answer = await connection.runAndReadAll(
    `select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()
     where database_name = $1 order by table_oid, column_index`,
    [shadow],
  )
  const tables = new Map<string, Column[]>()
  for (const [table, name, type] of answer.getRows()) {
    const column = { name: String(name), type: String(type), nullable: true }
    const columns = tables.get(String(table))
    if (columns) columns.push(column)
    else tables.set(String(table), [column])
  }
  return tables
}

/** What the query itself made: without the columns that writing adds behind them. */
function ownColumns(columns: readonly Column[] = [], adds: readonly Column[]): readonly Column[] {
  const own = [...columns]
  for (const { name } of [...adds].reverse()) if (own.at(-1)?.name === name) own.pop()
  return own
}

async function lineages(
  connection: DuckDBConnection,
  { queries, lineage }: BindRequest,
  columns: ReadonlyMap<string, readonly Column[]>,
): Promise<ReadonlyMap<string, ReturnType<typeof lineageOf>>> {
  const wanted = new Set(lineage === true ? queries.map(({ name }) => name) : lineage || [])
  const asked = queries.filter(({ name }) => wanted.has(name) && columns.has(name))
  const found = new Map<string, ReturnType<typeof lineageOf>>()
  // A plan is some 50 times the query's length: a few at a time keep memory flat.
  for (let start = 0; start < asked.length; start += batchMax) {
    const batch = asked.slice(start, start + batchMax)
    const sql = batch.map(query => bareQuery(query.sql))
    const plans = await serialized(connection, 'json_serialize_plan', sql)
    batch.forEach(({ name, adds = [] }, index) => {
      const { plans: trees } = JSON.parse(plans[index] ?? '{}') as { readonly plans?: readonly unknown[] }
      const names = ownColumns(columns.get(name), adds).map(column => column.name)
      found.set(name, trees ? lineageOf(trees[0], names) : undefined)
    })
  }
  return found
}
