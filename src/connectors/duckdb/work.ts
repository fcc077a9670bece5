import { randomUUID } from 'node:crypto'
import type { Effect, LoadRequest, Loaded, RefuseRequest, Work, WorkRequest } from '../../connect/index.ts'
import { type Batch, quarantineOf } from '../../connect/index.ts'
import { duckdbFailure, isDuplicateKey, load, type Loading, type Session } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import { quoteAsset, quoteText } from '../../sql/index.ts'
import type { Place } from './store.ts'
import { catalog } from './table.ts'
import { startWriting } from './write/incoming.ts'
import { strategies } from './write/strategies.ts'

/** State of one work: the only thing here that changes. */
type State = {
  over: boolean
  temps: number
  readonly cleanups: (() => Promise<void>)[]
}

/**
 * One DuckDB transaction on a connection of its own. It begins with the first write, query or refusal: loads
 * go before it into temporary tables, so that a load that fails does not poison a transaction, and other
 * works are held up less.
 */
export async function beginWork(place: Place, request: WorkRequest): Promise<Work> {
  await place.ensureSchema(request.asset)
  const session = await place.session(request.signal)
  const state: State = { over: false, temps: 0, cleanups: [] }
  const temp = () => `temp.main._sluice_${state.temps++}`
  // Kept, not asked again: two queries at once must not both begin.
  let begun: Promise<number> | undefined
  const transact = async () => {
    if (state.over) throw failure('SLUICE_TARGET_CLOSED', { what: 'work' })
    begun ??= session.run('begin transaction')
    await begun
  }
  const end = async () => {
    if (state.over) return
    state.over = true
    // Also rolls back: DuckDB forgets the transaction and the temporary tables of a connection that is
    // closed.
    session.close()
    for (const cleanup of state.cleanups.splice(0)) await cleanup()
  }
  const loading: Loading = {
    session,
    temp,
    tempDir: place.tempDir,
    signal: request.signal,
    later: act => {
      state.cleanups.push(act)
    },
  }
  return {
    load: (batches: AsyncIterable<Batch>, how: LoadRequest): Promise<Loaded> => {
      if (state.over) throw failure('SLUICE_TARGET_CLOSED', { what: 'work' })
      return load(loading, batches, how)
    },
    write: async write => {
      await transact()
      const writing = await startWriting(session, write, temp)
      return strategies[write.strategy](writing)
    },
    refuse: async refusal => {
      await transact()
      return refuse(session, request, refusal)
    },
    settle: async (status, ids) => {
      await transact()
      return settle(session, request, { status, ids })
    },
    remove: async (table, where) => {
      await transact()
      return session.run(`delete from ${catalog}.${quoteAsset(table)} where ${where}`)
    },
    query: async (sql, options = {}) => {
      await transact()
      return session.answer(sql, { ...options, inTransaction: true })
    },
    publish: async effect => {
      await transact()
      try {
        return { already: !(await commit(session, request, effect)) }
      } finally {
        await end()
      }
    },
    abandon: end,
  }
}

/** Refused rows into the asset's quarantine table, which is made when the first one comes. */
async function refuse(
  session: Session,
  { asset }: WorkRequest,
  { sql, run }: RefuseRequest,
): Promise<number> {
  const table = `${catalog}.${quoteAsset(quarantineOf(asset))}`
  await session.run(`create table if not exists ${table} (
    id varchar, run varchar, refused_at timestamptz, reason varchar, rule varchar, source varchar,
    position varchar,
    raw varchar, status varchar)`)
  // A row gets its id from a prefix that no other call has and its place in this one.
  const prefix = quoteText(randomUUID())
  return session.run(`insert into ${table}
    select ${prefix} || '-' || (row_number() over ())::varchar, ${quoteText(run)}, now(),
      reason::varchar, rule::varchar,
      source::varchar, position::varchar, raw::varchar, 'open'
    from (${sql}\n)`)
}

type Settled = { readonly status: string; readonly ids: readonly string[] | undefined }

async function settle(session: Session, { asset }: WorkRequest, { status, ids }: Settled): Promise<number> {
  if (ids?.length === 0) return 0
  const which = ids === undefined ? '' : ` and id in (${ids.map(quoteText).join(', ')})`
  return session.run(`update ${catalog}.${quoteAsset(quarantineOf(asset))} set status = ${quoteText(status)}
    where status = 'open'${which}`)
}

/** true: committed with its key. false: the key was there already, and nothing of this work was kept. */
async function commit(
  session: Session,
  { effect: key, keyed }: WorkRequest,
  effect: Omit<Effect, 'key'>,
): Promise<boolean> {
  if (keyed) {
    const found = await session.answer('select 1 from _sluice.effect where key = $1', { parameters: [key] })
    if (found.rows.length > 0) return false
    const { asset, run, atMs, counts, record } = effect
    await session.answer('insert into _sluice.effect values ($1, $2, $3, $4::bigint, $5, $6)', {
      parameters: [key, asset, run, String(atMs), JSON.stringify(counts), JSON.stringify(record)],
    })
  }
  try {
    // Not `session.run`: once the commit was sent a cancel must not make its outcome unknown.
    await session.connection.run('commit')
    return true
  } catch (thrown) {
    if (isDuplicateKey(thrown)) return false
    throw duckdbFailure(thrown, { path: catalog })
  }
}
