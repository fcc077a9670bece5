import {
  type Arguments,
  type Callable,
  Dict,
  HOST,
  type Host,
  raise,
  str,
  tupleOf,
  type Value,
} from '../../jinja/index.ts'
import { column as columnOf, flattened } from '../adapter/column.ts'
import { constraintTexts, modelConstraintTexts } from '../adapter/constraints.ts'
import { externalReadLocation, externalWriteOptions } from '../adapter/external.ts'
import { indexOf } from '../adapter/indexes.ts'
import type { Parts } from '../adapter/relation.ts'
import type { MacroFacts } from '../face.ts'
import {
  batchId,
  convertedType,
  grantsOf,
  hardDeletes,
  incrementalStrategies,
  seedPath,
  strategyMacro,
  withoutDates,
} from './answers.ts'
import { ColumnValue } from './column.ts'
import type { DatabaseMethods } from './database.ts'
import { dispatcher, type Dispatching } from './dispatch.ts'
import { raiseCompilation } from './exceptions.ts'
import { hostType, type Method } from './host.ts'
import { relationClass, text } from './relation.ts'
import { emptyTable, TableValue } from './table.ts'

/** What the adapter's methods stand on. */
export type AdapterReach = {
  readonly type: string
  readonly dispatching: Dispatching
  /** The project's quoting. */
  readonly quote: Parts<boolean>
  readonly macro: (facts: MacroFacts) => Callable
  /** The database; undefined while a project is parsed, where nothing is asked of it. */
  readonly database: DatabaseMethods | undefined
  readonly facts: AdapterFacts
}

/** What the profile says. */
export type AdapterFacts = {
  readonly externalRoot: string
  readonly disableTransactions: boolean
  readonly root: string
  readonly warnOnce: (words: string) => void
}

/** `adapter`. */
export class AdapterValue implements Host {
  readonly reach: AdapterReach
  readonly [HOST] = adapterHost
  constructor(reach: AdapterReach) {
    this.reach = reach
  }
}

type Act = Method<AdapterValue>

/**
 * Methods that ask or change the database; while a project is parsed they answer with what stands beside
 * them.
 */
const live: {
  readonly [name: string]: readonly [parameters: string, whileParsing: () => Value, run: LiveRun]
} = {
  execute: [
    'sql, auto_begin=False, fetch=False, limit=None',
    nothingFetched,
    (db, [sql, begin, fetch, limit]) =>
      db.execute(str(sql), { autoBegin: begin === true, fetch: fetch === true, limit }),
  ],
  add_query: [
    'sql, auto_begin=True, bindings=None, abridge_sql_log=False',
    pairOfNothing,
    (db, [sql, begin, bindings]) => db.addQuery(str(sql), { autoBegin: begin === true, bindings }),
  ],
  commit: ['', () => '', db => db.commit()],
  ensure_transaction: ['', () => null, db => db.begin()],
  get_relation: [
    'database=None, schema=None, identifier=None',
    () => null,
    (db, [database, schema, identifier]) =>
      db.getRelation({ database: text(database), schema: text(schema), identifier: text(identifier) }),
  ],
  already_exists: [
    'schema, name',
    () => false,
    async (db, [schema, name]) =>
      (await db.getRelation({
        database: db.defaultDatabase,
        schema: text(schema),
        identifier: text(name),
      })) !== null,
  ],
  list_relations: [
    'database=None, schema=None',
    () => [],
    (db, [database, schema]) => db.listRelations({ database: text(database), schema: text(schema) }),
  ],
  list_relations_without_caching: [
    'schema_relation',
    () => [],
    (db, [schema]) => db.listWithoutCache(schema),
  ],
  get_columns_in_relation: ['relation', () => [], (db, [of]) => db.columns(of)],
  get_columns_in_table: [
    'schema, identifier',
    () => [],
    (db, [schema, identifier]) =>
      db.columnsOf({ database: db.defaultDatabase, schema: text(schema), identifier: text(identifier) }),
  ],
  get_column_schema_from_query: ['sql', () => [], (db, [sql]) => db.columnsOfQuery(str(sql))],
  get_missing_columns: [
    'from_relation, to_relation',
    () => [],
    (db, [from, to]) => db.missingColumns(from, to),
  ],
  // A DuckDB text has no length to be widened to.
  expand_target_column_types: ['from_relation, to_relation', () => null, async () => null],
  assert_valid_snapshot_target_given_strategy: [
    'relation, column_names=None, strategy=None',
    () => null,
    (db, [of, names, strategy]) => db.assertSnapshotTarget(of, { names, strategy }),
  ],
  valid_snapshot_target: [
    'relation, column_names=None',
    () => null,
    (db, [of, names]) => db.assertSnapshotTarget(of, { names, strategy: null }),
  ],
  drop_relation: ['relation', () => null, (db, [of]) => db.dropRelation(of)],
  truncate_relation: ['relation', () => null, (db, [of]) => db.truncateRelation(of)],
  rename_relation: [
    'from_relation, to_relation',
    () => null,
    (db, [from, to]) => db.renameRelation(from, to),
  ],
  create_schema: ['relation', () => null, (db, [of]) => db.createSchema(of)],
  drop_schema: ['relation', () => null, (db, [of]) => db.dropSchema(of)],
  check_schema_exists: [
    'database, schema',
    () => false,
    (db, [database, schema]) => db.schemaExists({ database: text(database), schema: text(schema) }),
  ],
  cache_added: ['relation', () => '', async (db, [of]) => db.noteAdded(of)],
  cache_dropped: ['relation', () => '', async (db, [of]) => db.noteDropped(of)],
  cache_renamed: ['from_relation, to_relation', () => '', async (db, [from, to]) => db.noteRenamed(from, to)],
  catalog_supports_foreign_keys: [
    'database',
    () => false,
    (db, [database]) => db.supportsForeignKeys(str(database)),
  ],
  existing_key_constraint_types: ['relation', () => [], (db, [of]) => db.keyConstraints(of)],
  location_exists: ['location', () => false, (db, [location]) => db.locationExists(str(location))],
  get_rows_different_sql: [
    'relation_a, relation_b, column_names=None, except_operator=None',
    () => '',
    (db, [a, b, names]) => db.rowsDifferentSql(a, b, names),
  ],
}

type LiveRun = (database: DatabaseMethods, values: Arguments) => Promise<Value>

function nothingFetched(): Value {
  return tupleOf(['', new TableValue(emptyTable)])
}

function pairOfNothing(): Value {
  return tupleOf([null, null])
}

/** Methods that need no database. */
const pure: { readonly [name: string]: Act } = {
  type: ['', ({ reach }) => reach.type],
  dispatch: [
    'macro_name, macro_namespace=None, packages=None',
    ({ reach }, [name, namespace, packages]) => {
      return reach.macro(dispatcher(reach.dispatching, { name, namespace, packages }))
    },
  ],
  quote: ['identifier', (_, [name]) => `"${str(name)}"`],
  quote_as_configured: [
    'identifier, quote_key',
    ({ reach }, [name, part]) => {
      const isQuoted = (reach.quote as { readonly [part: string]: boolean })[str(part)] ?? true
      return isQuoted ? `"${str(name)}"` : str(name)
    },
  ],
  quote_seed_column: [
    'column, quote_config',
    (_, [name, config]) => (config === false ? str(name) : `"${str(name)}"`),
  ],
  convert_type: ['agate_table, col_idx', (_, [table, index]) => convertedType(table, index)],
  disable_transactions: ['', ({ reach }) => reach.facts.disableTransactions],
  is_motherduck: ['', () => false],
  is_ducklake: ['relation', () => false],
  use_ducklake_table_workarounds: ['relation', () => false],
  escape_sql_string: ['value', (_, [value]) => str(value).replaceAll("'", "''")],
  get_hard_deletes_behavior: ['config', (_, [config]) => hardDeletes(config)],
  get_incremental_strategy_macro: [
    'model_context, strategy',
    (_, [context, strategy]) => strategyMacro(context, str(strategy)),
  ],
  valid_incremental_strategies: ['', () => [...incrementalStrategies]],
  render_raw_columns_constraints: ['raw_columns', (_, [columns]) => constraintTexts(columns)],
  render_raw_model_constraints: ['raw_constraints', (_, [constraints]) => modelConstraintTexts(constraints)],
  standardize_grants_dict: ['grants_table', (_, [table]) => grantsOf(table)],
  parse_index: ['raw_index', (_, [raw]) => indexOf(raw)],
  get_binding_char: ['', () => '?'],
  get_seed_file_path: ['model', ({ reach }, [model]) => seedPath(model, reach.facts.root)],
  convert_datetimes_to_strs: ['table', (_, [table]) => withoutDates(table)],
  external_root: ['', ({ reach }) => reach.facts.externalRoot],
  external_write_options: [
    'write_location, rendered_options',
    (_, [location, options]) => externalWriteOptions(str(location), options),
  ],
  external_read_location: [
    'write_location, rendered_options',
    (_, [location, options]) => externalReadLocation(str(location), options),
  ],
  store_relation: [
    '*args, **kwargs',
    () =>
      raise(
        'NotImplementedError',
        'Plugins of dbt-duckdb are modules of Python; they cannot store relations here.',
      ),
  ],
  warn_once: [
    'msg',
    ({ reach }, [words]) => {
      reach.facts.warnOnce(str(words))
      return null
    },
  ],
  batch_id_for_model: ['model', (_, [model]) => batchId(model)],
  get_temp_relation_path: [
    'model, batch_id=None',
    () => raiseCompilation('A path for temporary relations is for MotherDuck only.'),
  ],
  build_catalog_relation: ['config', () => null],
  nice_connection_name: ['', () => 'master'],
  is_cancelable: ['', () => true],
  date_function: ['', () => 'now()'],
}

const adapterHost = hostType<AdapterValue>('RuntimeDatabaseWrapper', {
  fields: {
    Relation: ({ reach }) => relationClass({ quote: reach.quote }),
    behavior: () => new BehaviorValue(),
    config: () => new Dict(),
  },
  methods: {
    ...pure,
    ...Object.fromEntries(
      Object.entries(live).map(([name, [parameters, whileParsing, run]]): [string, Act] => [
        name,
        [
          parameters,
          ({ reach: { database } }, values) => (database ? run(database, values) : whileParsing()),
        ],
      ]),
    ),
  },
})

/** Flags of an adapter: all have their first value, which is false, and warn of nothing. */
class BehaviorValue implements Host {
  readonly [HOST] = behaviorHost
}

const behaviorHost = {
  name: 'Behavior',
  attribute: (): Value => new FlagValue(),
}

class FlagValue implements Host {
  readonly [HOST] = flagHost
}

const flagHost = {
  name: 'BehaviorFlagRendered',
  attribute: (_: FlagValue, name: string): Value | undefined =>
    name === 'no_warn' || name === 'setting' ? false : undefined,
  truth: () => false,
  str: () => 'False',
}

/** Columns of a description, structs in parts. */
export function columnValues(rows: Iterable<readonly [name: string, type: string]>): ColumnValue[] {
  return Array.from(rows, ([name, type]) => columnOf(name, type)).flatMap(each =>
    flattened(each).map(flat => new ColumnValue(flat)),
  )
}
