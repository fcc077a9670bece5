import { failure } from '../../../errors/index.ts'
import type { ObjectStore } from '../../../objects/index.ts'
import type { CommitInfo, Metadata } from '../actions.ts'
import { readLines } from './lines.ts'
import { commitKey } from './names.ts'
import { listLog } from './segment.ts'

// "In-Commit Timestamps": the time of a commit stands in it, where the table says so; before that it is the
// time of its file.

export type Times = { readonly inCommitMs: number | undefined; readonly modifiedMs: number }

export function commitTime({ configuration }: Metadata, { inCommitMs, modifiedMs }: Times): number {
  return tellsTimes(configuration) && inCommitMs !== undefined ? inCommitMs : Math.trunc(modifiedMs)
}

function tellsTimes(configuration: Metadata['configuration']): boolean {
  return configuration['delta.enableInCommitTimestamps']?.toLowerCase() === 'true'
}

/** The first version that tells its time itself, and that time; undefined: none does. */
function inCommitSince({ configuration }: Metadata): Since | undefined {
  if (!tellsTimes(configuration)) return undefined
  const number = (name: string) => Number(configuration[name] ?? 0) || 0
  return {
    version: number('delta.inCommitTimestampEnablementVersion'),
    ms: number('delta.inCommitTimestampEnablementTimestamp'),
  }
}

type Since = { readonly version: number; readonly ms: number }

export type CommitFile = { readonly version: number; readonly modifiedMs: number }

/** Commits that are still there, oldest first; a file's time is made later than that of the one before. */
export async function listCommits(store: ObjectStore): Promise<readonly CommitFile[]> {
  let last = Number.NEGATIVE_INFINITY
  return (await listLog(store)).flatMap(({ meta, name }) => {
    if (name.kind !== 'commit') return []
    last = Math.max(last + 1, Math.trunc(meta.modifiedMs))
    return [{ version: name.version, modifiedMs: last }]
  })
}

/** The time of a commit whose file is there; `metadata` is that of the newest version. */
export function timeOf(
  metadata: Metadata,
  { version, modifiedMs }: CommitFile,
  commitInfo: Partial<CommitInfo> | undefined,
): number {
  const since = inCommitSince(metadata)
  const inCommitMs = since && version >= since.version ? commitInfo?.inCommitTimestamp : undefined
  return inCommitMs ?? modifiedMs
}

export type Moment = { readonly timestampMs: number; readonly metadata: Metadata }

/**
 * The newest version that was there at a time; `metadata` is that of the newest of all. Times of commits
 * ascend: a few of them are read.
 */
export async function versionAt(store: ObjectStore, { timestampMs, metadata }: Moment): Promise<number> {
  const commits = await listCommits(store)
  const since = inCommitSince(metadata)
  const telling = since !== undefined && timestampMs >= since.ms
  const among = commits.filter(({ version }) => since === undefined || version >= since.version === telling)
  const found = telling
    ? await lastUntil(among, async ({ version, modifiedMs }) => {
        const key = commitKey(version)
        const { commitInfo } = readLines(new TextDecoder().decode((await store.get(key)).bytes), key)
        return (commitInfo?.inCommitTimestamp ?? modifiedMs) <= timestampMs
      })
    : among.findLast(({ modifiedMs }) => modifiedMs <= timestampMs)
  if (found) return found.version
  const [first, last] = [commits[0], commits.at(-1)]
  if (!first || !last) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: store.describe })
  throw failure('SLUICE_DELTA_VERSION_MISSING', {
    version: isoTime(timestampMs),
    earliest: first.version,
    latest: last.version,
  })
}

/** The last of those, from the first on, for which it holds. */
async function lastUntil<T>(of: readonly T[], holds: (one: T) => Promise<boolean>): Promise<T | undefined> {
  let [from, to] = [0, of.length]
  while (from < to) {
    const middle = (from + to) >> 1
    const one = of[middle]
    if (one !== undefined && (await holds(one))) from = middle + 1
    else to = middle
  }
  return of[from - 1]
}

function isoTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
