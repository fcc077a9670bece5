import { CALL, Dict, HOST, raise, str, type Value } from '../../jinja/index.ts'
import { text } from './relation.ts'
import { emptyTable, type Table, TableValue } from './table.ts'

// What the adapter answers by itself: nothing here asks the database.

export const incrementalStrategies = ['append', 'delete+insert', 'merge', 'microbatch'] as const

/**
 * The macro that makes a strategy's statement: `get_incremental_merge_sql`; a project may bring strategies
 * of its own.
 */
export function strategyMacro(context: Value, strategy: string): Value {
  const isKnown = ['default', ...incrementalStrategies].includes(strategy)
  if (!isKnown && ['insert_overwrite'].includes(strategy))
    raise('DbtRuntimeError', `The incremental strategy '${strategy}' is not valid for this adapter`)
  const name = `get_incremental_${strategy.replaceAll('+', '_')}_sql`
  const found = memberOf(context, name)
  return (
    found ??
    raise(
      'DbtRuntimeError',
      `dbt could not find an incremental strategy macro with the name '${name}' ` +
        'in the project or its packages',
    )
  )
}

function memberOf(of: Value, name: string): Value | undefined {
  if (of instanceof Dict) return of.get(name)
  return typeof of === 'object' && of !== null && HOST in of ? of[HOST].item?.(of as never, name) : undefined
}

export function hardDeletes(config: Value): string {
  const asked = (name: string) => {
    const get = config instanceof Dict ? config.get(name) : called(memberCallable(config), name)
    return get ?? null
  }
  const [invalidate, behaviour] = [asked('invalidate_hard_deletes'), asked('hard_deletes')]
  if (invalidate !== null && behaviour !== null)
    raise(
      'DbtValidationError',
      'You cannot set both the invalidate_hard_deletes and hard_deletes config properties ' +
        'on the same snapshot.',
    )
  if (invalidate === true || behaviour === 'invalidate') return 'invalidate'
  if (behaviour === 'new_record') return 'new_record'
  if (behaviour === null || behaviour === 'ignore') return 'ignore'
  return raise(
    'DbtValidationError',
    "Invalid setting for property hard_deletes. Must be one of 'ignore', 'invalidate', 'new_record'.",
  )
}

function memberCallable(of: Value): Value | undefined {
  return typeof of === 'object' && of !== null && HOST in of
    ? of[HOST].attribute(of as never, 'get')
    : undefined
}

function called(get: Value | undefined, name: string): Value | undefined {
  if (typeof get !== 'object' || get === null || !(CALL in get)) return undefined
  return get[CALL]([name]) as Value
}

function tableIn(value: Value): Table {
  return value instanceof TableValue ? value.table : emptyTable
}

/** The type of a seed's column in DDL, by what its values are. */
export function convertedType(table: Value, index: Value): Value {
  const { types, rows } = tableIn(table)
  const at = typeof index === 'number' ? index : 0
  switch (types[at]) {
    case 'Number':
      return rows.some(row => hasFraction(row[at] ?? null)) ? 'float8' : 'integer'
    case 'Integer':
      return 'integer'
    case 'Boolean':
      return 'boolean'
    case 'DateTime':
      return 'timestamp without time zone'
    case 'Date':
      return 'date'
    case 'TimeDelta':
      return 'time'
    default:
      return 'text'
  }
}

function hasFraction(value: Value): boolean {
  return value !== null && str(value).includes('.')
}

/** `{privilege: [grantee, …]}` of the rows that `get_show_grant_sql` gives. */
export function grantsOf(value: Value): Dict {
  const { names, rows } = tableIn(value)
  const [grantee, privilege] = ['grantee', 'privilege_type'].map(name => names.indexOf(name))
  const grants = new Dict()
  for (const row of rows) {
    const key = row[privilege ?? 0] ?? null
    const known = grants.get(key)
    if (Array.isArray(known)) known.push(row[grantee ?? 0] ?? null)
    else grants.set(key, [row[grantee ?? 0] ?? null])
  }
  return grants
}

export function seedPath(model: Value, root: string): string {
  const of = (name: string) => (model instanceof Dict ? text(model.get(name)) : null)
  return `${of('root_path') ?? root}/${of('original_file_path') ?? ''}`
}

export function withoutDates(value: Value): TableValue {
  const table = tableIn(value)
  return new TableValue({
    ...table,
    types: table.types.map(type => (type === 'DateTime' ? 'Text' : type)),
    rows: table.rows.map(row =>
      row.map((cell, i) => (table.types[i] === 'DateTime' && cell !== null ? str(cell) : cell)),
    ),
  })
}

/** What tells the temporary tables of a model's batches apart. */
export function batchId(model: Value): string {
  const batch = model instanceof Dict ? model.get('batch') : undefined
  const start = batch instanceof Dict ? batch.get('event_time_start') : undefined
  return start === undefined || start === null ? '' : str(start).replace(/[-:+]/g, '').replaceAll(' ', '_')
}
