import type { Answer } from '../../connect/index.ts'
import { count } from './numbers.ts'
import type { Out } from './out.ts'
import { csv } from './table.ts'

/** What a person can look through; `--rows` asks for more. */
const seenRowsMax = 100
/** What a program gets unless it asks for more: an answer is held in memory before it is written. */
const readRowsMax = 1_000_000

export type RowsForm = 'table' | 'csv' | 'json'

/** JSON if asked; else CSV if asked or when a program reads; else a table. */
export function formOf(out: Out, options: { readonly csv: boolean }): RowsForm {
  if (out.isJson) return 'json'
  return options.csv || !out.isSeen ? 'csv' : 'table'
}

export function rowsMaxOf(form: RowsForm, asked: number | undefined): number {
  return asked ?? (form === 'table' ? seenRowsMax : readRowsMax)
}

/** Rows as they were asked for; that some are missing is said in words, in JSON too. */
export function tellRows(answer: Answer, out: Out, form: RowsForm): void {
  if (form === 'json') out.json({ columns: answer.columns, rows: answer.rows, truncated: answer.truncated })
  if (form === 'csv')
    out.answer(
      csv(
        answer.columns.map(({ name }) => name),
        answer.rows,
      ),
    )
  if (form === 'table') out.table(answer.columns.map(headOf), answer.rows)
  if (answer.truncated) out.warn(`  the first ${count(answer.rows.length)} rows; --rows N shows more`)
}

function headOf({ name, type }: Answer['columns'][number]) {
  return { name, align: numeric.test(type) ? ('right' as const) : ('left' as const) }
}

// DuckDB's names of numeric types, without lists of them.
const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL(\(.*\))?|FLOAT|DOUBLE|BIGNUM|VARINT)$/
