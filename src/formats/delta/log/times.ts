import { failure } from '../../../errors/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import type { Metadata } from '../actions.ts'
import { listLog } from './segment.ts'

// "In-Commit Timestamps": the time of a commit stands in it, where the table says so; before that it is the time of
// its file.

export type Times = { readonly inCommitMs: number | undefined; readonly modifiedMs: number }

export function commitTime({ configuration }: Metadata, { inCommitMs, modifiedMs }: Times): number {
  const inCommit = configuration['delta.enableInCommitTimestamps']?.toLowerCase() === 'true'
  return inCommit && inCommitMs !== undefined ? inCommitMs : Math.trunc(modifiedMs)
}

export type CommitTime = { readonly version: number; readonly modifiedMs: number }

/** Commits that are still there, oldest first; a file's time is made later than that of the one before. */
export async function listCommits(store: ObjectStore): Promise<readonly CommitTime[]> {
  let last = Number.NEGATIVE_INFINITY
  return (await listLog(store)).flatMap(({ meta, name }) => {
    if (name.kind !== 'commit') return []
    last = Math.max(last + 1, Math.trunc(meta.modifiedMs))
    return [{ version: name.version, modifiedMs: last }]
  })
}

/** The newest version that was there at a time. */
export async function versionAt(store: ObjectStore, timestampMs: number): Promise<number> {
  const commits = await listCommits(store)
  const found = commits.findLast(commit => commit.modifiedMs <= timestampMs)
  if (found) return found.version
  const [first, last] = [commits[0], commits.at(-1)]
  if (!first || !last) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: store.describe })
  throw failure('SLUICE_DELTA_VERSION_MISSING', {
    version: new Date(timestampMs).toISOString(),
    earliest: first.version,
    latest: last.version,
  })
}
