import type { RowValue } from '../../connect/index.ts'
import type { Fetched } from '../../engine/index.ts'
import { Float, repr, type Value } from '../../jinja/index.ts'
import type { Table, TableType } from '../context/table.ts'
import { decimal, decimalOfFloat } from '../python/decimal.ts'
import { dateOf, momentOf } from '../python/datetime.ts'

/**
 * A query's answer as agate's table: whole numbers stay ints, other numbers become decimals, nested values
 * a text of JSON, and whatever agate has no type for its text. A column without any value counts as one of
 * ints.
 */
export function tableOf({ columns, rows }: Fetched): Table {
  const readers = columns.map(({ type }, i) => {
    const isEmpty = rows.every(row => row[i] === null)
    return isEmpty ? empty : readerOf(type)
  })
  return {
    names: columns.map(({ name }) => name),
    types: readers.map(({ type }) => type),
    rows: rows.map(row => row.map((value, i) => (value === null ? null : (readers[i] ?? empty).read(value)))),
  }
}

type Reader = { readonly type: TableType; readonly read: (value: Exclude<RowValue, null>) => Value }

const empty: Reader = { type: 'Integer', read: () => null }

const whole = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|BIGNUM)$/

function readerOf(type: string): Reader {
  if (whole.test(type)) return { type: 'Integer', read: intOf }
  if (type === 'DOUBLE' || type === 'FLOAT')
    return { type: 'Number', read: value => decimalOfFloat(Number(value)) }
  if (type.startsWith('DECIMAL')) return { type: 'Number', read: value => decimal(String(value)) ?? null }
  if (type === 'BOOLEAN') return { type: 'Boolean', read: value => value === true }
  if (type === 'DATE') return { type: 'Date', read: value => dateOf(String(value)) }
  if (type.startsWith('TIMESTAMP')) return { type: 'DateTime', read: value => momentOf(String(value)) }
  if (/\[|^(STRUCT|MAP|UNION)\(/.test(type)) return { type: 'Text', read: jsonOf }
  return { type: 'Text', read: value => String(value) }
}

function intOf(value: Exclude<RowValue, null>): Value {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value as bigint)
}

/** As Python's `json.dumps` spaces it. */
function jsonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(', ')}]`
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : repr(new Float(value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${jsonOf(each)}`)
  return `{${entries.join(', ')}}`
}
