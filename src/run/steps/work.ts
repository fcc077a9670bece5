import { failure } from '../../errors/index.ts'
import type { Asset, AssetHistory, AssetName, History } from '../../model/index.ts'
import { upstreamOf } from '../../plan/index.ts'
import type { StepEnd, StepWork } from '../ports.ts'
import { auditStep } from './audit.ts'
import { exportStep } from './export.ts'
import { loadStep } from './load.ts'
import { queryStep } from './query.ts'
import type { Job, StepTools } from './tools.ts'

/** What a step does, by the kind of its asset: the executor's hands. */
export function stepWork(tools: StepTools): StepWork {
  const assets = new Map(tools.manifest.assets.map(asset => [asset.name, asset]))
  return async (step, context) => {
    const asset = assets.get(step.asset)
    if (asset === undefined || asset.kind === 'source') return { outcome: 'unchanged' }
    const around = await historyAround(step.asset, tools)
    const job: Job = { step, asset, context, history: around.assets[asset.name], around }
    demandTables(job, assets)
    if (step.action === 'audit') return auditStep(job, tools)
    return doers[asset.kind](job, tools)
  }
}

/** A source that has shown no rows yet gave no columns to make a table of; what reads it cannot be made. */
function demandTables({ asset, around }: Job, assets: ReadonlyMap<AssetName, Asset>): void {
  for (const { asset: name } of asset.reads) {
    const upstream = assets.get(name)
    if (upstream === undefined || upstream.kind === 'source' || upstream.kind === 'export') continue
    if ((around.assets[name]?.version ?? 0) > 0) continue
    throw failure('SLUICE_INPUT_NO_TABLE', { asset: asset.name, reads: name }, { at: asset.at })
  }
}

const doers: {
  readonly [kind in 'sql' | 'ingest' | 'rows' | 'export']: (job: Job, tools: StepTools) => Promise<StepEnd>
} = {
  sql: queryStep,
  ingest: loadStep,
  rows: loadStep,
  export: exportStep,
}

async function historyAround(name: AssetName, tools: StepTools): Promise<History> {
  const names = [name, ...upstreamOf(tools.graph, name).map(edge => edge.asset)]
  const known = await Promise.all(names.map(upstream => tools.memory.asset(upstream)))
  const pairs = names.flatMap((upstream, i): readonly (readonly [AssetName, AssetHistory])[] => {
    const history = known[i]
    return history ? [[upstream, history]] : []
  })
  return { assets: Object.fromEntries(pairs) }
}
