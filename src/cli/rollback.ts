import type { Call } from './call.ts'
import { head, next } from './print/head.ts'
import { rollbackLines } from './print/promote.ts'

/** `sluice rollback`: what a run published goes back to what was there before. */
export async function rollback(call: Call): Promise<number> {
  const { out } = call
  const project = await call.open()
  if (!out.isJson) head(project, out)
  const done = await project.rollback(call.words[0] ?? '')
  if (out.isJson) out.json(done)
  else out.say([...rollbackLines(done, out.palette), next('sluice plan', out, project)])
  return 0
}
