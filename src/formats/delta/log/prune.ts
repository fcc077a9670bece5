import type { Session } from '../../../engine/index.ts'
import { Failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import {
  type Bounded,
  type Bounds,
  boundsOfConstant,
  boundsOfText,
  type Conjunct,
  conjunctsOf,
  numbered,
  type TableField,
} from '../../../tables/index.ts'
import type { Metadata } from '../actions.ts'
import { fieldsOf } from '../schema/fields.ts'
import { partitionsOf, partitionValue } from './partitions.ts'

// Files that cannot hold a row are left out by "Per-file Statistics" and partition values.

/** A column as conditions name it, with SQL for its bounds over a row of `filesColumns`. */
export type BoundColumn = Bounded & {
  readonly bounds: Bounds
  /** Its name in statistics, in structs from the outermost inwards. */
  readonly stored: readonly string[]
}

/** Bounds of files that are kept as tables, so that they are made of text once. */
export type KeptBounds = {
  readonly files: string
  readonly live: string
  /**
   * Relation with `file`, the row's number in `files`, and the column's bounds under its number. Unless they
   * are `counted`, numbers of NULLs and rows may be unknown of files that have bounds.
   */
  readonly tableOf: (column: BoundColumn, counted: boolean) => Promise<string>
}

export type Prunable = {
  readonly session: Session
  readonly filesSql: string
  readonly metadata: Metadata
  readonly kept?: KeptBounds | undefined
}

/**
 * SQL of the files that may hold a row for which the condition is true: columns of `filesColumns`. It may
 * fail where the condition would.
 */
export async function prunedSql(of: Prunable, where: string): Promise<string> {
  const columns = new Map<string, BoundColumn>()
  const isPartition = partitionsOf(of.metadata)
  const fields = fieldsOf(of.metadata)
  const columnOf = (path: readonly string[]): BoundColumn | undefined => {
    const key = path.join('\0').toLowerCase()
    const known = columns.get(key)
    if (known) return known
    const found = columnAt(fields, path)
    if (!found) return undefined
    const column = boundColumn(found, { number: columns.size, constant: isPartition(found.field) })
    columns.set(key, column)
    return column
  }
  const conjuncts = await attempted(() => conjunctsOf(of.session, where, columnOf))
  if (!conjuncts || conjuncts.length === 0) return of.filesSql
  const byNumber = new Map([...columns.values()].map(column => [column.number, column]))
  return of.kept ? overKept(of.kept, conjuncts, byNumber) : overFiles(of, conjuncts, byNumber)
}

type Columns = ReadonlyMap<number, BoundColumn>

function overFiles({ filesSql }: Prunable, conjuncts: readonly Conjunct[], columns: Columns): string {
  const bounds = [...columns.values()].map(({ bounds: of, number }) => numbered(of, number))
  const where = conjuncts.map(({ sql }) => sql).join(' and ')
  return `select * from (select ${['*', ...bounds].join(', ')} from (${filesSql})) where ${where}`
}

async function overKept(kept: KeptBounds, conjuncts: readonly Conjunct[], columns: Columns): Promise<string> {
  const conditions: string[] = []
  for (const { sql, columns: numbers, counted } of conjuncts) {
    const tables: string[] = []
    for (const number of numbers) {
      const column = columns.get(number)
      if (column) tables.push(await kept.tableOf(column, counted.includes(number)))
    }
    const from = tables.map((table, i) => (i === 0 ? table : `join ${table} using (file)`)).join(' ')
    // Few files are left by most conditions: their numbers are looked for, instead of bounds joined to files.
    conditions.push(from === '' ? sql : `rowid in (select file from ${from} where ${sql})`)
  }
  return `select * from ${kept.files} where ${[kept.live, ...conditions].join(' and ')}`
}

/** undefined: the engine refused the query. */
export async function attempted<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_QUERY') return undefined
    throw thrown
  }
}

type Found = { readonly field: TableField; readonly stored: readonly string[]; readonly type: string }

/** A column, or a field in structs, by names as people write them. */
function columnAt(fields: readonly TableField[], [name, ...rest]: readonly string[]): Found | undefined {
  const field = fields.find(of => of.name.toLowerCase() === name?.toLowerCase())
  if (!field) return undefined
  if (rest.length === 0)
    return field.type.kind === 'scalar' ? { field, stored: [field.stored], type: field.type.sql } : undefined
  const inner = field.type.kind === 'struct' ? columnAt(field.type.fields, rest) : undefined
  return inner && { field, stored: [field.stored, ...inner.stored], type: inner.type }
}

type Numbered = { readonly number: number; readonly constant: boolean }

function boundColumn({ field, stored, type }: Found, { number, constant }: Numbered): BoundColumn {
  if (constant) {
    const value = partitionValue(field.type, `partition_values[${quoteText(field.stored)}]`)
    return { number, type, constant, stored, bounds: boundsOfConstant(value) }
  }
  // JSON pointers (RFC 6901): names may hold anything.
  const pointer = stored.map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  const pointers = ['/numRecords', ...['minValues', 'maxValues', 'nullCount'].map(of => `/${of}${pointer}`)]
  const texts = `try(json_extract_string(stats, [${pointers.map(quoteText).join(', ')}]))`
  const [rows, lo, hi, nulls] = [1, 2, 3, 4].map(i => `${texts}[${i}]`)
  const text = { rows: rows ?? '', lo: lo ?? '', hi: hi ?? '', nulls: nulls ?? '' }
  return { number, type, constant, stored, bounds: boundsOfText(type, text) }
}
