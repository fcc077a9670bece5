import { Dict, Float, str, Tuple, type Value } from '../../jinja/index.ts'
import type { Json } from '../../model/index.ts'
import type { Table, TableType } from '../context/table.ts'

export type ShownRows = {
  readonly columns: readonly string[]
  /** For people. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** For programs: numbers as numbers, times in ISO 8601, as dbt's own JSON has them. */
  readonly values: readonly (readonly Json[])[]
}

export function shownRows({ names, types, rows }: Table): ShownRows {
  return {
    columns: names,
    rows: rows.map(row => row.map(cell => (cell === null ? null : str(cell)))),
    values: rows.map(row => row.map((cell, at) => jsonOf(cell, types[at]))),
  }
}

export function jsonOf(value: Value, type?: TableType): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Float) return Number.isFinite(value.value) ? value.value : str(value)
  if (typeof value === 'string') return value
  if (Array.isArray(value) || value instanceof Tuple) return Array.from(value, each => jsonOf(each))
  if (value instanceof Dict)
    return Object.fromEntries(Array.from(value.entries(), ([key, each]) => [str(key), jsonOf(each)]))
  const text = str(value)
  if (type === 'Number' || type === 'Integer') return Number(text)
  return type === 'DateTime' ? text.replace(' ', 'T') : text
}
