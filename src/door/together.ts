import { userInfo } from 'node:os'
import type { Store, Together } from '../connect/index.ts'
import { asFailure, type Failure, failure } from '../errors/index.ts'
import type { AssetUpdate, Ledger, RunLog } from '../ledger/index.ts'
import type { AssetName, Json, Reason } from '../model/index.ts'
import { type EffectRecord, type JointRecord, systemClock } from '../run/index.ts'

export type Publishing = {
  readonly ledger: Ledger
  readonly store: Store
  readonly project: string
  /** `promote` or `rollback`. */
  readonly trigger: string
  readonly undoes?: string
  readonly words: string
  readonly assets: readonly AssetName[]
  /** What the ledger shall know of each afterwards. Asked once nobody else builds them. */
  readonly decide: () => Promise<ReadonlyMap<AssetName, EffectRecord>>
  readonly publish: (joint: Omit<Together, 'assets'>) => Promise<unknown>
}

export type Published = {
  readonly run: string
  readonly assets: readonly { readonly asset: AssetName; readonly version: number }[]
}

/**
 * Several assets published at once, as a run of its own: a step for each, and one effect for all. What a
 * crash leaves open is settled as after any run, by asking the target for the effect.
 */
export async function publishTogether(publishing: Publishing): Promise<Published> {
  const { ledger, project, trigger, undoes, words, assets } = publishing
  const steps = assets.map(asset => ({ id: asset, asset }))
  const log = await ledger.startRun({ project, trigger, undoes, actor: userInfo().username, steps })
  const reason: Reason = { code: 'forced', words }
  await all(log, assets, () => ({ body: { kind: 'step.started', reason } }))
  const startedAtMs = systemClock().nowMs()
  const effect = `${log.id}/${trigger}`
  try {
    const decided = await publishing.decide()
    await all(log, assets, () => ({ body: { kind: 'step.publishing', effect } }))
    await publishOnce(publishing, { effect, log, decided })
    const durationMs = Math.max(0, systemClock().nowMs() - startedAtMs)
    await all(log, assets, asset => {
      const { version, state } = decided.get(asset) ?? { version: 0, state: {} }
      return { body: { kind: 'step.finished', outcome: 'success', durationMs, version }, state }
    })
    await log.finish('success')
    return {
      run: log.id,
      assets: assets.map(asset => ({ asset, version: decided.get(asset)?.version ?? 0 })),
    }
  } catch (thrown) {
    const failed = asFailure(thrown, words)
    if (failed.code === 'SLUICE_EFFECT_IN_DOUBT') await log.letGo()
    else await cancelled(log, assets, failed)
    throw failed
  }
}

type Once = {
  readonly effect: string
  readonly log: RunLog
  readonly decided: ReadonlyMap<AssetName, EffectRecord>
}

async function publishOnce(publishing: Publishing, { effect, log, decided }: Once): Promise<void> {
  const record: JointRecord = { assets: Object.fromEntries(decided) }
  const { store, assets, publish } = publishing
  try {
    await publish({ effect, run: log.id, atMs: log.startedAtMs, record: record as unknown as Json })
  } catch (thrown) {
    // Only the target knows whether it stands all the same.
    const stands = await store.effect(effect).catch(() => 'nobody knows')
    if (stands === undefined) throw thrown
    if (stands === 'nobody knows')
      throw failure('SLUICE_EFFECT_IN_DOUBT', { asset: assets[0] ?? '' }, { cause: thrown })
  }
}

type Saying = Pick<Parameters<RunLog['record']>[0], 'body'> & { readonly state?: AssetUpdate }

async function all(
  log: RunLog,
  assets: readonly AssetName[],
  say: (asset: AssetName) => Saying,
): Promise<void> {
  await Promise.all(assets.map(asset => log.record({ step: asset, asset, attempt: 1, ...say(asset) })))
}

/** The assets are what they were; that is no failure of theirs. */
async function cancelled(
  log: RunLog,
  assets: readonly AssetName[],
  { code, title, fix, retry }: Failure,
): Promise<void> {
  const failed = { code, title, fix, retry }
  await all(log, assets, () => ({
    body: { kind: 'step.finished', outcome: 'cancelled', durationMs: 0, failure: failed },
  }))
  await log.finish('failed')
}
