import type { Call } from './call.ts'
import { head, next } from './print/head.ts'
import { planLines } from './print/plan.ts'
import { wishOf } from './wish.ts'

/** `sluice plan`: what would run and why. Only reads. The plan itself goes to standard output. */
export async function plan(call: Call): Promise<number> {
  const { out } = call
  const wish = wishOf(call)
  const project = await call.open()
  const made = await project.plan(wish)
  if (out.isJson) {
    out.json(made)
    return 0
  }
  head(project, out)
  out.answer(planLines(made, out.answerPalette))
  if (made.steps.length > 0) out.say(['', next(['sluice run', ...call.words].join(' '), out, project)])
  return 0
}
