import type { Metadata, Protocol } from '../actions.ts'
import type { Snapshot } from '../face.ts'
import { supports } from './protocol.ts'

const enabled = 'delta.enableInCommitTimestamps'
const enablementVersion = 'delta.inCommitTimestampEnablementVersion'
const enablementTimestamp = 'delta.inCommitTimestampEnablementTimestamp'

/** "In-Commit Timestamps": always later than the version before. undefined: the table does not keep them. */
export function inCommitTimestamp(
  table: { readonly protocol: Protocol; readonly metadata: Metadata },
  onto: Snapshot | undefined,
  nowMs: number,
): number | undefined {
  if (!supports(table.protocol, 'inCommitTimestamp')) return undefined
  if (table.metadata.configuration[enabled] !== 'true') return undefined
  return onto === undefined ? nowMs : Math.max(nowMs, onto.timestampMs + 1)
}

/** The commit that enables them says so in the table's properties, where there are versions without. */
export function withEnablement(
  metadata: Metadata,
  onto: Snapshot | undefined,
  at: { readonly version: number; readonly timestampMs: number | undefined },
): Metadata {
  const { configuration } = metadata
  const wasEnabled = onto?.metadata.configuration[enabled] === 'true'
  if (onto === undefined || wasEnabled || at.timestampMs === undefined) return metadata
  const since = { [enablementVersion]: `${at.version}`, [enablementTimestamp]: `${at.timestampMs}` }
  return { ...metadata, configuration: { ...configuration, ...since } }
}
