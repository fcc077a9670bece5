import type { Secret } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'

/** The world, as this connector needs it. */
export type HttpPorts = {
  readonly nowMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 to 1. */
  readonly random: () => number
  readonly log?: (words: string) => void
  /** Ends every request and wait. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof fetch
  /** Opens a secret. From the environment unless said. */
  readonly reveal?: (secret: Secret) => string
  /** Longest time for one whole answer. */
  readonly requestMsMax?: number
}

export type World = Required<HttpPorts>

/** The world of one request: it ends when either signal says so. */
export function worldOf(world: World, signal: AbortSignal | undefined): World {
  return signal === undefined ? world : { ...world, signal: AbortSignal.any([world.signal, signal]) }
}

/** The environment's value of a secret, without the line break that files and shells leave behind it. */
export function fromEnvironment(secret: Secret): string {
  const value = process.env[secret.name]?.trim()
  if (value === undefined || value === '') throw failure('SLUICE_SECRET_MISSING', { name: secret.name })
  return value
}
