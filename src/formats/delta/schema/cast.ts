import { failure } from '../../../errors/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { type TableField, type TableType, typeSql } from '../../../tables/index.ts'
import { byName } from './evolve.ts'
import type { Rules } from './rules.ts'
import { decimalOf, deltaType, typeWords, declared } from './types.ts'

/**
 * A value of the incoming rows as the table stores it. Like Spark's ANSI store assignment, and stricter: what
 * a
 * type cannot hold exactly stops the write by the column's name, be it digits, range or time of day.
 */
export type Incoming = { readonly sql: string; readonly type: TableType }

export type Place = {
  /** The column as people see it: `a.b`. */
  readonly path: string
  readonly rules: Rules
}

/** SQL of the incoming value with the field's type; stops the write where the field takes no NULL. */
export function stored({ sql, type }: Incoming, field: TableField, place: Place): string {
  const value = storedAs({ sql, type }, field.type, place)
  if (field.nullable) return value
  return `case when (${sql}) is null then ${notNull(place)} else ${value} end`
}

/** A value for a column that the incoming rows do not have. */
export function absent(field: TableField, place: Place): string {
  const nothing = field.nullable ? 'null' : notNull(place)
  return `cast(${nothing} as ${typeSql(field.type)})`
}

function notNull({ path, rules }: Place): string {
  return rules.broken(() => failure('SLUICE_DELTA_NULL_REFUSED', { column: path }))
}

function storedAs({ sql, type }: Incoming, to: TableType, place: Place): string {
  if (typeSql(type) === typeSql(to) && !hasRequired(to)) return sql
  if (type.kind === 'scalar' && to.kind === 'scalar')
    return scalar(sql, { from: type.sql, to: to.sql }, place)
  if (type.kind === 'struct' && to.kind === 'struct') return struct(sql, { from: type, to }, place)
  // Lambdas one in another need names of their own.
  const item = quoteName(`element of ${place.path}`)
  const within = (part: string) => ({ ...place, path: `${place.path}.${part}` })
  if (type.kind === 'list' && to.kind === 'list') {
    const element = stored({ sql: item, type: type.element.type }, to.element, within('element'))
    return `list_transform(${sql}, lambda ${item}: ${element})`
  }
  if (type.kind === 'map' && to.kind === 'map') {
    const key = stored({ sql: `${item}.key`, type: type.key.type }, to.key, within('key'))
    const value = stored({ sql: `${item}.value`, type: type.value.type }, to.value, within('value'))
    const entry = `struct_pack("key" := ${key}, "value" := ${value})`
    return `map_from_entries(list_transform(map_entries(${sql}), lambda ${item}: ${entry}))`
  }
  if (isBareNull(type)) return onlyNull(sql, to, place)
  throw mismatch(type, to, place)
}

function struct(
  sql: string,
  { from, to }: { from: TableType & { kind: 'struct' }; to: TableType & { kind: 'struct' } },
  { path, rules }: Place,
): string {
  const come = byName(from.fields, path)
  const names = new Map(to.fields.map(field => [field.name.toLowerCase(), field.name]))
  const unknown = from.fields.find(field => !names.has(field.name.toLowerCase()))
  if (unknown)
    throw failure('SLUICE_DELTA_COLUMN_UNKNOWN', {
      column: `${path}.${unknown.name}`,
      near: to.fields.map(({ name }) => `${path}.${name}`),
    })
  const fields = to.fields.map(field => {
    const place = { path: `${path}.${field.name}`, rules }
    const other = come.get(field.name.toLowerCase())
    const value = other
      ? stored({ sql: `(${sql}).${quoteName(other.name)}`, type: other.type }, field, place)
      : absent(field, place)
    return `${quoteName(field.name)} := ${value}`
  })
  // A struct of NULLs is not NULL.
  return `case when (${sql}) is null then null else struct_pack(${fields.join(', ')}) end`
}

type Types = { readonly from: string; readonly to: string }

function scalar(sql: string, { from, to }: Types, place: Place): string {
  const cast = `cast(${sql} as ${to})`
  switch (castBetween({ from, to })) {
    case 'exact':
      return cast
    case 'checked':
      return checked(sql, { from, to }, place)
    case 'none':
      if (from === 'INTEGER') return onlyNull(sql, { kind: 'scalar', sql: to }, place)
      throw mismatch({ kind: 'scalar', sql: from }, { kind: 'scalar', sql: to }, place)
  }
}

/** There and back again: only a value that was not changed on the way is stored. */
function checked(sql: string, { from, to }: Types, { path, rules }: Place): string {
  const there = `try_cast(${sql} as ${to})`
  const refused = rules.broken(() =>
    failure('SLUICE_DELTA_VALUE_UNFIT', { column: path, stands: deltaType(to) ?? to, comes: from }),
  )
  const same = `try_cast(${there} as ${from}) is not distinct from (${sql})`
  return `case when (${sql}) is null then null when ${same} then ${there} else ${refused} end`
}

const wholeDigits: { readonly [type: string]: number } = {
  TINYINT: 3,
  UTINYINT: 3,
  SMALLINT: 5,
  USMALLINT: 5,
  INTEGER: 10,
  UINTEGER: 10,
  BIGINT: 19,
  UBIGINT: 20,
  HUGEINT: 39,
  UHUGEINT: 39,
}
const floats: readonly string[] = ['FLOAT', 'DOUBLE']
const moments: readonly string[] = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP WITH TIME ZONE']
const printed: readonly string[] = [
  'BOOLEAN',
  'DATE',
  'TIMESTAMP_NS',
  ...moments,
  'UUID',
  'JSON',
  'TIME',
].concat(['TIME WITH TIME ZONE', 'INTERVAL', 'BIT', 'BIGNUM', 'VARCHAR'])

function castBetween({ from, to }: Types): 'exact' | 'checked' | 'none' {
  if (from === to) return 'exact'
  if (to === 'VARCHAR')
    return isNumber(from) || printed.includes(from) || from.startsWith('ENUM(') ? 'exact' : 'none'
  if (isNumber(from) && isNumber(to)) return numbers({ from, to })
  if (from === 'DATE') return moments.includes(to) ? 'exact' : 'none'
  if (moments.includes(from)) {
    if (to === 'DATE') return 'checked'
    return moments.includes(to) ? 'exact' : 'none'
  }
  // Below a microsecond no table keeps anything.
  if (from === 'TIMESTAMP_NS') return to === 'DATE' || moments.includes(to) ? 'checked' : 'none'
  return 'none'
}

function numbers({ from, to }: Types): 'exact' | 'checked' {
  const [before, after] = [digitsOf(from), digitsOf(to)]
  if (before && after) {
    const whole = after.precision - after.scale - (before.precision - before.scale)
    // An integer type does not reach to all numbers of its digits.
    const room = wholeDigits[to] !== undefined && wholeDigits[from] === undefined ? whole - 1 : whole
    const signed = !from.startsWith('U') || wholeDigits[to] === undefined || whole > 0
    const fits = signed && room >= 0 && after.scale >= before.scale
    return fits ? 'exact' : 'checked'
  }
  if (floats.includes(from)) return to === 'DOUBLE' ? 'exact' : 'checked'
  // A decimal fraction has no exact double: the nearest one is what everybody means.
  if (wholeDigits[from] === undefined) return 'exact'
  const exactDigits = to === 'DOUBLE' ? 15 : 7
  return (before?.precision ?? 0) <= exactDigits ? 'exact' : 'checked'
}

function digitsOf(type: string): { readonly precision: number; readonly scale: number } | undefined {
  const whole = wholeDigits[type]
  return whole === undefined ? decimalOf(type) : { precision: whole, scale: 0 }
}

function isNumber(type: string): boolean {
  return floats.includes(type) || digitsOf(type) !== undefined
}

/** DuckDB calls a bare NULL an INTEGER. */
function isBareNull(type: TableType): boolean {
  return type.kind === 'scalar' && type.sql === 'INTEGER'
}

function onlyNull(sql: string, to: TableType, place: Place): string {
  const refused = place.rules.broken(() => mismatch({ kind: 'scalar', sql: 'INTEGER' }, to, place))
  return `case when (${sql}) is null then cast(null as ${typeSql(to)}) else ${refused} end`
}

function mismatch(from: TableType, to: TableType, { path }: Place) {
  const stands = typeWords(declared(to, path))
  return failure('SLUICE_DELTA_TYPE_MISMATCH', { column: path, stands, comes: typeSql(from) })
}

function hasRequired(type: TableType): boolean {
  switch (type.kind) {
    case 'scalar':
      return false
    case 'struct':
      return type.fields.some(field => !field.nullable || hasRequired(field.type))
    case 'list':
      return !type.element.nullable || hasRequired(type.element.type)
    case 'map':
      // A key is never NULL: the engine sees to it.
      return !type.value.nullable || hasRequired(type.key.type) || hasRequired(type.value.type)
  }
}
