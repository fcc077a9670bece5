import { open, readFile } from 'node:fs/promises'
import { failure } from '../errors/index.ts'
import { gather } from './gather.ts'
import { limits } from './limits.ts'
import { onDisk, writeWhole } from './local/disk.ts'
import { checkRange, coalesce, cutRange, split } from './ranges.ts'
import type { ByteRange, ObjectMeta, ObjectStore, Requests } from './store.ts'

/** A store made of its single requests: ranges, files in and out. */
export function complete(store: Requests): ObjectStore {
  return {
    ...store,
    ranges: (key, ranges, options) => fetchRanges(store, { key, ranges, ...options }),
    upload: async (key, path) => store.put(key, await onDisk(path, () => readFile(path))),
    download: (key, path) => fetchFile(store, key, path),
  }
}

type Asked = { readonly key: string; readonly ranges: readonly ByteRange[]; readonly ifMatch?: string }

async function fetchRanges(store: Requests, { key, ranges, ifMatch }: Asked): Promise<readonly Uint8Array[]> {
  for (const range of ranges) checkRange(range, key)
  const pieces = coalesce(ranges)
  const got = await gather(pieces, limits.piecesMax, range =>
    store.get(key, ifMatch === undefined ? { range } : { range, ifMatch }),
  )
  if (new Set(got.map(({ meta }) => meta.etag)).size > 1)
    throw failure('SLUICE_OBJECT_CHANGED', { store: store.describe, key })
  return ranges.map(range => {
    const index = pieces.findIndex(piece => piece.start <= range.start && piece.end >= range.end)
    const piece = got[index]
    if (!piece) return new Uint8Array()
    const { start, end } = cutRange(range, piece.meta.sizeBytes, key)
    const from = pieces[index]?.start ?? 0
    return piece.bytes.subarray(start - from, end - from)
  })
}

async function fetchFile(store: Requests, key: string, path: string): Promise<ObjectMeta> {
  const meta = await store.head(key)
  if (!meta) throw failure('SLUICE_OBJECT_NOT_FOUND', { store: store.describe, key })
  await writeWhole(path, temporary => fill(store, meta, temporary))
  return meta
}

async function fill(store: Requests, { key, sizeBytes, etag }: ObjectMeta, path: string): Promise<void> {
  const file = await onDisk(path, () => open(path, 'wx'))
  try {
    const pieces = split({ start: 0, end: sizeBytes }, limits.pieceBytesMax)
    await gather(pieces, limits.downloadPiecesMax, async range => {
      const { bytes } = await store.get(key, { range, ifMatch: etag })
      await onDisk(path, () => file.write(bytes, 0, bytes.length, range.start))
    })
  } finally {
    await file.close()
  }
}
