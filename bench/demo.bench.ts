import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Figure } from './bench.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')

export const bench: Bench = {
  name: 'demo',
  gate: 'the flights demo from nothing: at most 1.5 × the same SQL straight through DuckDB; on the lake 1.3 × that',
  run: async () => {
    await mkdir(join(root, '.cache'), { recursive: true })
    const folder = await mkdtemp(join(root, '.cache/bench-demo-'))
    try {
      return await measure(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Whole processes, turn about; the best of three of each. */
async function measure(folder: string): Promise<readonly Figure[]> {
  const best = { file: Infinity, lake: Infinity, bare: Infinity, audited: Infinity, again: Infinity }
  for (let round = 0; round < 3; round++) {
    for (const target of ['file', 'lake'] as const) {
      const project = await projectIn(join(folder, `${target}-${round}`), target)
      best[target] = Math.min(best[target], await seconds([join(root, 'bin/sluice.js'), 'run'], project))
      best.again = Math.min(best.again, await seconds([join(root, 'bin/sluice.js'), 'run'], project))
    }
    for (const how of ['bare', 'audited'] as const) {
      const args = [join(import.meta.dirname, 'demo.duckdb.ts'), how, join(folder, `${how}-${round}.duckdb`)]
      best[how] = Math.min(best[how], await seconds(args, root))
    }
  }
  return [
    {
      what: 'three million flights from nothing, 30 checks, into a DuckDB file',
      figure: best.file,
      unit: 's',
      ratio: best.file / best.audited,
      against: `the same SQL and checks, one by one, through DuckDB, ${best.audited.toFixed(2)} s`,
      gate: { of: 'ratio', atMost: 1.5 },
    },
    {
      what: 'the same against building alone, nothing checked',
      figure: best.file,
      unit: 's',
      ratio: best.file / best.bare,
      against: `the same SQL without checks, ${best.bare.toFixed(2)} s`,
    },
    {
      what: 'into the lake',
      figure: best.lake,
      unit: 's',
      ratio: best.lake / best.file,
      against: `into a DuckDB file, ${best.file.toFixed(2)} s`,
      gate: { of: 'ratio', atMost: 1.3 },
    },
    {
      what: 'a second run, nothing changed',
      figure: best.again,
      unit: 's',
      gate: { of: 'figure', atMost: 2 },
    },
  ]
}

/** The example, with the target that it shall have. */
async function projectIn(folder: string, target: 'file' | 'lake'): Promise<string> {
  await cp(join(root, 'examples/flights'), folder, { recursive: true, filter: isSource })
  const [from, call] = target === 'file' ? ['duckdb', "duckdb('flights.duckdb')"] : ['lake', "lake('./lake')"]
  const config = `import { defineConfig } from 'sluice'
import { ${from} } from 'sluice/${from}'
export default defineConfig({ name: 'flights', target: ${call} })
`
  await writeFile(join(folder, 'sluice.config.ts'), config)
  return folder
}

async function seconds(args: readonly string[], cwd: string): Promise<number> {
  const startedMs = performance.now()
  await run(process.execPath, args, { cwd })
  return (performance.now() - startedMs) / 1000
}

const made = new Set(['node_modules', '.sluice', 'out', 'lake', 'flights.duckdb', 'flights.duckdb.wal'])

function isSource(path: string): boolean {
  return !made.has(path.split('/').at(-1) ?? '')
}
