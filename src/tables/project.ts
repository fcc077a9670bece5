import { quoteName } from '../sql/index.ts'
import type { TableField, TableType } from './schema.ts'
import { typeSql } from './types.ts'

// Data files call things by their stored names; people, by theirs. `read_parquet(…, schema = …)` fills in what a
// file lacks and widens what it holds narrower, nested parts included; what is left is names.

/** The type as data files hold it: stored names, without what is never stored. undefined: nothing is left. */
export function storedType(type: TableType): string | undefined {
  switch (type.kind) {
    case 'scalar':
      if (type.sql === nullType) return undefined
      return type.sql === variantType ? storedVariant : type.sql
    case 'struct': {
      const fields = type.fields.flatMap(field => {
        const inner = storedType(field.type)
        return inner === undefined ? [] : [`${quoteName(field.stored)} ${inner}`]
      })
      return fields.length === 0 ? undefined : `STRUCT(${fields.join(', ')})`
    }
    case 'list': {
      const element = storedType(type.element.type)
      return element && `${element}[]`
    }
    case 'map': {
      const [key, value] = [storedType(type.key.type), storedType(type.value.type)]
      return key && value && `MAP(${key}, ${value})`
    }
  }
}

/** A value under its stored names (`of` is SQL) as people see it. */
export function logical(type: TableType, of: string, depth = 0): string {
  if (isStoredAlike(type)) return of
  switch (type.kind) {
    case 'scalar':
      // Parquet's VARIANT as its two parts; DuckDB decodes them from one run of bytes.
      return type.sql === variantType
        ? `variant_bytes_to_variant(${of}.metadata || ${of}."value")`
        : `CAST(NULL AS ${type.sql})`
    case 'struct': {
      if (storedType(type) === undefined) return `CAST(NULL AS ${typeSql(type)})`
      const fields = type.fields.map(
        ({ name, stored, type: inner }) =>
          `${quoteName(name)} := ${logical(inner, `${of}.${quoteName(stored)}`, depth)}`,
      )
      return `CASE WHEN ${of} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
    }
    case 'list': {
      if (storedType(type) === undefined) return `CAST(NULL AS ${typeSql(type)})`
      const item = `x${depth}`
      return `list_transform(${of}, lambda ${item}: ${logical(type.element.type, item, depth + 1)})`
    }
    case 'map': {
      if (storedType(type) === undefined) return `CAST(NULL AS ${typeSql(type)})`
      const item = `x${depth}`
      const [key, value] = [
        logical(type.key.type, `${item}.key`, depth + 1),
        logical(type.value.type, `${item}."value"`, depth + 1),
      ]
      return `map_from_entries(list_transform(map_entries(${of}), lambda ${item}: {key: ${key}, "value": ${value}}))`
    }
  }
}

const nullType = '"NULL"'
const variantType = 'VARIANT'
const storedVariant = 'STRUCT("value" BLOB, metadata BLOB)'

function isStoredAlike(type: TableType): boolean {
  const alike = (field: TableField) => isStoredAlike(field.type)
  switch (type.kind) {
    case 'scalar':
      return type.sql !== nullType && type.sql !== variantType
    case 'struct':
      return type.fields.every(field => field.name === field.stored && alike(field))
    case 'list':
      return alike(type.element)
    case 'map':
      return alike(type.key) && alike(type.value)
  }
}
