import type { AssetName } from './asset.ts'
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
  /** Names of the columns that a person had declared when it was made. */
  readonly declared?: readonly string[]
  /** Child tables of nested lists that were split, as they stood after the last load. */
  readonly children?: readonly ChildContract[]
}

export type ChildContract = { readonly path: string; readonly columns: readonly Column[] }

/** One difference between what a source showed and what its contract says. */
export type ContractChange =
  | { readonly kind: 'new column'; readonly column: string; readonly type: string }
  | { readonly kind: 'type change'; readonly column: string; readonly from: string; readonly to: string }
  | { readonly kind: 'missing column'; readonly column: string; readonly type: string }

/** Where the elements of a list lie that was split: `raw.orders`, `items` → `raw.orders__items`. */
export function childTable(asset: AssetName, path: string): AssetName {
  return `${asset}__${path.replaceAll('.', '__')}`
}
