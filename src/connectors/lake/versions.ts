import type { Version, Versions, When } from '../../connect/index.ts'
import { type Session, withSession } from '../../engine/index.ts'
import { failure } from '../../errors/index.ts'
import {
  type CarePolicy,
  type DeltaLog,
  diff,
  fsck,
  type HistoryEntry,
  history,
  type Operation,
  optimize,
  repair,
  restore,
  shallowClone,
  type Snapshot,
} from '../../formats/delta/index.ts'
import type { AssetName, Json } from '../../model/index.ts'
import { care, vacuumOf } from './care.ts'
import { noteClone } from './clones.ts'
import type { Lake } from './lake.ts'
import { rollback } from './rollback.ts'
import { by, told } from './told.ts'

/** The past of the lake's tables, and their care: by itself as the policy says. */
export function versionsOf(lake: Lake, policy: CarePolicy | undefined): Versions {
  const on = <T>(
    asset: AssetName,
    act: (log: DeltaLog, session: Session) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> =>
    withSession(lake.engine.session({ path: lake.objects.describe, signal }), async session =>
      act(await tableOf(lake, asset), session),
    )
  /** What changes a table is for the environment's own alone. */
  const onOwn: typeof on = async (asset, act, signal) => {
    const { environment } = lake
    if (environment !== undefined && (await standsAt(lake, asset)) !== lake.own(asset))
      throw failure('SLUICE_ENVIRONMENT_READS', { environment, asset })
    return on(asset, act, signal)
  }
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
    restore: (asset, when, { run } = {}) =>
      onOwn(asset, (log, session) => restore(log, { session, when: at(when), as: asRun(run) })),
    repair: (asset, { run } = {}) => onOwn(asset, (log, session) => repair(log, { session, as: asRun(run) })),
    optimize: (asset, { sortBy, signal, ...options }) =>
      onOwn(asset, (log, session) => optimize(log, { ...options, zorder: sortBy, session }), signal),
    vacuum: (asset, { signal, ...options }) =>
      onOwn(asset, (log, session) => vacuumOf(lake, lake.own(asset), { ...options, log, session }), signal),
    care: request => care(lake, policy, request),
    fsck: asset => on(asset, async (log, session) => (await fsck(log, { session })).flaws),
    rollback: (run, request) => rollback(lake, run, request),
    clone: (asset, to, when) =>
      on(asset, async (log, session) => {
        const source = when === undefined ? await newest(log, asset) : await log.at(at(when))
        const clone = lake.own(to)
        const of = await standsAt(lake, asset)
        if (of !== undefined) await noteClone(lake.objects, { of, clone })
        return shallowClone(await lake.table(clone), { session, source, sourceStore: log.place.store })
      }),
  }
}

function asRun(run: string | undefined) {
  return (operation: Operation): Operation => (run === undefined ? operation : by({ run }, operation))
}

/** A view has no past, and neither has what its name's table held before. */
async function tableOf(lake: Lake, asset: AssetName): Promise<DeltaLog> {
  const at = await standsAt(lake, asset)
  if (at === undefined) throw failure('SLUICE_LAKE_NO_PAST', { asset })
  return lake.table(at)
}

/** Where the table lies that the name means: the environment's own, or the base's. */
async function standsAt(lake: Lake, asset: AssetName): Promise<AssetName | undefined> {
  const said = await lake.views.all()
  for (const at of new Set([lake.own(asset), asset])) {
    if (said.get(at)?.sql !== undefined) return undefined
    if (!said.has(at) && (await lake.has(at))) return at
  }
  return undefined
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
  const { version, timestampMs: atMs, operation, metrics, engine } = entry
  // They were JSON in the log.
  const parameters = entry.parameters as { readonly [name: string]: Json }
  return { version, atMs, operation, run: told(entry).run, metrics, parameters, engine }
}
