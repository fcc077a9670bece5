import { failure } from '../errors/index.ts'
import type { Clock } from './ports.ts'

/**
 * Time that goes on only when nothing else can happen: hours of waiting pass in milliseconds, the same way
 * every time.
 */
export type Simulation = {
  readonly clock: Clock
  /** Time passed since the beginning, whatever the wall clock was set to. */
  elapsedMs(): number
  /** Somebody sets the wall clock. Sleeps go on as they were. */
  jump(ms: number): void
  /** Let things happen until the promise settles. Fails when nothing sleeps any more and it still has not. */
  until<T>(promise: Promise<T>): Promise<T>
}

type Sleeper = { readonly dueMs: number; readonly wake: () => void }

// A turn of the event loop empties the microtasks; more than one for what goes through setImmediate itself.
const idleTurnsMax = 3

export function simulate(startMs = 1_800_000_000_000): Simulation {
  let elapsed = 0
  let set = 0
  let sleepers: readonly Sleeper[] = []
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      if (signal.aborted) return resolve()
      const wake = () => {
        sleepers = sleepers.filter(each => each !== sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { dueMs: elapsed + Math.max(0, ms), wake }
      signal.addEventListener('abort', wake)
      sleepers = [...sleepers, sleeper]
    })
  const wakeNext = (): boolean => {
    const next = sleepers.reduce<Sleeper | undefined>((a, b) => (a && a.dueMs <= b.dueMs ? a : b), undefined)
    if (next === undefined) return false
    elapsed = next.dueMs
    next.wake()
    return true
  }
  return {
    clock: { nowMs: () => startMs + elapsed + set, sleep },
    elapsedMs: () => elapsed,
    jump: ms => {
      set += ms
    },
    until: async promise => {
      const ended = { yes: false }
      const settled = promise.finally(() => {
        ended.yes = true
      })
      // Looked at below; here it only must not count as unhandled.
      settled.catch(() => undefined)
      for (let idle = 0; idle < idleTurnsMax; idle += 1) {
        await new Promise(resolve => setImmediate(resolve))
        if (ended.yes) return await settled
        if (wakeNext()) idle = -1
      }
      throw failure('SLUICE_INTERNAL', { doing: 'simulating', words: 'nothing sleeps, and nothing ended' })
    },
  }
}
