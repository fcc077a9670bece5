import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { duckdb } from '../src/connectors/duckdb/index.ts'
import type { Batch } from '../src/connect/index.ts'

/**
 * One load in a process of its own, so that its memory can be told from everything else's. Arguments: `bare`
 * or `sluice`, the CSV file, the folder to build in. Prints rows, milliseconds from the opened, empty
 * database to the durable commit, and the most memory the process ever held.
 */
const types = {
  id: 'BIGINT',
  name: 'VARCHAR',
  amount: 'DECIMAL(18,2)',
  quantity: 'INTEGER',
  day: 'DATE',
  moment: 'TIMESTAMP',
  flag: 'BOOLEAN',
  city: 'VARCHAR',
  hash: 'VARCHAR',
  score: 'DOUBLE',
}
const [how, path = '', folder = ''] = process.argv.slice(2)
const memoryBytesMax = 256 * 1024 ** 2
const { rows, ms } = how === 'bare' ? await bare() : await sluice()
const figures = { ms, rows, rssBytes: process.resourceUsage().maxRSS * 1024 }
process.stdout.write(`${JSON.stringify(figures)}\n`)

async function bare(): Promise<{ rows: number; ms: number }> {
  const instance = await DuckDBInstance.create(join(folder, 'bare.duckdb'), {
    memory_limit: `${memoryBytesMax / 1024}KiB`,
  })
  const connection = await instance.connect()
  const columns = Object.entries(types).map(([name, type]) => `'${name}': '${type}'`)
  await connection.run(
    `create table orders (${Object.entries(types).map(([name, type]) => `${name} ${type}`)})`,
  )
  const began = performance.now()
  const { rowsChanged } = await connection.run(`insert into orders
    from read_csv('${path}', header = true, ignore_errors = true, columns = {${columns.join(', ')}})`)
  const ms = performance.now() - began
  connection.closeSync()
  instance.closeSync()
  return { rows: rowsChanged, ms }
}

async function sluice(): Promise<{ rows: number; ms: number }> {
  const signal = new AbortController().signal
  const tempDir = join(folder, 'temp')
  const store = await duckdb('sluice.duckdb').open({
    root: folder,
    memoryBytesMax,
    mode: 'write',
    tempDir,
    signal,
  })
  const began = performance.now()
  const work = await store.begin({ asset: 'raw.orders', effect: 'bench', keyed: true, signal })
  const columns = Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }))
  const loaded = await work.load(batches(), { columns, detect: 'types', nested: 'keep' })
  const { relation, rows: refused } = loaded.unreadable
  if (refused > 0)
    await work.refuse({ sql: `select reason, rule, source, position, raw from ${relation}`, run: 'bench' })
  const sql = `select ${Object.keys(types).join(', ')}, _source from ${loaded.relation}`
  const request = { key: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  const { out } = await work.write({ table: 'raw.orders', strategy: 'append', sql, columns, ...request })
  const counts = { in: loaded.rowsIn, out, refused, deduplicated: 0 }
  await work.publish({ asset: 'raw.orders', run: 'bench', atMs: 0, counts, record: null })
  const ms = performance.now() - began
  await store.close()
  return { rows: out, ms }
}

async function* batches(): AsyncGenerator<Batch> {
  yield { kind: 'files', format: 'csv', files: [{ path, name: 'orders.csv', sizeBytes: 0 }], options: {} }
}
