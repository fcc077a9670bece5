import { widened } from '../../../engine/index.ts'
import { declareTable, exactly } from '../../../formats/delta/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import { parseType } from '../../../tables/index.ts'
import { isBeyond, keptAs, type Kept, mayBeBeyond, typesOf, typesProperty } from '../types.ts'
import type { Table, Writing } from './writing.ts'

/**
 * Columns of the table once it has taken the incoming rows: new ones are added, a type that is too narrow is
 * widened, nothing is ever dropped.
 */
export async function evolved(
  writing: Writing,
  relation: string,
  own: readonly Column[] = [],
): Promise<readonly Kept[]> {
  const { session, standing = [], request, columns, rows } = writing
  const found = new Map<string, Kept>(standing.map(column => [column.name.toLowerCase(), column]))
  for (const column of [...(await keptOf(writing, relation)), ...own.map(ownKept)]) {
    const key = column.name.toLowerCase()
    const stands = found.get(key)
    if (stands === undefined) found.set(key, column)
    else if (stands.type !== column.type && columns.some(({ name }) => name === column.name)) {
      const meeting = { asset: request.table, standing: rows, incoming: relation, stands, comes: column }
      const type = await widened(session, meeting)
      const kept = type === stands.type ? roomier(stands, column) : column.kept
      found.set(key, { ...stands, type, kept })
    } else found.set(key, { ...stands, kept: roomier(stands, column) })
  }
  return [...found.values()]
}

/** The incoming columns, each with a type of the table that has room for all its values. */
export async function keptOf({ session, columns }: Writing, relation: string): Promise<readonly Kept[]> {
  const kept: Kept[] = []
  for (const column of columns) {
    const digits = mayBeBeyond(column.type)
      ? await session.count(`select count(*) from ${relation} where ${isBeyond(column.name)}`)
      : 0
    kept.push({ ...column, kept: keptAs(column.type, digits > 0 ? 39 : 38) })
  }
  return kept
}

function ownKept(column: Column): Kept {
  return { ...column, kept: keptAs(column.type) }
}

/** Whole numbers that were too long for a decimal once are kept as text from then on. */
function roomier(stands: Kept, comes: Kept): string {
  return mayBeBeyond(stands.type) && comes.kept === 'VARCHAR' ? comes.kept : stands.kept
}

/**
 * The relation's rows as the table will have them: its columns in order and in its types, NULL where none
 * comes. `more` columns are passed on.
 */
export function inShape(
  columns: readonly Column[],
  shape: readonly Column[],
  { relation, more = [] }: { readonly relation: string; readonly more?: readonly string[] },
): string {
  const come = new Set(columns.map(({ name }) => name.toLowerCase()))
  const values = shape.map(({ name, type }) => {
    const value = come.has(name.toLowerCase()) ? quoteName(name) : 'null'
    return `cast(${value} as ${type}) as ${quoteName(name)}`
  })
  return `(select ${[...values, ...more].join(', ')} from ${relation})`
}

/** The table has these columns from here on; a new one gets the lake's properties besides. */
export function reshape({ tx, properties }: Pick<Table, 'tx' | 'properties'>, shape: readonly Kept[]): void {
  const fields = shape.map(({ name, kept }) => ({
    name,
    stored: name,
    type: parseType(kept),
    nullable: true,
  }))
  const types = typesOf(shape)
  if (tx.base === undefined && tx.fields.length === 0)
    declareTable(tx, { fields, properties: { ...properties, ...(types && { [typesProperty]: types }) } })
  else exactly(tx, fields, { [typesProperty]: types })
}
