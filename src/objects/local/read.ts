import { constants, statSync } from 'node:fs'
import { type FileHandle, copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import { cutRange } from '../ranges.ts'
import type { ByteRange, ObjectMeta } from '../store.ts'
import { onDisk, unless, writeWhole } from './disk.ts'
import { metaOf } from './list.ts'
import type { Place } from './place.ts'

export type Opened = { readonly file: FileHandle; readonly path: string; readonly meta: ObjectMeta }

/** Node reads at most 2 GiB at once. */
const readBytesMax = 2 ** 30

/** What is at a key now, opened: a replacement meanwhile does not disturb. */
export async function reading<T>(
  place: Place,
  { key, ifMatch }: { readonly key: string; readonly ifMatch?: string | undefined },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  return onDisk(join(place.root, key), async () => {
    const path = await place.find(key)
    // Not blocking: a named pipe would hold the open until somebody writes to it.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
    const file =
      path === undefined ? undefined : await unless(['ENOENT', 'ENOTDIR', 'EISDIR'], () => open(path, flags))
    try {
      const stats = await file?.stat({ bigint: true })
      if (path === undefined || file === undefined || !stats?.isFile())
        throw failure('SLUICE_OBJECT_NOT_FOUND', { store: place.root, key })
      const meta = metaOf(key, stats)
      if (ifMatch !== undefined && ifMatch !== meta.etag)
        throw failure('SLUICE_OBJECT_CHANGED', { store: place.root, key })
      return await work({ file, path, meta })
    } finally {
      await file?.close()
    }
  })
}

/** What is known of the object at a key; undefined: it is not there. */
export async function metaAt(place: Place, key: string): Promise<ObjectMeta | undefined> {
  return onDisk(join(place.root, key), async () => {
    const path = await place.find(key)
    if (path === undefined) return undefined
    const stats = await unless(['ENOENT', 'ENOTDIR'], async () => statSync(path, { bigint: true }))
    return stats?.isFile() ? metaOf(key, stats) : undefined
  })
}

export async function readPart(
  { file, path, meta }: Opened,
  range: ByteRange | undefined,
): Promise<Uint8Array> {
  const { key, sizeBytes } = meta
  const { start, end } = cutRange(range ?? { start: 0, end: sizeBytes }, sizeBytes, key)
  const bytes = Buffer.allocUnsafe(end - start)
  let done = 0
  while (done < bytes.length) {
    const wanted = Math.min(bytes.length - done, readBytesMax)
    const { bytesRead } = await file.read(bytes, done, wanted, start + done)
    // Somebody shortened it in place.
    if (bytesRead === 0) throw failure('SLUICE_OBJECT_CHANGED', { store: path, key })
    done += bytesRead
  }
  return bytes
}

/** The object as a file elsewhere on this machine. */
export async function download(place: Place, key: string, to: string): Promise<ObjectMeta> {
  return reading(place, { key }, async ({ path, meta }) => {
    await writeWhole(to, temporary =>
      onDisk(to, () => copyFile(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)),
    )
    return meta
  })
}
