import { quoteName } from '../sql/index.ts'
import type { TableField, TableType } from './schema.ts'
import { typeSql } from './types.ts'

// Data files call things by their stored names; people, by theirs. `read_parquet(…, schema = …)` fills in
// what a file lacks and widens what it holds narrower, nested parts included; what is left is names.

/**
 * Parquet's VARIANT is a struct of two parts. DuckDB 1.5 takes it for its own type where parts of the
 * values have columns of their own ("shredded"), else it leaves the struct as it is.
 */
export type VariantForm = 'parts' | 'shredded'

/** The type as data files hold it: stored names, without what is never stored. undefined: nothing is left. */
export function storedType(type: TableType, variant: VariantForm = 'parts'): string | undefined {
  switch (type.kind) {
    case 'scalar':
      if (type.sql === nullType) return undefined
      return type.sql === variantType && variant === 'parts' ? storedVariant : type.sql
    case 'struct': {
      const fields = type.fields.flatMap(field => {
        const inner = storedType(field.type, variant)
        return inner === undefined ? [] : [`${quoteName(field.stored)} ${inner}`]
      })
      return fields.length === 0 ? undefined : `STRUCT(${fields.join(', ')})`
    }
    case 'list': {
      const element = storedType(type.element.type, variant)
      return element && `${element}[]`
    }
    case 'map': {
      const [key, value] = [storedType(type.key.type, variant), storedType(type.value.type, variant)]
      return key && value && `MAP(${key}, ${value})`
    }
  }
}

/** A value under its stored names (`of` is SQL) as people see it. */
export function logical(type: TableType, of: string, variant: VariantForm = 'parts'): string {
  return shown(type, of, { variant, depth: 0 })
}

type Showing = { readonly variant: VariantForm; readonly depth: number }

function shown(type: TableType, of: string, { variant, depth }: Showing): string {
  if (isStoredAlike(type, variant)) return of
  if (storedType(type, variant) === undefined) return `CAST(NULL AS ${typeSql(type)})`
  const item = `x${depth}`
  const inner = (field: TableField, sql: string) => shown(field.type, sql, { variant, depth: depth + 1 })
  switch (type.kind) {
    case 'scalar':
      // DuckDB decodes the parts from one run of bytes.
      return `variant_bytes_to_variant(${of}.metadata || ${of}."value")`
    case 'struct': {
      const fields = type.fields.map(
        field => `${quoteName(field.name)} := ${inner(field, `${of}.${quoteName(field.stored)}`)}`,
      )
      return `CASE WHEN ${of} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`
    }
    case 'list':
      return `list_transform(${of}, lambda ${item}: ${inner(type.element, item)})`
    case 'map': {
      const [key, value] = [inner(type.key, `${item}.key`), inner(type.value, `${item}."value"`)]
      const entry = `{key: ${key}, "value": ${value}}`
      return `map_from_entries(list_transform(map_entries(${of}), lambda ${item}: ${entry}))`
    }
  }
}

/** Whether there is a VARIANT in it. */
export function holdsVariant(type: TableType): boolean {
  switch (type.kind) {
    case 'scalar':
      return type.sql === variantType
    case 'struct':
      return type.fields.some(field => holdsVariant(field.type))
    case 'list':
      return holdsVariant(type.element.type)
    case 'map':
      return holdsVariant(type.key.type) || holdsVariant(type.value.type)
  }
}

const nullType = '"NULL"'
const variantType = 'VARIANT'
const storedVariant = 'STRUCT("value" BLOB, metadata BLOB)'

function isStoredAlike(type: TableType, variant: VariantForm): boolean {
  const alike = (field: TableField) => isStoredAlike(field.type, variant)
  switch (type.kind) {
    case 'scalar':
      return type.sql !== nullType && (type.sql !== variantType || variant === 'shredded')
    case 'struct':
      return type.fields.every(field => field.name === field.stored && alike(field))
    case 'list':
      return alike(type.element)
    case 'map':
      return alike(type.key) && alike(type.value)
  }
}
