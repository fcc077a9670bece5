import type { Ask } from '../../engine/index.ts'
import { quoteText } from '../../sql/index.ts'
import { type Bounded, conjunctsOf } from '../prune.ts'
import type { TableField } from '../schema.ts'
import { type By, chunkOf } from './chunks.ts'
import type { Chunk, Footer, RowGroup } from './footer.ts'
import { columnMark, type Reading } from './plan.ts'

// Which row groups a plan's filters leave: to fetch no more than is read. What is left out here and read
// after all is a hole, and is found.

/** Numbers of the files, out of so many, that have a row for which all filters over them hold. */
export async function filesLeft(ask: Ask, { filters }: Reading, files: number): Promise<ReadonlySet<number>> {
  const all = new Set(Array.from({ length: files }, (_, i) => i))
  const own = filters.filter(filter => filter.includes('file_index') && !/\bm[0-9a-f]{16}_/.test(filter))
  if (own.length === 0) return all
  const where = own.map(filter => `(${filter})`).join(' and ')
  const rows = await ask(
    `select file_index from (select unnest(range(${files}))::UBIGINT as file_index) where ${where}`,
  ).catch(() => undefined)
  return rows ? new Set(rows.map(([number]) => Number(number))) : all
}

export type Grouped = {
  readonly footers: readonly Footer[]
  readonly reading: Reading
  readonly fields: readonly TableField[]
  readonly by: By
}

/** With more row groups, looking at their bounds takes longer than it saves. */
const groupsMax = 20_000

/** The row groups of all files that may have a row. */
export async function groupsLeft(ask: Ask, of: Grouped): Promise<ReadonlySet<RowGroup>> {
  const groups = of.footers.flatMap(footer => footer.groups)
  const where = of.reading.filters
    .filter(filter => filter.includes(of.reading.mark))
    .map(filter => `(${filter})`)
    .join(' and ')
  if (where === '' || groups.length <= 1 || groups.length > groupsMax) return new Set(groups)
  try {
    const numbers = await pruned(ask, of, { groups, where })
    return new Set(groups.filter((_, i) => numbers.has(i)))
  } catch {
    // The plan's words are for people: not all of them are SQL.
    return new Set(groups)
  }
}

type Pruning = { readonly groups: readonly RowGroup[]; readonly where: string }

async function pruned(
  ask: Ask,
  { reading, fields, by }: Grouped,
  { groups, where }: Pruning,
): Promise<ReadonlySet<number>> {
  const bounded = fields.map((field, number): Bounded | undefined =>
    field.type.kind === 'scalar' ? { number, type: field.type.sql, constant: false } : undefined,
  )
  const byMark = new Map(bounded.map((column, i) => [columnMark(reading.mark, i), column]))
  const asking = { rows: ask, row: async (sql: string) => (await ask(sql))[0] ?? [] }
  const conjuncts = await conjunctsOf(asking, where, path =>
    path.length === 1 ? byMark.get(path[0] ?? '') : undefined,
  )
  const numbers = [...new Set(conjuncts.flatMap(({ columns }) => columns))]
  if (numbers.length === 0) return new Set(groups.keys())
  const rows = groups.map((group, i) => {
    const cells = numbers.map(number => {
      const field = fields[number] as TableField
      return boundsOf(group, chunkOf(group, field, by), bounded[number]?.type ?? '')
    })
    return `(${[i, ...cells.flat()].join(', ')})`
  })
  const names = numbers.flatMap(number => ['lo', 'hi', 'nulls', 'rows'].map(of => `${of}_${number}`))
  const found = await ask(`select i from (values ${rows.join(', ')}) as t(${['i', ...names].join(', ')})
    where ${conjuncts.map(({ sql }) => `(${sql})`).join(' and ')}`)
  return new Set(found.map(([number]) => Number(number)))
}

/** SQL of `lo`, `hi`, `nulls` and `rows`. */
function boundsOf({ rows }: RowGroup, chunk: Chunk | undefined, type: string): readonly string[] {
  const bound = (bytes: Uint8Array | undefined) =>
    `cast(${(chunk && bytes && valueSql(chunk, bytes, type)) ?? 'NULL'} as ${type})`
  return [bound(chunk?.min), bound(chunk?.max), `${chunk?.nulls ?? 'NULL'}`, String(rows)]
}

/** "Statistics": bounds are stored as values are in plain encoding. undefined: not as this type. */
function valueSql({ leaf }: Chunk, bytes: Uint8Array, type: string): string | undefined {
  const number = integerOf(bytes)
  if (/^(TINY|SMALL|BIG)INT$|^INTEGER$/.test(type)) return number
  if (type === 'DATE') return bytes.length === 4 ? `(DATE '1970-01-01' + (${number})::INTEGER)` : undefined
  if (/^TIMESTAMP( WITH TIME ZONE)?$/.test(type))
    return leaf.micros && number !== undefined ? `make_timestamptz((${number})::BIGINT)` : undefined
  return type === 'VARCHAR' ? quoteText(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) : undefined
}

function integerOf(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length === 4) return String(view.getInt32(0, true))
  return bytes.length === 8 ? String(view.getBigInt64(0, true)) : undefined
}
