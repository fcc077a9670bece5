import { userInfo } from 'node:os'
import type { Own } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import type { AssetUpdate, Ledger } from '../ledger/index.ts'
import type { AssetHistory, AssetName, History, Manifest } from '../model/index.ts'
import { select } from '../plan/index.ts'
import type { EffectRecord } from '../run/index.ts'
import { type Beside, tablesOf } from './beside.ts'
import type { Opened } from './opened.ts'
import { factsOf } from './overlay.ts'
import type { PromoteWish, Promotion } from './project.ts'
import { recover } from './recover.ts'
import { publishTogether } from './together.ts'

/** What an environment has built becomes its base's: tables, and what the ledger knows of them. */
export async function promote(rooms: Opened, manifest: Manifest, wish: PromoteWish): Promise<Promotion> {
  const { beside, environment } = rooms
  const store = await rooms.store('write')
  const { environments } = store
  if (beside === undefined || environments === undefined)
    throw failure('SLUICE_ENVIRONMENT_APART', { environment, known: standingBeside(rooms) })
  const [own, base] = await Promise.all([beside.own('write'), beside.base('write')])
  await recover(await beside.ledger('write'), () => rooms.store('write'))
  await recover(base, () => rooms.store('write'))
  const look = () => lookAt({ beside, manifest, wish, there: () => environments.own(environment) })
  const first = await look()
  refuse(environment, first, wish)
  const assets = first.assets.map(({ name }) => name)
  const between = { environment, base: beside.baseName ?? 'default' }
  if (assets.length === 0) return { ...between, run: undefined, assets: [] }
  const project = rooms.read.config.name
  return withClaims(own, { project, assets }, async () => {
    const published = await publishTogether({
      ledger: base,
      store,
      project,
      trigger: 'promote',
      words: `promoted from ${environment}`,
      assets,
      decide: async () => {
        const now = await look()
        refuse(environment, now, wish)
        return recordsOf(now.assets)
      },
      publish: async joint => {
        const tables = tablesOf(
          assets,
          await environments.own(environment),
          Object.keys((await own.history()).assets),
        )
        return environments.promote(environment, { ...joint, assets: tables })
      },
    })
    return { ...between, ...published }
  })
}

function standingBeside({ read }: Opened): readonly string[] {
  const { environments } = read.config
  return Object.keys(environments).filter(name => environments[name]?.target === undefined)
}

/** While the environment's tables go to the base, no run of the environment builds them. */
async function withClaims<T>(
  own: Ledger,
  { project, assets }: { readonly project: string; readonly assets: readonly AssetName[] },
  act: () => Promise<T>,
): Promise<T> {
  const steps = assets.map(asset => ({ id: asset, asset }))
  const log = await own.startRun({ project, trigger: 'promote', actor: userInfo().username, steps })
  let outcome: 'success' | 'failed' = 'failed'
  try {
    const done = await act()
    outcome = 'success'
    return done
  } finally {
    await log.finish(outcome)
  }
}

type Candidate = {
  readonly name: AssetName
  readonly own: AssetHistory
  readonly base: AssetHistory | undefined
  readonly behind: boolean
}

type Looked = {
  readonly assets: readonly Candidate[]
  /** Selected, and not well in the environment. */
  readonly failed: readonly AssetName[]
}

type Looking = {
  readonly beside: Beside
  readonly manifest: Manifest
  readonly wish: PromoteWish
  readonly there: () => Promise<readonly Own[]>
}

async function lookAt({ beside, manifest, wish, there }: Looking): Promise<Looked> {
  const ledgers = [beside.own('read'), beside.base('read'), beside.ledger('read')]
  const histories = await Promise.all(ledgers.map(async ledger => (await ledger).history()))
  const [own, base, seen] = histories as [History, History, History]
  const wanted = select(manifest, { select: wish.select ?? [], exclude: wish.exclude ?? [] }, seen)
  const standing = new Map((await there()).map(it => [it.asset, it]))
  const assets = Object.entries(own.assets).flatMap(([name, mine]): readonly Candidate[] => {
    const at = standing.get(name)
    if (at === undefined || mine.version === 0 || !wanted.has(name)) return []
    const below = base.assets[name]
    const behind = at.behind || mine.upstream[name] !== (below?.version ?? 0)
    return [{ name, own: mine, base: below, behind }]
  })
  const failed = Object.keys(own.assets).filter(
    name => wanted.has(name) && seen.assets[name]?.lastOutcome !== 'success',
  )
  return { assets, failed }
}

function refuse(environment: string, { assets, failed }: Looked, { force }: PromoteWish): void {
  if (failed.length > 0) throw failure('SLUICE_PROMOTE_FAILED', { environment, assets: failed })
  const behind = assets.filter(it => it.behind).map(({ name }) => name)
  if (behind.length > 0 && !force) throw failure('SLUICE_PROMOTE_BEHIND', { environment, assets: behind })
}

/**
 * What the base will know. Versions in an environment go on from the base's, so that they can be taken as
 * they are; only where the base moved on, and its rows are given up, they count from there.
 */
function recordsOf(assets: readonly Candidate[]): ReadonlyMap<AssetName, EffectRecord> {
  const versions = new Map(
    assets.map(({ name, own, base }) => [name, Math.max((base?.version ?? 0) + 1, own.version)]),
  )
  const renamed = new Map(assets.map(({ name, own }) => [name, own.version]))
  const read = (upstream: AssetHistory['upstream'], reader: AssetName) =>
    Object.fromEntries(
      Object.entries(upstream)
        .filter(([name]) => name !== reader)
        .map(([name, version]) => [
          name,
          renamed.get(name) === version ? (versions.get(name) ?? version) : version,
        ]),
    )
  return new Map(
    assets.map(({ name, own, base }) => {
      const version = versions.get(name) ?? own.version
      const { contract, partitions = [], ...facts } = factsOf(own)
      const state: AssetUpdate = {
        ...facts,
        forgotten: true,
        version,
        upstream: read(own.upstream, name),
        partitions: partitions.map(part => ({
          ...part,
          version: version === own.version ? part.version : version,
          upstream: read(part.upstream, name),
        })),
        ...(contract && {
          contract: { ...contract, version: Math.max(contract.version, base?.contract?.version ?? 0) },
        }),
      }
      return [name, { version, state, isRowless: true }]
    }),
  )
}
