import type { Session } from '../../../engine/index.ts'
import { Failure } from '../../../errors/index.ts'
import { bareQuery, tokenize } from '../../../sql/index.ts'
import { asView, type Held, held } from './held.ts'

/**
 * The rows of a SELECT, each with a number in `_source_row`, to be read more than once. A table of the
 * session has numbers already and is not copied: 1 M rows of 16 columns would take 0.24 s of CPU. To number
 * them by `row_number()` would take twice as much.
 */
export async function numberedSource(session: Session, sql: string): Promise<Held> {
  const query = bareQuery(sql)
  const numbered = (from: string) => `select *, rowid as _source_row ${from}`
  const columns = await session.describe(query)
  if (columns.some(({ name }) => name.toLowerCase() === 'rowid'))
    return held(session, `select *, row_number() over () as _source_row from (${query}\n)`)
  if (isWhole(query) && (await hasRowIds(session, query))) return asView(numbered(query))
  const rows = await held(session, query)
  return { ...asView(numbered(`from ${rows.relation}`)), drop: rows.drop }
}

/** `from a`, `from "a"."b"`: all of one relation, and nothing else. */
function isWhole(query: string): boolean {
  const [from, ...name] = tokenize(query)
  return (
    /^from$/i.test(from?.text ?? '') &&
    name.length % 2 === 1 &&
    name.every(({ kind, text }, at) =>
      at % 2 === 0 ? kind === 'quoted' || kind === 'word' : kind === 'operator' && text === '.',
    )
  )
}

/** Only tables of the engine have them. */
async function hasRowIds(session: Session, query: string): Promise<boolean> {
  try {
    await session.describe(`select rowid ${query}`)
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_QUERY') return false
    throw thrown
  }
}
