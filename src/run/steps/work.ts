import type { AssetName } from '../../model/index.ts'
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
    const [history, versions] = await Promise.all([tools.memory.asset(asset.name), versionsOf(step.asset, tools)])
    const job: Job = { step, asset, context, history, versions }
    if (step.action === 'audit') return auditStep(job, tools)
    return doers[asset.kind](job, tools)
  }
}

const doers: { readonly [kind in 'sql' | 'ingest' | 'rows' | 'export']: (job: Job, tools: StepTools) => Promise<StepEnd> } = {
  sql: queryStep,
  ingest: loadStep,
  rows: loadStep,
  export: exportStep,
}

async function versionsOf(name: AssetName, tools: StepTools): Promise<{ readonly [name: AssetName]: number }> {
  const names = (tools.upstream.get(name) ?? []).map(edge => edge.asset)
  const known = await Promise.all(names.map(upstream => tools.memory.asset(upstream)))
  return Object.fromEntries(names.map((upstream, i) => [upstream, known[i]?.version ?? 0]))
}

