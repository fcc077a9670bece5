import type { Failure } from '../errors/index.ts'
import type { RetryPolicy } from '../model/index.ts'

export type Attempted = {
  readonly run: string
  readonly step: string
  /** The attempt that failed, from 1. */
  readonly attempt: number
}

/** How long to wait before the next attempt; undefined: there is none. */
export function retryDelayMs(
  { retry, afterMs }: Pick<Failure, 'retry' | 'afterMs'>,
  { policy, waitMsMax, attempted }: { policy: RetryPolicy; waitMsMax: number; attempted: Attempted },
): number | undefined {
  if (retry === 'never' || attempted.attempt >= policy.attemptsMax) return undefined
  // What asks for more patience than an attempt may last is not waited for.
  if (afterMs !== undefined && afterMs > waitMsMax) return undefined
  return Math.max(afterMs ?? 0, backoffMs(policy, attempted))
}

/**
 * Exponential backoff with full jitter: uniform between 0 and the smaller of `capMs` and `baseMs ×
 * factor^(attempt − 1)`. The chance in it comes from the run, step and attempt: the same story told again is
 * the same story.
 */
export function backoffMs({ baseMs, capMs, factor }: RetryPolicy, attempted: Attempted): number {
  const ceilingMs = Math.min(capMs, baseMs * factor ** (attempted.attempt - 1))
  return Math.floor(chance(`${attempted.run}\n${attempted.step}\n${attempted.attempt}`) * ceilingMs)
}

/**
 * A number in [0, 1) from a text: FNV-1a, then MurmurHash3's finaliser, without which near texts stay near.
 */
function chance(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
