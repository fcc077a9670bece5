import { failure } from '../../../errors/index.ts'
import type { TableType } from '../../../tables/index.ts'
import type { DataType } from './schema-string.ts'

// "Primitive Types" beside the types of the engine that holds exactly the same values.
const engineNames: { readonly [delta: string]: string } = {
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ntz: 'TIMESTAMP',
  // "Void Type": only NULL, and never in a data file.
  void: '"NULL"',
  variant: 'VARIANT',
}

const deltaNames: { readonly [engine: string]: string } = {
  ...Object.fromEntries(Object.entries(engineNames).map(([delta, engine]) => [engine, delta])),
  // Types that Delta lacks become the narrowest one that holds all their values; what does not fit after all
  // (beyond 38 digits, below a microsecond) is refused row by row.
  UTINYINT: 'short',
  USMALLINT: 'integer',
  UINTEGER: 'long',
  UBIGINT: 'decimal(20,0)',
  HUGEINT: 'decimal(38,0)',
  UHUGEINT: 'decimal(38,0)',
  TIMESTAMP_S: 'timestamp_ntz',
  TIMESTAMP_MS: 'timestamp_ntz',
  TIMESTAMP_NS: 'timestamp_ntz',
  BIGNUM: 'string',
  UUID: 'string',
  JSON: 'string',
  TIME: 'string',
  'TIME WITH TIME ZONE': 'string',
  INTERVAL: 'string',
  BIT: 'string',
}

/** The engine's name of a primitive type; undefined: the protocol does not know it, or the engine cannot. */
export function engineType(delta: string): string | undefined {
  const decimal = decimalOf(delta)
  return decimal ? `DECIMAL(${decimal.precision},${decimal.scale})` : engineNames[delta]
}

/** Delta's name for a scalar type of the engine, by the table above; undefined: there is none. */
export function deltaType(engine: string): string | undefined {
  const decimal = decimalOf(engine)
  if (decimal) return `decimal(${decimal.precision},${decimal.scale})`
  return engine.startsWith('ENUM(') ? 'string' : deltaNames[engine]
}

/** What a column of rows is in the log, when it is new there. `column` is for words only. */
export function declared(type: TableType, column: string): DataType {
  switch (type.kind) {
    case 'scalar': {
      const name = deltaType(type.sql)
      if (name === undefined) throw failure('SLUICE_DELTA_TYPE_UNSUPPORTED', { column, type: type.sql })
      return name
    }
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map(({ name, type: inner, nullable }) => ({
          name,
          type: declared(inner, `${column}.${name}`),
          nullable,
          metadata: {},
        })),
      }
    case 'list': {
      const { type: inner, nullable } = type.element
      return { type: 'array', elementType: declared(inner, `${column}.element`), containsNull: nullable }
    }
    case 'map':
      return {
        type: 'map',
        keyType: declared(type.key.type, `${column}.key`),
        valueType: declared(type.value.type, `${column}.value`),
        valueContainsNull: type.value.nullable,
      }
  }
}

/** A type as people read it: `decimal(10,2)`, `struct<a: long>`. */
export function typeWords(type: DataType): string {
  if (typeof type === 'string') return type
  if (type.type === 'array') return `array<${typeWords(type.elementType)}>`
  if (type.type === 'map') return `map<${typeWords(type.keyType)}, ${typeWords(type.valueType)}>`
  return `struct<${type.fields.map(field => `${field.name}: ${typeWords(field.type)}`).join(', ')}>`
}

/** Digits of `decimal(p,s)`, however it is spelled; undefined: it is no decimal. */
export function decimalOf(type: string): { readonly precision: number; readonly scale: number } | undefined {
  const found = /^decimal(?:\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\))?$/i.exec(type)
  if (!found) return undefined
  // Spark prints `decimal` for its default, decimal(10,0).
  return { precision: Number(found[1] ?? 10), scale: Number(found[2] ?? 0) }
}
