import { type ValueLimits, valueLimits } from './values/index.ts'

/**
 * How much one render may do. A template is somebody else's program: none of these is reached by an honest
 * one.
 */
export type Limits = ValueLimits & {
  /** Turns of all loops together. */
  readonly iterationsMax: number
  /** Macros, blocks, included templates and recursive loops within each other. */
  readonly callDepthMax: number
  /** Characters that are printed. */
  readonly outputCharsMax: number
}

export const defaultLimits: Limits = {
  ...valueLimits,
  iterationsMax: 10_000_000,
  // Python's own stack ends after about 330 macros within each other; ours holds a few thousand.
  callDepthMax: 400,
  outputCharsMax: 100_000_000,
}
