import { crc32 } from 'node:zlib'
import { failure } from '../../../errors/index.ts'
import type { DeletionVector } from '../actions.ts'
import { decodeBitmap, encodeBitmap } from './roaring.ts'
import { decodeZ85, encodeZ85 } from './z85.ts'

// "Deletion Vector Format" and "Deletion Vector File Storage Format".

const magic = 1_681_511_377
const fileVersion = 1
const uuidLetters = 20
/** Before each vector of a file stands its size, behind it its checksum. */
const sizeBytes = 4
const checksumBytes = 4

/** Where the bytes of a vector lie: in the log itself, or in a file. `path` is one of the log's paths. */
export type VectorPlace =
  | { readonly bytes: Uint8Array }
  | { readonly path: string; readonly start: number; readonly end: number }

/** "Derived Fields", uniqueId. */
export function vectorIdOf({ storageType, pathOrInlineDv, offset }: DeletionVector): string {
  return `${storageType}${pathOrInlineDv}${typeof offset === 'number' ? `@${offset}` : ''}`
}

/** `file` is the data file, for words only. */
export function placeOfVector(vector: DeletionVector, file: string): VectorPlace {
  const { storageType, pathOrInlineDv, offset = 0, sizeInBytes } = vector
  if (!Number.isSafeInteger(sizeInBytes) || sizeInBytes < 0 || offset < 0)
    refuse(file, 'its size or offset is none')
  if (storageType === 'i') {
    const bytes = decodeZ85(pathOrInlineDv)
    if (!bytes || bytes.length < sizeInBytes) return refuse(file, 'its text is no Z85, or is cut off')
    return { bytes: bytes.subarray(0, sizeInBytes) }
  }
  const range = { start: offset, end: offset + sizeBytes + sizeInBytes + checksumBytes }
  if (storageType === 'p') return { path: pathOrInlineDv, ...range }
  if (storageType !== 'u') return refuse(file, 'its kind of storage is not known')
  const uuid = decodeZ85(pathOrInlineDv.slice(-uuidLetters))
  if (uuid?.length !== 16) return refuse(file, 'its name is no UUID')
  const prefix = pathOrInlineDv.slice(0, -uuidLetters)
  return { path: vectorPath(uuid, prefix), ...range }
}

/** The path of the file of vectors that has this UUID (16 bytes), percent-encoded as paths of the log are. */
export function vectorPath(uuid: Uint8Array, prefix = ''): string {
  const hex = Buffer.from(uuid).toString('hex')
  const name = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  )
  return `${prefix === '' ? '' : `${encodeURIComponent(prefix)}/`}deletion_vector_${name}.bin`
}

/** The stored form of a vector's part of a file: size, data, checksum. Gives the data. */
export function checkedPart(part: Uint8Array, { sizeInBytes }: DeletionVector, file: string): Uint8Array {
  if (part.length < sizeBytes + sizeInBytes + checksumBytes) return refuse(file, 'its file ends too early')
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength)
  if (view.getUint32(0) !== sizeInBytes) return refuse(file, 'its file says another size than the log')
  const data = part.subarray(sizeBytes, sizeBytes + sizeInBytes)
  if (view.getUint32(sizeBytes + sizeInBytes) !== crc32(data)) return refuse(file, 'its checksum is wrong')
  return data
}

/** Positions that the vector deletes, ascending, in blocks. `data` begins with the magic number. */
export function* positionsOf(
  data: Uint8Array,
  { cardinality }: DeletionVector,
  file: string,
): Generator<BigInt64Array> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (data.length < 4 || view.getUint32(0, true) !== magic) return refuse(file, 'its format is not known')
  let count = 0
  for (const block of decodeBitmap(data.subarray(4), file)) {
    count += block.length
    if (count > cardinality) refuse(file, 'it holds more positions than the log says')
    yield block
  }
  if (count !== cardinality) refuse(file, 'it holds fewer positions than the log says')
  return undefined
}

/** The data of a vector: what goes into a file, or into the log. Positions ascend. */
export function encodeVector(positions: BigInt64Array): Uint8Array {
  const bitmap = encodeBitmap(positions)
  const data = new Uint8Array(4 + bitmap.length)
  new DataView(data.buffer).setUint32(0, magic, true)
  data.set(bitmap, 4)
  return data
}

/** The vector in the log itself. */
export function inlineVector(data: Uint8Array, cardinality: number): DeletionVector {
  return { storageType: 'i', pathOrInlineDv: encodeZ85(data), sizeInBytes: data.length, cardinality }
}

/** Several vectors in one file named by a UUID (16 bytes), with the offset of each. */
export function vectorFile(vectors: readonly Uint8Array[]): {
  readonly bytes: Uint8Array
  readonly offsets: readonly number[]
} {
  const whole = vectors.reduce((sum, data) => sum + sizeBytes + data.length + checksumBytes, 1)
  const bytes = new Uint8Array(whole)
  const view = new DataView(bytes.buffer)
  bytes[0] = fileVersion
  const offsets: number[] = []
  let at = 1
  for (const data of vectors) {
    offsets.push(at)
    view.setUint32(at, data.length)
    bytes.set(data, at + sizeBytes)
    view.setUint32(at + sizeBytes + data.length, crc32(data))
    at += sizeBytes + data.length + checksumBytes
  }
  return { bytes, offsets }
}

/** A vector of that file, as the log names it. */
export function storedVector(
  uuid: Uint8Array,
  {
    offset,
    data,
    cardinality,
  }: { readonly offset: number; readonly data: Uint8Array; readonly cardinality: number },
): DeletionVector {
  return { storageType: 'u', pathOrInlineDv: encodeZ85(uuid), offset, sizeInBytes: data.length, cardinality }
}

function refuse(file: string, words: string): never {
  throw failure('SLUICE_DELTA_VECTOR_BROKEN', { file, words })
}
