import { Failure, failure } from '../../../errors/index.ts'
import type { ObjectMeta, ObjectStore } from '../../../objects/index.ts'
import { beforeVersion, commitKey, hintKey, logFolder, type LogName, logNameOf } from './names.ts'

/** The files of the log from which the table at one version is made. */
export type Segment = {
  readonly version: number
  readonly checkpoint: Checkpoint | undefined
  /** Commits and compactions after the checkpoint, without a gap, in order. */
  readonly logs: readonly LogFile[]
  /** Time of the last file, made monotonic over the commits that were listed. Unix milliseconds. */
  readonly modifiedMs: number
}

export type Checkpoint = {
  readonly version: number
  readonly format: 'parquet' | 'json'
  readonly files: readonly ObjectMeta[]
}

export type LogFile = ObjectMeta & { readonly from: number; readonly version: number }

type Named = { readonly meta: ObjectMeta; readonly name: LogName }

/** undefined: there is no log. `upTo`: that version, else the newest. */
export async function findSegment(store: ObjectStore, upTo?: number): Promise<Segment | undefined> {
  const hint = await readHint(store)
  if (hint !== undefined && (upTo === undefined || hint <= upTo)) {
    const near = await listLog(store, beforeVersion(hint))
    // "Last Checkpoint File": a hint only. The checkpoint may be gone or half there.
    if (checkpoints(near, upTo).length > 0) return segmentOf(near, upTo)
  }
  const all = await listLog(store)
  return all.length === 0 ? undefined : segmentOf(all, upTo)
}

/**
 * Where to begin to follow commits up to a version: the last one that is a multiple of `stride`, or the
 * earliest that the log can tell. undefined: there is no log.
 */
export async function findStart(
  store: ObjectStore,
  { version, stride }: { readonly version: number; readonly stride: number },
): Promise<Segment | undefined> {
  const all = await listLog(store)
  const isWhole = all.some(({ name }) => name.kind === 'commit' && name.version === 0)
  const earliest = isWhole ? 0 : (checkpoints(all, undefined)[0]?.version ?? 0)
  return segmentOf(all, Math.min(version, Math.max(earliest, version - (version % stride))))
}

async function readHint(store: ObjectStore): Promise<number | undefined> {
  try {
    const { bytes } = await store.get(hintKey)
    const { version } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly version?: unknown }
    return Number.isSafeInteger(version) && Number(version) >= 0 ? Number(version) : undefined
  } catch (thrown) {
    // Absent, or cut off while it was written: the log says the same, with more work.
    if (thrown instanceof SyntaxError || thrown instanceof TypeError) return undefined
    if (thrown instanceof Failure && thrown.code === 'SLUICE_OBJECT_NOT_FOUND') return undefined
    throw thrown
  }
}

export async function listLog(store: ObjectStore, startAfter?: string): Promise<readonly Named[]> {
  const files: Named[] = []
  const options = startAfter === undefined ? {} : { startAfter }
  for await (const meta of store.list(logFolder, options)) {
    // Names of versions are digits; behind them come `_sidecars`, `_staged_commits` and what others put
    // there.
    if (meta.key.startsWith(`${logFolder}_`)) break
    const name = logNameOf(meta.key)
    if (name) files.push({ meta, name })
  }
  return files
}

function segmentOf(all: readonly Named[], upTo: number | undefined): Segment | undefined {
  const checkpoint = checkpoints(all, upTo).at(-1)
  const commits = new Map(
    all.flatMap(({ meta, name }) => (name.kind === 'commit' ? [[name.version, meta] as const] : [])),
  )
  const newest = Math.max(checkpoint?.version ?? -1, ...newestOf(commits))
  if (newest < 0) return undefined
  const version = upTo ?? newest
  const earliest = checkpoints(all, undefined)[0]?.version ?? Math.min(...commits.keys())
  if (version > newest) throw missing(version, commits.has(0) ? 0 : earliest, newest)
  const first = (checkpoint?.version ?? -1) + 1
  if (checkpoint === undefined && upTo !== undefined && !commits.has(0) && earliest > version)
    throw missing(version, earliest, newest)
  const logs = chain(all, commits, { first, version })
  return { version, checkpoint, logs, modifiedMs: monotonic(commits, checkpoint, version) }
}

/** One at a time: a spread of a hundred thousand arguments overflows the stack. */
function newestOf(commits: ReadonlyMap<number, ObjectMeta>): readonly number[] {
  let newest = -1
  for (const version of commits.keys()) newest = Math.max(newest, version)
  return [newest]
}

function missing(version: number, earliest: number, latest: number): Failure {
  return failure('SLUICE_DELTA_VERSION_MISSING', { version: `version ${version}`, earliest, latest })
}

/** Whole checkpoints up to a version, oldest first. */
export function checkpoints(all: readonly Named[], upTo: number | undefined): readonly Checkpoint[] {
  const found: Checkpoint[] = []
  const parts = new Map<string, ObjectMeta[]>()
  for (const { meta, name } of all) {
    if (upTo !== undefined && name.version > upTo) continue
    if (name.kind === 'checkpoint') found.push({ version: name.version, format: name.format, files: [meta] })
    if (name.kind !== 'part') continue
    const set = `${name.version}/${name.parts}`
    const files = [...(parts.get(set) ?? []), meta]
    parts.set(set, files)
    // "Multi-part checkpoint": one with missing parts must be ignored.
    if (files.length === name.parts) found.push({ version: name.version, format: 'parquet', files })
  }
  return found.sort((a, b) => a.version - b.version)
}

type Span = { readonly first: number; readonly version: number }

/** A compaction stands for the commits that it spans; a commit that is missing is named. */
function chain(
  all: readonly Named[],
  commits: ReadonlyMap<number, ObjectMeta>,
  { first, version }: Span,
): readonly LogFile[] {
  const longest = new Map<number, LogFile>()
  for (const { meta, name } of all) {
    if (name.kind !== 'compaction' || name.version > version || name.version <= name.from) continue
    if ((longest.get(name.from)?.version ?? 0) < name.version)
      longest.set(name.from, { ...meta, from: name.from, version: name.version })
  }
  const logs: LogFile[] = []
  for (let at = first; at <= version; ) {
    const commit = commits.get(at)
    const next = longest.get(at) ?? (commit && { ...commit, from: at, version: at })
    if (!next)
      throw failure('SLUICE_DELTA_LOG_BROKEN', {
        file: commitKey(at),
        words: `Version ${version} cannot be made without it.`,
      })
    logs.push(next)
    at = next.version + 1
  }
  return logs
}

function monotonic(
  commits: ReadonlyMap<number, ObjectMeta>,
  checkpoint: Checkpoint | undefined,
  version: number,
): number {
  let ms = Number.NEGATIVE_INFINITY
  for (const [at, { modifiedMs }] of commits) if (at <= version) ms = Math.max(ms + 1, modifiedMs)
  return Number.isFinite(ms) ? Math.trunc(ms) : (checkpoint?.files.at(-1)?.modifiedMs ?? 0)
}
