import type { Version, Versions, When } from '../../connect/index.ts'
import { type Session, withSession } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import {
  type DeltaLog,
  diff,
  fsck,
  type HistoryEntry,
  history,
  optimize,
  restore,
  shallowClone,
  type Snapshot,
  vacuum,
} from '../../formats/delta/index.ts'
import type { AssetName, Json } from '../../model/index.ts'
import type { Lake } from './lake.ts'

/** The past of the lake's tables, and their care. */
export function versionsOf(lake: Lake): Versions {
  const on = <T>(
    asset: AssetName,
    act: (log: DeltaLog, session: Session) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> =>
    withSession(lake.engine.session({ path: lake.objects.describe, signal }), async session =>
      act(await tableOf(lake, asset), session),
    )
  return {
    history: async (asset, { limit } = {}) => {
      const log = await tableOf(lake, asset)
      return (await history(log, { limit })).map(versionOf)
    },
    diff: (asset, between) =>
      on(asset, async (log, session) => {
        const [from, to] = [await log.at(at(between.from)), await log.at(at(between.to))]
        const { rows, files, columns } = await diff({ session, from, to })
        return { from: from.version, to: to.version, rows, files, columns }
      }),
    restore: (asset, when) => on(asset, (log, session) => restore(log, { session, when: at(when) })),
    optimize: (asset, { sortBy, signal, ...options }) =>
      on(asset, (log, session) => optimize(log, { ...options, zorder: sortBy, session }), signal),
    vacuum: (asset, { signal, ...options }) =>
      on(asset, (log, session) => vacuum(log, { ...options, session }), signal),
    fsck: asset => on(asset, async (log, session) => (await fsck(log, { session })).flaws),
    clone: (asset, to, when) =>
      on(asset, async (log, session) => {
        const source = when === undefined ? await newest(log, asset) : await log.at(at(when))
        return shallowClone(await lake.table(to), { session, source, sourceStore: log.place.store })
      }),
  }
}

/** A view has no past, and neither has what its name's table held before. */
async function tableOf(lake: Lake, asset: AssetName): Promise<DeltaLog> {
  if ((await lake.views.all()).has(asset) || !(await lake.has(asset)))
    throw failure('SLUICE_LAKE_NO_PAST', { asset })
  return lake.table(asset)
}

async function newest(log: DeltaLog, asset: AssetName): Promise<Snapshot> {
  const snapshot = await log.latest()
  if (snapshot === undefined) throw failure('SLUICE_LAKE_NO_PAST', { asset })
  return snapshot
}

function at(when: When): { readonly version: number } | { readonly timestampMs: number } {
  return 'version' in when ? when : { timestampMs: when.atMs }
}

function versionOf(entry: HistoryEntry): Version {
  const { version, timestampMs: atMs, operation, metrics, engine, userMetadata } = entry
  // They were JSON in the log.
  const parameters = entry.parameters as { readonly [name: string]: Json }
  return { version, atMs, operation, run: runOf(userMetadata), metrics, parameters, engine }
}

/** As `tables.ts` wrote it; others write there what they like. */
function runOf(userMetadata: string | undefined): string | undefined {
  try {
    const { run } = JSON.parse(userMetadata ?? '{}') as { readonly run?: unknown }
    return typeof run === 'string' && run !== '' ? run : undefined
  } catch {
    return undefined
  }
}
