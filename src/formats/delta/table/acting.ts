import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../../../engine/index.ts'
import { Failure } from '../../../errors/index.ts'
import type { Committed, DeltaLog, Operation, Transaction } from '../face.ts'

/** How often a write whose ground others changed is done again, and how long it waits at most between. */
const triesMax = 10
const waitMsMax = 2_000

/** What a try has staged. undefined: there is nothing to commit. */
export type Staged<T> = { readonly result: T; readonly operation: Operation | undefined }

/**
 * Stage and commit. Others that were before and changed what this has read make it begin again on their
 * version, after
 * a wait of random length; `stage` must be able to do its work twice.
 */
export async function acting<T>(
  log: DeltaLog,
  session: Session,
  stage: (tx: Transaction) => Promise<Staged<T>>,
): Promise<T & { readonly version: number | undefined }> {
  for (let tries = 1; ; tries++) {
    const tx = await log.begin({ session })
    try {
      const { result, operation } = await stage(tx)
      const committed: Committed | undefined = operation && (await tx.commit(operation))
      if (committed === undefined) await tx.abandon()
      return { ...result, version: committed?.version }
    } catch (thrown) {
      await tx.abandon()
      if (tries === triesMax || !isConflict(thrown)) throw thrown
    }
    await sleep(Math.random() * Math.min(waitMsMax, 2 ** tries * 10), undefined, waiting(log))
  }
}

function waiting({ place }: DeltaLog): { readonly signal?: AbortSignal } {
  return place.signal === undefined ? {} : { signal: place.signal }
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.code === 'SLUICE_DELTA_CONFLICT'
}
