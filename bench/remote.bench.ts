import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, type Session } from '../src/engine/index.ts'
import { append, createTable, type DeltaLog, openDeltaLog } from '../src/formats/delta/index.ts'
import { memoryStore, type ObjectStore } from '../src/objects/index.ts'
import { parseType } from '../src/tables/index.ts'
import type { Bench, Figure } from './bench.ts'
import { lineitem } from './lake.data.ts'

const rows = 10_000_000
const files = 8
const memoryBytesMax = 2 * 2 ** 30

type Query = { readonly what: string; readonly sql: string; readonly atMost?: number }

const queries: readonly Query[] = [
  { what: 'count of rows', sql: 'select count(*) from lines', atMost: 0.01 },
  // Columns of middling size: together 13.6 % of the table's bytes, where 2 of 16 are 12.5 %.
  {
    what: '2 of 16 columns',
    sql: 'select l_shipdate, sum(l_quantity) from lines group by all',
    atMost: 0.2,
  },
  {
    what: 'the same again',
    sql: 'select l_shipdate, max(l_quantity) from lines group by all',
    atMost: 0,
  },
  {
    what: 'one row by its key, all columns',
    sql: `select * from lines where l_orderkey = ${rows / 2}`,
    atMost: 0.05,
  },
  // 36.5 % of the table's bytes.
  { what: 'the 2 largest columns', sql: 'select max(l_comment), sum(l_extendedprice) from lines' },
  { what: 'what is left of all 16', sql: 'select sum(hash(l)) from lines l' },
]

async function fill(log: DeltaLog, session: Session): Promise<void> {
  const described = await session.describe(`select ${lineitem('i')} from range(1) r(i)`)
  const fields = described.map(({ name, type }) => ({
    name,
    stored: name,
    type: parseType(type),
    nullable: true,
  }))
  await createTable(log, { session, fields })
  for (let file = 0; file < files; file++) {
    const range = `range(${(file * rows) / files}, ${((file + 1) * rows) / files})`
    const tx = await log.begin({ session })
    await tx.commit((await append(tx, `select ${lineitem('i')} from ${range} r(i)`)).operation)
  }
}

/** What is asked of the store, in bytes. */
function counting(store: ObjectStore): { readonly store: ObjectStore; readonly bytes: () => number } {
  let bytes = 0
  const get: ObjectStore['get'] = async (key, options) => {
    const got = await store.get(key, options)
    bytes += got.bytes.length
    return got
  }
  return { store: { ...store, get }, bytes: () => bytes }
}

export const bench: Bench = {
  name: 'remote',
  gate: '10 M rows × 16 columns in 8 files of a remote store: bytes that a query moves, of all there are',
  async run() {
    const top = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
    const tempDir = join(top, 'temp')
    await mkdir(tempDir)
    const engine = await openEngine({ tempDir, memoryBytesMax })
    try {
      const { store, bytes } = counting(memoryStore())
      const session = await engine.session({ path: top })
      const writer = await openDeltaLog({ store, engine, nowMs: Date.now })
      await fill(writer, session)
      await writer.close()
      let total = 0
      for await (const { sizeBytes } of store.list('')) total += sizeBytes
      const log = await openDeltaLog({ store, engine, nowMs: Date.now })
      const snapshot = await log.latest()
      await session.run(`create temp view lines as ${(await snapshot?.scan())?.sql}`)
      const figures: Figure[] = []
      for (const { what, sql, atMost } of queries) {
        const before = bytes()
        await session.rows(sql)
        const moved = bytes() - before
        figures.push({
          what,
          figure: moved / 1e6,
          unit: 'MB',
          ratio: moved / total,
          against: `the table, ${Math.round(total / 1e6)} MB`,
          ...(atMost !== undefined && { gate: { of: 'ratio', atMost } }),
        })
      }
      await log.close()
      return figures
    } finally {
      engine.close()
      await rm(top, { recursive: true })
    }
  },
}
