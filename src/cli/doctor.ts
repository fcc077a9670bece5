import { asFailure, Failure } from '../errors/index.ts'
import type { Call } from './call.ts'
import { columnsOf } from './print/table.ts'
import { marked } from './print/marks.ts'
import { versionOf } from './version.ts'

type Finding = {
  readonly subject: string
  readonly ok: boolean
  readonly words: string
  readonly fix?: string
}

/** `sluice doctor`: what is installed, reachable, wrong. Also where the project is broken. */
export async function doctor(call: Call): Promise<number> {
  const { out } = call
  const found = [{ subject: 'sluice', ok: true, words: versionOf() }, ...(await examined(call))]
  const code = found.every(({ ok }) => ok) ? 0 : 1
  if (out.isJson) {
    out.json(found)
    return code
  }
  const rows = found.map(({ subject, ok, words }) => [
    marked(ok ? 'success' : 'failed', out.answerPalette),
    subject,
    words,
  ])
  const lines = columnsOf(rows)
  out.answer(
    found.flatMap(({ fix }, place) => [
      `  ${lines[place]}`,
      ...(fix === undefined ? [] : [`      fix  ${fix}`]),
    ]),
  )
  return code
}

async function examined(call: Call): Promise<readonly Finding[]> {
  try {
    return await (await call.open()).doctor()
  } catch (thrown) {
    const { title, fix, code } = thrown instanceof Failure ? thrown : asFailure(thrown, 'opening the project')
    return [
      { subject: 'node', ok: true, words: call.world.platform },
      { subject: 'project', ok: false, words: `${title} (${code})`, fix },
    ]
  }
}
