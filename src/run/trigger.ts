import type { TriggerRule } from '../model/index.ts'

/**
 * How many of the steps before a step have ended, and how. `failed` counts what was blocked or cancelled too.
 */
export type Tally = {
  readonly all: number
  readonly ok: number
  readonly failed: number
  readonly skipped: number
}

/**
 * `never` is told only when all have ended: what a step becomes must not depend on which of them ended first.
 */
export type Readiness = 'wait' | 'ready' | 'never'

/** May the step start? Rules as Airflow 3.4 has them; without anything before it, every rule holds. */
export function readiness(rule: TriggerRule, tally: Tally): Readiness {
  const isDone = tally.ok + tally.failed + tally.skipped === tally.all
  if (tally.all === 0 || early[rule]?.(tally)) return 'ready'
  if (!isDone) return 'wait'
  return atEnd[rule](tally) ? 'ready' : 'never'
}

type Holds = (tally: Tally) => boolean

/** Rules that may hold before all have ended. */
const early: Partial<Record<TriggerRule, Holds>> = {
  always: () => true,
  one_success: ({ ok }) => ok > 0,
  one_failed: ({ failed }) => failed > 0,
  one_done: ({ ok, failed }) => ok + failed > 0,
}

const atEnd: Record<TriggerRule, Holds> = {
  all_success: ({ all, ok }) => ok === all,
  none_failed_min_one_success: ({ ok, failed }) => failed === 0 && ok > 0,
  none_failed: ({ failed }) => failed === 0,
  all_done: () => true,
  all_done_min_one_success: ({ ok }) => ok > 0,
  one_success: ({ ok }) => ok > 0,
  one_failed: ({ failed }) => failed > 0,
  all_failed: ({ all, failed }) => failed === all,
  none_skipped: ({ skipped }) => skipped === 0,
  one_done: ({ ok, failed }) => ok + failed > 0,
  all_skipped: ({ all, skipped }) => skipped === all,
  always: () => true,
}
