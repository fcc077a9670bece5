import { Failure } from '../../errors/index.ts'
import type { Connection, Executed } from '../face.ts'

/**
 * One thread's connection, and whether a transaction is open on it; statements begin one where macros say
 * so.
 */
export type Session = {
  execute(sql: string, options: ExecuteOptions): Promise<Executed>
  /** Begin a transaction unless one is open. */
  begin(): Promise<void>
  /** Commit what is open; nothing otherwise. */
  commit(): Promise<void>
  /** Forget what is open; nothing otherwise. */
  rollback(): Promise<void>
  readonly isOpen: () => boolean
}

export type ExecuteOptions = {
  readonly autoBegin: boolean
  readonly fetch: boolean
  readonly rowsMax?: number
}

export type SessionOptions = {
  /** `disable_transactions` of the profile: statements commit by themselves. */
  readonly withoutTransactions: boolean
}

/** A failing statement takes its transaction with it, as dbt has it. */
export function openSession(connection: Connection, { withoutTransactions }: SessionOptions): Session {
  let open = false
  const begin = async () => {
    if (open) return
    await connection.begin()
    open = true
  }
  const end = async (act: () => Promise<void>) => {
    if (!open) return
    open = false
    await act()
  }
  return {
    execute: async (sql, { autoBegin, ...fetching }) => {
      if (autoBegin && !withoutTransactions) await begin()
      try {
        return await connection.execute(sql, fetching)
      } catch (thrown) {
        await end(() => connection.rollback())
        throw thrown
      }
    },
    begin,
    commit: () => end(() => connection.commit()),
    rollback: () => end(() => connection.rollback()),
    isOpen: () => open,
  }
}

/** The command was stopped: whoever forgives a failing statement does not forgive that. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_CANCELLED'
}
