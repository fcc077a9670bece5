import { marked } from '../print/marks.ts'
import type { Acting } from './act.ts'

/** `debug`: project, profile, connection; exit 1 when one of them is no good. */
export async function debug({ project, out }: Acting): Promise<number> {
  const findings = await project.debug()
  if (out.isJson) out.json(findings)
  else
    out.answer(
      findings.map(
        ({ subject, ok, words }) =>
          `  ${marked(ok ? 'success' : 'failed', out.answerPalette)} ${subject.padEnd(10)}  ${words}`,
      ),
    )
  return findings.every(({ ok }) => ok) ? 0 : 1
}
