import { type DeltaTable, openTable } from '../src/delta.ts'
import type { Work } from './lake.data.ts'

/** One piece of work in a process of its own: `node lake.work.ts <JSON of Work>`. Prints what it took. */
const work = JSON.parse(process.argv[2] ?? '') as Work
const before = process.cpuUsage()
const startedMs = performance.now()
const answer = await act(work)
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - startedMs) / 1000,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    answer,
  }),
)

async function act({ what, table: location, rows: from = '' }: Work): Promise<string> {
  const rows = { sql: `from '${from}'` }
  if (what === 'create' || what === 'create without vectors') return create(location, what)
  await using table = await openTable(location)
  switch (what) {
    case 'append':
      return JSON.stringify((await table.append(rows)).inserted)
    case 'merge':
      return await merge(table, rows)
    case 'delete':
      return JSON.stringify((await table.delete(from)).deleted)
    case 'compact':
      return told(await table.optimize())
    case 'z-order':
      return told(await table.optimize({ zorder: ['l_shipdate', 'l_partkey'] }))
    default: {
      const { rows: found } = await table.query(what)
      return JSON.stringify(found)
    }
  }
}

async function create(location: string, what: string): Promise<string> {
  const columns = {
    l_orderkey: 'BIGINT',
    l_partkey: 'BIGINT',
    l_suppkey: 'INTEGER',
    l_linenumber: 'INTEGER',
    l_quantity: 'DECIMAL(15, 2)',
    l_extendedprice: 'DECIMAL(15, 2)',
    l_discount: 'DECIMAL(15, 2)',
    l_tax: 'DECIMAL(15, 2)',
    l_returnflag: 'VARCHAR',
    l_linestatus: 'VARCHAR',
    l_shipdate: 'DATE',
    l_commitdate: 'DATE',
    l_receiptdate: 'DATE',
    l_shipinstruct: 'VARCHAR',
    l_shipmode: 'VARCHAR',
    l_comment: 'VARCHAR',
  }
  const properties = { 'delta.enableDeletionVectors': `${what === 'create'}` }
  await using table = await openTable(location, { create: { columns, properties } })
  return JSON.stringify(await table.version())
}

async function merge(table: DeltaTable, rows: { readonly sql: string }): Promise<string> {
  const { inserted, updated } = await table.upsert(rows, { key: ['l_orderkey'] })
  return JSON.stringify([inserted, updated])
}

function told({ filesRemoved, filesAdded }: { filesRemoved: number; filesAdded: number }): string {
  return JSON.stringify([filesRemoved, filesAdded])
}
