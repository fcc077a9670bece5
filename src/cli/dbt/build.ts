import type { DbtReport } from '../../door/index.ts'
import { problemLines, summaryLine } from '../print/dbt-nodes.ts'
import type { Acting } from './act.ts'

/** `build`, `run`, `test`, `seed`, `snapshot`, `clone`, `retry`: nodes carried out, told as they end. */
export async function build({ project, out, voice }: Acting): Promise<number> {
  const report = await project.build()
  if (out.isJson) {
    const { counts, elapsedMs, exit } = report
    out.json({ kind: 'finished', counts, elapsedMs, outcome: exit === 0 ? 'success' : 'failed' })
    return report.exit
  }
  if (project.settings.isOn('show')) await showSeeds({ project, out }, report)
  const problems = problemLines(voice.ended(), {
    palette: out.palette,
    targetDir: project.targetDir,
    root: project.root,
  })
  if (problems.length > 0) out.warn(problems)
  if (!voice.isQuiet) out.answer(summaryLine(report, out.answerPalette))
  return report.exit
}

/** `--show`: the first rows of each seed. */
async function showSeeds(
  { project, out }: Pick<Acting, 'project' | 'out'>,
  { results }: DbtReport,
): Promise<void> {
  const ids = results.flatMap(({ unique_id: id, status }) =>
    status === 'success' && id.startsWith('seed.') ? [id] : [],
  )
  for (const { node, columns, rows } of await project.show(ids)) {
    out.answer(['', node])
    out.table(
      columns.map(name => ({ name })),
      rows,
    )
  }
}
