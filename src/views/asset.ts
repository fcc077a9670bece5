import type { Asset, AssetName, Column, Contract, Event, History, Manifest } from '../model/index.ts'
import { freshness, type FreshnessView } from './freshness.ts'
import { lineage } from './lineage.ts'
import { type CheckQuality, quality } from './quality.ts'
import { type StepView, stepsOfAsset } from './runs.ts'

/** Everything about one asset that is known without reading its rows. */
export type AssetPage = {
  readonly asset: Asset
  /** What is promised: kept by the ledger, else as compiled; undefined before the first load of an ingest. */
  readonly columns: readonly Column[] | undefined
  readonly contract: Contract | undefined
  readonly contractChanges: readonly ContractVersion[]
  readonly checks: readonly CheckQuality[]
  /** undefined for a source, which this project does not build. */
  readonly freshness: FreshnessView | undefined
  readonly rows: number | undefined
  readonly steps: readonly (StepView & { readonly run: string })[]
  /** Rows that its last load refused, by rule. */
  readonly refused: { readonly [rule: string]: number }
  readonly above: readonly AssetName[]
  readonly below: readonly AssetName[]
}

export type ContractVersion = {
  readonly version: number
  readonly atMs: number
  readonly run: string
  readonly changes: readonly string[]
}

/** What is known of the past, and when it is asked. */
export type Past = { readonly events: readonly Event[]; readonly history: History; readonly nowMs: number }

const stepsMax = 20

/** One asset's page; undefined: the project has no such asset. */
export function assetPage(manifest: Manifest, name: AssetName, past: Past): AssetPage | undefined {
  const asset = manifest.assets.find(one => one.name === name)
  if (asset === undefined) return undefined
  const { events, history, nowMs } = past
  const known = history.assets[name]
  const steps = stepsOfAsset(events, name)
  const near = (direction: 'up' | 'down'): readonly AssetName[] =>
    lineage(manifest, name, { direction, depthMax: 1 }).map(step => step.asset)
  return {
    asset,
    columns: known?.contract?.columns ?? asset.columns,
    contract: known?.contract,
    contractChanges: contractChanges(events, name),
    checks: quality(manifest, events, name).assets.flatMap(({ checks }) => checks),
    freshness: freshness({ ...manifest, assets: [asset] }, history, nowMs)[0],
    rows: known?.rows,
    steps: steps.slice(0, stepsMax),
    refused: steps.find(step => step.outcome === 'success' || step.outcome === 'unchanged')?.refused ?? {},
    above: near('up'),
    below: near('down'),
  }
}

/** How its contract came to be what it is, oldest first. */
function contractChanges(events: readonly Event[], name: AssetName): readonly ContractVersion[] {
  return events.flatMap(({ asset, atMs, run, body }) => {
    if (asset !== name || body.kind !== 'contract.changed') return []
    const changes = body.changes.map(change =>
      change.kind === 'type change'
        ? `${change.column} ${change.from} → ${change.to}`
        : `${change.kind} ${change.column} ${change.type}`,
    )
    return [{ version: body.version, atMs, run, changes }]
  })
}
