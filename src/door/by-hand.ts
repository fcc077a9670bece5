import { userInfo } from 'node:os'
import { asFailure } from '../errors/index.ts'
import type { AssetName } from '../model/index.ts'
import { systemClock } from '../run/index.ts'
import type { Opened } from './opened.ts'
import { recover } from './recover.ts'

export type ByHand<T> = {
  readonly asset: AssetName
  /** `restore`, `repair` */
  readonly trigger: string
  /** What was done to it, for the plan of what reads it: `restored to an earlier version`. */
  readonly words: string
  readonly act: (run: string) => Promise<T>
  /** Did it make the table another one? */
  readonly isChanged: (done: T) => boolean
}

/**
 * A change of a table that a person asked for is a run of its own in the ledger: what reads the asset sees
 * that it has another version, and `rollback` takes it back as any run.
 */
export async function byHand<T>(
  rooms: Opened,
  { asset, trigger, words, act, isChanged }: ByHand<T>,
): Promise<T> {
  const ledger = await rooms.ledger('write')
  await recover(ledger, () => rooms.store('write'))
  const known = await ledger.asset(asset)
  const step = `${asset} ${trigger}`
  const log = await ledger.startRun({
    project: rooms.read.config.name,
    trigger,
    actor: userInfo().username,
    steps: [{ id: step, asset }],
  })
  const pen = { step, asset, attempt: 1 }
  const startedAtMs = systemClock().nowMs()
  const durationMs = () => Math.max(0, systemClock().nowMs() - startedAtMs)
  await log.record({ ...pen, body: { kind: 'step.started', reason: { code: 'forced', words } } })
  try {
    const done = await act(log.id)
    const version = (known?.version ?? 0) + 1
    const body = { kind: 'step.finished', durationMs: durationMs() } as const
    await log.record(
      isChanged(done)
        ? { ...pen, body: { ...body, outcome: 'success', version }, state: { version } }
        : { ...pen, body: { ...body, outcome: 'unchanged', words: 'it was so already' } },
    )
    await log.finish('success')
    return done
  } catch (thrown) {
    const { code, title, fix, retry } = asFailure(thrown, `${trigger} of \`${asset}\``)
    const failed = { code, title, fix, retry }
    await log.record({
      ...pen,
      body: { kind: 'step.finished', outcome: 'failed', durationMs: durationMs(), failure: failed },
    })
    await log.finish('failed')
    throw thrown
  }
}
