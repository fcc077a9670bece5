import { quoteName } from '../sql/index.ts'
import type { TableField, TableType } from './schema.ts'
import { typeSql } from './types.ts'

// Data files call things by their stored names; people, by theirs. `read_parquet(…, schema = …)` fills in
// what a file lacks and widens what it holds narrower, nested parts included; what is left is names.

// A file may have a column in a form that nobody can fill in or widen: `found` is then the type as the file
// has it. Parquet's VARIANT is a struct of two parts, which DuckDB 1.5 takes for its own type only where
// parts of the values have columns of their own ("shredded"). Of a struct all fields may have been dropped
// and others added since.

/** The type as data files hold it: stored names, without what is never stored. undefined: nothing is left. */
export function storedType(type: TableType, found?: TableType): string | undefined {
  switch (type.kind) {
    case 'scalar':
      if (type.sql === nullType) return undefined
      return type.sql === variantType && !isVariant(found) ? storedVariant : type.sql
    case 'struct': {
      if (isStrange(type, found)) return `STRUCT(${strangeField(found)})`
      const fields = type.fields.flatMap(field => {
        const inner = storedType(field.type, fieldIn(found, field))
        return inner === undefined ? [] : [`${quoteName(field.stored)} ${inner}`]
      })
      return fields.length === 0 ? undefined : `STRUCT(${fields.join(', ')})`
    }
    case 'list': {
      const element = storedType(type.element.type, elementOf(found))
      return element && `${element}[]`
    }
    case 'map': {
      const { key, value } = entryOf(found)
      const [keys, values] = [storedType(type.key.type, key), storedType(type.value.type, value)]
      return keys && values && `MAP(${keys}, ${values})`
    }
  }
}

/** A value under its stored names (`of` is SQL) as people see it. */
export function logical(type: TableType, of: string, found?: TableType): string {
  return shown(type, of, { found, depth: 0 })
}

type Showing = { readonly found: TableType | undefined; readonly depth: number }

function shown(type: TableType, of: string, { found, depth }: Showing): string {
  if (isStoredAlike(type, found)) return of
  if (storedType(type, found) === undefined) return `CAST(NULL AS ${typeSql(type)})`
  const item = `x${depth}`
  const inner = (field: TableField, sql: string, part: TableType | undefined) =>
    shown(field.type, sql, { found: part, depth: depth + 1 })
  switch (type.kind) {
    case 'scalar':
      // DuckDB decodes the parts from one run of bytes.
      return `variant_bytes_to_variant(${of}.metadata || ${of}."value")`
    case 'struct': {
      const isEmpty = isStrange(type, found)
      const fields = type.fields.map(field => {
        const value = `${of}.${quoteName(field.stored)}`
        const sql = isEmpty
          ? `CAST(NULL AS ${typeSql(field.type)})`
          : inner(field, value, fieldIn(found, field))
        return `${quoteName(field.name)} := ${sql}`
      })
      return `CASE WHEN ${of} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
    }
    case 'list':
      return `list_transform(${of}, lambda ${item}: ${inner(type.element, item, elementOf(found))})`
    case 'map': {
      const parts = entryOf(found)
      const key = inner(type.key, `${item}.key`, parts.key)
      const value = inner(type.value, `${item}."value"`, parts.value)
      const entries = `list_transform(map_entries(${of}), lambda ${item}: {key: ${key}, "value": ${value}})`
      return `map_from_entries(${entries})`
    }
  }
}

/** Whether a column can be read only by the type as the file has it. */
export function isForeign(type: TableType, found: TableType | undefined): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.sql === variantType && isVariant(found)
    case 'struct':
      return isStrange(type, found) || type.fields.some(field => isForeign(field.type, fieldIn(found, field)))
    case 'list':
      return isForeign(type.element.type, elementOf(found))
    case 'map': {
      const { key, value } = entryOf(found)
      return isForeign(type.key.type, key) || isForeign(type.value.type, value)
    }
  }
}

/** Whether a type has a part of some kind in it. */
export function holds(type: TableType, kind: 'variant' | 'struct'): boolean {
  switch (type.kind) {
    case 'scalar':
      return kind === 'variant' && type.sql === variantType
    case 'struct':
      return kind === 'struct' || type.fields.some(field => holds(field.type, kind))
    case 'list':
      return holds(type.element.type, kind)
    case 'map':
      return holds(type.key.type, kind) || holds(type.value.type, kind)
  }
}

function isVariant(found: TableType | undefined): boolean {
  return found?.kind === 'scalar' && found.sql === variantType
}

/** A struct of which the file has other fields only: DuckDB casts none to it. */
function isStrange(type: TableType, found: TableType | undefined): found is TableType {
  if (type.kind !== 'struct' || found?.kind !== 'struct') return false
  return !type.fields.some(field => fieldIn(found, field))
}

/** Any one: it tells whether the struct is NULL. */
function strangeField(found: TableType): string {
  const field = found.kind === 'struct' ? found.fields[0] : undefined
  return field ? `${quoteName(field.stored)} ${typeSql(field.type)}` : ''
}

function fieldIn(found: TableType | undefined, { stored }: TableField): TableType | undefined {
  if (found?.kind !== 'struct') return undefined
  return found.fields.find(field => field.stored.toLowerCase() === stored.toLowerCase())?.type
}

function elementOf(found: TableType | undefined): TableType | undefined {
  return found?.kind === 'list' ? found.element.type : undefined
}

function entryOf(found: TableType | undefined): {
  readonly key: TableType | undefined
  readonly value: TableType | undefined
} {
  return found?.kind === 'map'
    ? { key: found.key.type, value: found.value.type }
    : { key: undefined, value: undefined }
}

const nullType = '"NULL"'
const variantType = 'VARIANT'
const storedVariant = 'STRUCT("value" BLOB, metadata BLOB)'

function isStoredAlike(type: TableType, found: TableType | undefined): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.sql !== nullType && (type.sql !== variantType || isVariant(found))
    case 'struct':
      return (
        !isStrange(type, found) &&
        type.fields.every(
          field => field.name === field.stored && isStoredAlike(field.type, fieldIn(found, field)),
        )
      )
    case 'list':
      return isStoredAlike(type.element.type, elementOf(found))
    case 'map': {
      const { key, value } = entryOf(found)
      return isStoredAlike(type.key.type, key) && isStoredAlike(type.value.type, value)
    }
  }
}
