import type { FixtureReport, Project } from '../door/index.ts'
import type { Call } from './call.ts'
import { failureJson, words } from './print/failures.ts'
import { marked } from './print/marks.ts'
import { count, counted, duration } from './print/numbers.ts'
import { table } from './print/table.ts'

/** `sluice test`: rows in, rows out, in memory. */
export async function test(call: Call): Promise<number> {
  const { out, world } = call
  const startedMs = world.nowMs()
  const project = await call.open()
  const reports = await project.test(call.words)
  const failed = reports.filter(({ outcome }) => outcome !== 'pass')
  const code = failed.length > 0 ? 1 : 0
  if (out.isJson) {
    out.json(
      reports.map(report => ({ ...report, failure: report.failure ? failureJson(report.failure) : null })),
    )
    return code
  }
  if (reports.length === 0) {
    out.say('  no tests: rows in and rows out go into tests/SCHEMA/TABLE/, one CSV file per asset')
    return 0
  }
  for (const report of reports) tellFixture(report, project, call)
  const word = code === 0 ? out.palette.good('done') : out.palette.bad('failed')
  const time = out.palette.dim(duration(world.nowMs() - startedMs))
  out.say(['', `  ${word}  ${counted(reports.length, 'test')}, ${count(failed.length)} failed  ${time}`])
  return code
}

function tellFixture(report: FixtureReport, project: Project, { out }: Call): void {
  const mark = marked(report.outcome === 'pass' ? 'success' : 'failed', out.palette)
  const about = report.name === report.asset ? '' : `  ${out.palette.dim(report.asset)}`
  out.say(`  ${mark} ${report.name}${about}`)
  if (report.failure) out.warn(['', words([report.failure], out, { from: project.root }), ''])
  tellRows('expected, and not made', report.missing, { report, out })
  tellRows('made, and not expected', report.unexpected, { report, out })
}

type Paper = { readonly report: FixtureReport; readonly out: Call['out'] }

function tellRows(title: string, rows: FixtureReport['missing'], { report, out }: Paper): void {
  if (rows.length === 0) return
  const columns = report.columns.map(name => ({ name }))
  out.say(['', `    ${title}`, ...table(columns, rows, out).map(line => `      ${line}`)])
}
