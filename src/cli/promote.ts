import { type Call, given, textsOf } from './call.ts'
import { head, next } from './print/head.ts'
import { promotionLines } from './print/promote.ts'

/** `sluice promote`: what an environment has built becomes its base's. */
export async function promote(call: Call): Promise<number> {
  const [environment, ...select] = call.words
  const { out } = call
  const project = await call.open(environment)
  if (!out.isJson) head(project, out)
  const done = await project.promote({
    select,
    exclude: textsOf(call, 'exclude').flatMap(text => text.split(/\s+/)),
    force: given(call, 'force'),
  })
  if (out.isJson) {
    out.json(done)
    return 0
  }
  out.say(promotionLines(done, out.palette))
  if (done.run !== undefined) out.say(next(`sluice rollback ${done.run}`, out, { environment: done.base }))
  return 0
}
