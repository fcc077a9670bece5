import type { AddFile } from '../actions.ts'
import type { Operation, Transaction } from '../face.ts'
import { fit } from '../schema/fit.ts'
import { writeFiles } from './files.ts'

/** Rows that were written; staged, and not yet committed. */
export type Written = {
  readonly rows: number
  /** For `commit`. */
  readonly operation: Operation
}

export type AppendRequest = {
  /** `evolve`: columns that the table lacks are added to it, and types widened where the table allows it. */
  readonly schema?: 'strict' | 'evolve' | undefined
  /** SQL of ORDER BY: rows that are read together lie together. */
  readonly orderBy?: string | undefined
}

/** Rows of a SELECT as new rows of the table, columns by name. Staged: `tx.commit(written.operation)`. */
export async function append(tx: Transaction, sql: string, request: AppendRequest = {}): Promise<Written> {
  const added = await newFiles(tx, sql, request)
  await tx.stage(added.map(add => ({ add })))
  return writtenOf(added, { name: 'WRITE', parameters: modeOf(tx, 'Append'), blindAppend: true })
}

/** Rows that keep the table's rules, in files of the transaction. */
export async function newFiles(
  tx: Transaction,
  sql: string,
  { schema = 'strict', orderBy }: AppendRequest,
): Promise<readonly AddFile[]> {
  const fitted = await fit(tx, sql, { mode: schema })
  return fitted.write(() => writeFiles(tx, { sql: fitted.sql, orderBy }))
}

export function modeOf(tx: Transaction, mode: 'Append' | 'Overwrite'): Operation['parameters'] {
  return { mode, partitionBy: JSON.stringify(tx.partitionColumns) }
}

/** Spark's metrics of a write. */
export function writtenOf(
  added: readonly AddFile[],
  operation: Operation,
  more: Operation['metrics'] = {},
): Written {
  const rows = added.reduce((sum, { stats }) => sum + rowsIn(stats), 0)
  const bytes = added.reduce((sum, { size }) => sum + size, 0)
  const metrics = {
    numFiles: `${added.length}`,
    numOutputRows: `${rows}`,
    numOutputBytes: `${bytes}`,
    ...more,
  }
  return { rows, operation: { ...operation, metrics } }
}

function rowsIn(stats: string | undefined): number {
  const { numRecords } = JSON.parse(stats ?? '{}') as { readonly numRecords?: number }
  return numRecords ?? 0
}
