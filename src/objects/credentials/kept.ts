import { failure } from '../../errors/index.ts'
import { limits } from '../limits.ts'
import { isPassing } from '../retry.ts'
import type { CredentialSource, Credentials } from './credentials.ts'

/** Credentials that are there when they are needed: found once, renewed before they end. */
export type KeptCredentials = {
  readonly current: () => Promise<Credentials>
  /** These were refused as too old. Whether others are to be had. */
  readonly drop: (refused: Credentials) => boolean
}

/** The first source that says something is asked from then on; many who ask at once are one question. */
export function keep(sources: readonly CredentialSource[], nowMs: () => number): KeptCredentials {
  let current: Credentials | undefined
  let asking: Promise<Credentials> | undefined
  let source: CredentialSource | undefined
  let dropped: string | undefined
  const ask = async (): Promise<Credentials> => {
    for (const each of source ? [source] : sources) {
      const found = await each.load()
      if (found) {
        source = each
        current = found
        return found
      }
    }
    throw failure('SLUICE_CREDENTIALS_MISSING', { tried: sources.map(({ name }) => name) })
  }
  const renew = async (): Promise<Credentials> => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
  return {
    current: async () => {
      const leftMs = (current?.expiresMs ?? Number.POSITIVE_INFINITY) - nowMs()
      if (current && leftMs > limits.renewMs) return current
      const old = current
      try {
        return await renew()
      } catch (thrown) {
        // They are good for a while yet, and the next request asks again.
        if (old && leftMs > 0 && isPassing(thrown)) return old
        throw thrown
      }
    },
    drop: refused => {
      // Found again and refused again: there are no others.
      if (refused.sessionToken === dropped) return false
      dropped = refused.sessionToken
      if (refused.sessionToken === current?.sessionToken) current = undefined
      return true
    },
  }
}
