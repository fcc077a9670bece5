import { type TableField, type TableType, typeSql } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import type { Transaction } from '../face.ts'
import { byName } from './evolve.ts'
import { mappingOf } from './fields.ts'
import { mappedByName, withSchema } from './mapping.ts'
import { readSchema, type StructField, writeSchema } from './schema-string.ts'
import { declared } from './types.ts'

/** Properties of the table: those that are undefined are taken away. */
type Properties = { readonly [name: string]: string | undefined }

/**
 * The table has exactly these columns from here on, in this order. One that stands with the same name and
 * type keeps all that is said of it; others are new, and files that hold them otherwise must go in the same
 * transaction.
 */
export function exactly(tx: Transaction, fields: readonly TableField[], properties: Properties = {}): void {
  byName(fields, '')
  const standing = readSchema(tx.metadata.schemaString)
  const known = new Map(tx.fields.map((field, at) => [field.name, { field, declared: standing.fields[at] }]))
  const wanted = fields.map(({ name, type }): StructField => {
    const stands = known.get(name)
    if (stands?.declared && typeSql(stands.field.type) === typeSql(type)) return stands.declared
    return { name, type: declared(type, name), nullable: true, metadata: {} }
  })
  const schema = { type: 'struct', fields: wanted } as const
  const metadata = withProperties(tx.metadata, properties)
  if (metadata === tx.metadata && writeSchema(schema) === writeSchema(standing)) return
  const begins = mappingOf(metadata.configuration) === 'none' && fields.some(isUnwritable)
  tx.change({ metadata: begins ? mappedByName(metadata, schema) : withSchema(metadata, schema) })
}

/** Names that Spark never writes into Parquet: they need names of their own there ("Column Mapping"). */
function isUnwritable({ name, type }: { readonly name: string; readonly type: TableType }): boolean {
  return /[ ,;{}()\n\t=]/.test(name) || inside(type).some(isUnwritable)
}

function inside(type: TableType): readonly { readonly name: string; readonly type: TableType }[] {
  switch (type.kind) {
    case 'scalar':
      return []
    case 'struct':
      return type.fields
    case 'list':
      return [type.element]
    case 'map':
      return [type.key, type.value]
  }
}

/** The same object: nothing changed. */
function withProperties(metadata: Metadata, properties: Properties): Metadata {
  const { configuration } = metadata
  const changed = Object.entries(properties).filter(([name, value]) => configuration[name] !== value)
  if (changed.length === 0) return metadata
  const all = Object.entries({ ...configuration, ...Object.fromEntries(changed) })
  const kept = all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { ...metadata, configuration: Object.fromEntries(kept) }
}
