import { Dict, raise, str, tupleOf, type Value } from '../../jinja/index.ts'
import type { RelationCache } from '../adapter/cache.ts'
import { matches, type Relation, relation, rendered, type RelationType } from '../adapter/relation.ts'
import { isCancelled, type Session } from '../adapter/session.ts'
import type { Executed } from '../face.ts'
import { columnValues } from './adapter.ts'
import { ColumnValue } from './column.ts'
import { raiseCompilation } from './exceptions.ts'
import { text, RelationValue } from './relation.ts'
import { emptyTable, TableValue } from './table.ts'
import { ResponseValue } from './results.ts'

/** What the methods of `adapter` that ask or change the database do. */
export type DatabaseMethods = ReturnType<typeof databaseMethods>

export type DatabaseReach = {
  readonly session: Session
  readonly cache: RelationCache
  readonly defaultDatabase: string
  /** Quoting by the project: names that are not quoted match without regard to case. */
  readonly quotesIdentifier: boolean
  /** Call a macro that the project may override, as the adapter itself does. */
  readonly macro: (name: string, named: { readonly [parameter: string]: Value }) => Promise<Value>
}

type Names = {
  readonly database: string | null
  readonly schema: string | null
  readonly identifier: string | null
}
type Begin = { readonly autoBegin: boolean }

export function databaseMethods(reach: DatabaseReach) {
  return {
    defaultDatabase: reach.defaultDatabase,
    ...statements(reach),
    ...looking(reach),
    ...columns(reach),
    ...changes(reach),
    ...questions(reach),
  }
}

function statements({ session }: DatabaseReach) {
  const answered = ({ message, rowsAffected, table }: Executed): Value =>
    tupleOf([new ResponseValue({ message, rowsAffected }), new TableValue(table ?? emptyTable)])
  return {
    execute: async (
      sql: string,
      { autoBegin, fetch, limit = null }: Begin & { fetch: boolean; limit?: Value },
    ) => {
      const rows = typeof limit === 'number' ? { rowsMax: limit } : {}
      return answered(await session.execute(sql, { autoBegin, fetch, ...rows }))
    },
    addQuery: async (sql: string, { autoBegin, bindings = null }: Begin & { bindings?: Value }) => {
      await session.execute(bound(sql, bindings), { autoBegin, fetch: false })
      return tupleOf([null, null])
    },
    commit: async () => (await session.commit(), ''),
    begin: async () => (await session.begin(), null),
  }
}

/** What stands in the database. */
function looking(reach: DatabaseReach) {
  const { cache, defaultDatabase } = reach
  const inSchema = (database: string | null, schema: string | null): Promise<readonly Relation[]> => {
    const name = { database: database ?? defaultDatabase, schema }
    return cache.inSchema(name, () => listed(reach, name))
  }
  return {
    getRelation: async (names: Names): Promise<Value> =>
      found(reach, await inSchema(names.database, names.schema), names),
    listRelations: async ({ database, schema }: Omit<Names, 'identifier'>): Promise<Value> =>
      (await inSchema(database, schema)).map(each => new RelationValue(each)),
    listWithoutCache: async (schema: Value): Promise<Value> =>
      (await listed(reach, theRelation(schema))).map(each => new RelationValue(each)),
    schemaExists: async ({ database, schema }: Omit<Names, 'identifier'>): Promise<Value> =>
      schemaExists(reach, database, schema),
  }
}

function columns(reach: DatabaseReach) {
  const { macro } = reach
  const columnsOf = async (of: Relation): Promise<ColumnValue[]> =>
    columnList(await macro('get_columns_in_relation', { relation: new RelationValue(of) }).catch(absent))
  return {
    columns: async (of: Value): Promise<Value> => columnsOf(theRelation(of)),
    columnsOf: async (names: Names): Promise<Value> => columnsOf(relation(names)),
    columnsOfQuery: async (sql: string): Promise<Value> => described(reach, sql),
    missingColumns: async (from: Value, to: Value): Promise<Value> => {
      const has = new Set((await columnsOf(theRelation(to))).map(({ column }) => column.name))
      return (await columnsOf(theRelation(from))).filter(({ column }) => !has.has(column.name))
    },
    assertSnapshotTarget: async (of: Value, asked: SnapshotAsked): Promise<Value> =>
      assertSnapshot(await columnsOf(theRelation(of)), asked),
    rowsDifferentSql: async (a: Value, b: Value, names: Value): Promise<Value> => {
      const named = Array.isArray(names)
        ? names.map(name => str(name))
        : (await columnsOf(theRelation(a))).map(({ column }) => column.name)
      return differentSql(str(a), str(b), named)
    },
  }
}

/** What changes the database does by macros that a project may override; the cache follows. */
function changes({ session, cache, macro }: DatabaseReach) {
  const noteAdded = (of: Value): string => {
    if (of instanceof RelationValue) cache.added(of.relation)
    return ''
  }
  const noteDropped = (of: Value): string => {
    if (of instanceof RelationValue) cache.dropped(of.relation)
    return ''
  }
  const noteRenamed = (from: Value, to: Value): string => {
    cache.renamed(theRelation(from), theRelation(to))
    return ''
  }
  return {
    noteAdded,
    noteDropped,
    noteRenamed,
    dropRelation: async (of: Value): Promise<Value> => {
      if (theRelation(of).type === null)
        raise('RelationTypeNullError', `Tried to drop relation ${str(of)}, but its type is null.`)
      noteDropped(of)
      await macro('drop_relation', { relation: of })
      return null
    },
    truncateRelation: async (of: Value): Promise<Value> => {
      await macro('truncate_relation', { relation: of })
      return null
    },
    renameRelation: async (from: Value, to: Value): Promise<Value> => {
      noteRenamed(from, to)
      await macro('rename_relation', { from_relation: from, to_relation: to })
      return null
    },
    createSchema: async (of: Value): Promise<Value> => {
      await macro('create_schema', { relation: schemaOnly(of) })
      await session.commit()
      return null
    },
    dropSchema: async (of: Value): Promise<Value> => {
      await macro('drop_schema', { relation: schemaOnly(of) })
      await session.commit()
      cache.schemaDropped(theRelation(of))
      return null
    },
  }
}

/** What only DuckDB itself can say. */
function questions({ session }: DatabaseReach) {
  return {
    supportsForeignKeys: async (database: string): Promise<Value> => supportsForeignKeys(session, database),
    keyConstraints: async (of: Value): Promise<Value> => keyConstraints(session, theRelation(of)),
    locationExists: async (location: string): Promise<Value> => locationExists(session, location),
  }
}

function theRelation(of: Value): Relation {
  if (of instanceof RelationValue) return of.relation
  return raiseCompilation(`A relation was expected, not ${str(of)}.`)
}

function schemaOnly(of: Value): Value {
  const { database, schema, quote } = theRelation(of)
  return new RelationValue(
    relation({ database, schema, quote, include: { database: true, schema: true, identifier: false } }),
  )
}

/** Ask the database what stands in a schema; a schema that is not there holds nothing. */
async function listed(
  { macro }: DatabaseReach,
  { database, schema }: Omit<Names, 'identifier'>,
): Promise<Relation[]> {
  const of = relation({ database, schema, include: { database: true, schema: true, identifier: false } })
  const answer = await macro('list_relations_without_caching', { schema_relation: new RelationValue(of) })
  return rowsOf(answer).map(([inDatabase, identifier, inSchema, type]) =>
    relation({
      database: text(inDatabase),
      schema: text(inSchema),
      identifier: text(identifier),
      type: text(type) as RelationType | null,
    }),
  )
}

function rowsOf(answer: Value): readonly (readonly Value[])[] {
  return answer instanceof TableValue ? answer.table.rows : []
}

/** The one relation of this name; undefined case is settled by the project's quoting. */
function found({ quotesIdentifier }: DatabaseReach, known: readonly Relation[], names: Names): Value {
  const { identifier } = names
  const search =
    identifier === null || quotesIdentifier ? { identifier } : { identifier: identifier.toLowerCase() }
  for (const each of known) {
    const same = matches(
      {
        ...each,
        dbtCreated: each.dbtCreated || !quotesIdentifier,
        quote: { ...each.quote, identifier: quotesIdentifier },
      },
      search,
    )
    if (same === true) return new RelationValue(each)
    if (same === 'nearly')
      raiseCompilation(
        `When searching for a relation, dbt found an approximate match: ${rendered(each)}. ` +
          `It is not guessed which one is meant; delete it, or give it a name that is less ambiguous. ` +
          `Searched for: ${rendered(relation(names))}`,
      )
  }
  return null
}

function columnList(answer: Value): ColumnValue[] {
  return Array.isArray(answer) ? answer.filter(each => each instanceof ColumnValue) : []
}

/** A relation that is not there has no columns; anything else is the caller's failure. */
function absent(thrown: unknown): Value {
  if (
    thrown instanceof Error &&
    /does not exist/i.test(`${thrown.message} ${'why' in thrown ? String(thrown.why) : ''}`)
  )
    return []
  throw thrown
}

async function described({ session }: DatabaseReach, sql: string): Promise<ColumnValue[]> {
  const { table = emptyTable } = await session.execute(`describe (${sql}\n)`, {
    autoBegin: true,
    fetch: true,
  })
  return columnValues(table.rows.map(([name = null, type = null]) => [str(name), str(type)]))
}

type SnapshotAsked = { readonly names: Value | undefined; readonly strategy: Value | undefined }

/** A snapshot's table must have the columns that dbt keeps time with. */
function assertSnapshot(
  columns: readonly ColumnValue[],
  { names = null, strategy = null }: SnapshotAsked,
): Value {
  const named = (name: string) => (names instanceof Dict ? str(names.get(name) ?? name) : name)
  const deletes = strategy instanceof Dict ? strategy.get('hard_deletes') : null
  const wanted = [
    'dbt_scd_id',
    'dbt_valid_from',
    'dbt_valid_to',
    ...(deletes === 'new_record' ? ['dbt_is_deleted'] : []),
  ]
  const has = new Set(columns.map(({ column }) => column.name.toLowerCase()))
  const missing = wanted.map(named).filter(name => !has.has(name.toLowerCase()))
  if (missing.length === 0) return null
  return raiseCompilation(
    missing.length === wanted.length
      ? 'Snapshot target is not a snapshot table (missing "dbt_scd_id", "dbt_valid_from", and "dbt_valid_to")'
      : `Snapshot target is missing configured columns: missing ` +
          `${missing.map(each => `"${each}"`).join(', ')}. ` +
          'See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information.',
  )
}

async function schemaExists(
  { macro, defaultDatabase }: DatabaseReach,
  database: string | null,
  schema: string | null,
): Promise<Value> {
  const information = new RelationValue(
    relation({
      database: database ?? defaultDatabase,
      schema,
      identifier: 'INFORMATION_SCHEMA',
      include: { database: true, schema: false, identifier: true },
      quote: { database: true, schema: true, identifier: false },
    }),
  )
  const answer = await macro('check_schema_exists', { information_schema: information, schema })
  return Number(str(rowsOf(answer)[0]?.[0] ?? 0)) > 0
}

const withForeignKeys = new Set(['duckdb', 'motherduck'])

async function supportsForeignKeys(session: Session, database: string): Promise<boolean> {
  const { table = emptyTable } = await session.execute('select database_name, type from duckdb_databases()', {
    autoBegin: false,
    fetch: true,
  })
  const type = table.rows.find(([name = null]) => str(name).toLowerCase() === database.toLowerCase())?.[1]
  return type !== undefined && withForeignKeys.has(str(type).toLowerCase())
}

/** Kinds of keys that stand on a table, in dbt's words, in order. */
async function keyConstraints(session: Session, { database, schema, identifier }: Relation): Promise<Value> {
  const is = (column: string, value: string | null) =>
    `lower(${column}) = lower('${(value ?? '').replaceAll("'", "''")}')`
  const { table = emptyTable } = await session.execute(
    `select distinct lower(replace(constraint_type, ' ', '_')) as kind from duckdb_constraints()
     where ${is('database_name', database)} and ${is('schema_name', schema)}
       and ${is('table_name', identifier)}
       and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') order by kind`,
    { autoBegin: false, fetch: true },
  )
  return table.rows.map(([kind = null]) => kind)
}

async function locationExists(session: Session, location: string): Promise<boolean> {
  try {
    await session.execute(`select 1 from '${location.replaceAll("'", "''")}' where 1 = 0`, {
      autoBegin: false,
      fetch: false,
    })
    return true
  } catch (thrown) {
    if (isCancelled(thrown)) throw thrown
    // That is how it is asked: there is no other way to look at an address of any kind.
    return false
  }
}

/** The statement with its `?` filled in as literals: it is made of values that a seed's file holds. */
function bound(sql: string, bindings: Value): string {
  const values = Array.isArray(bindings) ? [...bindings] : []
  return values.length === 0 ? sql : sql.replace(/\?/g, () => literal(values.shift() ?? null))
}

function literal(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return String(value)
  return `'${str(value).replaceAll("'", "''")}'`
}

/** One row: how many rows one relation has more than the other, and how many differ. */
function differentSql(a: string, b: string, names: readonly string[]): string {
  const columns = names
    .toSorted()
    .map(name => `"${name}"`)
    .join(', ')
  const less = (left: string, right: string) =>
    `(select ${columns} from ${left} except select ${columns} from ${right})`
  return (
    `select (select count(*) from ${a}) - (select count(*) from ${b}) as row_count_difference, ` +
    `(select count(*) from (${less(a, b)} union all ${less(b, a)}) as d) as num_mismatched`
  )
}
