import type { AssetUpdate, Ledger, RunLog, Settlement, Transition } from '../ledger/index.ts'
import type { AssetHistory, AssetName, History, PartitionHistory } from '../model/index.ts'
import { systemClock } from '../run/index.ts'

export type Layers = {
  /** What the environment remembers itself. */
  readonly own: Ledger
  readonly base: Ledger
  /** What the environment has of its own at the target, and has not fallen behind there. */
  readonly there: () => Promise<ReadonlySet<AssetName>>
}

/** The ledger of an environment that stands beside its base. */
export type Overlay = Ledger & {
  /** Assets that are the environment's own, and still count. */
  mine(): Promise<readonly AssetName[]>
}

/**
 * What an environment remembers: the base's past, and over it its own. Only its own is written. An asset's
 * first own record takes along what was known in the base, and says under the asset's own name in `upstream`
 * which version of the base it began from: once the base has another one, the own record no longer counts.
 */
export function overlaid({ own, base, there }: Layers): Overlay {
  let known: Promise<Set<AssetName>> | undefined
  const stands = (): Promise<Set<AssetName>> => {
    known ??= there().then(names => new Set(names))
    return known
  }
  const layersOf = async (name: AssetName): Promise<Layered> => {
    const [mine, basis, names] = await Promise.all([own.asset(name), base.asset(name), stands()])
    return { name, own: mine, base: basis, stands: names.has(name) }
  }
  const written = async (asset: AssetName, state: AssetUpdate): Promise<AssetUpdate> =>
    state.forgotten ? state : inheriting(await layersOf(asset), state)
  const penOf = (log: RunLog): RunLog => ({
    ...log,
    record: async transition => {
      const event = await log.record(await layered(transition, written))
      const { asset, body, state } = transition
      if (asset !== undefined && body.kind === 'step.finished' && state?.version !== undefined)
        (await stands()).add(asset)
      return event
    },
  })
  return {
    ...own,
    history: async () => {
      known = undefined
      const [mine, basis, names] = await Promise.all([own.history(), base.history(), stands()])
      return mergedHistory(mine, basis, names)
    },
    asset: async name => seen(await layersOf(name)),
    contract: async name => seen(await layersOf(name))?.contract,
    startRun: async request => penOf(await own.startRun(request)),
    settle: async (crashed, outcomes) => {
      const assets = new Map(crashed.open.map(({ step, asset }) => [step, asset]))
      const all = outcomes.map(async (outcome): Promise<Settlement> => {
        const asset = assets.get(outcome.step)
        if (asset === undefined || outcome.state === undefined) return outcome
        return { ...outcome, state: await written(asset, outcome.state) }
      })
      return own.settle(crashed, await Promise.all(all))
    },
    mine: async () => {
      known = undefined
      const [mine, basis, names] = await Promise.all([own.history(), base.history(), stands()])
      const layers = Object.entries(mine.assets).map(([name, past]) => ({
        name,
        own: past,
        base: basis.assets[name],
        stands: names.has(name),
      }))
      return layers.filter(isMine).map(({ name }) => name)
    },
  }
}

type Layered = {
  readonly name: AssetName
  readonly own: AssetHistory | undefined
  readonly base: AssetHistory | undefined
  /** The environment has it of its own at the target. */
  readonly stands: boolean
}

function mergedHistory(own: History, base: History, stands: ReadonlySet<AssetName>): History {
  const names = new Set([...Object.keys(own.assets), ...Object.keys(base.assets)])
  const all = [...names].flatMap((name): readonly (readonly [AssetName, AssetHistory])[] => {
    const past = seen({ name, own: own.assets[name], base: base.assets[name], stands: stands.has(name) })
    return past === undefined ? [] : [[name, past]]
  })
  return { assets: Object.fromEntries(all) }
}

/** The own record began from the version that the base has now. */
function counts({ name, own, base }: Layered): boolean {
  return own !== undefined && own.upstream[name] === (base?.version ?? 0)
}

function isMine(layers: Layered): boolean {
  return counts(layers) && layers.stands && (layers.own?.version ?? 0) > 0
}

/** Own facts of rows that are still the base's: checks that were looked at, a source that had nothing new. */
function isFactsOnly(layers: Layered): boolean {
  return counts(layers) && layers.own?.version === 0
}

function seen(layers: Layered): AssetHistory | undefined {
  const { own, base } = layers
  if (own === undefined || base === undefined) return own ?? asRead(base)
  if (isMine(layers)) return own
  if (isFactsOnly(layers)) return { ...own, version: base.version }
  const { lastOutcome, attemptedAtMs } = own
  const failed = lastOutcome !== 'success' && attemptedAtMs > base.attemptedAtMs
  return failed ? { ...base, lastOutcome, attemptedAtMs } : asRead(base)
}

/** That the base could not build something anew is the base's business, as long as something stands there. */
function asRead(base: AssetHistory | undefined): AssetHistory | undefined {
  return base !== undefined && base.version > 0 ? { ...base, lastOutcome: 'success' } : base
}

async function layered(
  transition: Transition,
  written: (asset: AssetName, state: AssetUpdate) => Promise<AssetUpdate>,
): Promise<Transition> {
  const { asset, state } = transition
  return asset === undefined || state === undefined
    ? transition
    : { ...transition, state: await written(asset, state) }
}

/** What is written of an asset, with what it began from. */
function inheriting(layers: Layered, state: AssetUpdate): AssetUpdate {
  const { name, base } = layers
  const from = { [name]: base?.version ?? 0 }
  if (isMine(layers) || isFactsOnly(layers))
    return state.upstream === undefined ? state : { ...state, upstream: { ...state.upstream, ...from } }
  const past = seen(layers)
  const before = past === undefined ? {} : factsOf(past)
  const kept = state.partitionsReset ? [] : (before.partitions ?? [])
  return {
    ...before,
    ...state,
    forgotten: true,
    upstream: { ...(state.upstream ?? before.upstream), ...from },
    partitions: [...kept, ...(state.partitions ?? [])],
    ...(state.version === undefined ? { version: 0 } : { succeededAtMs: Math.trunc(systemClock().nowMs()) }),
  }
}

/** All that is known of an asset, as an update that says it. */
export function factsOf(past: AssetHistory): AssetUpdate {
  const { attemptedAtMs: _, partitions, ...facts } = past
  const byBuild = Map.groupBy(Object.entries(partitions), ([, built]) => JSON.stringify(built))
  const all = [...byBuild.values()].flatMap(entries => {
    const built = entries[0]?.[1] as PartitionHistory
    return [{ keys: entries.map(([key]) => key), ...built }]
  })
  return { ...facts, partitions: all }
}
