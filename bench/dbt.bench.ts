import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pythonWith } from '../test/servers/install.ts'
import type { Bench, Figure } from './bench.ts'
import { writeProject } from './dbt.project.ts'

const models = 500

type Run = { readonly seconds: number; readonly cpu: number }

/** Wall and processor seconds of one command, with all of its start. */
function timed(program: string, args: readonly string[], cwd: string): Run {
  const began = performance.now()
  const done = spawnSync('/bin/sh', ['-c', '"$@"; s=$?; times; exit $s', 'sh', program, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    maxBuffer: 2 ** 28,
  })
  const seconds = (performance.now() - began) / 1000
  if (done.status !== 0)
    throw new TypeError(`${program} ${args.join(' ')}\n${done.stdout}${done.stderr}`.slice(-2_000))
  return { seconds, cpu: cpuOf(done.stdout) }
}

/** The second line of `times`: what children took, user and system. */
function cpuOf(printed: string): number {
  const last = printed.trim().split('\n').at(-1) ?? ''
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, secs]) => sum + 60 * Number(minutes) + Number(secs),
    0,
  )
}

export const bench: Bench = {
  name: 'dbt',
  gate: `a project of ${models} models, against dbt-core in the same run: parse 20 ×, build 3 ×; 2 s per 1,000 models parsed`,
  async run() {
    const python = pythonWith(['dbt-core==1.11.16', 'dbt-duckdb==1.11.1', 'duckdb==1.5.6'])
    const dbt = join(python, '..', 'dbt')
    const sluice = [process.execPath, join(import.meta.dirname, '../bin/sluice.js')] as const
    const folders = ['theirs', 'ours'].map(whose => mkdtempSync(join(tmpdir(), `sluice-bench-${whose}-`)))
    const [theirs = '', ours = ''] = folders
    try {
      for (const folder of folders) writeProject(folder, models)
      const own = (...args: string[]) => timed(sluice[0], [sluice[1], 'dbt', ...args], ours)
      const other = (...args: string[]) => timed(dbt, args, theirs)
      const cold = own('parse', '--no-partial-parse')
      const again = own('parse')
      const coldOther = other('parse', '--no-partial-parse')
      const build = own('build')
      const buildOther = other('build')
      return [
        against('parse, cold, with the start', [cold, coldOther], 20),
        {
          what: 'parse, cold, of 1,000 models',
          figure: (cold.seconds * 1000) / models,
          unit: 's',
          gate: { of: 'figure', atMost: 2 },
        },
        { what: 'parse, nothing changed', figure: again.seconds * 1000, unit: 'ms' },
        against(`build, ${models} models and their tests`, [build, buildOther], 3),
      ]
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    }
  },
}

function against(what: string, [own, other]: readonly [own: Run, other: Run], atLeast: number): Figure {
  return {
    what,
    figure: own.seconds,
    unit: `s (${own.cpu.toFixed(1)} CPU-s)`,
    ratio: other.seconds / own.seconds,
    against: `dbt-core, ${other.seconds.toFixed(1)} s (${other.cpu.toFixed(1)} CPU-s)`,
    gate: { of: 'ratio', atLeast },
  }
}
