import type { Work } from '../../connect/index.ts'
import type { Asset, Column } from '../../model/index.ts'
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

/**
 * As `withoutStanding`, for rows that also say how they came: `kept` are the columns that tell rows apart.
 */
export function withoutLoaded(
  sql: string,
  at: { readonly asset: Asset; readonly cursor: string; readonly kept: readonly Column[] },
): string {
  const names = at.kept.map(({ name }) => quoteName(name))
  const cursor = quoteName(at.cursor)
  const same = names.map(name => `a.${name} is not distinct from s.${name}`).join(' and ')
  return `select a.* exclude ("_nth") from (
      select *, row_number() over (partition by ${names.join(', ')}) as "_nth" from (${sql}\n)
    ) a left join (
      select ${names.join(', ')}, count(*) as "_times" from ${quoteAsset(at.asset.name)}
      where ${cursor} is null or ${cursor} >= (select min(${cursor}) from (${sql}\n)) group by all
    ) s on ${same}
    where a."_nth" > coalesce(s."_times", 0)`
}

/**
 * Rows to append, less those that an earlier load has appended already. What begins a lag behind the
 * watermark, or at it, reads rows again: a row that stands is the same row when all its columns agree. Rows
 * that come twice in one load stay two (EXCEPT ALL).
 */
export function withoutStanding(
  sql: string,
  at: { readonly asset: Asset; readonly cursor: string; readonly columns: readonly Column[] },
): string {
  const names = at.columns.map(({ name }) => quoteName(name)).join(', ')
  const cursor = quoteName(at.cursor)
  const standing = `select ${names} from ${quoteAsset(at.asset.name)}
    where ${cursor} is null or ${cursor} >= (select min(${cursor}) from (${sql}\n))`
  return `select ${names} from (${sql}\n) except all (${standing})`
}
