import type { Effect, Work } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import type { Counts, Json } from '../../model/index.ts'
import type { StepEnd } from '../ports.ts'
import { audited } from './audit.ts'
import { type EffectRecord, type Job, keptIn, type Made, nextVersion, type StepTools } from './tools.ts'

/**
 * Build, audit, publish: `make` builds inside a work that nobody sees; checks look at the result; then rows,
 * effect key and what the ledger must know become visible at once. Whatever goes wrong before that leaves
 * readers the last good version.
 */
export async function publishing(
  job: Job,
  tools: StepTools,
  make: (work: Work) => Promise<Made>,
): Promise<StepEnd> {
  const { context } = job
  const before = tools.keyed ? await tools.store.effect(context.effectKey) : undefined
  if (before) return endOf(before)
  const work = await tools.store.begin({
    asset: job.asset.name,
    effect: context.effectKey,
    keyed: tools.keyed,
    signal: context.signal,
  })
  try {
    const made = await make(work)
    balance(job, made.counts)
    await audited(job, tools, work)
    if (made.unchanged) {
      await work.abandon()
      return { outcome: 'unchanged', ...(made.counts ? { counts: made.counts } : {}), state: made.state }
    }
    return await publish(job, tools, { work, made })
  } catch (thrown) {
    await work.abandon()
    throw thrown
  }
}

async function publish(job: Job, tools: StepTools, built: { work: Work; made: Made }): Promise<StepEnd> {
  const { context } = job
  const version = nextVersion(job)
  const { counts, state } = built.made
  const rowless = counts === undefined ? ({ isRowless: true } as const) : {}
  const record: EffectRecord = { version, state: { ...state, version }, ...rowless }
  const effect: Omit<Effect, 'key'> = {
    asset: job.asset.name,
    run: context.run,
    atMs: tools.atMs,
    counts: counts ?? { in: 0, out: 0, refused: 0, deduplicated: 0 },
    record: record as unknown as Json,
  }
  context.signal.throwIfAborted()
  await context.log({ kind: 'step.publishing', effect: context.effectKey })
  try {
    await built.work.publish(effect)
  } catch (thrown) {
    if (!tools.keyed) throw thrown
    await built.work.abandon()
    if ((await committed(job, tools, thrown)) === undefined) throw thrown
  }
  return endOf({ ...effect, key: context.effectKey })
}

/** After a publish that failed: did it commit all the same? Only the target knows. */
async function committed(job: Job, tools: StepTools, cause: unknown): Promise<Effect | undefined> {
  try {
    return await tools.store.effect(job.context.effectKey)
  } catch {
    throw failure('SLUICE_EFFECT_IN_DOUBT', { asset: job.asset.name }, { cause })
  }
}

function endOf(effect: Effect): StepEnd {
  return { outcome: 'success', ...keptIn(effect) }
}

/** A row that enters a step is written, refused with a reason, or counted as a duplicate. */
function balance(job: Job, counts: Counts | undefined): void {
  if (counts === undefined) return
  const { in: rowsIn, out, refused, deduplicated } = counts
  if (rowsIn === out + refused + deduplicated) return
  throw failure('SLUICE_COUNTS_DIFFER', { asset: job.asset.name, in: rowsIn, out, refused, deduplicated })
}
