import { Failure } from '../errors/index.ts'
import { limits } from './limits.ts'

/** How long to go on trying, and with what clock and chance. */
export type Patience = {
  readonly attemptsMax: number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 to 1. */
  readonly random: () => number
  readonly signal: AbortSignal
}

export function patience(signal: AbortSignal = new AbortController().signal): Patience {
  return { attemptsMax: limits.attemptsMax, sleep, random: Math.random, signal }
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const waited = Promise.withResolvers<void>()
  const end = () => waited.reject(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', end)
  const timer = setTimeout(waited.resolve, ms)
  try {
    await waited.promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** The same work until it succeeds, fails for good, or has failed often enough. */
export async function persist<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    patience.signal.throwIfAborted()
    try {
      return await work()
    } catch (thrown) {
      if (!isPassing(thrown) || attempt >= patience.attemptsMax) throw thrown
      await pause(attempt, thrown, patience)
    }
  }
}

export function isPassing(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.retry === 'later'
}

/**
 * Exponential with full jitter (Brooker, "Exponential Backoff And Jitter"): the least work for all who wait
 * together. A store that says how long is waited for so long.
 */
export async function pause(attempt: number, failed: Failure, patience: Patience): Promise<void> {
  const longestMs = Math.min(limits.waitMsMax, limits.backoffMs * 2 ** (attempt - 1))
  const saidMs = Math.min(failed.afterMs ?? 0, limits.waitMsMax)
  await patience.sleep(Math.max(saidMs, patience.random() * longestMs), patience.signal)
}
