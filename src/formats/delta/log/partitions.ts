import type { TableField, TableType } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'

// "Partition Value Serialization": values of partition columns are text in the log. An empty text is NULL.

/** SQL that makes a value of the text; `text` is SQL. */
export function partitionValue(type: TableType, text: string): string {
  const sql = type.kind === 'scalar' ? type.sql : 'VARCHAR'
  if (sql === '"NULL"') return 'NULL'
  const given = `nullif(${text}, '')`
  // Binary: the characters of the text are UTF-8 of the bytes. Zoned timestamps come with a zone or are in
  // UTC.
  return sql === 'BLOB' ? `encode(${given})` : `cast(${given} as ${sql})`
}

/**
 * Whether a column is one of the table's partition columns. Names of columns differ by more than capitals.
 */
export function partitionsOf({ partitionColumns }: Metadata): (field: TableField) => boolean {
  const names = new Set(partitionColumns.map(name => name.toLowerCase()))
  return ({ name }) => names.has(name.toLowerCase())
}
