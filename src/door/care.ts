import { asFailure } from '../errors/index.ts'
import type { RunLog } from '../ledger/index.ts'
import type { AssetName } from '../model/index.ts'
import type { Scene } from './scene.ts'

export type Caring = {
  /** Assets that the run has built. */
  readonly built: ReadonlySet<AssetName>
  readonly signal: AbortSignal
}

/**
 * What a run has written is kept in order before the run ends: until then nobody else builds these assets. No
 * run fails by it; what was done and what could not be done stands among its events.
 */
export function caring(scene: Pick<Scene, 'store'>, log: RunLog, { built, signal }: Caring): RunLog {
  return {
    ...log,
    finish: async outcome => {
      if (outcome !== 'cancelled' && built.size > 0) await care(scene, log, { built, signal })
      return log.finish(outcome)
    },
  }
}

async function care({ store }: Pick<Scene, 'store'>, log: RunLog, { built, signal }: Caring): Promise<void> {
  const say = (level: 'info' | 'warn', words: string) => log.record({ body: { kind: 'log', level, words } })
  try {
    const cared = (await store.versions?.care?.({ assets: [...built], signal })) ?? []
    for (const { asset, words, failure } of cared) await say(failure ? 'warn' : 'info', `${asset}: ${words}`)
  } catch (thrown) {
    if (signal.aborted) return
    await say('warn', `tables were not kept in order: ${asFailure(thrown, 'keeping tables in order').title}`)
  }
}
