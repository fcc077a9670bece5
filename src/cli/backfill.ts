import type { Wish } from '../door/index.ts'
import { failure } from '../errors/index.ts'
import { type Call, given, textOf } from './call.ts'
import { head } from './print/head.ts'
import { planLines } from './print/plan.ts'
import { carryOut } from './run.ts'
import { numberOf } from './wish.ts'

/** `sluice backfill`: a range of partitions again, the plan shown first. */
export async function backfill(call: Call): Promise<number> {
  const { out } = call
  const wish = wishOf(call)
  const project = await call.open()
  if (given(call, 'dry-run') && out.isJson) {
    out.json(await project.plan(wish))
    return 0
  }
  head(project, out)
  if (!out.isJson) {
    const lines = planLines(await project.plan(wish), out.palette)
    if (given(call, 'dry-run')) out.answer(lines)
    else out.say([...lines, ''])
  }
  return given(call, 'dry-run') ? 0 : carryOut(call, project, { ...wish, trigger: 'backfill' })
}

/** Partitions are run whether they are there or not: that is what is asked. */
function wishOf(call: Call): Wish {
  const chunkMax = numberOf(call, 'chunk')
  return {
    select: call.words,
    force: true,
    partitions: { first: keyOf(call, 'from'), last: keyOf(call, 'to') },
    newestFirst: given(call, 'newest-first'),
    ...(chunkMax === undefined ? {} : { chunkMax }),
  }
}

function keyOf(call: Call, name: 'from' | 'to'): string {
  const key = textOf(call, name)
  if (key !== undefined) return key
  const usage = `sluice backfill ${call.words[0] ?? 'ASSET'} --from 2026-01-01 --to 2026-01-31`
  throw failure('SLUICE_CLI_ARGUMENT_MISSING', { argument: `--${name}`, usage })
}
