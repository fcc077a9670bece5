import { basename, join } from 'node:path'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import type { Session } from '../../../engine/index.ts'
import { Failure, failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'
import type { Metadata, Protocol } from '../actions.ts'
import type { DeltaPlace } from '../face.ts'
import { readCheckpoint } from './checkpoint.ts'
import { type Lines, readLines, type Said } from './lines.ts'
import { commitKey } from './names.ts'
import type { LogFile, Segment } from './segment.ts'
import {
  actionTypes,
  addSaid,
  createState,
  dropState,
  linesRelation,
  replay,
  type StateTables,
} from './state.ts'
import type { TypedStats } from './typed-stats.ts'

/** The table at one version, in tables of the engine. */
export type Loaded = {
  readonly tables: StateTables
  readonly protocol: Protocol
  readonly metadata: Metadata
  /** In-commit timestamp of the last commit, where it has one. */
  readonly inCommitMs: number | undefined
  readonly typed: TypedStats | undefined
}

/** So many files of the log are fetched at a time. */
const fetchesMax = 16

/**
 * From here on lines are read by the engine from files: a third of the CPU of handing them over as text, but
 * 2 ms more for each statement.
 */
const textBytesMax = 1024 * 1024

export async function load(session: Session, place: DeltaPlace, segment: Segment): Promise<Loaded> {
  const tables = await createState(session)
  try {
    const { checkpoint, logs, version } = segment
    const base = checkpoint && (await readCheckpoint(session, { place, checkpoint, table: tables.files }))
    if (base) await addSaid(session, tables, { version: checkpoint.version, ...base })
    const latest = await replayLogs(session, place, { tables, logs })
    const protocol = latest.protocol ?? base?.protocol
    const metadata = latest.metadata ?? base?.metadata
    if (!protocol || !metadata)
      throw failure('SLUICE_DELTA_LOG_BROKEN', {
        file: checkpoint?.files[0]?.key ?? commitKey(version),
        words: `Up to version ${version} nothing says the table's ${protocol ? 'metadata' : 'protocol'}.`,
      })
    const inCommitMs =
      latest.commitInfo?.inCommitTimestamp ?? (await inCommitTime(place, { version, metadata }))
    return { tables, protocol, metadata, inCommitMs, typed: base?.typed }
  } catch (thrown) {
    await dropState(session, tables).catch(() => undefined)
    throw thrown
  }
}

/**
 * "Action Reconciliation": checkpoints and compactions keep no commitInfo, so that of the version itself is
 * read from its commit.
 */
async function inCommitTime(
  place: DeltaPlace,
  { version, metadata }: { readonly version: number; readonly metadata: Metadata },
): Promise<number | undefined> {
  if (metadata.configuration['delta.enableInCommitTimestamps'] !== 'true') return undefined
  const key = commitKey(version)
  if (!(await place.store.head(key))) return undefined
  return (await readLog(place, key)).commitInfo?.inCommitTimestamp
}

type Replaying = { readonly tables: StateTables; readonly logs: readonly LogFile[] }
type Latest = Pick<Said, 'protocol' | 'metadata' | 'commitInfo'>

/** What stands on disk as lines, and what it says besides files. */
async function replayLogs(session: Session, place: DeltaPlace, { tables, logs }: Replaying): Promise<Latest> {
  if (logs.length === 0) return {}
  const small = logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= textBytesMax
  let latest: Latest = {}
  const commits: { readonly version: number; readonly lines: readonly string[] }[] = []
  for (let at = 0; at < logs.length; at += fetchesMax) {
    const some = logs.slice(at, at + fetchesMax)
    const read = await Promise.all(some.map(({ key }) => readLog(place, key)))
    for (const [i, { files, ...said }] of read.entries()) {
      const version = some[i]?.version ?? 0
      latest = { ...latest, ...without(said), ...(said.commitInfo ? {} : { commitInfo: {} }) }
      await addSaid(session, tables, { version, ...said })
      if (small && files.length > 0) commits.push({ version, lines: files })
    }
  }
  const file =
    logs.length === 1 ? (logs[0]?.key ?? '') : `${logs[0]?.key} … ${basename(logs.at(-1)?.key ?? '')}`
  if (!small) await replayFiles(session, place, { tables, logs })
  else if (commits.length > 0) await replayLines(session, tables.files, { commits, file })
  return latest
}

function without({ protocol, metadata, commitInfo }: Said): Latest {
  return { ...(protocol && { protocol }), ...(metadata && { metadata }), ...(commitInfo && { commitInfo }) }
}

export async function readLog({ store }: DeltaPlace, key: string): Promise<Lines> {
  const { bytes } = await store.get(key)
  return readLines(new TextDecoder().decode(bytes), key)
}

type LinesOf = {
  readonly commits: readonly { readonly version: number; readonly lines: readonly string[] }[]
  readonly file: string
}

export async function replayLines(
  session: Session,
  files: string,
  { commits, file }: LinesOf,
): Promise<void> {
  await brokenWhen(file, async () => {
    const relation = await linesRelation(session, commits)
    await replay(session, files, { relation, file })
  })
}

async function replayFiles(session: Session, place: DeltaPlace, { tables, logs }: Replaying): Promise<void> {
  const { store, engine } = place
  const file = logs[0]?.key ?? ''
  const spool = store.pathOf ? undefined : join(engine.tempDir, `log-${tables.files.replace(/\W+/g, '-')}`)
  try {
    if (spool) await mkdir(spool, { recursive: true })
    const paths: string[] = []
    for (const { key } of logs) {
      const path = spool ? join(spool, basename(key)) : (store.pathOf?.(key) ?? '')
      if (spool) await writeFile(path, (await store.get(key)).bytes)
      paths.push(path)
    }
    const columns = Object.entries(actionTypes()).map(([name, type]) => `${name}: ${quoteText(type)}`)
    // The version is the last of the numbers in the name: a compaction stands for the commits up to it.
    const relation = `(select
        regexp_extract(filename, '(\\d{20})(?:\\.compacted)?\\.json$', 1)::BIGINT as version,
        add, remove
      from read_json([${paths.map(quoteText).join(', ')}], format = 'newline_delimited', filename = true,
        columns = {${columns.join(', ')}}, maximum_object_size = ${objectBytesMax}))`
    await brokenWhen(file, () => replay(session, tables.files, { relation, file }))
  } finally {
    if (spool) await rm(spool, { recursive: true, force: true })
  }
}

/** One line: the statistics of a file with thousands of columns. */
const objectBytesMax = 64 * 1024 * 1024

/** What the engine says of lines that it cannot read. */
async function brokenWhen<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_TARGET_QUERY') throw thrown
    throw failure(
      'SLUICE_DELTA_LOG_BROKEN',
      { file, words: 'Its lines are no actions in JSON.' },
      { cause: thrown },
    )
  }
}
