import type { Project, RunOptions, RunReport } from '../door/index.ts'
import { type Call, given } from './call.ts'
import { widthOf } from './print/table.ts'
import { head } from './print/head.ts'
import { live } from './print/live.ts'
import { conclude, exitOfRun } from './print/verdict.ts'
import { wishOf } from './wish.ts'

/** How often the status line tells the time. */
const tickMs = 100

/** `sluice run`: do it, and say line by line what was done. */
export async function run(call: Call): Promise<number> {
  const wish = wishOf(call)
  const project = await call.open()
  head(project, call.out)
  return carryOut(call, project, { ...wish, failFast: given(call, 'fail-fast'), trigger: 'cli' })
}

/** Runs with live lines and a verdict, or with events as JSON lines; the exit code. */
export async function carryOut(call: Call, project: Project, wish: RunOptions): Promise<number> {
  const { out, world, signal } = call
  const nameWidth = out.isJson ? 0 : await nameWidthOf(project)
  const lines = live(out, { nameWidth, nowMs: world.nowMs })
  const ticking = out.isLive ? setInterval(lines.tick, tickMs) : undefined
  try {
    const report = await project.run({
      ...wish,
      signal,
      onEvent: event => (out.isJson ? out.json(event) : lines.on(event)),
    })
    out.status(undefined)
    if (report.steps.length > 0) out.say()
    return tellRun(call, project, report)
  } finally {
    clearInterval(ticking)
  }
}

/** What stands under the lines of a run; the exit code. In JSON mode the events have said it. */
export function tellRun({ out }: Call, project: Project, report: RunReport): number {
  if (!out.isJson) conclude(report, project, out)
  return exitOfRun(report)
}

/** Long names push their line; the column is made for the others. */
const nameWidthMax = 48

async function nameWidthOf(project: Project): Promise<number> {
  const { assets, projectChecks } = await project.manifest()
  const widths = [...assets, ...projectChecks].map(({ name }) => widthOf(name))
  return Math.min(nameWidthMax, Math.max(0, ...widths))
}
