import type { DeltaLog } from '../face.ts'
import { writeCheckpoint } from './checkpoint.ts'
import { cleanUpLog } from './cleanup.ts'
import { writeChecksum } from './checksum.ts'
import type { Published } from './publish.ts'

/** Delta's default of `delta.checkpointInterval`. */
const intervalDefault = 10

/**
 * What keeps a log short, after a commit that is due for it. The commit stands whatever becomes of this: what
 * fails here, the next one that is due does.
 */
export async function maintain(log: DeltaLog, { version, snapshot }: Published): Promise<void> {
  const given = Number(snapshot.metadata.configuration['delta.checkpointInterval'] ?? intervalDefault)
  const interval = Number.isInteger(given) && given > 0 ? given : intervalDefault
  if (version === 0 || version % interval !== 0 || snapshot.version !== version) return
  try {
    await writeCheckpoint(log, snapshot)
    await writeChecksum(log, snapshot)
    await cleanUpLog(log, snapshot)
  } catch {
    // The table is as good as without it, and its readers as right.
  }
}
