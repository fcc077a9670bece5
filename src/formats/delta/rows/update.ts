import { quoteName } from '../../../sql/index.ts'
import type { Assignments } from '../../../tables/index.ts'
import type { Transaction } from '../face.ts'
import { fit, type Fitted } from '../schema/fit.ts'
import { assignmentsOf } from './assign.ts'
import { applyChange, type RowsChanged } from './change.ts'
import { carriedColumns } from './columns.ts'
import { byFile, readFor } from './delete.ts'
import { numbersOf } from './fresh.ts'
import { asView, heldPositions } from './held.ts'
import { changeMetrics } from './metrics.ts'
import type { Mode } from './touched.ts'

export type UpdateRequest = {
  /** SQL by column, or by field of a struct (`address.city`). It reads the row as it was. */
  readonly set: Assignments
  /** SQL over the table's columns; undefined: every row is updated. */
  readonly where?: string | undefined
  readonly mode?: Mode | undefined
}

/** What expressions may call the row, besides its bare columns. */
const row = 'target'

/** Update the rows for which the condition holds. Staged: `tx.commit(changed.operation)`. */
export async function updateRows(
  tx: Transaction,
  { set, where, mode = 'auto' }: UpdateRequest,
): Promise<RowsChanged> {
  const assignments = assignmentsOf(tx.fields, set, row)
  readFor(tx, where)
  const whole = byFile(tx, where)
  const { sql } = await tx.scan({ where, positions: true })
  const gone = `select _file, _pos, true as _updated from (${sql})`
  const positions = whole ? asView(gone) : await heldPositions(tx, gone)
  const updated = async (files: readonly string[]) => {
    if (files.length === 0) return []
    const scan = await tx.scan({ files, where: whole ? where : undefined, positions: true })
    const found = whole ? '' : `join ${positions.relation} as _p using (_file, _pos)`
    return [await updatedRows(tx, assignments, `(${scan.sql}) as ${row} ${found}`)]
  }
  try {
    const change = await applyChange(tx, { gone: positions.relation, updated, mode })
    const parameters = { predicate: JSON.stringify(where === undefined ? [] : [where]) }
    const metrics = changeMetrics(change, { numUpdatedRows: change.counts.updated })
    return { ...change.counts, operation: { name: 'UPDATE', parameters, metrics } }
  } finally {
    await positions.drop()
  }
}

function updatedRows(tx: Transaction, set: Assignments, from: string): Promise<Fitted> {
  const columns = carriedColumns(tx, set)
  const passed = numbersOf(tx).id.map(({ name }) => name)
  const values = columns.map(name =>
    Object.hasOwn(set, name) ? `(${set[name]}\n)` : `${row}.${quoteName(name)}`,
  )
  const names = [...columns, ...passed].map(quoteName).join(', ')
  // Named from outside, so that no expression reads the new value of a column beside it.
  const all = [...values, ...passed.map(name => `${row}.${name}`)]
  const sql = `select * from (select ${all.join(', ')} from ${from}) as _rows(${names})`
  return fit(tx, sql, { mode: 'strict', numbers: 'kept', passed })
}
