import type { Work, WorkRequest } from '../../connect/index.ts'
import { quarantineOf } from '../../connect/index.ts'
import { load, type Loading } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import type { Lake } from './lake.ts'
import { publish } from './publish/publish.ts'
import type { Sight } from './sight.ts'
import { tablesOf } from './tables.ts'

/** State of one work: the only thing here that changes. */
type State = { over: boolean; temps: number; readonly cleanups: (() => Promise<void>)[] }

/**
 * One step's work: what it reads stays as it was when it looked first; what it writes lies in files and in
 * its transactions, one for each table, until they are committed one after the other under one intent.
 */
export async function beginWork(lake: Lake, sight: Sight, request: WorkRequest): Promise<Work> {
  const { session } = sight
  const state: State = { over: false, temps: 0, cleanups: [] }
  const temp = () => `temp.main._sluice_${state.temps++}`
  const tables = tablesOf({ lake, sight, temp })
  const end = async () => {
    if (state.over) return
    state.over = true
    await tables.abandon()
    sight.close()
    for (const cleanup of state.cleanups.splice(0)) await cleanup()
  }
  const open = () => {
    if (state.over) throw failure('SLUICE_TARGET_CLOSED', { what: 'work' })
  }
  const loading: Loading = {
    session,
    temp,
    tempDir: lake.engine.tempDir,
    signal: request.signal,
    later: act => {
      state.cleanups.push(act)
    },
  }
  const quarantine = quarantineOf(request.asset)
  return {
    load: async (batches, how) => {
      open()
      return load(loading, batches, how)
    },
    write: async write => {
      open()
      return tables.write(write)
    },
    refuse: async refusal => {
      open()
      return tables.refuse(quarantine, refusal)
    },
    settle: async (status, ids) => {
      open()
      return tables.settle(quarantine, { status, ids })
    },
    remove: async (table, where) => {
      open()
      return tables.remove(table, where)
    },
    query: async (sql, options = {}) => {
      open()
      return session.answer(await sight.see(sql), options)
    },
    publish: async effect => {
      open()
      try {
        const changes = tables.take(request.asset, effect.run)
        return await publish({ lake, session }, { request, effect, changes })
      } finally {
        await end()
      }
    },
    abandon: end,
  }
}
