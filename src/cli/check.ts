import type { CheckReport, Project } from '../door/index.ts'
import { Failure } from '../errors/index.ts'
import type { Manifest } from '../model/index.ts'
import type { Call } from './call.ts'
import { exitOf, failureJson, words } from './print/failures.ts'
import { head } from './print/head.ts'
import { counted, duration } from './print/numbers.ts'

/** `sluice check`: compile everything offline. Writes only `sluice.d.ts`, and only when it changed. */
export async function check(call: Call): Promise<number> {
  const { out } = call
  const project = await call.open()
  const report = await project.check()
  const code = report.failures.length > 0 ? exitOf(report.failures) : 0
  if (code === 0) await writeTypes(call, project)
  if (out.isJson) out.json(documentOf(report, project))
  else tellReport(call, project, report)
  return code
}

/** In a project that can only be read what was asked for is checked all the same. */
async function writeTypes({ out }: Call, project: Project): Promise<void> {
  try {
    await project.types({ write: true })
  } catch (thrown) {
    if (!(thrown instanceof Failure && thrown.code === 'SLUICE_TYPES_UNWRITABLE')) throw thrown
    out.warn([`  ${out.palette.warn('!')} ${thrown.title} ${thrown.fix}`, ''])
  }
}

function tellReport({ out }: Call, project: Project, report: CheckReport): void {
  const { palette } = out
  head(project, out)
  for (const note of report.notes) out.say(`  ${palette.warn('!')} ${note}`)
  if (report.notes.length > 0) out.say()
  if (report.failures.length > 0) out.warn([words(report.failures, out, { from: project.root }), ''])
  const word = report.failures.length > 0 ? palette.bad('wrong') : palette.good('right')
  const parts = [...sizes(report.manifest), counted(report.failures.length, 'error')]
  out.say(`  ${word}  ${parts.join(', ')}  ${palette.dim(duration(report.durationMs))}`)
}

function sizes({ assets, projectChecks }: Manifest): readonly string[] {
  const edges = assets.reduce((sum, { reads }) => sum + reads.length, 0)
  const checks = projectChecks.length + assets.reduce((sum, asset) => sum + asset.checks.length, 0)
  const untyped = assets.filter(({ columns, kind }) => columns === undefined && kind !== 'export').length
  return [
    counted(assets.length, 'asset'),
    counted(edges, 'edge'),
    counted(checks, 'check'),
    ...(untyped > 0 ? [`${counted(untyped, 'asset')} typed at the first load`] : []),
  ]
}

function documentOf(report: CheckReport, project: Project) {
  return {
    project: project.name,
    environment: project.environment,
    target: project.target,
    manifest: report.manifest,
    failures: report.failures.map(failureJson),
    notes: report.notes,
    durationMs: report.durationMs,
  }
}
