import type { Analyzer, Bound, Parsed } from '../connect/index.ts'
import type { Failure, Note } from '../errors/index.ts'
import type { AssetName, CheckFile, Column, Declaration, Manifest } from '../model/index.ts'
import type { Assembled } from './recall.ts'

/** At least 128 bits of a text, for fingerprints; handed in, because this room touches nothing. */
export type Hash = (text: string) => string

export type CompileInput = {
  readonly project: string
  readonly declarations: readonly Declaration[]
  readonly checkFiles: readonly CheckFile[]
  /** Columns of assets whose own file does not tell them: kept contracts, or what a source says of itself. */
  readonly known: { readonly [asset: AssetName]: readonly Column[] }
  readonly analyzer: Analyzer
  readonly hash: Hash
  /** Slots by name of pool. An asset may name a pool that is not here: it then has the default. */
  readonly pools?: { readonly [name: string]: number }
  /**
   * Column lineage of every asset; without it only what partitions need is asked for. It costs some 3 ms a
   * query.
   */
  readonly lineage?: boolean
  /** What an earlier call learned; it is read and added to. Same input, same answer: it only saves time. */
  readonly memo?: Memo
}

/** Keep it between calls in a process that compiles again and again. */
export type Memo = {
  /** Answers of the analyzer by a hash of what was asked. */
  readonly parsed: Map<string, Parsed>
  readonly bound: Map<string, Bound>
  /** What the last call made: the same object of a declaration, among the same others, is not looked at. */
  last?: Assembled
}

export type Compiled = {
  /** The assets that stand, in dependency order; with failures it is only good for looking at. */
  readonly manifest: Manifest
  readonly failures: readonly Failure[]
  /** What is no error but should be known: columns that cannot be told offline, and why. */
  readonly notes: readonly Note[]
}
