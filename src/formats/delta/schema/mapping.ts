import { randomUUID } from 'node:crypto'
import { failure } from '../../../errors/index.ts'
import type { Metadata } from '../actions.ts'
import { mappingOf } from './fields.ts'
import {
  type DataType,
  longOf,
  readSchema,
  type StructField,
  type StructType,
  writeSchema,
} from './schema-string.ts'

// "Column Mapping": the numbers and names for life that a writer gives to columns.

const idKey = 'delta.columnMapping.id'
const nameKey = 'delta.columnMapping.physicalName'
const modeKey = 'delta.columnMapping.mode'
const maxKey = 'delta.columnMapping.maxColumnId'

/** What data files call a column: as people do, until it is renamed or new in a table that maps names. */
type Physical = (name: string) => string

/** The metadata with another schema; columns that are new to a table that maps names get theirs. */
export function withSchema(metadata: Metadata, schema: StructType): Metadata {
  if (mappingOf(metadata.configuration) === 'none') {
    refuseUnwritable(schema, readSchema(metadata.schemaString))
    return { ...metadata, schemaString: writeSchema(schema) }
  }
  // Unique for ever, also when the table was put back to a version with a lower highest number.
  return numbered(metadata, schema, () => `col-${randomUUID()}`)
}

// What Parquet files of Spark's never call a column.
const unwritable = /[ ,;{}()\n\t=]/

/** Some column has a name that no file may have: the table must map names. */
export function needsMapping(schema: StructType): boolean {
  return namesIn(schema).some(name => unwritable.test(name))
}

function refuseUnwritable(schema: StructType, standing: StructType): void {
  const known = new Set(namesIn(standing))
  const name = namesIn(schema).find(one => unwritable.test(one) && !known.has(one))
  if (name === undefined) return
  throw failure('SLUICE_DELTA_ALTER_REFUSED', {
    what: `The table cannot have a column \`${name}\`: its files call columns by the names that people use.`,
    why: 'Other clients cannot read files with spaces or any of `,;{}()=` in a name.',
    fix: 'Set `delta.columnMapping.mode` = `name` first, or give the column another name.',
  })
}

function namesIn(type: DataType): readonly string[] {
  if (typeof type === 'string') return []
  if (type.type === 'array') return namesIn(type.elementType)
  if (type.type === 'map') return [...namesIn(type.keyType), ...namesIn(type.valueType)]
  return type.fields.flatMap(field => [field.name, ...namesIn(field.type)])
}

/**
 * A table whose files call columns as people do begins to map names: its files stay as they are, and only a
 * new column that no file could have by its name gets another.
 */
export function mappedByName(metadata: Metadata, schema: StructType): Metadata {
  const configuration = { ...metadata.configuration, [modeKey]: 'name' }
  const standing = new Set(namesIn(readSchema(metadata.schemaString)))
  const physical: Physical = name =>
    unwritable.test(name) && !standing.has(name) ? `col-${randomUUID()}` : name
  return numbered({ ...metadata, configuration }, schema, physical)
}

function numbered(metadata: Metadata, schema: StructType, physical: Physical): Metadata {
  const known = idsOf(schema)
  const last = { id: Math.max(Number(metadata.configuration[maxKey] ?? 0), 0, ...known) }
  const fields = schema.fields.map(field => fieldWith(field, physical, last))
  return {
    ...metadata,
    schemaString: writeSchema({ type: 'struct', fields }),
    configuration: { ...metadata.configuration, [maxKey]: String(last.id) },
  }
}

function fieldWith(field: StructField, physical: Physical, last: { id: number }): StructField {
  const { metadata } = field
  const own = {
    [idKey]: metadata[idKey] ?? ++last.id,
    [nameKey]: metadata[nameKey] ?? physical(field.name),
  }
  return { ...field, type: typeWith(field.type, physical, last), metadata: { ...metadata, ...own } }
}

function typeWith(type: DataType, physical: Physical, last: { id: number }): DataType {
  if (typeof type === 'string') return type
  const inner = (part: DataType) => typeWith(part, physical, last)
  switch (type.type) {
    case 'struct':
      return { ...type, fields: type.fields.map(field => fieldWith(field, physical, last)) }
    case 'array':
      return { ...type, elementType: inner(type.elementType) }
    case 'map':
      return { ...type, keyType: inner(type.keyType), valueType: inner(type.valueType) }
  }
}

function idsOf(type: DataType): readonly number[] {
  if (typeof type === 'string') return []
  if (type.type === 'array') return idsOf(type.elementType)
  if (type.type === 'map') return [...idsOf(type.keyType), ...idsOf(type.valueType)]
  return type.fields.flatMap(field => [Number(longOf(field.metadata[idKey]) ?? 0), ...idsOf(field.type)])
}
