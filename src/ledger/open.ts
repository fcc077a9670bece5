import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from '../errors/index.ts'
import { type Alive, openAlive } from './alive.ts'
import type { Driver } from './driver.ts'
import type { Ledger, LedgerOptions } from './face.ts'
import { type Group, groupCommit } from './group.ts'
import { readBefore } from './before.ts'
import { readAsset, readContract, readHistory } from './history.ts'
import { isCurrent, migrate } from './migrate.ts'
import { readCrashed, settle } from './recover.ts'
import { readEvents, readRun, readRuns, readSteps } from './rows.ts'
import { startRun } from './runs.ts'
import { openSqlite } from './sqlite.ts'
import { verify } from './verify.ts'

const busyMsDefault = 10_000

/**
 * Open the ledger of a project, on Node's own SQLite. Several processes may have it open at once, also for
 * writing.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const driver = await openDriver(options)
  const alive = openAlive(join(options.path, 'alive'))
  const group =
    options.mode === 'write' ? groupCommit(driver, options.soon ?? queueMicrotask) : closedTo(options)
  return ledgerOn({ driver, group, alive, options })
}

type Parts = {
  readonly driver: Driver
  readonly group: Group
  readonly alive: Alive
  readonly options: LedgerOptions
}

function ledgerOn({ driver, group, alive, options }: Parts): Ledger {
  const { nowMs, newId, pid, mode } = options
  const desk = { group, alive, nowMs, newId, pid, process: newId() }
  const letGo = `update run set process = null where process = ? and state <> 'finished'`
  const close = async () => {
    try {
      if (mode === 'write')
        await group.submit(async tx => ({ ok: true, value: await tx.run(letGo, [desk.process]) }))
    } finally {
      await driver.close()
      alive.release()
    }
  }
  let closing: Promise<void> | undefined
  return {
    history: () => readHistory(driver),
    asset: name => readAsset(driver, name),
    before: (run, name) => readBefore(driver, run, name),
    contract: asset => readContract(driver, asset),
    startRun: async request => {
      if (mode === 'read') throw failure('SLUICE_LEDGER_READ_ONLY', { path: options.path })
      return await startRun(desk, request)
    },
    recoverable: () => readCrashed(driver, alive),
    settle: async (crashed, outcomes) => {
      const atMs = Math.trunc(nowMs())
      const { isFirst, process } = await group.submit(tx => settle(tx, { crashed, outcomes, atMs }))
      if (process !== undefined) alive.forget(process)
      return isFirst
    },
    runs: query => readRuns(driver, query),
    run: id => readRun(driver, id),
    steps: run => readSteps(driver, run),
    events: query => readEvents(driver, query),
    verify: () => verify(driver),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function closedTo({ path }: LedgerOptions): Group {
  return { submit: () => Promise.reject(failure('SLUICE_LEDGER_READ_ONLY', { path })) }
}

async function openDriver(options: LedgerOptions): Promise<Driver> {
  const { mode, nowMs, durability = 'full', busyMs = busyMsDefault } = options
  const path = join(options.path, 'ledger.sqlite')
  if (mode === 'read' && !existsSync(path)) return await emptyDriver({ busyMs, nowMs })
  if (mode === 'write') makeFolder(options.path)
  const sqlite = { path, mode, durability, busyMs }
  if (mode === 'write' && !existsSync(path)) await bringUpToDate(options.path, { busyMs, nowMs })
  const driver = openSqlite(sqlite)
  if (await closingOnFailure(driver, () => isCurrent(driver, { path, nowMs }))) return driver
  await driver.close()
  await bringUpToDate(options.path, { busyMs, nowMs })
  return openSqlite(sqlite)
}

async function closingOnFailure<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  let isDone = false
  try {
    const result = await work()
    isDone = true
    return result
  } finally {
    if (!isDone) await driver.close()
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (thrown) {
    const cause = reasonOf(path, thrown)
    const words = cause instanceof Error ? cause.message : String(cause)
    throw failure('SLUICE_LEDGER_UNWRITABLE', { path, words }, { cause })
  }
}

/**
 * Asked for a folder and its parents, Node 24 says ENOENT of a disk that is read-only; asked for the one
 * folder, it says why.
 */
function reasonOf(path: string, thrown: unknown): unknown {
  try {
    mkdirSync(path)
    return thrown
  } catch (again) {
    return again
  }
}

type Making = { readonly busyMs: number; readonly nowMs: () => number }

/**
 * Make the ledger, or migrate it. Under a lock of its own: to switch a new file to WAL is refused at once,
 * whatever the busy timeout, while another process does the same.
 */
async function bringUpToDate(folder: string, { busyMs, nowMs }: Making): Promise<void> {
  const lock = openSqlite({ path: join(folder, 'making.lock'), mode: 'write', durability: 'relaxed', busyMs })
  await closingAfter(lock, () =>
    lock.transaction(async () => {
      const path = join(folder, 'ledger.sqlite')
      const driver = openSqlite({ path, mode: 'write', durability: 'full', busyMs })
      await closingAfter(driver, async () => {
        await driver.exec('pragma journal_mode = wal')
        if (!(await isCurrent(driver, { path, nowMs }))) await migrate(driver, { path, nowMs })
      })
    }),
  )
}

async function closingAfter<T>(driver: Driver, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await driver.close()
  }
}

/** What a reader sees where nothing was ever written. */
async function emptyDriver({ busyMs, nowMs }: Making): Promise<Driver> {
  const path = ':memory:'
  const driver = openSqlite({ path, mode: 'write', durability: 'relaxed', busyMs })
  await migrate(driver, { path, nowMs })
  return driver
}
