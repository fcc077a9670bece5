import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type Failure, failure } from '../errors/index.ts'
import type { Driver, Row, Transaction, Value } from './driver.ts'

export type SqliteOptions = {
  /** Absolute path, or `:memory:`. */
  readonly path: string
  readonly mode: 'read' | 'write'
  readonly durability: 'full' | 'relaxed'
  readonly busyMs: number
}

/**
 * Node's own SQLite. Its calls are synchronous; only microtasks pass inside a transaction, so it never stays
 * open long.
 */
export function openSqlite(options: SqliteOptions): Driver {
  const guard = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      throw sqliteFailure(thrown, options)
    }
  }
  const db = guard(() => connect(options))
  const statement = statements(db)
  // The transaction in progress. Who finds none and goes on without an await has the connection.
  const running: { last?: Promise<unknown> | undefined } = {}
  const tx: Transaction = {
    run: async (sql, values) => guard(() => Number(statement(sql).run(...values).changes)),
    insert: async (sql, values) => guard(() => Number(statement(sql).run(...values).lastInsertRowid)),
    get: async (sql, values) => guard(() => statement(sql).get(...values) as Row | undefined),
    all: async (sql, values) => guard(() => statement(sql).all(...values) as readonly Row[]),
    exec: async sql => guard(() => db.exec(sql)),
  }
  const inTransaction = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    guard(() => db.exec(options.mode === 'write' ? 'begin immediate' : 'begin'))
    try {
      const result = await work(tx)
      guard(() => db.exec('commit'))
      return result
    } finally {
      // Still open: the work or the commit failed. SQLite may have rolled back by itself (disk full).
      if (db.isTransaction) guard(() => db.exec('rollback'))
    }
  }
  return {
    dialect: 'sqlite',
    all: async (sql, values = []) => {
      while (running.last) await running.last
      return guard(() => statement(sql).all(...values) as readonly Row[])
    },
    lists: async (sql, values = []) => {
      while (running.last) await running.last
      return guard(() => asLists(db, sql, values))
    },
    exec: async sql => {
      while (running.last) await running.last
      guard(() => db.exec(sql))
    },
    transaction: async work => {
      while (running.last) await running.last
      const result = inTransaction(work)
      running.last = result.then(
        () => undefined,
        () => undefined,
      )
      try {
        return await result
      } finally {
        running.last = undefined
      }
    },
    close: async () => {
      while (running.last) await running.last
      if (db.isOpen) guard(() => db.close())
    },
  }
}

function connect({ path, mode, durability, busyMs }: SqliteOptions): DatabaseSync {
  const readOnly = mode === 'read' && path !== ':memory:'
  const db = new DatabaseSync(readOnly && isAlone(path) ? unchanging(path) : path, { readOnly })
  db.exec(`pragma busy_timeout = ${Math.trunc(busyMs)}`)
  if (mode === 'write') db.exec(`pragma synchronous = ${durability === 'full' ? 'full' : 'normal'}`)
  return db
}

/**
 * In a folder that cannot be written there is no place for the index of a write-ahead log. When there is no
 * log either, the file is all there is, and nobody changes it: https://sqlite.org/wal.html#readonly.
 */
function isAlone(path: string): boolean {
  if (existsSync(`${path}-wal`)) return false
  try {
    accessSync(dirname(path), constants.W_OK)
    return false
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return true
    throw thrown
  }
}

function unchanging(path: string): URL {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return url
}

/** Statements by text, each prepared once. */
function statements(db: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>()
  return sql => {
    const known = prepared.get(sql)
    if (known) return known
    const made = db.prepare(sql)
    prepared.set(sql, made)
    return made
  }
}

// Arrays, not objects: 100,000 rows of 5 columns cost about half.
function asLists(db: DatabaseSync, sql: string, values: readonly Value[]): readonly (readonly Value[])[] {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement.all(...values) as unknown as readonly (readonly Value[])[]
}

/** What SQLite threw, in words of ours: https://sqlite.org/rescode.html, primary result codes. */
function sqliteFailure(thrown: unknown, { path, mode, busyMs }: SqliteOptions): Failure {
  const code = primaryCode(thrown)
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  const options = { cause: thrown }
  if (code === 5 || code === 6) return failure('SLUICE_LEDGER_BUSY', { path, waitedMs: busyMs }, options)
  if (code === 13 || (code === 10 && isFull(path))) return failure('SLUICE_LEDGER_FULL', { path }, options)
  if (code === 11 || code === 26) return failure('SLUICE_LEDGER_CORRUPT', { path, words }, options)
  if (code === 8 || (code === 14 && mode === 'write'))
    return failure('SLUICE_LEDGER_UNWRITABLE', { path, words }, options)
  if (code === 14) return failure('SLUICE_LEDGER_UNREADABLE', { path, words }, options)
  return failure('SLUICE_LEDGER_BROKEN', { path, words }, options)
}

/** A full disk is an input/output error to SQLite when the log's index cannot grow. */
function isFull(path: string): boolean {
  return path !== ':memory:' && statfsSync(dirname(path)).bavail === 0
}

/** The primary result code; undefined: not SQLite's. */
export function primaryCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined
  return Number(thrown.errcode) & 0xff
}
