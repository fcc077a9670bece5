import { randomUUID } from 'node:crypto'
import type { Cell, Session } from '../../../engine/index.ts'
import { quoteName } from '../../../sql/index.ts'

type Row = readonly Cell[]

/** Rows that are held in JavaScript at once. */
const rowsPerPage = 10_000

/** The rows of a query, some at a time: it runs once, and what is not looked at yet stays in the engine. */
export async function* pagesOf(session: Session, sql: string): AsyncIterable<readonly Row[]> {
  const table = `temp.${quoteName(`pages ${randomUUID()}`)}`
  await session.run(`create temporary table ${table} as ${sql}`)
  try {
    for (let from = 0; ; from += rowsPerPage) {
      const within = `rowid >= ${from} and rowid < ${from + rowsPerPage}`
      const page = await session.rows(`from ${table} where ${within} order by rowid`)
      if (page.length > 0) yield page
      if (page.length < rowsPerPage) return
    }
  } finally {
    // A session that was cancelled or closed takes its temporary relations along.
    await session.run(`drop table if exists ${table}`).catch(() => undefined)
  }
}
