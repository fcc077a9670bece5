import { failure } from '../../../errors/index.ts'
import type { Ground } from '../face.ts'
import { dropKnown, fetchesMax, follow, type Known, loadKnown } from './known.ts'
import { findSegment, findStart } from './segment.ts'

// A state takes 0.6 MB of the engine's memory, however few files it has, and lives as long as the log: who
// reads a thousand versions must not make a thousand of them.

/** Versions before those that the newest state tells. */
export type OlderVersions = {
  /** A state that tells the version. Fails with SLUICE_DELTA_VERSION_MISSING. One call at a time. */
  at(version: number): Promise<Known>
  states(): readonly Known[]
}

/** So many versions are loaded as they are; whoever asks for more goes through the past. */
const directMax = 2

/** From there on states begin at multiples of this, and each tells all versions up to the next. */
const stride = 100

export function olderVersions(ground: Ground): OlderVersions {
  const { store } = ground.place
  const states: Known[] = []
  const telling = (version: number) => states.find(of => of.base <= version && version <= of.version)
  /** Commit by commit from the nearest state, if that has come to `from` already. */
  const followed = async (version: number, from: number): Promise<Known | undefined> => {
    const near = states
      .filter(of => from <= of.version && of.version < version)
      .toSorted((a, b) => b.version - a.version)[0]
    if (near) await follow(ground, near, version)
    return near?.version === version ? near : undefined
  }
  const strode = async (version: number): Promise<Known | undefined> => {
    const start = await findStart(store, { version, stride })
    if (!start) return undefined
    const near = await followed(version, start.version)
    if (near) return near
    const known = await loadKnown(ground, start)
    try {
      await follow(ground, known, version)
    } finally {
      // Commits that a compaction stands for may be gone.
      if (known.version === version) states.push(known)
      else await dropKnown(ground.session, known)
    }
    return known.version === version ? known : undefined
  }
  const onTheWay = async (version: number): Promise<Known | undefined> => {
    try {
      const near = await followed(version, version - fetchesMax)
      return near ?? (states.length < directMax ? undefined : await strode(version))
    } catch {
      // What is broken on the way need not be broken at the end; if it is, that tells it.
      return undefined
    }
  }
  const direct = async (version: number): Promise<Known> => {
    const segment = await findSegment(store, version)
    if (!segment) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: store.describe })
    const known = await loadKnown(ground, segment)
    states.push(known)
    return known
  }
  return {
    states: () => states,
    at: async version => telling(version) ?? (await onTheWay(version)) ?? direct(version),
  }
}
