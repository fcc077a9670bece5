import type { Asset, AssetName, History, PartitionKey, Step } from '../model/index.ts'
import { type Graph, upstreamOf } from './graph.ts'
import { gridOf } from './grid.ts'
import { isPartitioned } from './where.ts'

/** What a step's success makes known, so that the next plan finds the asset up to date. */
export type Recorded = {
  /** Absent for an audit. */
  readonly fingerprint?: string
  readonly checksFingerprint: string
  /** Versions of what the whole asset was built from; absent when only some partitions were. */
  readonly upstream?: { readonly [name: AssetName]: number }
  /** Every partition the step stood for, whether or not its rows changed. */
  readonly partitions?: {
    readonly keys: readonly PartitionKey[]
    readonly fingerprint: string
    readonly upstream: { readonly [name: AssetName]: number }
  }
}

/**
 * The counterpart of `plan`: fold it into the ledger when a step ends well. `history` is as it stood when the
 * step began, so that a version that rises meanwhile is seen by the next plan. `touched`: partitions that the
 * target wrote rows to.
 */
export function recordOf(
  graph: Graph,
  history: History,
  done: { readonly step: Step; readonly touched: readonly PartitionKey[] },
): Recorded {
  const { step, touched } = done
  const asset = graph.assets[graph.indexOf.get(step.asset) ?? -1] as Asset
  const { fingerprint, checksFingerprint, partition } = asset
  if (step.action === 'audit') return { checksFingerprint }
  const edges = upstreamOf(graph, asset.name)
  const upstream = Object.fromEntries(
    edges.map(edge => [edge.asset, history.assets[edge.asset]?.version ?? 0]),
  )
  if (partition === undefined) return { fingerprint, checksFingerprint, upstream }
  const grid = gridOf(partition, graph.calendar)
  if (step.partitions !== undefined) {
    const keys = grid.between(step.partitions.first, step.partitions.last)
    return { fingerprint, checksFingerprint, partitions: { keys, fingerprint, upstream } }
  }
  const keys = new Set([...touched, ...Object.keys(history.assets[asset.name]?.partitions ?? {})])
  if (isPartitioned(asset))
    for (const edge of edges) {
      if (edge.partitions === 'all') continue
      for (const key of Object.keys(history.assets[edge.asset]?.partitions ?? {})) keys.add(key)
    }
  const known = [...keys].filter(grid.isKey).sort(grid.order)
  return { fingerprint, checksFingerprint, upstream, partitions: { keys: known, fingerprint, upstream } }
}
