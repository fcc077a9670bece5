import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench, Figure } from './bench.ts'

const bin = fileURLToPath(new URL('../bin/sluice.js', import.meta.url))
const rounds = 15

/** The whole process, as a person waits for it, beside a Node that does nothing. */
export const bench: Bench = {
  name: 'help',
  gate: '`sluice --help` in at most 150 ms, the start of Node included',
  run: async (): Promise<readonly Figure[]> => {
    const nothing = medianMs(['-e', '0'])
    const help = medianMs([bin, '--help'])
    return [
      {
        what: 'sluice --help',
        figure: help,
        unit: 'ms',
        ratio: help / nothing,
        against: `node -e 0, ${nothing.toFixed(0)} ms`,
        gate: { of: 'figure', atMost: 150 },
      },
    ]
  },
}

function medianMs(argv: readonly string[]): number {
  const times = Array.from({ length: rounds }, () => {
    const startedMs = performance.now()
    spawnSync(process.execPath, argv, { stdio: 'ignore' })
    return performance.now() - startedMs
  })
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}
