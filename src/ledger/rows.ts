import type { Event, EventBody, RunOutcome, StepOutcome } from '../model/index.ts'
import { type Driver, number, numberOr, type Row, text, textOr, type Value } from './driver.ts'
import type { EventQuery, RunQuery, RunRow, StepRow } from './face.ts'

export async function readRuns(
  driver: Driver,
  { limit = 100, states }: RunQuery = {},
): Promise<readonly RunRow[]> {
  const where = states === undefined ? '' : `where state in (${marks(states)})`
  const rows = await driver.all(`select * from run ${where} order by id desc limit ?`, [
    ...(states ?? []),
    limit,
  ])
  return rows.map(runRow)
}

export async function readRun(driver: Driver, id: string): Promise<RunRow | undefined> {
  const [row] = await driver.all('select * from run where id = ?', [id])
  return row === undefined ? undefined : runRow(row)
}

export async function readSteps(driver: Driver, run: string): Promise<readonly StepRow[]> {
  const rows = await driver.all('select * from step where run = ? order by seq', [run])
  return rows.map(stepRow)
}

export async function readEvents(driver: Driver, query: EventQuery = {}): Promise<readonly Event[]> {
  const { run, after = 0, limit = 1_000, kinds, asset } = query
  const filters: { readonly sql: string; readonly values: readonly Value[] }[] = [
    { sql: 'seq > ?', values: [after] },
  ]
  if (run !== undefined) filters.push({ sql: 'run = ?', values: [run] })
  if (asset !== undefined) filters.push({ sql: 'asset = ?', values: [asset] })
  if (kinds !== undefined) filters.push({ sql: `kind in (${marks(kinds)})`, values: kinds })
  const where = filters.map(filter => filter.sql).join(' and ')
  const values = [...filters.flatMap(filter => filter.values), limit]
  return (await driver.all(`select * from event where ${where} order by seq limit ?`, values)).map(eventRow)
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

export function runRow(row: Row): RunRow {
  return {
    id: text(row, 'id'),
    project: text(row, 'project'),
    trigger: text(row, 'started_by'),
    actor: text(row, 'actor'),
    state: text(row, 'state') as RunRow['state'],
    outcome: textOr(row, 'outcome') as RunOutcome | undefined,
    steps: number(row, 'steps'),
    startedAtMs: number(row, 'started_ms'),
    finishedAtMs: numberOr(row, 'finished_ms'),
    resumes: textOr(row, 'resumes'),
    planHash: textOr(row, 'plan_hash'),
    pid: numberOr(row, 'pid'),
  }
}

export function stepRow(row: Row): StepRow {
  return {
    step: text(row, 'step'),
    asset: text(row, 'asset'),
    state: text(row, 'state') as StepRow['state'],
    outcome: textOr(row, 'outcome') as StepOutcome | undefined,
    attempt: number(row, 'attempt'),
    startedAtMs: numberOr(row, 'started_ms'),
    finishedAtMs: numberOr(row, 'finished_ms'),
    partitions: json(row, 'partitions') as StepRow['partitions'],
    counts: json(row, 'counts') as StepRow['counts'],
    version: numberOr(row, 'version'),
    failure: json(row, 'failure') as StepRow['failure'],
    words: textOr(row, 'words'),
  }
}

export function eventRow(row: Row): Event {
  const step = textOr(row, 'step')
  const asset = textOr(row, 'asset')
  const attempt = numberOr(row, 'attempt')
  const body = { kind: text(row, 'kind'), ...JSON.parse(text(row, 'body')) } as EventBody
  return {
    seq: number(row, 'seq'),
    atMs: number(row, 'at_ms'),
    run: text(row, 'run'),
    ...(step === undefined ? {} : { step }),
    ...(asset === undefined ? {} : { asset }),
    ...(attempt === undefined ? {} : { attempt }),
    body,
  }
}

function json(row: Row, column: string): unknown {
  const value = textOr(row, column)
  return value === undefined ? undefined : JSON.parse(value)
}
