import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { failure } from '../../errors/index.ts'
import { reserved } from '../key.ts'
import { limits } from '../limits.ts'

/**
 * The file whose lock is held while an object of its folder is replaced. It stays: removing it would race.
 */
const lockName = `${reserved}lock`

/** What SQLite says to who asks for a lock that another holds. */
const sqliteBusy = 5

/**
 * Do work as the only process and the only caller that replaces objects of this folder. The lock is an
 * exclusive transaction on an empty SQLite file that is never written: Node has no `flock`, and the kernel
 * frees SQLite's lock the moment its holder dies, kill -9 included, so no stale lock must ever be judged.
 */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite')
  const path = join(folder, lockName)
  const db = new DatabaseSync(path)
  try {
    await take(db, path)
    return await work()
  } finally {
    db.close()
  }
}

/** The same where the folder has seen conditional writes; where it has not, nobody compares. */
export async function lockedIfUsed<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return existsSync(join(folder, lockName)) ? locked(folder, work) : work()
}

async function take(db: DatabaseSync, path: string): Promise<void> {
  for (let waitedMs = 0; !begin(db); waitedMs += limits.lockPollMs) {
    if (waitedMs >= limits.lockMsMax) throw failure('SLUICE_OBJECT_LOCKED', { path, waitedMs })
    const waited = Promise.withResolvers<void>()
    setTimeout(waited.resolve, limits.lockPollMs)
    await waited.promise
  }
}

function begin(db: DatabaseSync): boolean {
  try {
    db.exec('pragma journal_mode = memory; begin exclusive')
    return true
  } catch (thrown) {
    if ((thrown as { readonly errcode?: number }).errcode === sqliteBusy) return false
    throw thrown
  }
}
