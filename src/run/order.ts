import { failure } from '../errors/index.ts'
import type { Step } from '../model/index.ts'

/** Who waits for whom, by index in the plan. */
export type Edges = {
  readonly before: readonly (readonly number[])[]
  readonly after: readonly (readonly number[])[]
}

export function dependants(steps: readonly Step[]): Edges {
  const indexOf = new Map(steps.map((step, index) => [step.id, index]))
  const after: number[][] = steps.map(() => [])
  const before = steps.map((step, index) =>
    [...new Set(step.needs)].map(need => {
      const needed = indexOf.get(need)
      if (needed === undefined) throw broken(`step ${step.id} needs ${need}, which the plan does not have`)
      after[needed]?.push(index)
      return needed
    }),
  )
  return { before, after }
}

/**
 * For each step, the expected time from its start to the end of the longest chain behind it. Unknown counts
 * as 1 ms.
 */
export function criticalPaths(steps: readonly Step[], { before, after }: Edges): Float64Array {
  const paths = new Float64Array(steps.length)
  const left = after.map(each => each.length)
  const ends = [...left.keys()].filter(index => left[index] === 0)
  for (const index of ends) {
    const behind = (after[index] ?? []).reduce((longest, next) => Math.max(longest, paths[next] ?? 0), 0)
    paths[index] = behind + (steps[index]?.expectedMs ?? 1)
    for (const need of before[index] ?? []) {
      const open = (left[need] ?? 0) - 1
      left[need] = open
      if (open === 0) ends.push(need)
    }
  }
  if (ends.length < steps.length) throw broken('some of its steps wait for each other')
  return paths
}

function broken(words: string) {
  return failure('SLUICE_PLAN_BROKEN', { words })
}
