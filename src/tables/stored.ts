import { quoteName, quoteText } from '../sql/index.ts'
import type { TableField, TableType } from './schema.ts'

/** The spelling of a column that data files never hold: it is NULL in every row. */
const nothing = '"NULL"'

/** Columns that stand in data files. */
export function storedFields(fields: readonly TableField[]): readonly TableField[] {
  return fields.filter(({ type }) => type.kind !== 'scalar' || type.sql !== nothing)
}

/** `expression AS "stored name"`: a column as data files hold it, fields of structs too. */
export function storedColumn(field: TableField): string {
  return `${storedValue(field, quoteName(field.name))} as ${quoteName(field.stored)}`
}

function storedValue({ type }: TableField, value: string): string {
  if (isStoredAsNamed(type)) return value
  switch (type.kind) {
    case 'scalar':
      return value
    case 'struct': {
      const parts = storedFields(type.fields).map(
        field => `${quoteName(field.stored)} := ${storedValue(field, partOf(value, field.name))}`,
      )
      return `case when ${value} is not null then struct_pack(${parts.join(', ')}) end`
    }
    case 'list':
      return `list_transform(${value}, lambda item: ${storedValue(type.element, 'item')})`
    case 'map': {
      const [key, item] = [storedValue(type.key, 'pair.key'), storedValue(type.value, 'pair.value')]
      return `map_from_entries(
        list_transform(map_entries(${value}), lambda pair: {key: ${key}, value: ${item}}))`
    }
  }
}

function partOf(struct: string, name: string): string {
  return `struct_extract(${struct}, ${quoteText(name)})`
}

function isStoredAsNamed(type: TableType): boolean {
  switch (type.kind) {
    case 'scalar':
      return true
    case 'struct':
      return (
        storedFields(type.fields).length === type.fields.length &&
        type.fields.every(({ name, stored, type: inner }) => name === stored && isStoredAsNamed(inner))
      )
    case 'list':
      return isStoredAsNamed(type.element.type)
    case 'map':
      return isStoredAsNamed(type.key.type) && isStoredAsNamed(type.value.type)
  }
}

/** DuckDB's FIELD_IDS: the numbers of columns for the Parquet file; undefined: none has one. */
export function fieldIds(fields: readonly TableField[]): string | undefined {
  const entries = storedFields(fields).flatMap(field => {
    const ids = idsOf(field)
    return ids === undefined ? [] : [`${quoteName(field.stored)}: ${ids}`]
  })
  return entries.length === 0 ? undefined : `{${entries.join(', ')}}`
}

function idsOf({ id, type }: TableField): string | undefined {
  const inner = innerFields(type).flatMap(field => {
    const ids = idsOf(field)
    return ids === undefined ? [] : [`${quoteName(field.stored)}: ${ids}`]
  })
  if (inner.length === 0) return id === undefined ? undefined : String(id)
  return `{${[...(id === undefined ? [] : [`__duckdb_field_id: ${id}`]), ...inner].join(', ')}}`
}

function innerFields(type: TableType): readonly TableField[] {
  switch (type.kind) {
    case 'scalar':
      return []
    case 'struct':
      return storedFields(type.fields)
    case 'list':
      return [type.element]
    case 'map':
      return [type.key, type.value]
  }
}
