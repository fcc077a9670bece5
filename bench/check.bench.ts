import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'

const run = promisify(execFile)
const assets = 1_000

export const bench: Bench = {
  name: 'check',
  gate: '`sluice check` of 1,000 SQL assets and one in TypeScript, process start included: at most 1.0 s',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-check-'))
    try {
      await writeProject(folder)
      const [check, help] = [await best(folder, ['check']), await best(folder, ['--help'])]
      return [
        { what: '1,001 assets', figure: check, unit: 's', gate: { of: 'figure', atMost: 1 } },
        { what: 'sluice --help', figure: help * 1000, unit: 'ms', gate: { of: 'figure', atMost: 150 } },
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function best(cwd: string, args: readonly string[]): Promise<number> {
  let seconds = Infinity
  for (let round = 0; round < 5; round++) {
    const startedMs = performance.now()
    await run(process.execPath, [join(import.meta.dirname, '../bin/sluice.js'), ...args], { cwd })
    seconds = Math.min(seconds, (performance.now() - startedMs) / 1000)
  }
  return seconds
}

/** Ten layers of a hundred: each asset reads two of the layer below. */
async function writeProject(folder: string): Promise<void> {
  await mkdir(join(folder, 'assets/raw'), { recursive: true })
  await writeFile(
    join(folder, 'assets/raw/orders.ts'),
    `import { source } from 'sluice'
export default source({ columns: { id: 'BIGINT', day: 'DATE', amount: 'DECIMAL(18,2)', country: 'VARCHAR' } })\n`,
  )
  for (let i = 0; i < assets; i++) {
    const layer = Math.floor(i / 100)
    const below = (by: number) =>
      layer === 0 ? 'raw.orders' : `layer${layer - 1}.a${(layer - 1) * 100 + ((i + by) % 100)}`
    await mkdir(join(folder, `assets/layer${layer}`), { recursive: true })
    await writeFile(join(folder, `assets/layer${layer}/a${i}.sql`), sqlOf(below))
  }
}

function sqlOf(below: (by: number) => string): string {
  return `-- Orders with their neighbours.
-- @key id   @owner bench
with kept as (
  select * from ${below(0)} where amount > 0
)
select
  k.id,                                   -- @not_null
  k.day,
  coalesce(k.country, o.country) as country,  -- The country. @in DE FR IN
  k.amount + o.amount as amount           -- @between 0 100000
from kept k
left join ${below(7)} o on o.id = k.id
`
}
