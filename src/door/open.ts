import type { OpenOptions, Project } from './project.ts'
import { declarations } from '../compile/index.ts'
import { failure } from '../errors/index.ts'
import { rename, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { act, planOf, probe } from './act.ts'
import { contractBreaks } from './contract-breaks.ts'
import { doctor } from './doctor.ts'
import { runFixtures } from './fixtures.ts'
import { lakeOf, withoutRuns } from './lake.ts'
import { type Opened, openRooms, wrong } from './opened.ts'
import { presentOnly } from './present.ts'
import { promote } from './promote.ts'
import { quarantineOf } from './quarantine.ts'
import { recover } from './recover.ts'
import { rollback } from './rollback.ts'
import { systemClock } from '../run/index.ts'
import type { Scene } from './scene.ts'

/**
 * Open the project that holds `cwd`. Nothing outside is touched before something is asked of it.
 * @example const project = await openProject({ cwd: process.cwd() }); const report = await project.run({});
 * await project.close()
 */
export async function openProject(options: OpenOptions): Promise<Project> {
  return projectOf(await openRooms(options))
}

/** What can be asked of the rooms. */
export function projectOf(rooms: Opened): Project {
  const { read } = rooms
  const manifest: Project['manifest'] = async (wish = {}) => {
    const compiled = await rooms.compiled({ lineage: wish.lineage ?? false })
    const failed = wrong(read, compiled)
    if (failed) throw failed
    return compiled.manifest
  }
  const run: Project['run'] = async wish => act(await sceneOf(rooms, manifest), wish)
  return {
    root: read.root,
    name: read.config.name,
    environment: rooms.environment,
    target: rooms.target.describe,
    check: async (wish = {}) => {
      const startedAtMs = systemClock().nowMs()
      const compiled = await rooms.compiled({ lineage: wish.lineage ?? false })
      return {
        manifest: compiled.manifest,
        failures: [...read.failures, ...compiled.failures, ...(await contractBreaks(rooms, compiled))],
        notes: compiled.notes.map(note => note.text),
        durationMs: systemClock().nowMs() - startedAtMs,
      }
    },
    manifest,
    history: async () => (await rooms.ledger('read')).history(),
    plan: async wish => {
      const compiled = await manifest()
      const { history } = await presentOnly(rooms, await (await rooms.ledger('read')).history())
      const own = await rooms.beside?.mine()
      const { signal, onWords } = rooms
      const scene = { read, manifest: compiled, history, own, http: await rooms.http(), onWords }
      return planOf(scene, wish, await probe(scene, { wish, signal }))
    },
    run,
    test: async names => runFixtures(rooms, { manifest: await manifest(), names }),
    events: async query => (await rooms.ledger('read')).events(query),
    isAbandoned: async id =>
      (await (await rooms.ledger('read')).recoverable()).some(crashed => crashed.run.id === id),
    sql: async (text, wish = {}) => {
      const store = await rooms.store('read')
      return store.query(await withoutRuns(rooms, text), { ...wish, signal: rooms.signal })
    },
    lake: lakeOf(rooms),
    promote: async wish => promote(rooms, await manifest(), wish),
    rollback: async id => rollback(rooms, id),
    quarantine: quarantineOf(rooms, run),
    types: async wish => {
      const compiled = await manifest()
      const text = declarations(compiled)
      const untyped = compiled.assets.some(asset => asset.kind !== 'export' && asset.columns === undefined)
      if (wish.write) await writeTypes(join(read.root, 'sluice.d.ts'), { text, untyped })
      return text
    },
    doctor: () => doctor(rooms),
    store: rooms.store,
    close: rooms.close,
  }
}

/** Everything a run needs; crashed runs are brought to an end first, so that the plan knows what they did. */
async function sceneOf(rooms: Opened, manifest: Project['manifest']): Promise<Scene> {
  const ledger = await rooms.ledger('write')
  const recovered = await recover(ledger, () => rooms.store('write'))
  const compiled = await manifest()
  const store = await rooms.store('write')
  await beginAnew(rooms)
  return {
    read: rooms.read,
    manifest: compiled,
    own: await rooms.beside?.mine(),
    ...(await presentOnly(rooms, await ledger.history())),
    ledger,
    store,
    http: await rooms.http(),
    stateDir: rooms.stateDir,
    onWords: rooms.onWords,
    recovered,
  }
}

/** What fell behind the base is the base's again, before anything is built from it. */
async function beginAnew({ beside, onWords }: Opened): Promise<void> {
  const behind = (await beside?.beginAnew()) ?? []
  if (behind.length > 0)
    onWords(`changed in the base meanwhile, and begun anew from there: ${behind.join(', ')}`)
}

/**
 * Only when it says something new: editors and compilers watch this file. Before a first load some columns
 * are not known; a file that knows more is then left as it is.
 */
async function writeTypes(
  path: string,
  { text, untyped }: { readonly text: string; readonly untyped: boolean },
): Promise<void> {
  const before = await readFile(path, 'utf8').catch(thrown => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  if (before === text || (untyped && before !== undefined)) return
  try {
    await writeFile(`${path}.draft`, text)
    await rename(`${path}.draft`, path)
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    if (code === undefined) throw thrown
    throw failure('SLUICE_TYPES_UNWRITABLE', { words: message }, { cause: thrown })
  }
}
