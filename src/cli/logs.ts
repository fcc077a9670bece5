import { setTimeout as sleep } from 'node:timers/promises'
import type { Project } from '../door/index.ts'
import { failure } from '../errors/index.ts'
import type { Event } from '../model/index.ts'
import { type Call, given } from './call.ts'
import { eventLine } from './print/events.ts'

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
    const more = await project.events({ run, after: events.at(-1)?.seq ?? 0 })
    tellEvents(call, more)
    if (more.length > 0) events = more
  }
  return 0
}

function tellEvents({ out }: Call, events: readonly Event[]): void {
  if (out.isJson) for (const event of events) out.json(event)
  else if (events.length > 0) out.answer(events.map(event => eventLine(event, out.answerPalette)))
}

function isOver(events: readonly Event[]): boolean {
  return events.at(-1)?.body.kind === 'run.finished'
}
