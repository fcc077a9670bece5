import type { Dialect } from '../connect/index.ts'
import type { AssetName, Column } from '../model/index.ts'

/** What is measured: a relation, and what is known around it. */
export type Subject = {
  /** SQL that may stand behind FROM: a quoted name, or a query in parentheses. */
  readonly relation: string
  readonly asset: AssetName
  readonly columns: readonly Column[]
  readonly dialect: Dialect
  /** Unix ms: what `now` and freshness mean. */
  readonly nowMs: number
  /** Rows after the last build; undefined: there was none. */
  readonly previousRows: number | undefined
  /** Where another asset stands, as SQL; its own quoted name unless said. */
  readonly relationOf?: (asset: AssetName) => string
}
