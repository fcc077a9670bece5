import type { Failure } from '../errors/index.ts'
import type { AssetName, Column, Json } from '../model/index.ts'
import type { Together } from './environments.ts'

/** A state of a table that was published. */
export type When = { readonly version: number } | { readonly atMs: number }

/** Tables that remember what they were, and what keeps them in order. Part of the store of a lake. */
export interface Versions {
  /** Newest first. */
  history(asset: AssetName, options?: { readonly limit?: number }): Promise<readonly Version[]>
  /** What became of the table from one state to another: rows gone, rows that came, columns. */
  diff(asset: AssetName, between: { readonly from: When; readonly to: When }): Promise<VersionDiff>
  /** Publish the table as it was, as a new version. `already`: it is so. */
  restore(
    asset: AssetName,
    when: When,
    by?: By,
  ): Promise<{ readonly version: number; readonly from: number; readonly already: boolean }>
  /**
   * What a run published under these names goes back to what was there before it, all of it or nothing, as
   * new
   * versions. `undone`: runs after it that were taken back, and those that did it. Fails with
   * SLUICE_ROLLBACK_CHANGED where somebody else wrote since.
   */
  rollback?(run: string, request: Together & { readonly undone: readonly string[] }): Promise<void>
  /** Small files into large ones, without deleted rows; rows lie close by the columns that are named. */
  optimize(asset: AssetName, options: OptimizeOptions): Promise<Optimized>
  /** Delete files that no version within the retention needs. */
  vacuum(asset: AssetName, options: VacuumOptions): Promise<Vacuumed>
  /**
   * What the tables of these assets need after they were written, as far as it is due: small files packed,
   * deleted rows left out, files deleted that no version needs. Bounded, and never fails for what it meets.
   */
  care?(request: CareRequest): Promise<readonly Cared[]>
  /** Hold the log against the files. */
  fsck(asset: AssetName): Promise<readonly Flaw[]>
  /** Files that are not there are taken from the table, whose rows are given up. Nothing else is mended. */
  repair(asset: AssetName, by?: By): Promise<Repaired>
  /** A new table over the same files: nothing is copied, and each goes its own way from here. */
  clone(
    asset: AssetName,
    to: AssetName,
    when?: When,
  ): Promise<{ readonly files: number; readonly bytes: number; readonly from: number }>
}

/** The run that does it; the history tells. */
export type By = { readonly run?: string }

export type Version = {
  readonly version: number
  readonly atMs: number
  /** `WRITE`, `MERGE`, `OPTIMIZE` … */
  readonly operation: string
  /** The run that made it; undefined: somebody else did, or care of the table. */
  readonly run: string | undefined
  /** As the writer counted: `numOutputRows`, `numTargetRowsUpdated` … */
  readonly metrics: { readonly [name: string]: string }
  readonly parameters: { readonly [name: string]: Json }
  readonly engine: string
}

export type VersionDiff = {
  readonly from: number
  readonly to: number
  readonly rows: {
    readonly from: number
    readonly to: number
    readonly added: number
    readonly removed: number
  }
  readonly files: { readonly added: number; readonly removed: number }
  readonly columns: {
    readonly added: readonly Column[]
    readonly removed: readonly Column[]
    readonly retyped: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  }
}

export type OptimizeOptions = {
  readonly sortBy?: readonly string[]
  /** SQL over partition columns: only these partitions. */
  readonly where?: string
  readonly targetBytes?: number
  readonly signal?: AbortSignal
}
export type Optimized = {
  /** undefined: nothing had to be done. */
  readonly version: number | undefined
  readonly filesRemoved: number
  readonly filesAdded: number
  readonly bytesRemoved: number
  readonly bytesAdded: number
}

export type VacuumOptions = {
  /** Files that were live within this time stay, so that readers and time travel find them. */
  readonly retainMs?: number
  /** Only say what would be deleted. */
  readonly dryRun: boolean
  /** A shorter retention than a week can break readers that are under way: only with this. */
  readonly force?: boolean
  readonly signal?: AbortSignal
}
export type Vacuumed = {
  readonly files: number
  readonly bytes: number
  /** The first of them, relative to the table. */
  readonly paths: readonly string[]
}

export type CareRequest = { readonly assets: readonly AssetName[]; readonly signal: AbortSignal }
/** What was done to a table, or why it could not be. */
export type Cared = {
  /** Its name in the store. */
  readonly asset: AssetName
  readonly words: string
  readonly failure?: Failure
}

export type Repaired = {
  /** undefined: every file is there. */
  readonly version: number | undefined
  readonly files: number
  /** As the log counted them. */
  readonly rows: number
}

/** Something that is not as the log says. */
export type Flaw = {
  readonly kind: string
  readonly words: string
  readonly fix: string
}
