import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { failure } from '../../errors/index.ts'
import { gather } from '../gather.ts'
import { limits } from '../limits.ts'
import { unless } from '../local/disk.ts'
import { checkRange, coalesce, cutRange, split } from '../ranges.ts'
import type { ByteRange, ObjectStore } from '../store.ts'
import { headOf, lineOf, missing, readExtents } from './extents.ts'

/** One cached object: a folder with the file, full length and full of holes, and what of it is there. */
export type Entry = {
  readonly folder: string
  readonly file: string
  readonly extents: string
}

export const freshPrefix = '.fresh-'
export const deadPrefix = '.dead-'

/** Readers choose by the ending of a name. */
export function entryOf(cacheFolder: string, id: string, key: string): Entry {
  const folder = join(cacheFolder, id)
  const ending = /^\.\w{1,12}$/.exec(extname(key))?.[0] ?? ''
  return { folder, file: join(folder, `object${ending}`), extents: join(folder, 'extents') }
}

/** What is wanted of which object. */
export type Wanted = {
  readonly key: string
  readonly sizeBytes: number
  readonly etag?: string | undefined
  readonly ranges: readonly ByteRange[]
}

/**
 * Fetch what is missing of the wanted ranges; how many bytes came. Safe among processes: the object never
 * changes, so two may write the same bytes; bytes are on the disk before they are said to be there. Another
 * process may remove the entry and make it anew at any moment: what was opened is then an older file, and all
 * begins again.
 */
export async function fill(entry: Entry, wanted: Wanted, store: ObjectStore): Promise<number> {
  for (const range of wanted.ranges) checkRange(range, wanted.key)
  let fetchedBytes = 0
  for (let tries = 1; tries <= limits.cacheTriesMax; tries++) {
    const held = (await openEntry(entry)) ?? (await make(entry, wanted.sizeBytes))
    // Not exchanged just now, but broken: a machine that lost its power leaves such.
    if (!held && tries > 1) await discard(entry.folder)
    if (!held) continue
    try {
      fetchedBytes += await fetchInto(held, wanted, store)
      if (await isStanding(entry, held)) return fetchedBytes
    } finally {
      await held.file.close()
      await held.extents.close()
    }
  }
  throw failure('SLUICE_OBJECT_DISK', { path: entry.folder, words: 'Others keep removing it.' })
}

type Held = { readonly file: FileHandle; readonly extents: FileHandle; readonly inode: bigint }

/** The entry, opened; undefined: it is not there, or was exchanged while it was opened. */
async function openEntry(entry: Entry): Promise<Held | undefined> {
  const file = await unless(['ENOENT'], () => open(entry.file, 'r+'))
  const flags = constants.O_RDWR | constants.O_APPEND
  const extents = file && (await unless(['ENOENT'], () => open(entry.extents, flags)))
  if (file && extents) {
    const { ino: inode } = await file.stat({ bigint: true })
    if (readExtents(await textOf(extents)).inode === inode) return { file, extents, inode }
  }
  await extents?.close()
  await file?.close()
  return undefined
}

async function textOf(extents: FileHandle): Promise<string> {
  const { size } = await extents.stat()
  const { buffer, bytesRead } = await extents.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString('latin1', 0, bytesRead)
}

/** A new entry with nothing in it, opened; undefined: another was first. */
async function make(entry: Entry, sizeBytes: number): Promise<Held | undefined> {
  const fresh = join(dirname(entry.folder), freshPrefix + randomUUID())
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  const file = await open(join(fresh, basename(entry.file)), 'wx+')
  const extents = await open(join(fresh, basename(entry.extents)), 'ax+')
  await file.truncate(sizeBytes)
  const { ino: inode } = await file.stat({ bigint: true })
  await extents.appendFile(headOf(inode))
  const isFirst = await unless(['ENOTEMPTY', 'EEXIST', 'EPERM'], async () => {
    await rename(fresh, entry.folder)
    return true
  })
  if (isFirst) return { file, extents, inode }
  await extents.close()
  await file.close()
  await rm(fresh, { recursive: true, force: true })
  return undefined
}

async function fetchInto({ file, extents }: Held, wanted: Wanted, store: ObjectStore): Promise<number> {
  const { key, sizeBytes, etag } = wanted
  const now = new Date(Date.now())
  // The time of its last use: what was used long ago goes first.
  await extents.utimes(now, now)
  const cut = wanted.ranges.map(range => cutRange(range, sizeBytes, key))
  const holes = missing(cut, readExtents(await textOf(extents)).ranges)
  if (holes.length === 0) return 0
  const gaps = { gapBytesMax: limits.cacheGapBytesMax, pieceBytesMax: limits.pieceBytesMax }
  const pieces = coalesce(holes, gaps).flatMap(range => split(range, limits.pieceBytesMax))
  await gather(pieces, limits.piecesMax, async range => {
    const { bytes, meta } = await store.get(key, etag === undefined ? { range } : { range, ifMatch: etag })
    // Another object than whoever asks believes.
    if (meta.sizeBytes !== sizeBytes) throw failure('SLUICE_OBJECT_CHANGED', { store: store.describe, key })
    await file.write(bytes, 0, bytes.length, range.start)
  })
  await file.datasync()
  await extents.appendFile(pieces.map(lineOf).join(''))
  return pieces.reduce((sum, { start, end }) => sum + end - start, 0)
}

async function isStanding({ file }: Entry, { inode }: Held): Promise<boolean> {
  return (await unless(['ENOENT'], () => stat(file, { bigint: true })))?.ino === inode
}

/** Remove an entry: its name in one step, so that nobody finds half of it. */
export async function discard(folder: string): Promise<void> {
  const dead = join(dirname(folder), deadPrefix + randomUUID())
  await unless(['ENOENT'], () => rename(folder, dead))
  await rm(dead, { recursive: true, force: true })
}
