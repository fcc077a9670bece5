import { withSession } from '../../../engine/index.ts'
import { asFailure, type Failure } from '../../../errors/index.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { writeChecksum } from './checksum.ts'
import { cleanUpLog } from './cleanup.ts'
import { commitKey, hintKey } from '../log/names.ts'
import type { Published } from './publish.ts'

const dayMs = 86_400_000
/**
 * Of tables elsewhere, Delta's default of `delta.checkpointInterval`: whoever opens one fetches each commit
 * behind the checkpoint.
 */
const intervalElsewhere = 10
/**
 * Of tables on this disk, as delta-rs has it: to read a hundred commits takes 10 ms of CPU, a checkpoint
 * takes 23 and three durable writes.
 */
const intervalHere = 100
/** From so many files on that counts everywhere: of a million a checkpoint takes 1.4 CPU-s and 25 MB. */
const manyFiles = 100_000

/**
 * What keeps a log short, after a commit that is due for it. Gives what went wrong: the commit stands all the
 * same.
 */
export async function maintain(log: DeltaLog, published: Published): Promise<Failure | undefined> {
  const { snapshot } = published
  try {
    if (!(await isDue(log, published))) return undefined
    const isFirst = await isFirstOfDay(log, published.version)
    await writeCheckpoint(log, snapshot)
    await writeChecksum(log, snapshot)
    if (isFirst) await cleanUpLog(log, snapshot)
    return undefined
  } catch (thrown) {
    return asFailure(thrown, 'writing a checkpoint')
  }
}

/**
 * Whether no checkpoint was written on the day of this version, by the clock of the store: what expires
 * does so by
 * whole days. Each look lists the whole log, in 4 ms of CPU when it has a thousand commits.
 */
async function isFirstOfDay({ place }: DeltaLog, version: number): Promise<boolean> {
  const [last, now] = [await place.store.head(hintKey), await place.store.head(commitKey(version))]
  const day = (ms = 0) => Math.floor(ms / dayMs)
  return day(last?.modifiedMs) !== day(now?.modifiedMs)
}

async function isDue(log: DeltaLog, { version, snapshot }: Published): Promise<boolean> {
  if (version === 0 || snapshot.version !== version) return false
  const given = Number(snapshot.metadata.configuration['delta.checkpointInterval'])
  if (Number.isInteger(given) && given > 0) return version % given === 0
  if (version % intervalHere === 0) return true
  if (log.place.store.pathOf || version % intervalElsewhere !== 0) return false
  return (await filesOf(log, snapshot)) <= manyFiles
}

function filesOf({ place }: DeltaLog, { filesSql }: Snapshot): Promise<number> {
  return withSession(place.engine.session({ path: place.store.describe, signal: place.signal }), session =>
    session.count(`select count(*) from (${filesSql})`),
  )
}
