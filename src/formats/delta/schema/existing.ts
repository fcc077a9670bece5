import type { Failure } from '../../../errors/index.ts'
import type { Transaction } from '../face.ts'

type Asked = {
  /** The only column that is asked for; undefined: any. */
  readonly column?: string
  /** SQL that is TRUE of every row. */
  readonly isRight: string
}

/** Refuse a new rule that rows of the table break already. Rows that others add meanwhile are a conflict. */
export async function refuseExisting(
  tx: Transaction,
  { column, isRight }: Asked,
  broken: () => Failure,
): Promise<void> {
  if (tx.base === undefined) return
  tx.readAll()
  const { sql } = await tx.scan(column === undefined ? {} : { columns: [column] })
  const wrong = `select 1 from (${sql}\n) as "a row of the table" where (${isRight}) is not true limit 1`
  if ((await tx.session.rows(wrong)).length > 0) throw broken()
}
