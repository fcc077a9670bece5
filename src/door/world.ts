import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../run/index.ts'

/** The real clock. A sleep that is aborted ends early and says nothing. */
export const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    wait(ms, undefined, { signal }).catch(thrown => {
      if (!signal.aborted) throw thrown
    }),
}

/** Uniform in [0, 1). */
export function random(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32
}
