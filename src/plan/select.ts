import type { AssetName, History, Manifest, Request } from '../model/index.ts'

/** What to take and what to leave out, in dbt's selection syntax. */
export type Selection = Pick<Request, 'select' | 'exclude'>

/**
 * The assets that the expressions name. Words within one expression and several expressions are united, parts joined by
 * a comma are intersected: `marts.* tag:daily,state:changed+`. An unknown name is a failure that offers near ones.
 */
export declare function select(
  manifest: Manifest,
  selection: Selection,
  history: History,
): ReadonlySet<AssetName>
