import type { Store } from '../connect/index.ts'
import type { CrashedRun, Ledger, Settlement } from '../ledger/index.ts'
import { keptIn } from '../run/index.ts'

/**
 * Bring the ledger up to date with runs whose process is gone: every step that was about to publish is looked
 * up at the target by its effect key. What is there counts, what is not there will be planned again. Returns
 * the steps taken over.
 */
export async function recover(ledger: Ledger, store: () => Promise<Store>): Promise<number> {
  let taken = 0
  for (const crashed of await ledger.recoverable()) {
    const outcomes = await settlements(crashed, store)
    const settled = await ledger.settle(crashed, outcomes)
    if (settled) taken += outcomes.filter(outcome => outcome.committed).length
  }
  return taken
}

async function settlements(crashed: CrashedRun, store: () => Promise<Store>): Promise<readonly Settlement[]> {
  const outcomes: Settlement[] = []
  for (const open of crashed.open) {
    if (open.effect === undefined) continue
    const effect = await (await store()).effect(open.effect)
    if (effect === undefined) outcomes.push({ step: open.step, committed: false })
    else {
      const { version: _, ...kept } = keptIn(effect, open.asset)
      outcomes.push({ step: open.step, committed: true, ...kept })
    }
  }
  return outcomes
}
