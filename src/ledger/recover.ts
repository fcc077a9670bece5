import type { Event } from '../model/index.ts'
import type { Alive } from './alive.ts'
import { changeAsset, staleAsset } from './assets.ts'
import { type Driver, number, numberOr, type Row, type Transaction, text, textOr } from './driver.ts'
import type { CrashedRun, Settlement } from './face.ts'
import type { Answer } from './group.ts'
import { appendEvent, endStep } from './record.ts'
import { runRow } from './rows.ts'
import { endRun } from './runs.ts'

/** Unfinished runs that nobody holds any more, oldest first, with the steps that have no outcome. */
export async function readCrashed(driver: Driver, alive: Alive): Promise<readonly CrashedRun[]> {
  const rows = await driver.all(`select * from run where state <> 'finished' order by id`)
  const crashed: CrashedRun[] = []
  for (const row of rows) {
    const process = textOr(row, 'process')
    if (process !== undefined && alive.isAlive(process)) continue
    const steps = await driver.all(openSteps, [text(row, 'id')])
    const open = steps.map(step => ({
      step: text(step, 'step'),
      asset: text(step, 'asset'),
      attempt: number(step, 'attempt'),
      effect: textOr(step, 'effect'),
    }))
    crashed.push({ run: runRow(row), epoch: number(row, 'epoch'), open })
  }
  return crashed
}

const openSteps = `select * from step where run = ? and state <> 'ended' order by seq`

type Settling = {
  readonly crashed: CrashedRun
  readonly outcomes: readonly Settlement[]
  readonly atMs: number
}

/**
 * All outcomes at once. The epoch rises with them: a pen of the old epoch, should it still write, is refused.
 */
export async function settle(
  tx: Transaction,
  { crashed, outcomes, atMs }: Settling,
): Promise<Answer<Settled>> {
  const run = crashed.run.id
  const row = await tx.get('select state, epoch, started_ms, process from run where id = ?', [run])
  if (row === undefined || row['state'] === 'finished' || number(row, 'epoch') !== crashed.epoch)
    return { ok: true, value: { isFirst: false, process: undefined } }
  const steps = await tx.all(openSteps, [run])
  for (const step of steps) {
    const outcome = outcomes.find(each => each.step === text(step, 'step'))
    const { state } = settled(step, outcome)
    const stale = await staleAsset(tx, { run, asset: text(step, 'asset'), state })
    if (stale) return { ok: false, failure: stale }
  }
  const lastSign = await tx.get('select max(at_ms) as at_ms from event where run = ?', [run])
  const lastMs = lastSign === undefined ? atMs : number(lastSign, 'at_ms')
  for (const step of steps) {
    const outcome = outcomes.find(each => each.step === text(step, 'step'))
    await settleStep(tx, { run, step, outcome, atMs, lastMs })
  }
  const startedAtMs = number(row, 'started_ms')
  const durationMs = Math.max(0, lastMs - startedAtMs)
  await tx.run('update run set epoch = epoch + 1 where id = ?', [run])
  const pen = { run, epoch: crashed.epoch + 1 }
  await endRun(tx, { pen, outcome: 'crashed', atMs, startedAtMs, durationMs })
  return { ok: true, value: { isFirst: true, process: textOr(row, 'process') } }
}

type Settled = {
  /** false: somebody else had settled it. */
  readonly isFirst: boolean
  /** The lock that the dead process had held. */
  readonly process: string | undefined
}

type SettlingStep = {
  readonly run: string
  readonly step: Row
  readonly outcome: Settlement | undefined
  readonly atMs: number
  /** When the run was last heard of. */
  readonly lastMs: number
}

async function settleStep(
  tx: Transaction,
  { run, step, outcome, atMs, lastMs }: SettlingStep,
): Promise<void> {
  const durationMs = Math.max(0, lastMs - (numberOr(step, 'started_ms') ?? lastMs))
  const { body, state } = settled(step, outcome, durationMs)
  const happened = {
    atMs,
    run,
    step: text(step, 'step'),
    asset: text(step, 'asset'),
    attempt: number(step, 'attempt'),
    body,
  }
  const event = await appendEvent(tx, { ...happened, ...(state === undefined ? {} : { state }) })
  await endStep(tx, event, happened.attempt)
  await changeAsset(tx, event, state)
}

function settled(step: Row, outcome: Settlement | undefined, durationMs = 0) {
  const finished = { kind: 'step.finished' as const, durationMs }
  if (!outcome?.committed) {
    const words = `the process died during attempt ${number(step, 'attempt')}; nothing of it was committed`
    return { body: { ...finished, outcome: 'cancelled' as const, words }, state: undefined }
  }
  const { counts, state } = outcome
  const body: Event['body'] = {
    ...finished,
    outcome: 'success',
    recovered: true,
    words: 'a crashed run had committed it',
    ...(counts === undefined ? {} : { counts }),
    ...(state?.version === undefined ? {} : { version: state.version }),
  }
  return { body, state }
}
