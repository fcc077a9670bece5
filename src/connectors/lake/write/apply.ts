import type { Written } from '../../../connect/index.ts'
import {
  changeRows,
  deleteRows,
  type Operation,
  type RowsChanged,
  type Transaction,
} from '../../../formats/delta/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { Kept } from '../types.ts'
import { reshape } from './shape.ts'
import { currentRows, placed, type Table } from './writing.ts'

/** What a strategy makes of a table. */
export type Change = {
  /** Columns of the table afterwards. */
  readonly shape: readonly Kept[]
  /** None of the rows that stand stays. */
  readonly whole?: true
  /** Relation of the places, `_file` and `_pos`, of rows that go. */
  readonly gone?: string | undefined
  /** Relation of rows that come, by name of column. */
  readonly add?: string
  /** What the history calls it; `WRITE` unless said. */
  readonly name?: 'MERGE' | 'UPDATE' | 'DELETE'
  /** Of a MERGE: so many of the rows that go come back changed. */
  readonly updated?: number
}

/** Rows staged in the table's transaction. */
export type Applied = {
  readonly table: Table
  readonly changed: true
  readonly added: number
  readonly operation: Operation
}

/** What a strategy did, and what it has to tell of it. */
export type Outcome = { readonly written: Written } & (
  | Applied
  | { readonly table: Table; readonly changed: false }
)

/**
 * Stage the change. Where all rows go, or a column gets another type in the files, files are written anew and
 * no old one stays; else only rows that change are touched.
 */
export async function apply(table: Table, change: Change): Promise<Applied> {
  const { tx, standing = [] } = table
  const { shape, gone, add, whole } = change
  const come = add === undefined ? undefined : await fitting(tx, shape, add)
  if (!whole && !retyped(standing, shape)) {
    reshape(table, shape)
    const remove = gone && `select _file, _pos from ${gone}`
    return applied(table, change, await changeRows(tx, { remove, add: come, updated: change.updated }))
  }
  const stay = whole ? undefined : await fitting(tx, shape, await staying(table, gone))
  const stayed = stay === undefined ? 0 : await tx.session.count(`select count(*) from (${stay})`)
  if (tx.base !== undefined || table.begins) await deleteRows(tx, {})
  reshape(table, shape)
  const rows = [stay, come].filter(sql => sql !== undefined)
  const all = { ...change, whole: true } as const
  const done = applied(table, all, await changeRows(tx, { add: rows.join(' union all by name ') }))
  const metrics = { ...done.operation.metrics, numCopiedRows: String(stayed) }
  return { ...done, added: done.added - stayed, operation: { ...done.operation, metrics } }
}

function applied(table: Table, change: Change, { inserted, updated, operation }: RowsChanged): Applied {
  const { whole, gone, name = operation.name } = change
  const isNew = table.tx.base === undefined
  const mode = whole ? 'Overwrite' : 'Append'
  return {
    table,
    changed: true,
    added: inserted + updated,
    operation: {
      ...operation,
      name: isNew ? 'CREATE TABLE AS SELECT' : name,
      parameters: name === operation.name ? { mode } : {},
      blindAppend: !whole && gone === undefined,
    },
  }
}

/** Rows that do not go. Files of the table stay where they are until long after the commit. */
async function staying(table: Table, gone: string | undefined): Promise<string> {
  if (gone === undefined) return currentRows(table)
  const rows = await placed(table)
  return `(select r.* exclude (_file, _pos) from ${rows} r anti join ${gone} g using (_file, _pos))`
}

/** A column has another type in the files than before. */
function retyped(standing: readonly Kept[], shape: readonly Kept[]): boolean {
  const before = new Map(standing.map(({ name, kept }) => [name.toLowerCase(), kept]))
  return shape.some(({ name, kept }) => (before.get(name.toLowerCase()) ?? kept) !== kept)
}

/** The relation's rows as the table keeps them: its columns in order, NULL where none comes. */
async function fitting(tx: Transaction, shape: readonly Kept[], relation: string): Promise<string> {
  const columns = await tx.session.describe(`from ${relation}`)
  const come = new Set(columns.map(({ name }) => name.toLowerCase()))
  const values = shape.map(({ name, type, kept }) => {
    const value = come.has(name.toLowerCase()) ? `cast(${quoteName(name)} as ${type})` : 'null'
    return `cast(${value} as ${kept}) as ${quoteName(name)}`
  })
  return `select ${values.join(', ')} from ${relation}`
}
