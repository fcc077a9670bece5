import { failure } from '../../errors/index.ts'
import type { StepEnd } from '../ports.ts'
import { recorded } from './slices.ts'
import { type Job, nextVersion, type StepTools } from './tools.ts'

/**
 * Push the query's rows to the sink. The sink is idempotent under the effect key, so nothing is kept at the
 * target.
 */
export async function exportStep(job: Job, tools: StepTools): Promise<StepEnd> {
  const { asset, context } = job
  const authored = tools.code.get(asset.name)
  if (authored?.kind !== 'export' || asset.sql === undefined) {
    throw failure('SLUICE_CODE_MISSING', { asset: asset.name, kind: 'export' })
  }
  const sql = asset.sql
  const { columns } = await tools.store.query(`select * from (${sql}\n) limit 0`)
  await context.log({ kind: 'step.publishing', effect: context.effectKey })
  const { rows } = await authored.sink.write({
    asset: asset.name,
    effect: context.effectKey,
    root: tools.root,
    signal: context.signal,
    columns,
    unload: (path, format, options = {}) =>
      tools.store.unload(sql, { path, format, options, signal: context.signal }),
    rows: () => tools.store.read(sql, { signal: context.signal }),
  })
  const version = nextVersion(job)
  return {
    outcome: 'success',
    version,
    counts: { in: rows, out: rows, refused: 0, deduplicated: 0 },
    state: {
      version,
      ...recorded(job, tools, { changed: undefined, found: [], whole: true }),
      rows,
    },
  }
}
