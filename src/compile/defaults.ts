import { defaultPolicy } from '../check/index.ts'
import type { Asset, AssetName, Column, Declaration, RetryPolicy, WriteStrategy } from '../model/index.ts'

export const contractDefaults = defaultPolicy

export const defaultRetry: RetryPolicy = { attemptsMax: 3, baseMs: 1000, capMs: 60_000, factor: 2 }

/** One attempt of one step, unless the asset says otherwise. */
export const defaultTimeoutMs = 6 * 60 * 60 * 1000

export const defaultTrigger = 'none_failed_min_one_success'

export const defaultPool = 'default'

/** What loading adds to the columns of a source, and of rows from TypeScript. */
export const loadColumns: readonly Column[] = [
  { name: '_loaded_at', type: 'TIMESTAMP WITH TIME ZONE', nullable: false },
  { name: '_source', type: 'VARCHAR', nullable: true },
]

/** What a strategy adds to the rows it writes. */
const strategyColumns: { readonly [write in WriteStrategy]?: readonly Column[] } = {
  scd2: [
    { name: 'valid_from', type: 'TIMESTAMP WITH TIME ZONE', nullable: false },
    { name: 'valid_to', type: 'TIMESTAMP WITH TIME ZONE', nullable: true },
    { name: 'is_current', type: 'BOOLEAN', nullable: false },
  ],
  snapshot: [{ name: '_snapshot_at', type: 'TIMESTAMP WITH TIME ZONE', nullable: true }],
}

/** Columns that writing adds behind those that the asset itself makes. */
export function addedColumns(asset: Pick<Asset, 'kind' | 'write'>): readonly Column[] {
  const loaded = asset.kind === 'ingest' || asset.kind === 'rows' ? loadColumns : []
  return [...loaded, ...(strategyColumns[asset.write] ?? [])]
}

/**
 * Columns that a reader of the asset sees: its own, and those that writing adds. undefined: not known before
 * the first load.
 */
export function columnsOf(asset: Pick<Asset, 'kind' | 'write' | 'columns'>): readonly Column[] | undefined {
  if (asset.columns === undefined || asset.kind === 'source' || asset.kind === 'export') return asset.columns
  const own = new Set(asset.columns.map(({ name }) => name))
  return [...asset.columns, ...addedColumns(asset).filter(({ name }) => !own.has(name))]
}

/**
 * How rows are written when nobody says:
 *
 * | asset  | says                      | written by          |
 * | ------ | ------------------------- | ------------------- |
 * | any    | `@write w`                | w                   |
 * | any    | `@materialize snapshot`   | `snapshot`          |
 * | query  | `@materialize view`       | `view`              |
 * | any    | `@materialize incremental`| `replace-partition` with a partition, else `merge` |
 * | ingest | a key                     | `merge`             |
 * | ingest | a cursor, or a source that gives each row once | `append` |
 * | ingest | neither                   | `replace`: every read gives everything |
 * | others | a partition               | `replace-partition` |
 * | others | none                      | `replace`           |
 */
export function writeOf({ body, facts }: Declaration): WriteStrategy {
  if (facts.write) return facts.write
  if (facts.materialize === 'view' || facts.materialize === 'snapshot') return facts.materialize
  const ingest = body.kind === 'ingest'
  if (facts.materialize === 'incremental') return facts.partition && !ingest ? 'replace-partition' : 'merge'
  if (ingest && facts.materialize !== 'table') {
    if (facts.key.length > 0) return 'merge'
    return facts.cursor !== undefined || body.eachOnce ? 'append' : 'replace'
  }
  return facts.partition && !ingest ? 'replace-partition' : 'replace'
}

/** Name of the child table that `nested: 'split'` makes of a list: `raw.orders__items`. */
export function parentNames(table: AssetName): readonly AssetName[] {
  const parents: AssetName[] = []
  for (let at = table.indexOf('__'); at > 0; at = table.indexOf('__', at + 1))
    parents.push(table.slice(0, at))
  return parents
}
