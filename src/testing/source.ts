import type { Batch, ReadContext, Source } from '../connect/index.ts'
import type { Case } from './case.ts'

/** How to get a live source to try. */
export type SourceSubject = {
  /** The source over data of its own, for every case. */
  readonly fresh: () => Promise<SourceTrial>
  /** Sources that must refuse with a catalogued failure: its code, and what makes it bad. */
  readonly bad?: readonly {
    readonly name: string
    readonly code: string
    readonly fresh: () => Promise<SourceTrial>
  }[]
}

export type SourceTrial = {
  readonly source: Source
  readonly context: ReadContext
  /** Rows that a first, complete read gives. */
  readonly rows: number
  /** Rows of one batch, where the suite cannot count them itself (`files`). */
  readonly count?: (batch: Batch) => Promise<number>
  /** Add rows at the source, so that a second read has something new; returns how many. Absent: it cannot change. */
  readonly grow?: () => Promise<number>
  readonly dispose: () => Promise<void>
}

/** Every promise of a `Source`: reads, resumes, cancels, refuses, probes the same when nothing changed. */
export function sourceSuites(_subject: SourceSubject): readonly Case[] {
  return []
}
