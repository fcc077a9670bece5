import type { AssetHistory, AssetName, History, Manifest } from '../model/index.ts'

export type FreshnessView = {
  readonly asset: AssetName
  /**
   * `never`: not built yet · `stale`: older than its `every` · `behind`: something it reads has newer rows.
   */
  readonly state: 'fresh' | 'stale' | 'behind' | 'never'
  readonly succeededAtMs: number | undefined
  readonly ageMs: number | undefined
  /** How old it may be; undefined: nobody said. */
  readonly everyMs: number | undefined
  /** What it reads that changed since. */
  readonly behind: readonly AssetName[]
  readonly lastOutcome: AssetHistory['lastOutcome'] | undefined
}

/** How old each asset is, and whether that is too old. Sources that something else makes are left out. */
export function freshness(manifest: Manifest, history: History, nowMs: number): readonly FreshnessView[] {
  return manifest.assets
    .filter(({ kind }) => kind !== 'source')
    .map(({ name, everyMs, reads }) => {
      const own = history.assets[name]
      const succeededAtMs = own?.succeededAtMs
      const ageMs = succeededAtMs === undefined ? undefined : Math.max(0, nowMs - succeededAtMs)
      const newer = reads.map(edge => edge.asset).filter(asset => isNewer(asset, own, history))
      const behind = [...new Set(newer)]
      return {
        asset: name,
        state: stateOf({ ageMs, everyMs, behind }),
        succeededAtMs,
        ageMs,
        everyMs,
        behind,
        lastOutcome: own?.lastOutcome,
      }
    })
}

function isNewer(asset: AssetName, own: AssetHistory | undefined, { assets }: History): boolean {
  const now = assets[asset]?.version ?? 0
  return own !== undefined && now > (own.upstream[asset] ?? 0)
}

function stateOf(known: {
  readonly ageMs: number | undefined
  readonly everyMs: number | undefined
  readonly behind: readonly AssetName[]
}): FreshnessView['state'] {
  if (known.ageMs === undefined) return 'never'
  if (known.everyMs !== undefined && known.ageMs > known.everyMs) return 'stale'
  return known.behind.length > 0 ? 'behind' : 'fresh'
}
