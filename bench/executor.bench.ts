import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { idsFrom, openLedger } from '../src/ledger/index.ts'
import type { Plan, Step } from '../src/model/index.ts'
import { systemClock } from '../src/run/clock.ts'
import { execute } from '../src/run/execute.ts'
import type { StepEnd } from '../src/run/ports.ts'
import type { Bench, Figure } from './bench.ts'

const stepsAll = 10_000

/** What the executor and the ledger cost, with nothing to do in a step and every transition durable. */
export const bench: Bench = {
  name: 'executor',
  gate:
    '10,000 no-op steps with FULL durability: at most 0.15 ms a step wide, 0.4 ms chained ' +
    '(there every step waits for one fdatasync: what that takes beyond 0.2 ms is added)',
  run: async () => {
    const syncMs = fdatasyncMs()
    const wide = await stepMs({ chained: false, stepsMax: 100 })
    const narrow = await stepMs({ chained: false, stepsMax: 4 })
    const chained = await stepMs({ chained: true, stepsMax: 4 })
    const against = `fdatasync, ${syncMs.toFixed(3)} ms`
    const figure = (what: string, ms: number, atMost?: number): Figure => ({
      what,
      figure: ms,
      unit: 'ms a step',
      ratio: ms / syncMs,
      against,
      ...(atMost === undefined ? {} : { gate: { of: 'figure', atMost } }),
    })
    return [
      figure('10,000 steps wide, 100 at once', wide, 0.15),
      figure('10,000 steps wide, 4 at once', narrow),
      figure('10,000 steps chained', chained, 0.4 + Math.max(0, syncMs - 0.2)),
    ]
  },
}

/** Median of what one fdatasync behind a 4 KB write costs on the disk of the temporary folder. */
function fdatasyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const file = openSync(join(folder, 'sync'), 'w')
  const page = Buffer.alloc(4096, 7)
  const times = Array.from({ length: 300 }, () => {
    const startedMs = performance.now()
    writeSync(file, page)
    fdatasyncSync(file)
    return performance.now() - startedMs
  }).sort((a, b) => a - b)
  closeSync(file)
  rmSync(folder, { recursive: true })
  return times[150] ?? 0
}

async function stepMs({ chained, stepsMax }: { chained: boolean; stepsMax: number }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const clock = systemClock()
  const newId = idsFrom({ nowMs: clock.nowMs, random: Math.random })
  const options = { path: folder, mode: 'write', nowMs: clock.nowMs, newId, pid: process.pid } as const
  const ledger = await openLedger({ ...options, soon: setImmediate })
  const plan = planOf(chained)
  const request = { project: 'bench', trigger: 'bench', actor: 'bench', steps: plan.steps }
  const log = await ledger.startRun(request)
  const startedMs = performance.now()
  const retry = { attemptsMax: 1, baseMs: 0, capMs: 0, factor: 1 }
  await execute(plan, {
    work: async (): Promise<StepEnd> => ({ outcome: 'success', version: 1 }),
    log,
    clock,
    signal: new AbortController().signal,
    limits: { stepsMax, graceMs: 1_000 },
    rules: () => ({ trigger: 'all_success', retry, timeoutMs: 60_000, pool: '' }),
    pools: {},
    failFast: false,
  })
  const tookMs = performance.now() - startedMs
  await ledger.close()
  rmSync(folder, { recursive: true })
  return tookMs / stepsAll
}

function planOf(chained: boolean): Plan {
  const steps = Array.from({ length: stepsAll }, (_, index): Step => {
    return {
      id: `s${index}`,
      asset: `bench.a${index}`,
      partitions: undefined,
      action: 'build',
      reason: { code: 'new', words: 'never built' },
      conditional: false,
      needs: chained && index > 0 ? [`s${index - 1}`] : [],
      write: 'replace',
      expectedMs: 1,
    }
  })
  return { steps, upToDate: [], expected: { workMs: stepsAll, wallMs: 1, unknown: 0 } }
}
