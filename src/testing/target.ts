import type { Target, TargetContext } from '../connect/index.ts'
import type { WriteStrategy } from '../model/index.ts'
import type { Case } from './case.ts'
import { keptCases } from './kept.ts'
import { strategyCases, viewCases } from './strategies.ts'

/** How to get a live target to try. */
export type TargetSubject = {
  /** A new, empty target of its own for every case. */
  readonly fresh: () => Promise<TargetTrial>
  /** Strategies it must pass: what its `about.can.write` claims. */
  readonly strategies: readonly WriteStrategy[]
}

export type TargetTrial = {
  readonly target: Target
  readonly context: TargetContext
  /** Remove it. The store is closed by then. */
  readonly dispose: () => Promise<void>
}

/** Every promise of a `Target`, for every strategy it claims. */
export function targetSuites(subject: TargetSubject): readonly Case[] {
  const strategies = subject.strategies ?? []
  const tables = strategies.filter(strategy => strategy !== 'view')
  return [
    ...tables.flatMap(strategy => strategyCases(subject, strategy)),
    ...(strategies.includes('view') ? viewCases(subject) : []),
    ...keptCases(subject),
  ]
}
