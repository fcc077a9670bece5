import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failure } from '../errors/index.ts'
import { primaryCode } from './sqlite.ts'

/**
 * Whether a process still lives, told by a lock it holds: an exclusive transaction on its own tiny file. The
 * kernel frees it the moment the process dies, kill -9 included (seen by others within 9 ms), and process ids
 * that come again do no harm. A stopped process keeps its lock: it is alive. Needs a local file system, as
 * the ledger's WAL does.
 */
export type Alive = {
  /** Hold the lock of this id until `release`; holding it twice is holding it once. */
  hold(id: string): void
  isAlive(id: string): boolean
  /** Remove what a dead process left. */
  forget(id: string): void
  release(): void
}

export function openAlive(folder: string): Alive {
  const held = new Map<string, DatabaseSync>()
  const pathOf = (id: string) => join(folder, `${id}.lock`)
  return {
    hold(id) {
      if (held.has(id)) return
      try {
        mkdirSync(folder, { recursive: true })
        held.set(id, lock(pathOf(id)))
      } catch (thrown) {
        throw failure(
          'SLUICE_LEDGER_UNWRITABLE',
          { path: pathOf(id), words: wordsOf(thrown) },
          { cause: thrown },
        )
      }
    },
    isAlive(id) {
      if (held.has(id)) return true
      return existsSync(pathOf(id)) && isLocked(pathOf(id))
    },
    forget(id) {
      rmSync(pathOf(id), { force: true })
    },
    release() {
      for (const [id, db] of held) {
        db.close()
        rmSync(pathOf(id), { force: true })
      }
      held.clear()
    },
  }
}

function lock(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  // An empty database in memory-journal mode: the lock writes nothing.
  db.exec('pragma busy_timeout = 0; pragma journal_mode = memory; begin exclusive')
  return db
}

// A read wants a shared lock only: two that ask at once do not take each other for the holder.
function isLocked(path: string): boolean {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true })
    db.exec('pragma busy_timeout = 0; select count(*) from sqlite_master')
    return false
  } catch (thrown) {
    const code = primaryCode(thrown)
    if (code === 5) return true
    // Gone since we looked: its holder has let go.
    if (code === 14 && !existsSync(path)) return false
    // There, but not ours to open: to take its holder for dead could build an asset twice.
    throw failure('SLUICE_LEDGER_UNREADABLE', { path, words: wordsOf(thrown) }, { cause: thrown })
  } finally {
    db?.close()
  }
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
