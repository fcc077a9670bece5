import type { Assignments } from '../../../tables/index.ts'
import type { Transaction } from '../face.ts'
import { readSchema, type StructField } from '../schema/schema-string.ts'

// Which columns a change gives values to; the table's own rules make those of the others.

/** Columns that a row brings along when it is updated: all but those that are computed from others. */
export function carriedColumns(tx: Transaction, set: Assignments): readonly string[] {
  const assigned = new Set(Object.keys(set))
  return schemaFields(tx).flatMap(field =>
    isGenerated(field) && !assigned.has(field.name) ? [] : [field.name],
  )
}

export function schemaFields(tx: Transaction): readonly StructField[] {
  return readSchema(tx.metadata.schemaString).fields
}

export function isGenerated({ metadata }: StructField): boolean {
  return metadata['delta.generationExpression'] !== undefined
}

export function isIdentity({ metadata }: StructField): boolean {
  return metadata['delta.identity.start'] !== undefined
}

export function hasDefault({ metadata }: StructField): boolean {
  return metadata['CURRENT_DEFAULT'] !== undefined
}
