import type { Column } from '../../model/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import type { Session } from '../session.ts'
import { fitText } from './fit.ts'

/** Where a load does its work. */
export type Loading = {
  readonly session: Session
  readonly tempDir: string
  readonly signal: AbortSignal
  /** A new name for a temporary relation of this work. */
  readonly temp: () => string
  /** Done when the work ends, however it ends. */
  readonly later: (act: () => Promise<void>) => void
}

/**
 * Rows of one kind of batch, read. Both relations are SELECTs; `bad` has (reason, rule, source, position,
 * raw).
 */
export type Part = {
  readonly good: string
  readonly columns: readonly Column[]
  readonly rowsIn: number
  readonly bad: string | undefined
  readonly badRows: number
}

/**
 * A column of a staged table: `cell` is text that must fit the type, or a value that comes in its type
 * already.
 */
export type StagedColumn = Column & { readonly cell: string; readonly typed: boolean }

/**
 * Staged tables name their columns c0, c1, …: a source may call a column `rowid`, `_bad` or anything else.
 * `_bad` is NULL for a row that fits; else JSON of rule, reason and raw row.
 */
export async function createStaged(
  session: Session,
  table: string,
  columns: readonly Column[],
): Promise<void> {
  const list = columns.map(({ type }, i) => `c${i} ${type}, `).join('')
  await session.run(`create temp table ${table} (${list}_file integer, _bad varchar)`)
}

export type StagedRows = {
  readonly columns: readonly StagedColumn[]
  /** SQL for the number of the file, and for a verdict that was reached before types were looked at. */
  readonly file: string
  readonly verdict?: string
  /** SQL for the raw row; asked only for rows that are refused. */
  readonly raw: string
}

/** SELECT list that fills a staged table; a column that the rows lack is `cell: 'null'`. */
export function stagedValues({ columns, file, verdict, raw }: StagedRows): string {
  const fits = columns.map(column => (column.typed ? undefined : fitText(column.cell, column.type)))
  const values = columns.map((column, i) => `${fits[i]?.value ?? column.cell} as c${i}`)
  const strict = columns.flatMap((column, i) => {
    const fit = fits[i]
    return fit === undefined || fit.fits === 'true' ? [] : [{ column, fits: fit.fits }]
  })
  const reasons = strict.map(
    ({ column, fits: ok }) =>
      `case when not ${ok} then ${quoteText(`${column.name} is not ${withArticle(column.type)}`)} end`,
  )
  const type =
    strict.length === 0
      ? ''
      : `when not (${strict.map(({ fits: ok }) => ok).join(' and ')})
         then ${verdictOf("'type'", `concat_ws('; ', ${reasons.join(', ')})`, raw)}`
  const given = verdict === undefined ? '' : `when ${verdict} is not null then ${verdict}`
  const bad = given === '' && type === '' ? 'null' : `case ${given} ${type} end`
  return [...values, `${file} as _file`, `${bad} as _bad`].join(',\n')
}

/** The verdict on a refused row, as SQL: what `_bad` holds. */
export function verdictOf(rule: string, reason: string, raw: string): string {
  return `json_object('rule', ${rule}, 'reason', ${reason}, 'raw', ${raw})::varchar`
}

/** The good rows of a staged table under their own names, with `_source` and `_position`. */
export function goodRows(
  table: string,
  { columns, source, position }: { readonly columns: readonly Column[]; source: string; position: string },
): string {
  const list = columns.map(({ name }, i) => `c${i} as ${quoteName(name)}, `).join('')
  return `select ${list}${source} as _source, ${position} as _position from ${table} where _bad is null`
}

/** The refused rows of a staged table. */
export function badRows(table: string, { source, position }: { source: string; position: string }): string {
  return `select _bad->>'reason' as reason, _bad->>'rule' as rule, ${source} as source,
    (${position})::varchar as position, _bad->>'raw' as raw from ${table} where _bad is not null`
}

/** SQL for the name of a row's file; one name is a constant, so that DuckDB keeps it once. */
export function sourceOf(names: readonly (string | undefined)[]): string {
  const text = (name: string | undefined) => (name === undefined ? 'null::varchar' : quoteText(name))
  return names.length === 1 ? text(names[0]) : `(list_value(${names.map(text).join(', ')}))[_file + 1]`
}

/** The number that belongs to a row's file. */
export function perFile(numbers: readonly number[]): string {
  const [first = 0] = numbers
  return numbers.every(n => n === first) ? String(first) : `([${numbers.join(', ')}])[_file + 1]`
}

const reserved = ['_source', '_position']

/**
 * Names that can stand beside each other in one table, whatever case they have; what comes later gets a
 * number.
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(reserved)
  return names.map(name => {
    let free = name
    for (let n = 1; taken.has(free.toLowerCase()); n++) free = `${name}_${n}`
    taken.add(free.toLowerCase())
    return free
  })
}

function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) && !type.startsWith('U') ? 'an' : 'a'} ${type}`
}
