import type { Session } from '../../../engine/index.ts'
import { quoteText } from '../../../sql/index.ts'
import { holds, isForeign, parseType, type ScanFile, type TableField } from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import { fieldsOf } from '../schema/fields.ts'
import { readSchema } from '../schema/schema-string.ts'

// Columns that may stand in a file in a form that only the file knows: VARIANT, and structs in tables of
// which columns were dropped. Such files are looked into, one by one; of all other tables none is.

export async function withFound<T extends ScanFile>(
  session: Session,
  metadata: Metadata,
  files: readonly T[],
): Promise<readonly T[]> {
  const dropped = hasDropped(metadata)
  const fields = fieldsOf(metadata).filter(
    ({ type }) => holds(type, 'variant') || (dropped && holds(type, 'struct')),
  )
  if (fields.length === 0) return files
  const looked: T[] = []
  for (const file of files) looked.push({ ...file, found: await foundIn(session, file.path, fields) })
  return looked
}

async function foundIn(session: Session, path: string, fields: readonly TableField[]) {
  const columns = await session.describe(`select * from read_parquet(${quoteText(path)})`)
  const types = new Map(columns.map(({ name, type }) => [name, parseType(type)]))
  const foreign = fields.flatMap(field => {
    const type = types.get(field.stored)
    return type && isForeign(field.type, type) ? [[field.stored, type] as const] : []
  })
  return foreign.length === 0 ? undefined : Object.fromEntries(foreign)
}

/** "Column Mapping": each column ever had a number, the highest of which is kept. */
function hasDropped({ configuration, schemaString }: Metadata): boolean {
  const highest = Number(configuration['delta.columnMapping.maxColumnId'] ?? 0)
  return highest > numbersIn(readSchema(schemaString))
}

function numbersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = 'delta.columnMapping.id' in value ? 1 : 0
  return Object.values(value).reduce<number>((sum, inner) => sum + numbersIn(inner), own)
}
