import type { Flaw } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { Failure, failure } from '../../../../errors/index.ts'
import type { ObjectStore } from '../../../../objects/index.ts'
import type { DeltaPlace, Snapshot } from '../../face.ts'
import { hintKey, logNameOf } from '../../log/names.ts'
import { openDeltaLog } from '../../log/open.ts'
import { checkpoints, listLog } from '../../log/segment.ts'
import { vectorId } from '../../log/state.ts'

/** Gaps between versions, and whether the newest checkpoint says what the commits before it say. */
export async function logFlaws(place: DeltaPlace, session: Session): Promise<readonly Flaw[]> {
  const all = await listLog(place.store)
  const whole = checkpoints(all, undefined)
  const commits = all.flatMap(({ name }) => (name.kind === 'commit' ? [name.version] : []))
  const newest = whole.at(-1)?.version
  const gaps = gapsOf(
    commits,
    whole.map(({ version }) => version),
  )
  const checkpoint = newest === undefined ? [] : await checkpointFlaws(place, session, newest)
  return [...gaps, ...checkpoint]
}

/** Every version after the oldest one from which the table can be made. */
function gapsOf(commits: readonly number[], checkpointed: readonly number[]): readonly Flaw[] {
  const there = new Set(commits)
  const last = Math.max(-1, commits.at(-1) ?? -1, checkpointed.at(-1) ?? -1)
  const start = there.has(0) ? 0 : (checkpointed[0] ?? 0) + 1
  const flaws: Flaw[] = []
  for (let version = start; version <= last && flaws.length < gapsToldMax; version++) {
    if (there.has(version)) continue
    const words = `The commit of version ${version} is missing.`
    flaws.push({ kind: 'log gap', words, fix: 'Restore its file in `_delta_log` from a backup.' })
  }
  return flaws
}

const gapsToldMax = 10

const checkpointFix =
  'Delete it and `_last_checkpoint` in `_delta_log`, if all commits are there: a new one will be written.'

async function checkpointFlaws(
  place: DeltaPlace,
  session: Session,
  version: number,
): Promise<readonly Flaw[]> {
  const flaw = (words: string): Flaw => ({
    kind: 'checkpoint',
    words: `The checkpoint of version ${version} ${words}.`,
    fix: checkpointFix,
  })
  const said = await snapshotBy(place, version)
  if (said instanceof Failure) return [flaw(`cannot be read: ${said.message}`)]
  try {
    const replayed = await snapshotBy({ ...place, store: withoutCheckpoint(place.store, version) }, version)
    // Older commits are cleaned up: nothing is left to hold it against.
    if (replayed instanceof Failure) return []
    try {
      return (await differences(session, said.snapshot, replayed.snapshot)).map(flaw)
    } finally {
      await replayed.close()
    }
  } finally {
    await said.close()
  }
}

type Opened = { readonly snapshot: Snapshot; readonly close: () => Promise<void> }

/** A log of its own: nothing that is known already stands in for what is read. */
async function snapshotBy(place: DeltaPlace, version: number): Promise<Opened | Failure> {
  const log = await openDeltaLog(place)
  try {
    return { snapshot: await log.at({ version }), close: log.close }
  } catch (thrown) {
    await log.close()
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
}

/** The store as if this checkpoint had not been written yet. */
function withoutCheckpoint(store: ObjectStore, version: number): ObjectStore {
  return {
    ...store,
    get: async (key, options) => {
      if (key === hintKey) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
      return store.get(key, options)
    },
    list: async function* (prefix, options) {
      for await (const meta of store.list(prefix, options)) {
        const name = logNameOf(meta.key)
        const isCheckpoint = name?.kind === 'checkpoint' || name?.kind === 'part'
        if (!(isCheckpoint && name.version >= version)) yield meta
      }
    },
  }
}

async function differences(session: Session, said: Snapshot, replayed: Snapshot): Promise<readonly string[]> {
  const files = ({ filesSql }: Snapshot) =>
    `select path, ${vectorId('dv')}, size_bytes, to_json(partition_values) from (${filesSql})`
  const apart = (one: string, other: string) => `(from (${one}) except from (${other}))`
  const [odd, apps] = await session.row(`select
    (select count(*) from ${apart(files(said), files(replayed))})
      + (select count(*) from ${apart(files(replayed), files(said))}),
    (select count(*) from (${said.txnsSql}) one join (${replayed.txnsSql}) other using (app_id)
      where one.version <> other.version)`)
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  return [
    ...(odd === '0' ? [] : [`differs from the commits before it in ${odd} files`]),
    // Identifiers expire: one that only the commits know is none that is missing.
    ...(apps === '0' ? [] : [`differs from the commits before it in ${apps} transaction identifiers`]),
    ...(isSame(said.protocol, replayed.protocol) ? [] : ['has another protocol than the commits before it']),
    ...(isSame(said.fields, replayed.fields) ? [] : ['has another schema than the commits before it']),
  ]
}
