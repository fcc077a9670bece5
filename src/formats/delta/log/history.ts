import { failure } from '../../../errors/index.ts'
import type { DeltaLog } from '../face.ts'
import type { HistoryEntry } from '../table/types.ts'
import { readLog } from './load.ts'
import { commitKey } from './names.ts'
import { type CommitFile, listCommits, timeOf } from './times.ts'

/** Commits that are read at a time. */
const readsMax = 16

/** What each commit says of itself ("Commit Provenance Information"), the newest first. */
export async function history(
  log: DeltaLog,
  { limit }: { readonly limit?: number | undefined } = {},
): Promise<readonly HistoryEntry[]> {
  const { store } = log.place
  const latest = await log.latest()
  if (!latest) throw failure('SLUICE_DELTA_NOT_A_TABLE', { place: store.describe })
  const commits = (await listCommits(store)).filter(({ version }) => version <= latest.version).toReversed()
  const wanted = limit === undefined ? commits : commits.slice(0, limit)
  const entries: HistoryEntry[] = []
  const entry = async (commit: CommitFile): Promise<HistoryEntry> => {
    const { commitInfo } = await readLog(log.place, commitKey(commit.version))
    return {
      version: commit.version,
      timestampMs: timeOf(latest.metadata, commit, commitInfo),
      operation: commitInfo?.operation ?? '',
      parameters: commitInfo?.operationParameters ?? {},
      metrics: commitInfo?.operationMetrics ?? {},
      engine: commitInfo?.engineInfo ?? '',
      userMetadata: commitInfo?.userMetadata,
    }
  }
  for (let at = 0; at < wanted.length; at += readsMax)
    entries.push(...(await Promise.all(wanted.slice(at, at + readsMax).map(entry))))
  return entries
}
