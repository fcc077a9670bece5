import type { Plan, Step } from '../model/index.ts'

/** Sum and longest path of the durations that history knows. Steps stand after those they need. */
export function expected(steps: readonly Step[]): Plan['expected'] {
  const endMs = new Map<string, number>()
  let workMs = 0
  let wallMs = 0
  let unknown = 0
  for (const step of steps) {
    if (step.expectedMs === undefined) unknown++
    const durationMs = step.expectedMs ?? 0
    workMs += durationMs
    let startMs = 0
    for (const id of step.needs) startMs = Math.max(startMs, endMs.get(id) ?? 0)
    endMs.set(step.id, startMs + durationMs)
    wallMs = Math.max(wallMs, startMs + durationMs)
  }
  return { workMs, wallMs, unknown }
}
