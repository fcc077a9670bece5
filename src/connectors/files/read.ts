import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Batch, FileFormat, ReadContext, ReadRequest, SourceFile } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import { formatOf, formats } from './format.ts'
import { isCode } from './glob.ts'
import type { Wish } from './index.ts'
import { type Seen, isUrl, look } from './look.ts'
import { type Known, type Shelf, readPosition, writePosition } from './position.ts'

/** One batch names at most so many files: an engine opens them together. */
const filesPerBatchMax = 1_000

/** A file to hand on, and what to remember of it. */
type Item = {
  readonly seen: Seen
  readonly file: SourceFile
  readonly known: Known
  readonly format: FileFormat
  /** true: read before with this very content; only its time changed. */
  readonly old: boolean
}

/** Reads what is new: each file once, or all of them where all are wanted. */
export async function* read(wish: Wish, request: ReadRequest, context: ReadContext): AsyncIterable<Batch> {
  const shelf = readPosition(request.position)
  const files = await look(wish, context)
  if (files.length === 0 && shelf.size === 0) {
    throw failure('SLUICE_FILES_NONE', { pattern: wish.paths.filter(it => !isUrl(it)).join(', ') })
  }
  const all = request.resumes !== true && (wish.mode === 'all' || request.everything === true)
  const desk = openDesk(wish, context)
  let batch: Item[] = []
  let touched = false
  for await (const item of changed(desk, { files, shelf, all, context })) {
    const first = batch[0]
    if (first && !item.old && (first.format !== item.format || batch.length >= filesPerBatchMax)) {
      yield batchOf(wish, batch, shelf)
      batch = []
    }
    // What was read last stands last: the oldest are forgotten first.
    shelf.delete(item.seen.key)
    shelf.set(item.seen.key, item.known)
    if (item.old) touched = true
    else batch.push(item)
  }
  if (batch.length > 0) yield batchOf(wish, batch, shelf)
  // New time, same content: nothing to load, but the next look need not read them again.
  else if (touched) yield { kind: 'rows', rows: [], position: writePosition(shelf) }
}

type Stack = {
  readonly files: readonly Seen[]
  readonly shelf: ReadonlyMap<string, Known>
  readonly all: boolean
  readonly context: ReadContext
}

async function* changed(desk: Desk, { files, shelf, all, context }: Stack): AsyncIterable<Item> {
  for (const seen of files) {
    context.signal.throwIfAborted()
    const before = shelf.get(seen.key)
    if (!all && before && isSame(seen, before)) continue
    const item = await desk(seen)
    const sameContent = before?.hash === item.known.hash
    if (before && !sameContent) context.log(`${seen.name} was rewritten: it is read again`)
    yield { ...item, old: !all && sameContent }
  }
}

function batchOf(wish: Wish, items: readonly Item[], shelf: Shelf): Batch {
  const format = items[0]?.format ?? 'csv'
  const files = items.map(item => item.file)
  return { kind: 'files', format, files, options: wish.options, position: writePosition(shelf) }
}

/** Size and time of the last change are the same: the content is not looked at. */
function isSame(seen: Seen, before: Known): boolean {
  return (
    seen.stamp !== undefined && seen.stamp === before.stamp && (seen.sizeBytes ?? -1) === before.sizeBytes
  )
}

/** Brings a file to where it can be read, and learns its content by hash. */
type Desk = (seen: Seen) => Promise<Omit<Item, 'old'>>

function openDesk(wish: Wish, context: ReadContext): Desk {
  let folder: string | undefined
  let count = 0
  const fetched = async (seen: Seen): Promise<string> => {
    // Not removed here: a target may read the file as late as when it publishes.
    const temp = context.tempDir ?? tmpdir()
    await mkdir(temp, { recursive: true })
    folder ??= await mkdtemp(join(temp, 'download-'))
    // The name's ending tells engines how it is compressed.
    const path = join(folder, `${count++}-${basename(new URL(seen.path).pathname)}`)
    await context.http.download(seen.path, path, { signal: context.signal })
    return path
  }
  return async seen => {
    const format = wish.format ?? formatOf(seen.name)
    if (format === undefined) throw failure('SLUICE_FILES_FORMAT', { path: seen.name, formats })
    const path = seen.remote ? await fetched(seen) : seen.path
    const hash = await hashOf({ path, name: seen.name }, context.signal)
    const sizeBytes = seen.remote ? (await stat(path)).size : (seen.sizeBytes ?? 0)
    const known = { sizeBytes: seen.sizeBytes ?? -1, stamp: seen.stamp ?? null, hash }
    return { seen, format, known, file: { path, name: seen.name, sizeBytes } }
  }
}

/**
 * The content by hash. Packed files are unpacked on the way and thrown away: engines take one that was cut
 * off for whole and say nothing of the rows that are missing (DuckDB 1.5 does so with gzip).
 */
async function hashOf(
  { path, name }: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256')
  const bytes = createReadStream(path, { highWaterMark: 1024 * 1024 })
  const unpack = unpackerOf(path)
  const hashed = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      hash.update(piece)
      yield piece
    }
  }
  try {
    if (unpack) await pipeline(bytes, hashed, unpack, nowhere(), { signal })
    else await pipeline(bytes, hash, { signal })
  } catch (thrown) {
    if (isCode(thrown, 'EACCES', 'EPERM'))
      throw failure('SLUICE_FILES_UNREADABLE', { path: name }, { cause: thrown })
    if (isCode(thrown, 'ENOENT')) throw failure('SLUICE_FILES_GONE', { path: name }, { cause: thrown })
    if (isUnpacking(thrown))
      throw failure('SLUICE_FILES_CUT', { path: name, words: thrown.message }, { cause: thrown })
    throw thrown
  }
  return hash.digest('hex').slice(0, 32)
}

function unpackerOf(path: string): Transform | undefined {
  if (/\.gz$/i.test(path)) return createGunzip()
  return /\.zst$/i.test(path) ? createZstdDecompress() : undefined
}

function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() })
}

/** Codes of zlib: `Z_BUF_ERROR`, `Z_DATA_ERROR`; of zstd: `ZSTD_error_…`, and `Z_BUF_ERROR` again. */
function isUnpacking(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'code' in thrown && /^Z(STD)?_/.test(String(thrown.code))
}
