import { type Failure, failure } from '../errors/index.ts'
import type { Event } from '../model/index.ts'
import { changeAsset, staleAsset } from './assets.ts'
import { insert, number, type Row, type Transaction, text } from './driver.ts'
import type { Transition } from './face.ts'
import type { Answer } from './group.ts'

/** Which pen writes: the run, and the epoch it had when it was given out. */
export type Pen = { readonly run: string; readonly epoch: number }

/**
 * One transition, guarded: compare and set on the run's epoch, the step's state and attempt, and the asset's
 * version.
 */
export async function recordTransition(
  tx: Transaction,
  { pen, transition, atMs }: { readonly pen: Pen; readonly transition: Transition; readonly atMs: number },
): Promise<Answer<Event>> {
  const step = transition.step === undefined ? undefined : await stepRow(tx, pen.run, transition.step)
  const stale =
    (await staleRun(tx, pen, transition)) ??
    staleStep(pen, transition, step) ??
    (await staleAsset(tx, { run: pen.run, asset: transition.asset, state: transition.state }))
  if (stale) return { ok: false, failure: stale }
  const event = await appendEvent(tx, { atMs, run: pen.run, ...transition })
  if (transition.body.kind === 'run.cancelling')
    await tx.run(`update run set state = 'cancelling' where id = ?`, [pen.run])
  await changeStep(tx, event, step)
  await changeAsset(tx, event, transition.state)
  return { ok: true, value: event }
}

/** The run as far as guards need it; undefined: alive and ours. */
export async function staleRun(
  tx: Transaction,
  pen: Pen,
  transition?: Transition,
): Promise<Failure | undefined> {
  const row = await tx.get('select state, epoch from run where id = ?', [pen.run])
  const what = transition === undefined ? 'the outcome of a run' : told(transition)
  if (row === undefined) return refused(pen, what, 'The ledger does not know the run.')
  if (number(row, 'epoch') !== pen.epoch)
    return refused(pen, what, 'The run was taken for dead and settled by another process.')
  if (row['state'] === 'finished') return refused(pen, what, 'The run has its outcome already.')
  return undefined
}

async function stepRow(tx: Transaction, run: string, step: string): Promise<Row | undefined> {
  return await tx.get('select state, attempt from step where run = ? and step = ?', [run, step])
}

/** What a step may do next, by the state it is in and the attempt that speaks. */
function staleStep(pen: Pen, transition: Transition, row: Row | undefined): Failure | undefined {
  const { step, attempt, body } = transition
  if (step === undefined) return undefined
  const state = row === undefined ? 'absent' : text(row, 'state')
  const last = row === undefined ? 0 : number(row, 'attempt')
  const isLegal = isLegalStep({ kind: body.kind, state, last, attempt })
  const now = state === 'absent' ? 'has not begun' : `is ${state}, attempt ${last}`
  return isLegal ? undefined : refused(pen, told(transition), `The step \`${step}\` ${now}.`)
}

type Saying = {
  readonly kind: Transition['body']['kind']
  readonly state: string
  readonly last: number
  readonly attempt: number | undefined
}

function isLegalStep({ kind, state, last, attempt }: Saying): boolean {
  if (kind === 'step.started') return (state === 'absent' || state === 'waiting') && attempt === last + 1
  if (kind !== 'step.finished') return state === 'running' && attempt === last
  if (state === 'absent') return attempt === undefined
  return (state === 'running' || state === 'waiting') && attempt === last
}

const insertEvent = insert('event', ['at_ms', 'run', 'step', 'asset', 'attempt', 'kind', 'body', 'change'])

/**
 * The event of a transition, and beside it the change it made, so that a fold of events gives the state
 * tables.
 */
export async function appendEvent(
  tx: Transaction,
  { state, ...happened }: Omit<Event, 'seq'> & { readonly state?: unknown },
): Promise<Event> {
  const { atMs, run, step, asset, attempt, body } = happened
  const { kind, ...rest } = body
  const seq = await tx.insert(insertEvent, [
    atMs,
    run,
    step ?? null,
    asset ?? null,
    attempt ?? null,
    kind,
    JSON.stringify(rest),
    state === undefined ? null : JSON.stringify(state),
  ])
  return { seq, ...happened }
}

async function changeStep(tx: Transaction, event: Event, row: Row | undefined): Promise<void> {
  const { body, run, step, attempt } = event
  if (step === undefined) return
  if (body.kind === 'step.started') return await startStep(tx, event, row)
  if (body.kind === 'step.publishing')
    await tx.run('update step set effect = ? where run = ? and step = ?', [body.effect, run, step])
  if (body.kind === 'step.retrying')
    await tx.run(`update step set state = 'waiting', failure = ? where run = ? and step = ?`, [
      JSON.stringify(body.failure),
      run,
      step,
    ])
  if (body.kind === 'step.finished') await endStep(tx, event, attempt ?? 0)
}

async function startStep(tx: Transaction, event: Event, row: Row | undefined): Promise<void> {
  const { body, run, step, asset, attempt, seq, atMs } = event
  if (body.kind !== 'step.started') return
  if (row !== undefined) {
    // Its intent stays: an attempt before may have committed the key, and the answer was lost.
    const sql = `update step set state = 'running', attempt = ? where run = ? and step = ?`
    await tx.run(sql, [attempt ?? 1, run, step ?? ''])
    return
  }
  const sql =
    'insert into step (run, step, seq, asset, state, attempt, started_ms, partitions) ' +
    `values (?, ?, ?, ?, 'running', ?, ?, ?)`
  await tx.run(sql, [run, step ?? '', seq, asset ?? '', attempt ?? 1, atMs, jsonOrNull(body.partitions)])
}

const endSql =
  'insert into step (run, step, seq, asset, state, attempt, outcome, finished_ms, partitions, counts, ' +
  `version, failure, words) values (?, ?, ?, ?, 'ended', ?, ?, ?, ?, ?, ?, ?, ?) ` +
  `on conflict (run, step) do update set state = 'ended', outcome = excluded.outcome, ` +
  'finished_ms = excluded.finished_ms, partitions = coalesce(excluded.partitions, step.partitions), ' +
  'counts = excluded.counts, version = excluded.version, failure = excluded.failure, words = excluded.words'

export async function endStep(tx: Transaction, event: Event, attempt: number): Promise<void> {
  const { body, run, step, asset, seq, atMs } = event
  if (body.kind !== 'step.finished') return
  await tx.run(endSql, [
    run,
    step ?? '',
    seq,
    asset ?? '',
    attempt,
    body.outcome,
    atMs,
    jsonOrNull(body.partitions),
    jsonOrNull(body.counts),
    body.version ?? null,
    jsonOrNull(body.failure),
    body.words ?? null,
  ])
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

/** A transition in the words of a failure. */
function told({ body, step }: Transition): string {
  return step === undefined ? `\`${body.kind}\`` : `\`${body.kind}\` of \`${step}\``
}

export function refused(pen: Pen, what: string, why: string): Failure {
  return failure('SLUICE_LEDGER_STALE', { run: pen.run, what, why })
}
