import { quarantineOf } from '../../connect/index.ts'
import type { AssetName } from '../../model/index.ts'
import type { Lake } from './lake.ts'

export type Belonging = {
  /** Names that are known without looking: the assets' own tables, and those of what they refused. */
  readonly exact: readonly AssetName[]
  /** Does the table of this name belong to them? Those of nested lists do, too. */
  readonly has: (at: AssetName) => boolean
}

/** What belongs to assets, by its names in the lake. */
export function belongingTo(lake: Pick<Lake, 'own'>, assets: readonly AssetName[]): Belonging {
  const exact = new Set(assets.flatMap(asset => [lake.own(asset), lake.own(quarantineOf(asset))]))
  const starts = assets.map(asset => `${lake.own(asset)}__`)
  return { exact: [...exact], has: at => exact.has(at) || starts.some(start => at.startsWith(start)) }
}
