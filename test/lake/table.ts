import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cell, type Engine, openEngine, type Session } from '../../src/engine/index.ts'
import type { DeltaLog, Operation, Snapshot, Transaction } from '../../src/formats/delta/face.ts'
import { createTable } from '../../src/formats/delta/commit/create.ts'
import { openDeltaLog } from '../../src/formats/delta/log/open.ts'
import { localStore, type ObjectStore } from '../../src/objects/index.ts'
import { parseType } from '../../src/tables/index.ts'

/** A Delta table to try things on, in a folder that ends with the test. */
export type TestTable = {
  readonly folder: string
  readonly engine: Engine
  readonly session: Session
  readonly log: DeltaLog
  /** Milliseconds that the clock of the table is ahead. */
  readonly clock: { aheadMs: number }
  commit(act: (tx: Transaction) => Operation | Promise<Operation>): Promise<Snapshot>
  newest(): Promise<Snapshot>
  /** Rows of a version, in the order of their texts. */
  rows(version?: number): Promise<readonly (readonly Cell[])[]>
  /** Another log of the same table, as another process has it. */
  again(): Promise<DeltaLog>
  /** A table in another folder, on the same engine. */
  beside(name: string, readsFrom?: readonly string[]): Promise<DeltaLog>
  close(): Promise<void>
}

export type TestTableOptions = {
  readonly memoryBytesMax?: number
  readonly store?: (folder: string) => ObjectStore
}

export async function testTable(options: TestTableOptions = {}): Promise<TestTable> {
  const { memoryBytesMax = 512 * 2 ** 20, store = localStore } = options
  const top = mkdtempSync(join(tmpdir(), 'sluice-delta-'))
  const folder = join(top, 'table')
  const tempDir = join(top, 'temp')
  mkdirSync(tempDir)
  const engine = await openEngine({ tempDir, memoryBytesMax })
  const session = await engine.session({ path: 'a table' })
  const clock = { aheadMs: 0 }
  const logs: DeltaLog[] = []
  const open = async (at: string, readsFrom: readonly string[] = []) => {
    const nowMs = () => Date.now() + clock.aheadMs
    const log = await openDeltaLog({ store: store(at), engine, nowMs, readsFrom })
    logs.push(log)
    return log
  }
  const log = await open(folder)
  const newest = async () => {
    const snapshot = await log.latest()
    if (!snapshot) throw new TypeError('there is no table yet')
    return snapshot
  }
  return {
    folder,
    engine,
    session,
    log,
    clock,
    newest,
    commit: async act => {
      const tx = await log.begin({ session })
      try {
        await tx.commit(await act(tx))
      } finally {
        await tx.abandon()
      }
      return newest()
    },
    rows: async version => {
      const snapshot = version === undefined ? await newest() : await log.at({ version })
      const { sql } = await snapshot.scan()
      return (await session.rows(sql)).toSorted((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1))
    },
    again: () => open(folder),
    beside: (name, readsFrom) => open(join(top, name), readsFrom),
    close: async () => {
      for (const each of logs) await each.close()
      engine.close()
      rmSync(top, { recursive: true })
    },
  }
}

/** Columns as `name TYPE`. */
export async function createIn(
  { session }: Pick<TestTable, 'session'>,
  log: DeltaLog,
  { columns, ...declaration }: CreateIn,
): Promise<void> {
  const fields = columns.map(column => {
    const space = column.indexOf(' ')
    const name = column.slice(0, space)
    return { name, stored: name, type: parseType(column.slice(space + 1)), nullable: true }
  })
  await createTable(log, { session, fields, ...declaration })
}

export type CreateIn = {
  readonly columns: readonly string[]
  readonly partitionColumns?: readonly string[]
  readonly properties?: { readonly [name: string]: string }
}
