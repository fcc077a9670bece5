import { tokenize, nameOf } from '../../../sql/index.ts'
import type { Transaction } from '../face.ts'
import { applyChange, type RowsChanged } from './change.ts'
import { changeMetrics } from './metrics.ts'
import { asView, heldPositions } from './held.ts'
import type { Mode } from './touched.ts'

export type DeleteRequest = {
  /** SQL over the table's columns; undefined: every row goes. */
  readonly where?: string | undefined
  readonly mode?: Mode | undefined
}

/** Delete the rows for which the condition holds. Staged: `tx.commit(changed.operation)`. */
export async function deleteRows(
  tx: Transaction,
  { where, mode = 'auto' }: DeleteRequest,
): Promise<RowsChanged> {
  readFor(tx, where)
  const { sql } = await tx.scan({ where, positions: true })
  const gone = `select _file, _pos, false as _updated from (${sql})`
  const positions = byFile(tx, where) ? asView(gone) : await heldPositions(tx, gone)
  try {
    const change = await applyChange(tx, { gone: positions.relation, mode })
    return {
      ...change.counts,
      operation: {
        name: 'DELETE',
        parameters: { predicate: JSON.stringify(where === undefined ? [] : [where]) },
        metrics: changeMetrics(change, { numDeletedRows: change.counts.deleted }),
      },
    }
  } finally {
    await positions.drop()
  }
}

/** What others add where the condition holds, or take from there, is a conflict. */
export function readFor(tx: Transaction, where: string | undefined): void {
  if (where === undefined) tx.readAll()
  else tx.readWhere(where)
}

/** Words of conditions that mean the same whenever they are asked; no function is among them. */
const timeless =
  /^(and|or|not|in|is|null|true|false|between|like|ilike|distinct|from|date|timestamp|timestamptz)$/

/**
 * Whether the condition is the same for all rows of a file, as it names partition columns only: then rows
 * need no list of their own, their files go as a whole.
 */
export function byFile(tx: Transaction, where: string | undefined): boolean {
  const partition = new Set(tx.partitionColumns.map(name => name.toLowerCase()))
  return tokenize(where ?? '').every(token => {
    const name = nameOf(token)?.toLowerCase()
    return name === undefined || partition.has(name) || (token.kind === 'word' && timeless.test(name))
  })
}
