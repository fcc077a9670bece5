import type { WriteRequest } from '../../../connect/index.ts'
import { type Incoming, requireColumns, type Session } from '../../../engine/index.ts'
import type { Transaction } from '../../../formats/delta/index.ts'
import type { AssetName } from '../../../model/index.ts'
import { quoteAsset } from '../../../sql/index.ts'
import { rowsOf } from '../sight.ts'
import type { View } from '../views.ts'
import { isPlain, type Kept, keptColumns } from '../types.ts'

/** A table of a work, as it is before one write. */
export type Table = {
  readonly asset: AssetName
  /** Its name in the lake. */
  readonly at: AssetName
  readonly tx: Transaction
  /** What is said of its name in the catalogue of views, and goes once there are rows. */
  readonly over: View | undefined
  /** It begins with the rows of the base's table, staged in this transaction. */
  readonly begins: boolean
  /** Of the table, should the commit create it. */
  readonly properties: { readonly [name: string]: string }
  /** Columns of the table that stands; undefined: there is none, or a view stands there. */
  readonly standing: readonly Kept[] | undefined
  /**
   * Forget what this write staged, and begin again; undefined: an earlier write would be forgotten with it.
   */
  readonly again: (() => Promise<Table>) | undefined
}

/** One write as its strategy sees it. */
export type Writing = Incoming & {
  readonly table: Table
  readonly standing: Table['standing']
  /** What the asset's name means now: the rows that stand, in the columns that they were written in. */
  readonly rows: string
}

/** `request.sql` as the session can run it. */
export async function startWriting(
  session: Session,
  request: WriteRequest,
  { table, temp }: { readonly table: Table; readonly temp: () => string },
): Promise<Writing> {
  const columns = await session.describe(request.sql)
  requireColumns(request, columns)
  const { standing } = table
  return { session, request, columns, temp, table, standing, rows: quoteAsset(request.table) }
}

export async function columnsOf(tx: Transaction): Promise<readonly Kept[]> {
  return keptColumns(await tx.session.describe(rowsOf(tx, (await tx.scan()).sql)), tx.fields)
}

/** Rows as they are now, what was staged among them. */
export async function currentRows({ tx }: Table): Promise<string> {
  return `(${rowsOf(tx, (await tx.scan()).sql)})`
}

/**
 * Rows that stand, each with its place, `_file` and `_pos`, to decide by what becomes of them: what others
 * change among them meanwhile is a conflict. `where` speaks of columns as they were written.
 */
export async function placed({ tx }: Table, where?: string): Promise<string> {
  // Of files it is known what is kept in them.
  const plain = isPlain(tx) ? where : undefined
  if (plain === undefined) tx.readAll()
  else tx.readWhere(plain)
  const scan = await tx.scan({ positions: true, where: plain })
  const rows = rowsOf(tx, scan.sql, ', _file, _pos')
  return where === undefined ? `(${rows})` : `(select * from (${rows}) where ${where})`
}
