import { withSession } from '../../../engine/index.ts'
import { asFailure, type Failure } from '../../../errors/index.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { writeChecksum } from './checksum.ts'
import { cleanUpLog } from './cleanup.ts'
import { commitKey, hintKey } from '../log/names.ts'
import type { Published } from './publish.ts'

const dayMs = 86_400_000
/** Delta's default of `delta.checkpointInterval`. */
const intervalDefault = 10
/**
 * From so many files on, and unless the table says how often, one checkpoint in ten is written: of a million
 * files it takes 1.4 CPU-s and 25 MB, a hundred commits to replay 30 ms.
 */
const manyFiles = 100_000
const intervalOfMany = 100

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
  const property = snapshot.metadata.configuration['delta.checkpointInterval']
  const given = Number(property ?? intervalDefault)
  const interval = Number.isInteger(given) && given > 0 ? given : intervalDefault
  if (version === 0 || version % interval !== 0 || snapshot.version !== version) return false
  if (property !== undefined || version % intervalOfMany === 0) return true
  return (await filesOf(log, snapshot)) <= manyFiles
}

function filesOf({ place }: DeltaLog, { filesSql }: Snapshot): Promise<number> {
  return withSession(place.engine.session({ path: place.store.describe, signal: place.signal }), session =>
    session.count(`select count(*) from (${filesSql})`),
  )
}
