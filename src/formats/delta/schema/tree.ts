import { failure } from '../../../errors/index.ts'
import type { DataType, StructField, StructType } from './schema-string.ts'
import { retyped } from './widen.ts'

// One place in a schema, found and changed. A path is a "Field Path" of the protocol: names of columns and of
// fields of structs, whatever their capitals; `element`, `key` and `value` lead into lists and maps.

export type Path = readonly string[]

/** A column as people write its path; a name that holds a dot goes in backticks, as in Spark. */
export function pathWords(path: Path): string {
  return path.map(name => (/^\w+$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)).join('.')
}

/** The field at a path, with the path as the schema spells it. */
export function fieldAt(
  schema: StructType,
  path: Path,
): { readonly field: StructField; readonly path: Path } {
  let found: StructField | undefined
  const spelled: string[] = []
  let fields = schema.fields
  for (const name of path) {
    found = fields.find(field => same(field.name, name))
    if (found === undefined) throw unknown(path, fields)
    spelled.push(found.name)
    fields = partsOf(found.type)
  }
  if (found === undefined) throw unknown(path, fields)
  return { field: found, path: spelled }
}

/** The schema with another field at the path; a type that changed is recorded ("Type Change Metadata"). */
export function changedAt(
  schema: StructType,
  path: Path,
  change: (field: StructField) => StructField,
): StructType {
  return within(schema, path, fields => {
    const name = path.at(-1) ?? ''
    return fields.map(field => {
      if (!same(field.name, name)) return field
      const changed = change(field)
      return retyped({ ...changed, type: field.type }, changed.type)
    })
  })
}

/** The schema with other fields in the struct that the last name of the path stands in. */
export function within(
  schema: StructType,
  path: Path,
  change: (fields: readonly StructField[]) => readonly StructField[],
): StructType {
  return typeWithin(schema, path, change) as StructType
}

function typeWithin(
  type: DataType,
  path: Path,
  change: (fields: readonly StructField[]) => readonly StructField[],
): DataType {
  const [name = '', ...rest] = path
  const fields = partsOf(type)
  if (fields.length === 0) throw unknown(path, fields)
  if (rest.length === 0) return withParts(type, change(fields))
  if (!fields.some(field => same(field.name, name))) throw unknown(path, fields)
  const inner = fields.map(field =>
    same(field.name, name) ? retyped(field, typeWithin(field.type, rest, change)) : field,
  )
  return withParts(type, inner)
}

/** What a type is made of: a struct's fields, a list's `element`, a map's `key` and `value`. */
function partsOf(type: DataType): readonly StructField[] {
  if (typeof type === 'string') return []
  const part = (name: string, inner: DataType, nullable: boolean) => ({
    name,
    type: inner,
    nullable,
    metadata: {},
  })
  switch (type.type) {
    case 'struct':
      return type.fields
    case 'array':
      return [part('element', type.elementType, type.containsNull)]
    case 'map':
      return [part('key', type.keyType, false), part('value', type.valueType, type.valueContainsNull)]
  }
}

function withParts(type: DataType, parts: readonly StructField[]): DataType {
  if (typeof type === 'string') return type
  if (type.type === 'struct') return { ...type, fields: parts }
  const [first, second] = parts
  if (first && type.type === 'array')
    return { ...type, elementType: first.type, containsNull: first.nullable }
  if (first && second && type.type === 'map')
    return { ...type, keyType: first.type, valueType: second.type, valueContainsNull: second.nullable }
  throw failure('SLUICE_DELTA_ALTER_REFUSED', {
    what: 'The parts of a list or a map cannot be added, dropped or moved.',
    why: 'They have no names of their own.',
    fix: 'Change the type of the column as a whole, in a new column.',
  })
}

export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function unknown(path: Path, fields: readonly StructField[]): Error {
  return failure('SLUICE_DELTA_COLUMN_UNKNOWN', {
    column: pathWords(path),
    near: fields.map(({ name }) => name),
  })
}
