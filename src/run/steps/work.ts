import type { AssetHistory, AssetName, History } from '../../model/index.ts'
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
    if (step.action === 'audit') return auditStep(job, tools)
    return doers[asset.kind](job, tools)
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
