import { setTimeout as sleep } from 'node:timers/promises'
import type { Project } from '../door/index.ts'
import { failure } from '../errors/index.ts'
import type { Event } from '../model/index.ts'
import { type RunView, runs } from '../views/index.ts'
import { type Call, given } from './call.ts'
import { eventLine } from './print/events.ts'
import { count, duration, moment } from './print/numbers.ts'

/** How often the ledger is asked for more; `--follow` costs one small query each time. */
const followMs = 250

/** `sluice logs`: the events of a run, as words or as they are. */
export async function logs(call: Call): Promise<number> {
  const project = await call.open()
  if (given(call, 'list')) return listRuns(call, project)
  const run = call.words[0] ?? (await lastRun(project))
  let events = await project.events({ run })
  if (events.length === 0) throw failure('SLUICE_CLI_RUN_UNKNOWN', { run })
  tellEvents(call, events)
  while (given(call, 'follow') && !isOver(events)) {
    await sleep(followMs, undefined, { signal: call.signal })
    // Asked before the events are: whatever its process wrote in the end is among them.
    const abandoned = await project.isAbandoned(run)
    const more = await project.events({ run, after: events.at(-1)?.seq ?? 0 })
    tellEvents(call, more)
    if (more.length > 0) events = more
    if (abandoned && !isOver(events)) return tellAbandoned(call, run)
  }
  return 0
}

async function lastRun(project: Project): Promise<string> {
  const [last] = runs(await project.events({}))
  if (last) return last.run
  throw failure('SLUICE_CLI_NO_RUNS', {})
}

/** The runs, newest first. */
async function listRuns({ out }: Call, project: Project): Promise<number> {
  const all = runs(await project.events({}))
  if (out.isJson) out.json(all)
  else if (all.length === 0) out.say('  nothing has been run in this project')
  else out.table(heads, all.map(rowOf))
  return 0
}

const heads = [
  { name: 'run' },
  { name: 'when' },
  { name: 'outcome' },
  { name: 'steps', align: 'right' as const },
  { name: 'failed', align: 'right' as const },
  { name: 'time', align: 'right' as const },
  { name: 'by' },
]

function rowOf({ run, startedAtMs, outcome, planned, outcomes, durationMs, actor, trigger }: RunView) {
  const time = durationMs === undefined ? '' : duration(durationMs)
  const by = `${actor} (${trigger})`
  return [run, moment(startedAtMs), outcome, count(planned), count(outcomes.failed), time, by]
}

function tellEvents({ out }: Call, events: readonly Event[]): void {
  if (out.isJson) for (const event of events) out.json(event)
  else if (events.length > 0) out.answer(events.map(event => eventLine(event, out.answerPalette)))
}

/** Nothing more will come; the exit code is that of a run that failed. */
function tellAbandoned({ out }: Call, run: string): number {
  out.say(`  the run ${run} has no end: its process is gone, and what it published is in doubt`)
  out.say('  run again: a run settles those that died before it plans')
  return 1
}

function isOver(events: readonly Event[]): boolean {
  return events.at(-1)?.body.kind === 'run.finished'
}
