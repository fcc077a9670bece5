import type { Project } from '../door/index.ts'
import type { Asset } from '../model/index.ts'
import { stepsOfAsset, type StepView } from '../views/index.ts'
import type { Call } from './call.ts'
import { partitionWords } from './print/live.ts'
import { marks } from './print/marks.ts'
import { count, duration, moment } from './print/numbers.ts'

const stepsMax = 30

/** The last steps of an asset, newest first. */
export async function showHistory({ out }: Call, project: Project, { name }: Asset): Promise<number> {
  const steps = stepsOfAsset(await project.events({}), name).slice(0, stepsMax)
  if (out.isJson) out.json({ asset: name, steps })
  else if (steps.length === 0) out.say(`  ${name} was never run`)
  else out.table(heads, steps.map(rowOf))
  return 0
}

const heads = [
  { name: '' },
  { name: 'when' },
  { name: 'outcome' },
  { name: 'rows', align: 'right' as const },
  { name: 'time', align: 'right' as const },
  { name: 'run' },
  { name: 'why' },
]

function rowOf(step: StepView & { readonly run: string }): readonly string[] {
  const { outcome, durationMs, counts, partitions, failure, words, reason } = step
  const why = failure?.title ?? words ?? reason
  return [
    outcome === 'running' ? ' ' : marks[outcome],
    moment(step.startedAtMs),
    outcome,
    counts ? count(counts.out) : '',
    durationMs === undefined ? '' : duration(durationMs),
    step.run,
    partitions ? `${why}  ${partitionWords(partitions)}` : why,
  ]
}
