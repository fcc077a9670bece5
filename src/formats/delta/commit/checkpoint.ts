import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { type Session, withSession } from '../../../engine/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import { type Delivery, deliver, scratchFolder } from '../../../tables/index.ts'
import type { DeltaLog, DeltaPlace, Snapshot } from '../face.ts'
import { hintKey, logFolder, sidecarFolder } from '../log/names.ts'
import { checkpointSql, parts } from './checkpoint-sql.ts'
import { supports } from './protocol.ts'

// "Checkpoints": the state of the table in one file, or in one with sidecars. The engine writes it from its
// own tables; no action becomes an object here.

/** A classic checkpoint up to so many files; more go into sidecars where the table allows it. */
const classicFilesMax = 100_000
const filesPerSidecar = 50_000
/**
 * From so many files on statistics are written in their own types, too: of a million that takes 0.3 CPU-s
 * once, and spares 0.15 to whoever opens the table and prunes.
 */
const typedFilesMin = 10_000

export type Checkpointed = { readonly version: number; readonly sizeBytes: number; readonly files: number }

/** Write a checkpoint of this version, and the hint that names it. */
export async function writeCheckpoint({ place }: DeltaLog, snapshot: Snapshot): Promise<Checkpointed> {
  return withSession(
    place.engine.session({ path: place.store.describe, signal: place.signal }),
    async session => {
      const folder = await scratchFolder(place.store, place.engine.tempDir)
      try {
        return await writeFrom(session, { place, snapshot, folder })
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
}

type Writing = { readonly place: DeltaPlace; readonly snapshot: Snapshot; readonly folder: string }

async function writeFrom(session: Session, writing: Writing): Promise<Checkpointed> {
  const { place, snapshot } = writing
  const files = await session.count(`select count(*) from (${snapshot.filesSql})`)
  const split = files > classicFilesMax && supports(snapshot.protocol, 'v2Checkpoint')
  const written = await (split ? writeSplit : writeClassic)(session, writing, files)
  await deliver(place.store, written.deliveries)
  await writeHint(place, {
    version: snapshot.version,
    size: written.actions,
    sizeInBytes: written.sizeBytes,
    numOfAddFiles: files,
  })
  return { version: snapshot.version, sizeBytes: written.sizeBytes, files }
}

type Written = {
  readonly deliveries: readonly Delivery[]
  readonly actions: number
  readonly sizeBytes: number
}

async function writeClassic(
  session: Session,
  { place, snapshot, folder }: Writing,
  files: number,
): Promise<Written> {
  const sql = checkpointSql(snapshot, { ...parts.all, typed: files >= typedFilesMin }, place.nowMs())
  const [file] = await copy(session, folder, { sql, options: ['file_size_bytes 1e18::bigint'] })
  const key = `${logFolder}${padded(snapshot.version)}.checkpoint.parquet`
  return writtenOf(file ? [{ ...file, key }] : [])
}

/** "V2 Spec": adds and removes in sidecars, everything else in a file that names them. */
async function writeSplit(session: Session, writing: Writing, files: number): Promise<Written> {
  const { place, snapshot, folder } = writing
  const sidecars = Math.ceil(files / filesPerSidecar)
  const number = quoteName('sidecar number')
  const actions = checkpointSql(snapshot, { ...parts.files, typed: true }, place.nowMs())
  const sql = `select *, hash(coalesce(add.path, remove.path)) % ${sidecars} as ${number} from (${actions})`
  const split = await copy(session, `${folder}/sidecars`, {
    sql,
    options: [`partition_by (${number})`, "filename_pattern '{uuid}'"],
  })
  const named = split.map(file => ({ ...file, key: `${sidecarFolder}${randomUUID()}.parquet` }))
  const top = checkpointSql(snapshot, { ...parts.top, sidecars: named }, place.nowMs())
  const [file] = await copy(session, `${folder}/top`, { sql: top, options: ['file_size_bytes 1e18::bigint'] })
  const key = `${logFolder}${padded(snapshot.version)}.checkpoint.${randomUUID()}.parquet`
  return writtenOf([...named, ...(file ? [{ ...file, key }] : [])])
}

type Copied = { readonly path: string; readonly rows: number; readonly sizeBytes: number }

async function copy(
  session: Session,
  folder: string,
  { sql, options }: { readonly sql: string; readonly options: readonly string[] },
): Promise<readonly Copied[]> {
  await mkdir(folder, { recursive: true })
  const all = ['format parquet', 'return_stats', "compression 'zstd'", ...options]
  const rows = await session.rows(`copy (${sql}\n) to ${quoteText(folder)} (${all.join(', ')})`)
  return rows.map(([path, count, bytes]) => ({
    path: path ?? '',
    rows: Number(count),
    sizeBytes: Number(bytes),
  }))
}

function writtenOf(files: readonly (Copied & { readonly key: string })[]): Written {
  return {
    deliveries: files,
    actions: files.reduce((sum, { rows }) => sum + rows, 0),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

type Hint = { readonly version: number; readonly [name: string]: number }

/** "Last Checkpoint File": readers only take it as a hint, so a race for it does no harm. */
async function writeHint({ store }: DeltaPlace, hint: Hint): Promise<void> {
  // "JSON checksum": of numbers the canonical form is the number itself.
  const canonical = Object.entries(hint)
    .map(([name, value]) => `"${name}"=${value}`)
    .toSorted()
    .join(',')
  const checksum = createHash('md5').update(canonical).digest('hex')
  await store.put(hintKey, new TextEncoder().encode(JSON.stringify({ ...hint, checksum })))
}

export function padded(version: number): string {
  return String(version).padStart(20, '0')
}
