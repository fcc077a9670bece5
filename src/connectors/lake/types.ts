import { failure } from '../../errors/index.ts'
import type { AssetName, Column, ColumnType } from '../../model/index.ts'
import { quoteName, tokenize } from '../../sql/index.ts'
import { parseType, type TableType, typeSql } from '../../tables/index.ts'

// Open table formats know fewer types than DuckDB. A column of another type is kept in one that holds every
// value of it, and a property of the table says what it was, so that it comes back as it went in.

/** Property of a table: the types of columns that are kept in another one, as JSON by column. */
export const typesProperty = 'sluice.types'

/**
 * As many digits as a decimal has: sums of whole numbers are HUGEINT to DuckDB, and hardly ever beyond this.
 */
const digits = 'DECIMAL(38,0)'
type Digits = 38 | 39
const beyond = new Set(['HUGEINT', 'UHUGEINT'])

const roomier: { readonly [type: string]: ColumnType } = {
  UTINYINT: 'SMALLINT',
  USMALLINT: 'INTEGER',
  UINTEGER: 'BIGINT',
  UBIGINT: 'DECIMAL(20,0)',
  HUGEINT: digits,
  UHUGEINT: digits,
  TIMESTAMP_S: 'TIMESTAMP',
  TIMESTAMP_MS: 'TIMESTAMP',
}

const own = new Set(
  'BOOLEAN TINYINT SMALLINT INTEGER BIGINT FLOAT DOUBLE VARCHAR BLOB DATE TIMESTAMP'.split(' '),
).add('TIMESTAMP WITH TIME ZONE')

function isOwn(type: ColumnType): boolean {
  return own.has(type) || type.startsWith('DECIMAL(')
}

/**
 * The type that the table keeps the column in. Whatever has no room of its own is kept as DuckDB's text of
 * it, which DuckDB reads back exactly: UUID, TIME, INTERVAL, ENUM, BIT, nanoseconds, and whole numbers of
 * more digits than a decimal has, where such a number comes.
 */
export function keptAs(type: ColumnType, digitsMax: Digits = 38): ColumnType {
  return digitsMax > 38 && beyond.has(type) ? 'VARCHAR' : typeSql(kept(parseType(type)))
}

/** Types whose values may not fit where they are kept. */
export function mayBeBeyond(type: ColumnType): boolean {
  return beyond.has(type)
}

/** Condition for values that have too many digits for a decimal. */
export function isBeyond(name: string): string {
  return `try_cast(${quoteName(name)} as ${digits}) is null and ${quoteName(name)} is not null`
}

function kept(type: TableType): TableType {
  switch (type.kind) {
    case 'scalar':
      return isOwn(type.sql) ? type : { kind: 'scalar', sql: roomier[type.sql] ?? 'VARCHAR' }
    case 'struct':
      return { ...type, fields: type.fields.map(field => ({ ...field, type: kept(field.type) })) }
    case 'list':
      return { ...type, element: { ...type.element, type: kept(type.element.type) } }
    case 'map':
      return {
        ...type,
        key: { ...type.key, type: kept(type.key.type) },
        value: { ...type.value, type: kept(type.value.type) },
      }
  }
}

/** The column comes back only by a cast; an array of a fixed length is a list to every format. */
function isOther(type: ColumnType): boolean {
  return keptAs(type) !== typeSql(parseType(type)) || /\[\d+\]/.test(type)
}

/** What `typesProperty` must say for these columns; undefined: all are kept as they are. */
export function typesOf(columns: readonly Column[]): string | undefined {
  const other = columns.filter(({ type }) => isOther(type))
  if (other.length === 0) return undefined
  return JSON.stringify(Object.fromEntries(other.map(({ name, type }) => [name, type])))
}

/** Columns of a table as they come back. */
export function columnsBack(
  fields: readonly { readonly name: string; readonly type: TableType }[],
  property: string | undefined,
): readonly { readonly name: string; readonly type: ColumnType; readonly isCast: boolean }[] {
  const types = said(property)
  return fields.map(({ name, type }) => {
    const was = types.get(name)
    // A table that others changed meanwhile: what they made of the column counts.
    const back = was !== undefined && isOneType(was) && [keptAs(was), keptAs(was, 39)].includes(typeSql(type))
    return back ? { name, type: was, isCast: true } : { name, type: typeSql(type), isCast: false }
  })
}

/**
 * Anybody who may write a table may write its properties, and these go into statements: what is more than the
 * name of one type is refused, whatever column it speaks of.
 */
export function demandTypes(asset: AssetName, { metadata }: Configured): void {
  for (const [column, type] of said(metadata.configuration[typesProperty]))
    if (!isOneType(type)) throw failure('SLUICE_LAKE_TYPES', { asset, column })
}

/** A name, what it takes in parentheses, and brackets of lists: `DECIMAL(38,0)`, `STRUCT("a" UUID)[3]`. */
function isOneType(type: string): boolean {
  let depth = 0
  let shape = ''
  for (const { kind, text } of tokenize(type)) {
    if (kind === 'comment' || kind === 'parameter' || text === ';' || /^(select|from)$/i.test(text))
      return false
    if (text === ')') depth--
    if (depth < 0) return false
    if (depth === 0) shape += kind === 'word' ? `${text} ` : kind === 'quoted' ? 'quoted ' : text
    if (text === '(') depth++
  }
  return depth === 0 && /^\w+ (\(\))?(with time zone )?(\[\d*\])*$/i.test(shape)
}

/** SELECT list that turns the columns of a table into what they were. */
export function comeBack(...table: Parameters<typeof columnsBack>): string {
  return columnsBack(...table)
    .map(({ name, type, isCast }) =>
      isCast ? `cast(${quoteName(name)} as ${type}) as ${quoteName(name)}` : quoteName(name),
    )
    .join(', ')
}

function said(property: string | undefined): ReadonlyMap<string, string> {
  if (property === undefined) return new Map()
  try {
    const types = Object.entries(JSON.parse(property) as { readonly [name: string]: unknown })
    return new Map(types.map(([name, type]) => [name, String(type)]))
  } catch {
    // Not what was written here: the columns are read as the format keeps them.
    return new Map()
  }
}

/** A column, and the type that the table keeps it in. */
export type Kept = Column & { readonly kept: ColumnType }

/** Columns as they were written, beside the types of the table's fields. */
export function keptColumns(
  columns: readonly Column[],
  fields: readonly { readonly type: TableType }[],
): readonly Kept[] {
  return columns.map((column, i) => {
    const type = fields[i]?.type
    return { ...column, kept: type === undefined ? keptAs(column.type) : typeSql(type) }
  })
}

/** Every column is kept as what it was: conditions on what was written hold for what is kept. */
export function isPlain({ metadata }: Configured): boolean {
  return metadata.configuration[typesProperty] === undefined
}

type Configured = {
  readonly metadata: { readonly configuration: { readonly [name: string]: string } }
}
