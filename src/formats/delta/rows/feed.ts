import { quoteName } from '../../../sql/index.ts'
import type { TableField } from '../../../tables/index.ts'
import type { ChangeFile } from '../actions.ts'
import type { Transaction } from '../face.ts'
import { writeChangeFiles } from './files.ts'
import type { Touched } from './touched.ts'

// "Change Data Files": what became of rows, where added and removed files alone do not tell it.

const changeType: TableField = {
  name: '_change_type',
  stored: '_change_type',
  type: { kind: 'scalar', sql: 'VARCHAR' },
  nullable: true,
}

/**
 * Whether a change needs files of its own: an update would else look like a row that went and one that came,
 * a copied row too. Deletion vectors and whole files tell by themselves which rows went and which came.
 */
export function needsFeed(
  tx: Transaction,
  { updated, rewritten }: { readonly updated: boolean; readonly rewritten: boolean },
): boolean {
  return tx.property('delta.enableChangeDataFeed') === 'true' && (updated || rewritten)
}

/** The rows of a SELECT as the feed tells them. */
export function toldAs(type: 'insert' | 'update_postimage', sql: string): string {
  return `select *, '${type}' as ${quoteName(changeType.name)} from (${sql})`
}

/** Rows without what the feed tells of them. */
export function untold(relation: string): string {
  return `select * exclude (${quoteName(changeType.name)}) from ${relation}`
}

export type Feed = {
  /** Relation of new rows, made by `toldAs`; undefined: there are none. */
  readonly fresh: string | undefined
  readonly touched: readonly Touched[]
  /** Relation of `_file`, `_pos`, `_updated`. */
  readonly gone: string
}

/** Rows as they were and as they became. Once there is one such file, readers of changes read no others. */
export async function writeFeed(
  tx: Transaction,
  { fresh, touched, gone }: Feed,
): Promise<readonly ChangeFile[]> {
  const columns = [...tx.fields.map(({ name }) => quoteName(name)), quoteName(changeType.name)].join(', ')
  const parts = fresh === undefined ? [] : [`select ${columns} from ${fresh}`]
  if (touched.length > 0) {
    const scan = await tx.scan({ files: touched.map(({ file }) => file.path), positions: true })
    const before = `select r.*, case when g._updated then 'update_preimage' else 'delete' end as
      ${quoteName(changeType.name)} from (${scan.sql}) as r join ${gone} as g
      on g._file = r._file and g._pos = r._pos`
    parts.push(`select ${columns} from (${before})`)
  }
  return writeChangeFiles(tx, { sql: parts.join(' union all '), hidden: [changeType] })
}
