import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch, RowObject } from '../../../connect/index.ts'
import { load, type Session } from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import type { Column } from '../../../model/index.ts'
import { quoteName } from '../../../sql/index.ts'
import type { Rows } from './types.ts'

/** Rows that a caller gave, as a SELECT on the session. */
export type Incoming = { readonly sql: string; readonly drop: () => Promise<void> }

export type Receiving = {
  readonly session: Session
  readonly tempDir: string
  readonly signal: AbortSignal
  /** Columns of the table: rows are read as these types. */
  readonly columns: readonly Column[]
}

/** Takes the rows once: a write may have to be tried again. A row that does not fit its column fails all. */
export async function receive(rows: Rows, receiving: Receiving): Promise<Incoming> {
  if ('sql' in rows) return { sql: rows.sql, drop: async () => undefined }
  const { session, signal, columns } = receiving
  const folder = await mkdtemp(join(receiving.tempDir, 'rows-'))
  const cleanups: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  let temps = 0
  const prefix = crypto.randomUUID()
  const temp = () => `temp.main.${quoteName(`rows ${prefix} ${temps++}`)}`
  const drop = async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup()
  }
  try {
    const loaded = await load(
      { session, tempDir: folder, signal, temp, later: act => void cleanups.push(act) },
      batchesOf(rows),
      { columns, detect: 'types', nested: 'keep' },
    )
    if (loaded.unreadable.rows > 0) {
      const [reason] = await session.row(`select reason from ${loaded.unreadable.relation} limit 1`)
      throw failure('SLUICE_DELTA_ROWS_UNFIT', { rows: loaded.unreadable.rows, reason: reason ?? '' })
    }
    const names = loaded.columns.map(({ name }) => quoteName(name)).join(', ')
    const relation = temp()
    await session.run(`create temp table ${relation} as select ${names} from ${loaded.relation}`)
    cleanups.unshift(async () => void (await session.run(`drop table if exists ${relation}`)))
    return { sql: `select * from ${relation}`, drop }
  } catch (thrown) {
    await drop()
    throw thrown
  }
}

/** Objects that go to the engine at once. */
const batchRows = 2_048

async function* batchesOf(rows: Exclude<Rows, { readonly sql: string }>): AsyncGenerator<Batch> {
  let batch: RowObject[] = []
  for await (const item of rows) {
    if (Array.isArray(item)) batch.push(...(item as readonly RowObject[]))
    else batch.push(item as RowObject)
    if (batch.length < batchRows) continue
    yield { kind: 'rows', rows: batch }
    batch = []
  }
  yield { kind: 'rows', rows: batch }
}
