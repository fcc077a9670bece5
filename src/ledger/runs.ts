import { failure } from '../errors/index.ts'
import type { Event, RunOutcome } from '../model/index.ts'
import type { Alive } from './alive.ts'
import { number, type Row, type Transaction, text, textOr } from './driver.ts'
import type { RunLog, RunRequest, Transition } from './face.ts'
import type { Answer, Group } from './group.ts'
import { appendEvent, type Pen, recordTransition, refused, staleRun } from './record.ts'

/** What runs need of an open ledger. */
export type Desk = {
  readonly group: Group
  readonly alive: Alive
  readonly nowMs: () => number
  readonly newId: () => string
  readonly pid: number
  /** Id of the lock that this ledger holds while any of its runs is alive. */
  readonly process: string
}

const pollMs = 100

/** Claim the assets and write `run.started`; waits for busy assets when asked to. */
export async function startRun(desk: Desk, request: RunRequest): Promise<RunLog> {
  desk.alive.hold(desk.process)
  let waitedMs = 0
  for (;;) {
    const pen: Pen = { run: desk.newId(), epoch: 1 }
    const atMs = Math.trunc(desk.nowMs())
    const begun = await desk.group.submit(async tx => {
      const answer = await begin(tx, { desk, request, pen, atMs })
      return { ok: true, value: answer }
    })
    if (begun.ok) {
      request.onEvent?.(begun.value)
      return openPen(desk, { pen, startedAtMs: atMs, onEvent: request.onEvent })
    }
    const { wait } = request
    if (begun.failure.code !== 'SLUICE_RUN_BUSY' || wait === undefined || waitedMs >= wait.maxMs)
      throw begun.failure
    const ms = Math.min(pollMs, wait.maxMs - waitedMs)
    await wait.sleep(ms)
    waitedMs += ms
  }
}

type Beginning = {
  readonly desk: Desk
  readonly request: RunRequest
  readonly pen: Pen
  readonly atMs: number
}

async function begin(tx: Transaction, { desk, request, pen, atMs }: Beginning): Promise<Answer<Event>> {
  const assets = new Set(request.steps.map(step => step.asset))
  const claims = await tx.all(
    'select c.asset, c.run, c.since_ms, r.pid, r.process ' +
      'from claim c join run r on r.id = c.run order by c.asset',
    [],
  )
  const busy = claims.filter(claim => assets.has(text(claim, 'asset')))
  if (busy[0]) return { ok: false, failure: held(desk, busy[0], busy.length - 1) }
  await tx.run(
    'insert into run (id, project, started_by, actor, plan_hash, resumes, process, pid, epoch, state, ' +
      `steps, started_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)`,
    [
      pen.run,
      request.project,
      request.trigger,
      request.actor,
      request.planHash ?? null,
      request.resumes ?? null,
      desk.process,
      desk.pid,
      pen.epoch,
      request.steps.length,
      atMs,
    ],
  )
  for (const asset of assets)
    await tx.run('insert into claim (asset, run, since_ms) values (?, ?, ?)', [asset, pen.run, atMs])
  const event = await appendEvent(tx, {
    atMs,
    run: pen.run,
    body: {
      kind: 'run.started',
      project: request.project,
      steps: request.steps.length,
      trigger: request.trigger,
      actor: request.actor,
      ...(request.resumes === undefined ? {} : { resumes: request.resumes }),
      ...(request.undoes === undefined ? {} : { undoes: request.undoes }),
    },
  })
  return { ok: true, value: event }
}

function held(desk: Desk, claim: Row, others: number) {
  const asset = text(claim, 'asset')
  const run = text(claim, 'run')
  const process = textOr(claim, 'process')
  if (process === undefined || !desk.alive.isAlive(process))
    return failure('SLUICE_RUN_UNSETTLED', { asset, run })
  const since = new Date(number(claim, 'since_ms')).toISOString()
  return failure('SLUICE_RUN_BUSY', { asset, others, run, pid: number(claim, 'pid'), since })
}

type Opened = {
  readonly pen: Pen
  readonly startedAtMs: number
  readonly onEvent: ((event: Event) => void) | undefined
}

function openPen({ group, nowMs }: Desk, { pen, startedAtMs, onEvent }: Opened): RunLog {
  const told = async (recording: Promise<Event>) => {
    const event = await recording
    onEvent?.(event)
    return event
  }
  return {
    id: pen.run,
    startedAtMs,
    record: (transition: Transition) => {
      const atMs = Math.trunc(nowMs())
      return told(group.submit(tx => recordTransition(tx, { pen, transition, atMs })))
    },
    finish: outcome => {
      const atMs = Math.trunc(nowMs())
      return told(group.submit(tx => finish(tx, { pen, outcome, atMs, startedAtMs })))
    },
    letGo: () =>
      group.submit(async tx => {
        await tx.run(`update run set process = null where id = ? and epoch = ? and state <> 'finished'`, [
          pen.run,
          pen.epoch,
        ])
        return { ok: true, value: undefined }
      }),
  }
}

type Finishing = {
  readonly pen: Pen
  readonly outcome: RunOutcome
  readonly atMs: number
  readonly startedAtMs: number
}

async function finish(
  tx: Transaction,
  { pen, outcome, atMs, startedAtMs }: Finishing,
): Promise<Answer<Event>> {
  const stale = await staleRun(tx, pen)
  if (stale) return { ok: false, failure: stale }
  const open = await tx.get(`select step from step where run = ? and state <> 'ended' limit 1`, [pen.run])
  // Recovery looks at unfinished runs only: a step without an outcome in a finished run would be lost to it.
  if (open)
    return {
      ok: false,
      failure: refused(pen, 'the outcome of a run', `Its step \`${text(open, 'step')}\` has none yet.`),
    }
  const durationMs = Math.max(0, atMs - startedAtMs)
  return { ok: true, value: await endRun(tx, { pen, outcome, atMs, startedAtMs, durationMs }) }
}

type Ending = Finishing & { readonly durationMs: number }

/** The run's outcome, its event, and its claims free again. */
export async function endRun(
  tx: Transaction,
  { pen, outcome, atMs, startedAtMs, durationMs }: Ending,
): Promise<Event> {
  await tx.run(
    `update run set state = 'finished', outcome = ?, finished_ms = ?, process = null where id = ?`,
    [outcome, startedAtMs + durationMs, pen.run],
  )
  await tx.run('delete from claim where run = ?', [pen.run])
  return await appendEvent(tx, { atMs, run: pen.run, body: { kind: 'run.finished', outcome, durationMs } })
}
