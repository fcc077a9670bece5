import { failure } from '../../../errors/index.ts'
import type { TableField, TableType } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import { type DataType, longOf, readSchema, type StructField } from './schema-string.ts'
import { engineType } from './types.ts'

// "Column Mapping": what data files call a column, and its number for life, stand in the column's metadata.

/** How columns are found in data files: by what people call them, by a name of their own, by their number. */
export type Mapping = 'none' | 'name' | 'id'

export function mappingOf(configuration: Metadata['configuration']): Mapping {
  const mode = configuration['delta.columnMapping.mode']?.toLowerCase() ?? 'none'
  if (mode === 'none' || mode === 'name' || mode === 'id') return mode
  throw failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', { feature: `columnMapping ${mode}`, side: 'read' })
}

/** All columns of the table, in order. */
export function fieldsOf(metadata: Metadata): readonly TableField[] {
  const mapping = mappingOf(metadata.configuration)
  return readSchema(metadata.schemaString).fields.map(field => fieldOf(field, mapping))
}

function fieldOf({ name, type, nullable, metadata }: StructField, mapping: Mapping): TableField {
  const bare = { name, type: typeOf(type, name, mapping), nullable }
  if (mapping === 'none') return { ...bare, stored: name }
  const stored = metadata['delta.columnMapping.physicalName']
  const id = longOf(metadata['delta.columnMapping.id'])
  if (typeof stored !== 'string')
    throw failure('SLUICE_DELTA_SCHEMA_BROKEN', { words: `\`${name}\` has no physical name` })
  return id === undefined ? { ...bare, stored } : { ...bare, stored, id: Number(id) }
}

function typeOf(type: DataType, name: string, mapping: Mapping): TableType {
  if (typeof type === 'string') {
    const sql = engineType(type)
    if (sql === undefined)
      throw failure('SLUICE_DELTA_FEATURE_UNSUPPORTED', { feature: `type ${type}`, side: 'read' })
    return { kind: 'scalar', sql }
  }
  const part = (of: string, inner: DataType, nullable: boolean): TableField => ({
    name: of,
    stored: of,
    type: typeOf(inner, `${name}.${of}`, mapping),
    nullable,
  })
  switch (type.type) {
    case 'struct':
      return { kind: 'struct', fields: type.fields.map(field => fieldOf(field, mapping)) }
    case 'array':
      return { kind: 'list', element: part('element', type.elementType, type.containsNull) }
    case 'map':
      return {
        kind: 'map',
        key: part('key', type.keyType, false),
        value: part('value', type.valueType, type.valueContainsNull),
      }
  }
}
