import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Bench, Figure } from './bench.ts'

const rowsMax = 1_000_000
const run = promisify(execFile)

export const bench: Bench = {
  name: 'csv',
  gate: 'CSV to table, contract and quarantine on: at least 0.6 × bare read_csv, below 512 MB',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-csv-'))
    try {
      return await measure(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

type Load = { readonly ms: number; readonly rows: number; readonly rssBytes: number }

/** Turn about, so that what else the machine does weighs on both; the best of five of each. */
async function measure(folder: string): Promise<readonly Figure[]> {
  const path = join(folder, 'orders.csv')
  await writeOrders(path)
  const [bare, sluice]: [Load[], Load[]] = [[], []]
  for (let round = 0; round < 5; round++) {
    bare.push(await load('bare', path, join(folder, `bare-${round}`)))
    sluice.push(await load('sluice', path, join(folder, `sluice-${round}`)))
  }
  const best = (loads: readonly Load[]) => Math.min(...loads.map(({ ms }) => ms))
  const perSecond = (ms: number) => Math.round((rowsMax / ms) * 1000)
  return [
    {
      what: '1 M rows × 10 columns, 300 of them bad',
      figure: perSecond(best(sluice)),
      unit: 'rows/s',
      ratio: best(bare) / best(sluice),
      against: `bare read_csv insert, ${perSecond(best(bare))} rows/s`,
      gate: { of: 'ratio', atLeast: 0.6 },
    },
    {
      what: 'most memory held by the process',
      figure: Math.round(Math.max(...sluice.map(({ rssBytes }) => rssBytes)) / 1024 ** 2),
      unit: 'MB',
      against: `bare, ${Math.round(Math.max(...bare.map(({ rssBytes }) => rssBytes)) / 1024 ** 2)} MB`,
      gate: { of: 'figure', atMost: 512 },
    },
  ]
}

async function load(how: 'bare' | 'sluice', path: string, folder: string): Promise<Load> {
  const script = new URL('csv.load.ts', import.meta.url).pathname
  await run('mkdir', ['-p', folder])
  const { stdout } = await run(process.execPath, [script, how, path, folder])
  await rm(folder, { recursive: true, force: true })
  return JSON.parse(stdout) as Load
}

async function writeOrders(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (select i as id, 'name ' || (i * 7919 % 100003) as name,
    (i * 31 % 100000) / 100.0 as amount,
    (i % 97)::int as quantity, date '2020-01-01' + (i % 1000)::int as day,
    timestamp '2020-01-01' + interval (i) second as moment,
    i % 2 = 0 as flag, case when i % 10 = 0 then null else 'c' || (i % 200) end as city,
    md5(i::varchar) as hash,
    (i * 1.37)::double as score from range(${rowsMax}) r(i)) to '${path}' (header true)`)
  connection.closeSync()
  instance.closeSync()
  const bad = [
    'x1,n,1.00,1,2020-01-01,2020-01-01 00:00:00,true,c,h,1.5',
    '7,short',
    '8,n,1.00,1.5,2020-01-01,,true,c,h,1',
  ]
  await appendFile(path, `${Array.from({ length: 100 }, () => bad.join('\n')).join('\n')}\n`)
}
