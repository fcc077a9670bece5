import type { Target } from '../connect/index.ts'
import type { Authored, Environment } from '../declare/index.ts'
import type { Failure } from '../errors/index.ts'
import type { AssetName, At, CheckFile, Declaration, Limits } from '../model/index.ts'

/**
 * A project as its files say it. Whatever is wrong with a file is in `failures`; everything else was read all
 * the same.
 */
export type ProjectRead = {
  /** Absolute. Every `At.file` is relative to it, with `/`. */
  readonly root: string
  readonly config: ConfigRead
  /** In the order of their files. */
  readonly declarations: readonly Declaration[]
  readonly checkFiles: readonly CheckFile[]
  readonly fixtures: readonly Fixture[]
  /** Functions and open handles of what is written in TypeScript. */
  readonly code: ReadonlyMap<AssetName, Authored>
  readonly failures: readonly Failure[]
  /**
   * Lets go of the hook that finds `sluice` for the project's modules. Functions that `import()` while they
   * run need it.
   */
  readonly close: () => void
}

/** `sluice.config.ts` with defaults filled in. */
export type ConfigRead = {
  /** Relative to the root; undefined: the project has no config and defaults hold. */
  readonly file: string | undefined
  readonly name: string
  /** undefined: the door's default. */
  readonly target: Target | undefined
  readonly environments: { readonly [name: string]: Environment }
  /** Slots by pool name. */
  readonly pools: { readonly [name: string]: number }
  readonly limits: Limits
}

/** `tests/marts/revenue/`: rows in, rows out. Files are paths relative to the root. */
export type Fixture = {
  /** `marts/revenue`, or `marts/revenue/refunds` where an asset has several. */
  readonly name: string
  readonly asset: AssetName
  readonly inputs: readonly { readonly asset: AssetName; readonly file: string }[]
  readonly expected: string
  readonly at: At
}
