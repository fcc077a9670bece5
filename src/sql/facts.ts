import type { At } from '../model/index.ts'

/** A fact as it stands in a comment: `@name words`. What it means is not decided here. */
export type RawFact = {
  readonly name: string
  /** Everything up to the next fact, white space at its ends removed. */
  readonly words: string
  /** The fact with its `@` and words. */
  readonly at: At
  /** The column it speaks of; undefined: the asset. */
  readonly column?: string
}

/** Free text about a column. */
export type ColumnDoc = { readonly column: string; readonly doc: string; readonly at: At }

export type SqlFacts = {
  /** Free text of the leading comments, lines joined by `\n`; '' when there is none. */
  readonly doc: string
  readonly facts: readonly RawFact[]
  readonly columns: readonly ColumnDoc[]
}

export function readFacts(_text: string, _file: string): SqlFacts {
  return { doc: '', facts: [], columns: [] }
}
