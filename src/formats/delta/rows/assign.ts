import { failure } from '../../../errors/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import type { Assignments, TableField } from '../../../tables/index.ts'

/**
 * Assignments to columns, or to fields inside of them (`address.city`), as assignments to whole columns under
 * their own names. A field is set in a copy of its struct; `row` is what expressions call the row as it was,
 * undefined where there was none: then columns are set as a whole.
 */
export function assignmentsOf(
  fields: readonly TableField[],
  set: Assignments,
  row: string | undefined,
): Assignments {
  const trees = new Map<TableField, Tree>()
  for (const [name, sql] of Object.entries(set)) {
    const path = pathOf(fields, name)
    const [column] = path
    if (column === undefined || (row === undefined && path.length > 1))
      throw failure('SLUICE_DELTA_COLUMN_NOT_FOUND', { column: name, what: 'The table' })
    const tree = trees.get(column) ?? { fields: new Map() }
    trees.set(column, tree)
    place(tree, path.slice(1), sql)
  }
  return Object.fromEntries(
    [...trees].map(([column, tree]) => [
      column.name,
      valueOf(column, tree, `${quoteName(row ?? '')}.${quoteName(column.name)}`),
    ]),
  )
}

/** What is assigned to a field as a whole, or to fields in it. */
type Tree = { sql?: string; readonly fields: Map<TableField, Tree> }

function place(tree: Tree, path: readonly TableField[], sql: string): void {
  const [field, ...rest] = path
  if (field === undefined) {
    tree.sql = sql
    return
  }
  const inner = tree.fields.get(field) ?? { fields: new Map() }
  tree.fields.set(field, inner)
  place(inner, rest, sql)
}

function valueOf(field: TableField, tree: Tree, before: string): string {
  if (tree.sql !== undefined || field.type.kind !== 'struct') return tree.sql ?? before
  const parts = field.type.fields.map(inner => {
    const was = `struct_extract(${before}, ${quoteText(inner.name)})`
    const change = tree.fields.get(inner)
    return `${quoteName(inner.name)} := (${change === undefined ? was : valueOf(inner, change, was)}\n)`
  })
  return `struct_pack(${parts.join(', ')})`
}

/** The column and the fields within that a name leads to; a column whose own name has dots goes first. */
function pathOf(fields: readonly TableField[], name: string): readonly TableField[] {
  const own = fields.find(field => field.name === name) ?? fields.find(field => same(field.name, name))
  if (own) return [own]
  for (const field of fields) {
    if (field.type.kind !== 'struct' || !same(field.name, name.slice(0, field.name.length))) continue
    if (name.charAt(field.name.length) !== '.') continue
    const inner = pathOf(field.type.fields, name.slice(field.name.length + 1))
    if (inner.length > 0) return [field, ...inner]
  }
  return []
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
