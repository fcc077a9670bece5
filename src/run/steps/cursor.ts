import type { Work } from '../../connect/index.ts'
import type { Column } from '../../model/index.ts'
import { quoteAsset, quoteName, quoteText } from '../../sql/index.ts'
import type { Job, StepTools } from './tools.ts'

/** Where the next load begins: the largest cursor value loaded so far, less the lag. Never the clock. */
export type Since = { readonly text: string; readonly sql: string }

export async function sinceOf(job: Job, tools: StepTools, column: Column): Promise<Since | undefined> {
  const last = job.history?.cursor
  if (last === undefined) return undefined
  const typed = `cast(${quoteText(last)} as ${column.type})`
  const lagged =
    job.asset.lagMs > 0 && isTime(column.type)
      ? `cast(${typed} - to_milliseconds(${job.asset.lagMs}) as ${column.type})`
      : typed
  const text = (await tools.store.query(`select ${lagged}`)).rows[0]?.[0] ?? last
  return { text, sql: `cast(${quoteText(text)} as ${column.type})` }
}

/**
 * The largest cursor value of the asset as it stands in this work; undefined: it has no cursor, or no rows.
 */
export async function cursorAfter(job: Job, work: Work): Promise<string | undefined> {
  const { cursor, name, write } = job.asset
  if (cursor === undefined || write === 'view') return undefined
  const answer = await work.query(`select max(${quoteName(cursor)}) from ${quoteAsset(name)}`)
  return answer.rows[0]?.[0] ?? undefined
}

function isTime(type: string): boolean {
  return type.startsWith('TIMESTAMP') || type === 'DATE'
}
