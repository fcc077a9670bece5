import { Failure } from '../errors/index.ts'
import type { AssetHistory, AssetName, History } from '../model/index.ts'
import type { Opened } from './opened.ts'

/**
 * The history of what still stands. A person may have deleted the database file or dropped a table: what the
 * ledger says of those assets is forgotten, so that they are built anew.
 */
export async function presentOnly(rooms: Opened, history: History): Promise<Present> {
  const there = await presentAssets(rooms)
  if (there === undefined) return { history, lost: new Set() }
  const exported = new Set(rooms.read.declarations.filter(it => it.body.kind === 'export').map(it => it.name))
  const stands = (name: AssetName) => there.has(name.toLowerCase()) || exported.has(name)
  const built = Object.entries(history.assets).filter(([, asset]) => asset.version > 0)
  const lost = new Set(built.map(([name]) => name).filter(name => !stands(name)))
  const kept = Object.entries(history.assets).filter(([name]) => !lost.has(name))
  return { history: { assets: Object.fromEntries(kept) }, lost }
}

export type Present = { readonly history: History; readonly lost: ReadonlySet<AssetName> }

/**
 * What is left of an asset's history when its rows are gone: what was promised, and that versions only rise.
 */
export function forgotten(history: AssetHistory): AssetHistory {
  const { lastOutcome, attemptedAtMs, version, contract } = history
  return {
    lastOutcome,
    attemptedAtMs,
    version,
    upstream: {},
    partitions: {},
    ...(contract ? { contract } : {}),
  }
}

/** undefined: somebody else holds the target, so it cannot be looked at now. */
async function presentAssets(rooms: Opened): Promise<ReadonlySet<string> | undefined> {
  try {
    const names = await (await rooms.store('read')).assets()
    return new Set(names.map(name => name.toLowerCase()))
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    if (thrown.code === 'SLUICE_TARGET_NOT_FOUND') return new Set()
    if (thrown.code === 'SLUICE_TARGET_LOCKED') return undefined
    throw thrown
  }
}
