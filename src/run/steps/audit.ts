import { audit, type MeasureAnswer } from '../../check/index.ts'
import type { Work } from '../../connect/index.ts'
import { asFailure, failure } from '../../errors/index.ts'
import type { Verdict } from '../../model/index.ts'
import { quoteAsset } from '../../sql/index.ts'
import type { StepEnd } from '../ports.ts'
import type { Job, StepTools } from './tools.ts'

/** The rows stand, only the checks changed: look, record, publish nothing. */
export async function auditStep(job: Job, tools: StepTools): Promise<StepEnd> {
  const { asset, context } = job
  const work = await tools.store.begin({
    asset: asset.name,
    effect: context.effectKey,
    keyed: tools.keyed,
    signal: context.signal,
  })
  try {
    await audited(job, tools, work)
  } finally {
    await work.abandon()
  }
  return { outcome: 'unchanged', state: { checksFingerprint: asset.checksFingerprint } }
}

/**
 * Measure all checks of the asset as it would be published, and record what was found. Throws when an `error`
 * check failed.
 */
export async function audited(job: Job, tools: StepTools, work: Work): Promise<void> {
  const { asset, context } = job
  if (asset.checks.length === 0) return
  const relation = quoteAsset(asset.name)
  const { columns } = await work.query(`select * from ${relation} limit 0`)
  const subject = {
    relation,
    asset: asset.name,
    columns,
    dialect: tools.store.dialect,
    nowMs: tools.atMs,
    previousRows: job.history?.rows,
  }
  const found = await audit(asset.checks, subject, sql => answerOf(work, sql, context.signal))
  await Promise.all(found.map(verdict => context.log({ kind: 'check.finished', verdict })))
  const broken = found.filter(stops)
  if (broken.length > 0) {
    throw failure('SLUICE_CHECK_FAILED', { asset: asset.name, checks: broken.map(verdict => verdict.words) })
  }
}

/** A query that fails makes its checks end as `error`, with words; a cancelled one ends the step. */
async function answerOf(work: Work, sql: string, signal: AbortSignal): Promise<MeasureAnswer> {
  try {
    const { rows } = await work.query(sql, { signal })
    return { rows }
  } catch (thrown) {
    signal.throwIfAborted()
    const { title, why } = asFailure(thrown, 'measuring checks')
    return { failed: why ?? title }
  }
}

/**
 * A check that cannot be measured stops as well, whatever its strength: nobody knows what it would have
 * found.
 */
function stops(verdict: Verdict): boolean {
  return verdict.outcome === 'error' || (verdict.severity === 'error' && verdict.outcome !== 'pass')
}
