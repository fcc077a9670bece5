import { marked } from '../print/marks.ts'
import { counted } from '../print/numbers.ts'
import type { Acting } from './act.ts'

/** `doctor`: what of the project cannot be carried out here; exit 2 if there is any such thing. */
export async function doctor({ project, out }: Acting): Promise<number> {
  const problems = await project.doctor()
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (out.isJson) out.json(problems)
  else {
    const { answerPalette: palette } = out
    for (const { severity, words, path, line } of problems) {
      const mark = marked(severity === 'error' ? 'failed' : 'warn', palette)
      const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}`
      out.answer(`  ${mark} ${words}${place === '' ? '' : `  ${palette.place(place)}`}`)
    }
    out.say(
      problems.length === 0
        ? `  ${out.palette.good('done')}  all of the project is supported`
        : `  ${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`,
    )
  }
  return errors > 0 ? 2 : 0
}
