import { openSession, type Session } from '../adapter/session.ts'
import type { World } from '../nodes/world.ts'

/**
 * The connections of one command: one for each thread, opened when it is first needed. Thread 0 is the
 * command's own.
 */
export type Connections = {
  readonly session: (thread: number) => Promise<Session>
  readonly close: () => void
}

export function connectionsOf({ adapter, profile }: World, signal: AbortSignal): Connections {
  const withoutTransactions = profile.credentials.disable_transactions === true
  const sessions = new Map<number, Promise<Session>>()
  const closing: (() => void)[] = []
  return {
    session: thread => {
      const before = sessions.get(thread)
      if (before) return before
      const opened = adapter.connect(`Thread-${thread}`, signal).then(connection => {
        closing.push(() => connection.close())
        return openSession(connection, { withoutTransactions })
      })
      sessions.set(thread, opened)
      return opened
    },
    close: () => {
      for (const close of closing) close()
    },
  }
}
