import { quoteName, quoteText } from '../sql/index.ts'
import { logical, storedType } from './project.ts'
import type { Supply } from './remote/supply.ts'
import type { TableField, TableType } from './schema.ts'

/** A data file as a scan reads it. */
export type ScanFile = {
  /** On this machine. */
  readonly path: string
  /** As the table's log calls it: `_file`. */
  readonly name: string
  /** About how many it holds: joins are planned by it. */
  readonly rows: number
  /** Text of each constant, in the order of `Scanned.constants`. */
  readonly constants: readonly (string | null)[]
  /** Number of the set of positions that are deleted in it. */
  readonly deleted?: number | undefined
  /** Number of the set of positions that are read; undefined: all. */
  readonly only?: number | undefined
  /** Types of columns as this file has them, by stored names: of those that are read by nothing else. */
  readonly found?: { readonly [stored: string]: TableType } | undefined
}

/** A column that has one value for all rows of a file. */
export type Constant = {
  readonly name: string
  /** SQL that makes a value of the text of a file; `text` is SQL. */
  readonly value: (text: string) => string
}

export type Derived = {
  readonly name: string
  /** `column` gives the SQL of a field or constant. */
  readonly sql: (column: (name: string) => string) => string
}

export type Scanned = {
  readonly files: readonly ScanFile[]
  /** Columns that stand in the data files. */
  readonly fields: readonly TableField[]
  /** How they are found there. */
  readonly by: 'name' | 'id'
  readonly constants: readonly Constant[]
  /** Columns that are made of others. */
  readonly derived?: readonly Derived[] | undefined
  /** The columns of the answer, in order: of `fields`, `constants` or `derived`. */
  readonly columns: readonly string[]
  /** Also `_file` and `_pos`. */
  readonly positions: boolean
  /** Relation with `vector` and `pos`: what is deleted. */
  readonly deletions: string
  /** Brings what is read of files of other machines. */
  readonly supply?: Pick<Supply, 'names'> | undefined
}

/** The number of a row in its file, from 0. */
export const positionSql = 'file_row_number::BIGINT'

/** A SELECT of the files' rows, without those that are deleted. */
export function scanSql(scanned: Scanned): string {
  if (scanned.files.length === 0) return `${branch(scanned, [])} where false`
  const kinds = Map.groupBy(scanned.files, ({ deleted, only, found }) =>
    JSON.stringify([deleted !== undefined, only !== undefined, found]),
  )
  return [...kinds.values()]
    .map(files => [branch(scanned, files), ...thinnings(scanned, files)].join(' '))
    .join('\nunion all ')
}

function branch(scanned: Scanned, files: readonly ScanFile[]): string {
  const nameOf = scanned.supply?.names({ ...scanned, files }) ?? plainName
  const constants = scanned.constants.map(
    (constant, i) => [constant.name, constantSql(constant, i, files)] as const,
  )
  const given = new Map([
    ...scanned.fields.map(field => [field.name, fieldSql(field, files, nameOf)] as const),
    ...constants,
  ])
  const column = (name: string) => given.get(name) ?? 'NULL'
  const derived = (scanned.derived ?? []).map(({ name, sql }) => [name, sql(column)] as const)
  const all = new Map([...given, ...derived])
  const columns = scanned.columns.flatMap(name => {
    const sql = all.get(name)
    return sql === undefined ? [] : [`${sql} as ${quoteName(name)}`]
  })
  const positions = scanned.positions
    ? [
        `${perFile(
          files.map(file => file.name),
          text => text,
        )} as _file`,
        `${positionSql} as _pos`,
      ]
    : []
  const list = [...columns, ...positions].join(', ')
  return `select ${list === '' ? '1' : list} from ${relation(scanned, files, nameOf)}`
}

/** What the relation calls a column. None hides what DuckDB knows of each row besides, as `file_index`. */
type NameOf = (field: TableField) => string

function plainName({ stored }: TableField): string {
  return `_${stored}`
}

function fieldSql(field: TableField, files: readonly ScanFile[], nameOf: NameOf): string {
  return logical(field.type, `r.${quoteName(nameOf(field))}`, foundIn(files, field))
}

/** The same in all of the files. */
function foundIn([file]: readonly ScanFile[], { stored }: TableField): TableType | undefined {
  return file?.found?.[stored]
}

function constantSql({ value }: Constant, i: number, files: readonly ScanFile[]): string {
  return perFile(
    files.map(file => file.constants[i] ?? null),
    value,
  )
}

/** Up to so many files choosing costs less than looking up, and planning the choice takes a few ms. */
const choicesMax = 1000

/** The value of a row's file: one for all where they agree, else by the number of the file. */
function perFile(texts: readonly (string | null)[], value: (text: string) => string): string {
  const literal = (text: string | null | undefined) =>
    value(text === null || text === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(text))
  if (texts.length <= choicesMax) return choice(texts.length === 0 ? [literal(null)] : texts.map(literal), 0)
  return `([${texts.map(literal).join(', ')}])[file_index::BIGINT + 1]`
}

/**
 * One of the values by halving. All rows of a chunk are of one file, so that each decision is made for all of
 * them: 1 ns a row for 8 files and 8 ns for 1,000, where a list took 16 and 30.
 */
function choice(values: readonly string[], from: number): string {
  const [first = ''] = values
  if (values.every(value => value === first)) return first
  const half = values.length >> 1
  const [low, high] = [choice(values.slice(0, half), from), choice(values.slice(half), from + half)]
  return `case when file_index < ${from + half} then ${low} else ${high} end`
}

function relation({ fields, by }: Scanned, files: readonly ScanFile[], nameOf: NameOf): string {
  const stored = fields.flatMap(field => {
    const type = storedType(field.type, foundIn(files, field))
    if (type === undefined) return []
    const key = by === 'id' ? String(field.id ?? -1) : quoteText(field.stored)
    return [`${key}: {name: ${quoteText(nameOf(field))}, type: ${quoteText(type)}, default_value: NULL}`]
  })
  // No file: only names and types matter.
  if (files.length === 0) {
    const typed = fields.map(
      field => `CAST(NULL AS ${storedType(field.type) ?? 'INTEGER'}) as ${quoteName(nameOf(field))}`,
    )
    return `(select ${[...typed, '0::UBIGINT as file_index', '0 as file_row_number'].join(', ')}) r`
  }
  // Rows are counted even where no column is read.
  const none = `${by === 'id' ? -1 : "'none'"}: {name: 'none', type: 'INTEGER', default_value: NULL}`
  const paths = files.map(file => quoteText(file.path)).join(', ')
  const options = [
    `schema = MAP {${stored.length > 0 ? stored.join(', ') : none}}`,
    // With a schema given, DuckDB 1.5 opens no file to plan and takes each for 1,000 rows: a join of 100,000
    // rows with 10 M hashed the 10 M, in 1.2 CPU-s and 1 GB where 0.3 CPU-s do.
    `explicit_cardinality = ${Math.max(
      1,
      files.reduce((sum, { rows }) => sum + rows, 0),
    )}`,
  ]
  return `read_parquet([${paths}], ${options.join(', ')}) r`
}

function thinnings(scanned: Scanned, files: readonly ScanFile[]): readonly string[] {
  const [deleted, only] = [files.map(file => file.deleted ?? -1), files.map(file => file.only ?? -1)]
  return [
    ...(deleted[0] === -1 ? [] : [thinning(scanned, 'anti', deleted)]),
    ...(only[0] === -1 ? [] : [thinning(scanned, 'semi', only)]),
  ]
}

/**
 * By the number of the file in the list: the other side is brought to it, and not each row to its vector. 10
 * to 25 ns for each row and core, 10 M rows with 1 % deleted. As NOT EXISTS it took ten times as much: DuckDB
 * 1.5 then joins the files with their own distinct positions first.
 */
function thinning({ deletions }: Scanned, kind: 'anti' | 'semi', vectors: readonly number[]): string {
  const wanted = [...new Set(vectors)].join(', ')
  const set = `${kind}_set`
  return `${kind} join (select v.i, d.pos from (from ${deletions} where vector in (${wanted})) d
      join (select unnest([${vectors.join(', ')}]::BIGINT[]) as vector,
        unnest(range(${vectors.length}))::UBIGINT as i) v using (vector)) ${set}
    on ${set}.i = file_index and ${set}.pos = file_row_number`
}
