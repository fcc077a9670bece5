import { deleteRows } from '../../../formats/delta/index.ts'
import { type Applied, apply } from './apply.ts'
import { placed, type Table } from './writing.ts'

/** How many rows were meant; undefined: none, and nothing was staged. */
export type Some = { readonly rows: number; readonly done: Applied | undefined }

export type Removal = {
  /** SQL over the columns as they were written; it may ask other assets. */
  readonly where: string
  /** Name for a temporary relation: the rows that go, whole. */
  readonly temp: string
  /** SELECT of rows that take their place. */
  readonly instead?: string
}

/** Take rows away. */
export async function remove(table: Table, { where, temp, instead }: Removal): Promise<Some> {
  const { tx, standing } = table
  if (standing === undefined) return { rows: 0, done: undefined }
  const { session } = tx
  await session.run(`create temp table ${temp} as select * from ${await placed(table)} where ${where}`)
  const rows = await session.count(`select count(*) from ${temp}`)
  if (rows === 0) return { rows, done: undefined }
  const come =
    instead === undefined
      ? ({ name: 'DELETE' } as const)
      : ({ name: 'UPDATE', add: `(select * exclude (_file, _pos) from (${instead}))` } as const)
  return { rows, done: await apply(table, { shape: standing, gone: temp, ...come }) }
}

/** No row stays: what others read where a view takes the table's name. */
export async function emptied(table: Table): Promise<Applied> {
  const { operation } = await deleteRows(table.tx, {})
  return { table, changed: true, added: 0, operation }
}
