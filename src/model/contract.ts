import type { Column } from './column.ts'

/** What is done when a source shows a change against the contract. */
export type ChangePolicy = 'add' | 'ignore' | 'quarantine' | 'fail'

/**
 * Per kind of change. Defaults lose no data: add new columns, quarantine rows that no longer fit, fail on
 * missing columns.
 */
export type ContractPolicy = {
  readonly onNewColumn: ChangePolicy
  readonly onTypeChange: ChangePolicy
  readonly onMissing: ChangePolicy
  readonly onNull: ChangePolicy
}

/**
 * What an asset promises: its columns and key. Inferred on the first load, then kept in the ledger; `version`
 * counts changes.
 */
export type Contract = {
  readonly version: number
  readonly columns: readonly Column[]
  readonly key: readonly string[]
}

/** One difference between what a source showed and what its contract says. */
export type ContractChange =
  | { readonly kind: 'new column'; readonly column: string; readonly type: string }
  | { readonly kind: 'type change'; readonly column: string; readonly from: string; readonly to: string }
  | { readonly kind: 'missing column'; readonly column: string; readonly type: string }
