import type { TableField } from '../../../tables/index.ts'
import type { AddFile, ChangeFile } from '../actions.ts'
import type { Transaction } from '../face.ts'
import type { Fitted } from '../schema/fit.ts'
import { toldAs, untold, writeFeed } from './feed.ts'
import { writeFiles } from './files.ts'
import { held } from './held.ts'
import type { Touched } from './touched.ts'

// New data files of a change: rows that are copied, updated or inserted, written in one go.

export type Rows = {
  readonly copied: string | undefined
  readonly updated: readonly Fitted[]
  readonly inserted: readonly Fitted[]
}

export type NewFiles = { readonly added: readonly AddFile[]; readonly feed: readonly ChangeFile[] }

/** "Row Tracking": hidden columns in which rows keep their ids when they move, by what a scan calls them. */
export function numbersOf(tx: Transaction): {
  readonly id: readonly TableField[]
  readonly version: readonly TableField[]
} {
  const hidden = (name: string, property: string): readonly TableField[] => {
    const stored = tx.property(`delta.rowTracking.${property}`)
    return tx.property('delta.enableRowTracking') !== 'true' || stored === undefined
      ? []
      : [{ name, stored, type: { kind: 'scalar', sql: 'BIGINT' }, nullable: true }]
  }
  return {
    id: hidden('_row_id', 'materializedRowIdColumnName'),
    version: hidden('_row_commit_version', 'materializedRowCommitVersionColumnName'),
  }
}

export async function writeNew(tx: Transaction, rows: Rows): Promise<NewFiles> {
  const parts = [
    ...(rows.copied === undefined ? [] : [rows.copied]),
    ...[...rows.updated, ...rows.inserted].map(({ sql }) => sql),
  ]
  if (parts.length === 0) return { added: [], feed: [] }
  const added = await reading([...rows.updated, ...rows.inserted], () => writeParts(tx, rows, parts))
  return { added, feed: [] }
}

/**
 * As `writeNew`, and tells it in the change feed. New rows are made once and held, so that both say the same
 * where an expression gives another value each time.
 */
export async function writeTold(
  tx: Transaction,
  rows: Rows,
  { touched, gone }: { readonly touched: readonly Touched[]; readonly gone: string },
): Promise<NewFiles> {
  const told = [
    ...rows.updated.map(({ sql }) => toldAs('update_postimage', sql)),
    ...rows.inserted.map(({ sql }) => toldAs('insert', sql)),
  ]
  const fresh =
    told.length === 0
      ? undefined
      : await reading([...rows.updated, ...rows.inserted], () =>
          held(tx.session, told.join(' union all by name ')),
        )
  try {
    const parts = [
      ...(rows.copied === undefined ? [] : [rows.copied]),
      ...(fresh ? [untold(fresh.relation)] : []),
    ]
    const added = parts.length === 0 ? [] : await writeParts(tx, rows, parts)
    return { added, feed: await writeFeed(tx, { fresh: fresh?.relation, touched, gone }) }
  } finally {
    await fresh?.drop()
  }
}

function writeParts(tx: Transaction, rows: Rows, parts: readonly string[]): Promise<readonly AddFile[]> {
  const { id, version } = numbersOf(tx)
  const moved = rows.copied !== undefined
  const hidden = [...(moved || rows.updated.length > 0 ? id : []), ...(moved ? version : [])]
  return writeFiles(tx, { sql: parts.join(' union all by name '), hidden })
}

/** Whatever reads all of these rows: what breaks a rule of any of them is told. */
function reading<T>(rows: readonly Fitted[], act: () => Promise<T>): Promise<T> {
  return rows.reduceRight(
    (inner, { write }) =>
      () =>
        write(inner),
    act,
  )()
}
