import {
  type DuckDBArrayType,
  type DuckDBArrayValue,
  type DuckDBBlobValue,
  type DuckDBListType,
  type DuckDBListValue,
  type DuckDBMapType,
  type DuckDBMapValue,
  type DuckDBStructType,
  type DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBTimestampTZValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBUnionType,
  type DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { RowValue } from '../connect/index.ts'
import { jsonText } from './json.ts'

type Convert<T> = (value: DuckDBValue) => T

/** DuckDB's value as TypeScript code gets it: exact, by the table in `connect/values.ts`. */
export function rowValueOf(type: DuckDBType): Convert<RowValue> {
  const convert = notNull(type)
  return value => (value === null || value === undefined ? null : convert(value))
}

/**
 * DuckDB's value as one text, exact: scalars as in `rowValueOf`, nested values as JSON, BLOB in DuckDB's own
 * escapes.
 */
export function textOf(type: DuckDBType): Convert<string | null> {
  if (type.typeId === DuckDBTypeId.FLOAT) return value => (value === null ? null : floatText(Number(value)))
  if (type.typeId === DuckDBTypeId.BLOB) return value => (value === null ? null : String(value))
  const convert = rowValueOf(type)
  return value => {
    const plain = convert(value)
    if (plain === null) return null
    return typeof plain === 'object' ? jsonText(plain) : numberText(plain)
  }
}

function notNull(type: DuckDBType): Convert<RowValue> {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.BIGNUM:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.ENUM:
      return value => value as RowValue
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return value => String(value).replace(' ', 'T')
    case DuckDBTypeId.TIMESTAMP_TZ:
      return value => zoned(value as DuckDBTimestampTZValue)
    case DuckDBTypeId.BLOB:
      return value => (value as DuckDBBlobValue).bytes
    default:
      return nested(type) ?? String
  }
}

function nested(type: DuckDBType): Convert<RowValue> | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const item = rowValueOf((type as DuckDBListType | DuckDBArrayType).valueType)
      return value => (value as DuckDBListValue | DuckDBArrayValue).items.map(item)
    }
    case DuckDBTypeId.STRUCT: {
      const struct = type as DuckDBStructType
      const fields = struct.entryNames.map((name, i) => ({
        name,
        of: rowValueOf(struct.entryTypes[i] as DuckDBType),
      }))
      return value => {
        const entries = (value as DuckDBStructValue).entries
        return Object.fromEntries(fields.map(({ name, of }) => [name, of(entries[name] ?? null)]))
      }
    }
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType
      const [key, item] = [rowValueOf(keyType), rowValueOf(valueType)]
      return value => (value as DuckDBMapValue).entries.map(e => ({ key: key(e.key), value: item(e.value) }))
    }
    case DuckDBTypeId.UNION: {
      const union = type as DuckDBUnionType
      return value => {
        const { tag, value: inner } = value as DuckDBUnionValue
        return rowValueOf(union.memberTypeForTag(tag))(inner)
      }
    }
    default:
      return undefined
  }
}

/** In UTC, whatever zone the machine stands in. Infinities have no zone. */
function zoned(value: DuckDBTimestampTZValue): string {
  const text = String(new DuckDBTimestampValue(value.micros))
  return text.endsWith('infinity') ? text : `${text.replace(' ', 'T')}Z`
}

/** The shortest text that reads back as the same 32-bit float. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return numberText(shorter)
  }
  return numberText(value)
}

/** DuckDB reads `nan`, `inf` and `-0.0`; JavaScript would print `NaN`, `Infinity` and `0`. */
function numberText(value: Exclude<RowValue, null | object>): string {
  if (Object.is(value, -0)) return '-0.0'
  if (value === Number.POSITIVE_INFINITY) return 'inf'
  if (value === Number.NEGATIVE_INFINITY) return '-inf'
  return Number.isNaN(value) ? 'nan' : String(value)
}
