import { type Own, quarantineOf, type Store } from '../connect/index.ts'
import { Failure } from '../errors/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { AssetName, History } from '../model/index.ts'
import { type Overlay, overlaid } from './overlay.ts'

type Mode = 'read' | 'write'

export type BesideParts = {
  readonly environment: string
  /** undefined: the base is the project's own target. */
  readonly baseName: string | undefined
  readonly base: (mode: Mode) => Promise<Ledger>
  readonly own: (mode: Mode) => Promise<Ledger>
  readonly store: (mode: Mode) => Promise<Store>
}

/** An environment that stands beside another one, its base: same target, a ledger over a ledger. */
export type Beside = Pick<BesideParts, 'baseName'> & {
  /** The base's past, and over it the environment's. */
  readonly ledger: (mode: Mode) => Promise<Overlay>
  /** The base's own ledger. */
  readonly base: (mode: Mode) => Promise<Ledger>
  /** The environment's alone. */
  readonly own: (mode: Mode) => Promise<Ledger>
  /** Contracts of both, without asking the target: what compiling needs. */
  readonly remembered: () => Promise<History>
  /** Assets that are the environment's own and still count. */
  readonly mine: () => Promise<readonly AssetName[]>
  /** Whatever is its own at the target and no longer counts is the base's again. Returns which. */
  readonly beginAnew: () => Promise<readonly AssetName[]>
}

export function besideOf(parts: BesideParts): Beside {
  const { environment, baseName, base, own, store } = parts
  const there = async () => {
    const all = await ownAt(parts)
    return new Set(all.filter(({ behind }) => !behind).map(({ asset }) => asset))
  }
  const ledger = async (mode: Mode) => overlaid({ own: await own(mode), base: await base('read'), there })
  const mine = async () => (await ledger('read')).mine()
  return {
    baseName,
    ledger,
    base,
    own,
    mine,
    remembered: async () => {
      const [own, below] = await Promise.all(
        [parts.own('read'), base('read')].map(async it => (await it).history()),
      )
      const kept = Object.entries(own?.assets ?? {}).filter(([, { contract }]) => contract !== undefined)
      return { assets: { ...below?.assets, ...Object.fromEntries(kept) } }
    },
    beginAnew: async () => {
      const [counting, all] = await Promise.all([mine(), ownAt(parts)])
      const kept = new Set(tablesOf(counting, all, Object.keys((await (await own('read')).history()).assets)))
      const gone = all.map(({ asset }) => asset).filter(asset => !kept.has(asset))
      if (gone.length > 0) await (await store('write')).environments?.drop(environment, gone)
      return gone
    },
  }
}

/**
 * Tables of these assets: their own, those of nested lists, and what they refused. `known` are assets
 * themselves.
 */
export function tablesOf(
  assets: readonly AssetName[],
  all: readonly Own[],
  known: readonly AssetName[],
): readonly AssetName[] {
  const [wanted, others] = [new Set(assets), new Set(known)]
  const refused = new Set(assets.map(quarantineOf))
  return all
    .map(({ asset }) => asset)
    .filter(name => {
      if (wanted.has(name) || refused.has(name)) return true
      return !others.has(name) && assets.some(asset => name.startsWith(`${asset}__`))
    })
}

/** Where nothing was ever built, nothing is anybody's own. */
async function ownAt({ environment, store }: BesideParts): Promise<readonly Own[]> {
  try {
    const { environments } = await store('read')
    return (await environments?.own(environment)) ?? []
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_TARGET_NOT_FOUND') return []
    throw thrown
  }
}
