import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { failure } from '../errors/index.ts'
import { idsFrom, type Ledger, openLedger } from '../ledger/index.ts'
import type { Plan, Step } from '../model/index.ts'
import { execute } from './execute.ts'
import type { ExecuteOptions, StepContext, StepEnd } from './ports.ts'
import { type Simulation, simulate } from './simulate.ts'

const open: { readonly ledger: Ledger; readonly folder: string }[] = []

afterEach(async () => {
  for (const { ledger, folder } of open.splice(0)) {
    await ledger.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

async function newLedger({ clock }: Simulation): Promise<Ledger> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ledgered-'))
  const newId = idsFrom({ nowMs: clock.nowMs, random: () => 0.5 })
  const options = { path: folder, mode: 'write', durability: 'relaxed', pid: 1, newId } as const
  const ledger = await openLedger({ ...options, nowMs: clock.nowMs, soon: setImmediate })
  open.push({ ledger, folder })
  return ledger
}

/** Ten layers of ten steps; each step needs two of the layer before it. */
function layers(): Plan {
  const steps = Array.from({ length: 100 }, (_, index): Step => {
    const layer = Math.floor(index / 10)
    const needs = layer === 0 ? [] : [(layer - 1) * 10 + (index % 10), (layer - 1) * 10 + ((index + 1) % 10)]
    return {
      id: `s${index}`,
      asset: `t.a${index}`,
      partitions: undefined,
      action: 'build',
      reason: { code: 'new', words: 'never built' },
      conditional: layer > 5,
      needs: needs.map(need => `s${need}`),
      write: 'replace',
      expectedMs: undefined,
    }
  })
  return { steps, upToDate: [], expected: { workMs: 0, wallMs: 0, unknown: 100 } }
}

type Setting = Partial<ExecuteOptions> & Pick<ExecuteOptions, 'work'>

async function run(ledger: Ledger, simulation: Simulation, setting: Setting) {
  const plan = layers()
  const log = await ledger.startRun({ project: 'p', trigger: 'test', actor: 'ann', steps: plan.steps })
  const retry = { attemptsMax: 3, baseMs: 1_000, capMs: 10_000, factor: 2 }
  const executing = execute(plan, {
    log,
    clock: simulation.clock,
    signal: new AbortController().signal,
    limits: { stepsMax: 8, graceMs: 1_000 },
    rules: () => ({ trigger: 'none_failed_min_one_success', retry, timeoutMs: 60_000, pool: '' }),
    pools: {},
    failFast: false,
    ...setting,
  })
  return { execution: await simulation.until(executing), id: log.id }
}

test('a hundred steps with retries: outcomes, versions, tables and events agree', async () => {
  const simulation = simulate()
  const ledger = await newLedger(simulation)
  const work = async (step: Step, { attempt, log, effectKey, signal }: StepContext): Promise<StepEnd> => {
    await simulation.clock.sleep(100, signal)
    if (step.id.endsWith('3') && attempt < 3) throw failure('SLUICE_LEDGER_FULL', { path: 'x' })
    if (step.id === 's25') throw failure('SLUICE_SQL_SYNTAX', { asset: step.asset, words: 'no' })
    await log({ kind: 'step.publishing', effect: effectKey })
    return step.id.startsWith('s5')
      ? { outcome: 'unchanged' }
      : { outcome: 'success', version: 1, state: { fingerprint: step.id } }
  }
  const { execution, id } = await run(ledger, simulation, { work })
  const rows = await ledger.steps(id)
  const outcomeOf = new Map(rows.map(row => [row.step, row.outcome]))
  expect(execution.steps.map(({ step, outcome }) => [step.id, outcome])).toEqual(
    layers().steps.map(step => [step.id, outcomeOf.get(step.id)]),
  )
  const count = (outcome: string) => rows.filter(row => row.outcome === outcome).length
  // s25 takes two more with it in every layer below it, until all ten are blocked.
  expect([count('failed'), count('blocked')]).toEqual([1, 2 + 3 + 4 + 5 + 6 + 7 + 8])
  expect(rows.filter(row => row.attempt === 3).every(row => row.step.endsWith('3'))).toBe(true)
  const { assets } = await ledger.history()
  for (const { step, outcome } of execution.steps)
    expect(assets[step.asset]?.version ?? 0).toBe(outcome === 'success' ? 1 : 0)
  expect(await ledger.run(id)).toMatchObject({ state: 'finished', outcome: 'failed' })
  expect((await ledger.verify()).differences).toEqual([])
})

test('what a cancelled run may have published is asked of the target and taken over', async () => {
  const simulation = simulate()
  const ledger = await newLedger(simulation)
  const controller = new AbortController()
  const committed: string[] = []
  const work = async (_step: Step, { log, effectKey }: StepContext): Promise<StepEnd> => {
    await log({ kind: 'step.publishing', effect: effectKey })
    committed.push(effectKey)
    if (committed.length === 8) controller.abort('interrupted')
    // The target has committed, but its answer never comes.
    await simulation.clock.sleep(1e9, new AbortController().signal)
    return { outcome: 'success', version: 1 }
  }
  const { execution, id } = await run(ledger, simulation, { work, signal: controller.signal })
  expect(execution.outcome).toBe('cancelled')
  expect(execution.inDoubt).toHaveLength(8)
  const [crashed] = await ledger.recoverable()
  expect(crashed?.run.id).toBe(id)
  expect(crashed?.open.map(each => each.effect)).toEqual(committed)
  if (crashed === undefined) return
  const outcomes = crashed.open.map(({ step }) => ({ step, committed: true, state: { version: 1 } }))
  expect(await ledger.settle(crashed, outcomes)).toBe(true)
  expect(Object.values((await ledger.history()).assets).map(asset => asset.version)).toEqual(
    committed.map(() => 1),
  )
  expect((await ledger.verify()).differences).toEqual([])
})
