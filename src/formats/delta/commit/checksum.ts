import { withSession } from '../../../engine/index.ts'
import type { DeltaLog, Snapshot } from '../face.ts'
import { logFolder } from '../log/names.ts'
import { padded } from './checkpoint.ts'
import { jsonOf } from './lines.ts'

/**
 * "Version Checksum File" of a version: what a reader can hold its own replay of the log against. Written
 * beside checkpoints only: one more durable write with every commit would halve how many there can be.
 */
export async function writeChecksum({ place }: DeltaLog, snapshot: Snapshot): Promise<void> {
  const [bytes, files] = await withSession(
    place.engine.session({ path: place.store.describe, signal: place.signal }),
    session =>
      session.row(`select coalesce(sum(size_bytes), 0)::bigint, count(*) from (${snapshot.filesSql})`),
  )
  const checksum = {
    tableSizeBytes: Number(bytes),
    numFiles: Number(files),
    numMetadata: 1,
    numProtocol: 1,
    ...(snapshot.metadata.configuration['delta.enableInCommitTimestamps'] === 'true'
      ? { inCommitTimestampOpt: snapshot.timestampMs }
      : {}),
    metadata: snapshot.metadata,
    protocol: snapshot.protocol,
  }
  const key = `${logFolder}${padded(snapshot.version)}.crc`
  await place.store.putIfAbsent(key, new TextEncoder().encode(jsonOf(checksum)))
}
