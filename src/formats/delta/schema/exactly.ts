import { type TableField, typeSql } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import type { Transaction } from '../face.ts'
import { byName } from './evolve.ts'
import { mappingOf } from './fields.ts'
import { mappedByName, needsMapping, withSchema } from './mapping.ts'
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
  const begins = mappingOf(metadata.configuration) === 'none' && needsMapping(schema)
  tx.change({ metadata: begins ? mappedByName(metadata, schema) : withSchema(metadata, schema) })
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
