import { durationMs } from '../durations.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { checkpoints, listLog } from '../log/segment.ts'
import { supports } from './protocol.ts'
import { cleanUpSidecars } from './sidecars.ts'

const dayMs = 86_400_000
/** Delta's default of `delta.logRetentionDuration`. */
const retentionMsDefault = 30 * dayMs
/** Keys of one request to delete. */
const keysPerDelete = 1_000

/**
 * "Metadata Cleanup": what is older than the newest checkpoint that has itself outlived the retention. The
 * versions from that checkpoint on can still be read.
 */
export async function cleanUpLog({ place }: DeltaLog, { metadata, protocol }: Snapshot): Promise<void> {
  const { configuration } = metadata
  if (configuration['delta.enableExpiredLogCleanup']?.toLowerCase() === 'false') return
  if (supports(protocol, 'checkpointProtection')) return
  const keptMs = durationMs(configuration, 'delta.logRetentionDuration', retentionMsDefault)
  // Whole days, so that one look a day finds what there is to find.
  const cutOffMs = Math.floor((place.nowMs() - keptMs) / dayMs) * dayMs
  const all = await listLog(place.store)
  const commits = all.filter(({ name }) => name.kind === 'commit')
  const cutOffCommit = commits.findLast(({ meta }) => meta.modifiedMs <= cutOffMs)?.name.version
  if (cutOffCommit === undefined) return
  const kept = checkpoints(all, cutOffCommit).at(-1)?.version
  if (kept === undefined) return
  const expired = all.filter(({ name }) =>
    name.kind === 'compaction' ? name.from <= kept : name.version < kept,
  )
  const keys = expired.flatMap(({ meta, name }) =>
    name.kind === 'commit' ? [meta.key, meta.key.replace(/\.json$/, '.crc')] : [meta.key],
  )
  // The oldest first: whatever stops this, the log that is left has no gap.
  for (let at = 0; at < keys.length; at += keysPerDelete)
    await place.store.delete(keys.slice(at, at + keysPerDelete))
  await cleanUpSidecars(place)
}
