import { failure } from '../errors/index.ts'
import type { AssetUpdate, Ledger, StepRow } from '../ledger/index.ts'
import type { AssetHistory, AssetName } from '../model/index.ts'
import type { EffectRecord } from '../run/index.ts'
import type { Opened } from './opened.ts'
import { factsOf } from './overlay.ts'
import type { Rollback } from './project.ts'
import { recover } from './recover.ts'
import { publishTogether } from './together.ts'

/**
 * What a run published goes back to what was there before, tables and the ledger's memory alike, so that the
 * next run does again what that one had done.
 */
export async function rollback(rooms: Opened, run: string): Promise<Rollback> {
  const store = await rooms.store('write')
  const { versions } = store
  if (versions?.rollback === undefined) throw failure('SLUICE_LAKE_NONE', { target: rooms.target.describe })
  const ledger = await rooms.ledger('write')
  await recover(ledger, () => rooms.store('write'))
  // An environment's own memory, not what it sees of its base.
  const memory = rooms.beside ? await rooms.beside.own('write') : ledger
  const outside = new Set(rooms.read.declarations.filter(it => it.body.kind === 'export').map(it => it.name))
  const look = () => lookAt(memory, run)
  const { published } = await look()
  const assets = published.filter(name => !outside.has(name))
  if (assets.length === 0) throw refused(run, 'It published no table.')
  const back = await publishTogether({
    ledger,
    store,
    project: rooms.read.config.name,
    trigger: 'rollback',
    undoes: run,
    words: `${run} taken back`,
    assets,
    decide: async () => {
      await look()
      return recordsOf({ memory, run, assets, vanishes: rooms.beside !== undefined })
    },
    publish: async joint => {
      const { undone } = await look()
      await versions.rollback?.(run, { ...joint, assets, undone: [...undone] })
    },
  })
  return { ...back, undoes: run, pushed: published.filter(name => outside.has(name)) }
}

type Looked = {
  /** Assets that the run published. */
  readonly published: readonly AssetName[]
  /** Runs that count no longer: taken back, or they did it. */
  readonly undone: ReadonlySet<string>
}

async function lookAt(ledger: Ledger, run: string): Promise<Looked> {
  const row = await ledger.run(run)
  if (row === undefined) throw refused(run, 'No run of this project is called so.')
  if (row.state !== 'finished') throw refused(run, 'It has not ended.')
  const undone = await undoneRuns(ledger)
  if (undone.has(run))
    throw refused(run, 'It was taken back already, or took another one back that counts again.')
  const published = publishedBy(await ledger.steps(run))
  await demandLast(ledger, run, { published, undone })
  return { published, undone }
}

function refused(run: string, why: string) {
  return failure('SLUICE_ROLLBACK_RUN', { run, why })
}

function publishedBy(steps: readonly StepRow[]): readonly AssetName[] {
  const done = steps.filter(({ outcome, version }) => outcome === 'success' && version !== undefined)
  return [...new Set(done.map(({ asset }) => asset))]
}

const all = Number.MAX_SAFE_INTEGER

/** A rollback and what it took back cancel each other, unless the rollback itself was taken back. */
async function undoneRuns(ledger: Ledger): Promise<ReadonlySet<string>> {
  const undone = new Set<string>()
  const started = await ledger.events({ kinds: ['run.started'], limit: all })
  for (const { run, body } of started.toReversed()) {
    if (body.kind !== 'run.started' || body.undoes === undefined || undone.has(run)) continue
    if (publishedBy(await ledger.steps(run)).length > 0) undone.add(run).add(body.undoes)
  }
  return undone
}

/** Nobody has published one of these assets since. */
async function demandLast(ledger: Ledger, run: string, { published, undone }: Looked): Promise<void> {
  const runs = new Set<string>()
  const assets: AssetName[] = []
  for (const asset of published) {
    const ended = await ledger.events({ kinds: ['step.finished'], asset, limit: all })
    const last = ended.findLastIndex(event => event.run === run)
    const later = ended.slice(last + 1).filter(event => isPublished(event.body) && !undone.has(event.run))
    if (later.length > 0) assets.push(asset)
    for (const event of later) runs.add(event.run)
  }
  if (runs.size === 0) return
  // Ids of runs sort by time.
  throw failure('SLUICE_ROLLBACK_LATER', { run, assets, runs: [...runs].sort().toReversed() })
}

function isPublished(body: {
  readonly kind: string
  readonly outcome?: string
  readonly version?: number
}): boolean {
  return body.outcome === 'success' && body.version !== undefined
}

type Recording = {
  readonly memory: Ledger
  readonly run: string
  readonly assets: readonly AssetName[]
  /** What had no past of its own is forgotten whole: the base shows again. */
  readonly vanishes: boolean
}

async function recordsOf({
  memory,
  run,
  assets,
  vanishes,
}: Recording): Promise<ReadonlyMap<AssetName, EffectRecord>> {
  const pasts = await Promise.all(
    assets.map(async name => ({ name, now: await memory.asset(name), was: await memory.before(run, name) })),
  )
  // What was read, and goes back as well, is there again under its new version.
  const again = new Map(
    pasts.map(({ name, now, was }) => [name, { from: was?.version, to: (now?.version ?? 0) + 1 }]),
  )
  const read = (upstream: AssetHistory['upstream']) =>
    Object.fromEntries(
      Object.entries(upstream).map(([name, version]) => {
        const moved = again.get(name)
        return [name, moved && moved.from === version ? moved.to : version]
      }),
    )
  return new Map(
    pasts.map(({ name, now, was }): readonly [AssetName, EffectRecord] => {
      const version = again.get(name)?.to ?? 0
      if (was === undefined || (vanishes && was.version === 0))
        return [
          name,
          { version, state: { forgotten: true, ...(vanishes ? {} : { version }) }, isRowless: true },
        ]
      const { partitions = [], ...facts } = factsOf(was)
      const state: AssetUpdate = {
        ...facts,
        forgotten: true,
        version,
        upstream: read(was.upstream),
        partitions: partitions.flatMap(part => {
          const moved = part.keys.filter(key => now?.partitions[key]?.version !== part.version)
          const same = part.keys.filter(key => now?.partitions[key]?.version === part.version)
          const from = { fingerprint: part.fingerprint, upstream: read(part.upstream) }
          return [
            { keys: moved, version, ...from },
            { keys: same, version: part.version, ...from },
          ].filter(({ keys }) => keys.length > 0)
        }),
      }
      return [name, { version, state, isRowless: true }]
    }),
  )
}
