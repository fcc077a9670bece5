import { datetimeRows } from './datetime.ts'
import { decimalRows } from './decimal.ts'
import { itertoolsRows } from './itertools.ts'
import { pytzRows } from './pytz.ts'
import { reRows } from './re.ts'

/**
 * An expression, or a whole template, and what Python's jinja2 prints of it (an expression is printed in a
 * list, so that its `repr` shows); an exception stands behind `!`.
 */
export type Row = readonly [expression: string, told: string]

export const tables: { readonly [name: string]: readonly Row[] } = {
  datetime: datetimeRows,
  pytz: pytzRows,
  re: reRows,
  itertools: itertoolsRows,
  decimal: decimalRows,
}
