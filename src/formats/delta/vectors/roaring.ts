import { failure } from '../../../errors/index.ts'

// RoaringFormatSpec, "extension for 64-bit implementations": buckets by the upper 32 bits of a position, in
// each a 32-bit bitmap of containers by the next 16 bits. All numbers are little endian.

/** The first number of a 32-bit bitmap that holds runs, and of one that does not. */
const runCookie = 12347
const plainCookie = 12346
/** With runs, offsets of containers are left out below so many of them. */
const offsetsFrom = 4
/** A container with more positions than this is a bitmap, else an array. */
const arrayMax = 4096
const bitmapBytes = 8192
const containerSize = 65_536
/** The most significant bit of a bucket's key is 0, so that no reader takes it for a negative number. */
const bucketMax = 2 ** 31 - 1

/** Positions of deleted rows, ascending, container by container. `file` is for words only. */
export function* decodeBitmap(bytes: Uint8Array, file: string): Generator<BigInt64Array> {
  const reader = readerOf(bytes, file)
  const buckets = reader.long()
  let last = -1
  for (let i = 0; i < buckets; i++) {
    const high = reader.int()
    if (high <= last || high > bucketMax) reader.refuse('its buckets are out of order')
    last = high
    yield* decodeBucket(reader, high)
  }
}

type Container = { readonly key: number; readonly cardinality: number; readonly run: boolean }

function* decodeBucket(reader: Reader, high: number): Generator<BigInt64Array> {
  let last = -1
  for (const { key, cardinality, run } of headers(reader)) {
    if (key <= last) reader.refuse('its containers are out of order')
    last = key
    const positions = new BigInt64Array(cardinality)
    // Two halves of each position: no BigInt is made for any of them.
    const halves = new Uint32Array(positions.buffer)
    const base = key * containerSize
    const put = (at: number, low: number) => {
      halves[2 * at] = base + low
      halves[2 * at + 1] = high
    }
    if (run) decodeRuns(reader, cardinality, put)
    else if (cardinality <= arrayMax) decodeArray(reader, cardinality, put)
    else decodeBits(reader, cardinality, put)
    yield positions
  }
}

function headers(reader: Reader): readonly Container[] {
  const cookie = reader.int()
  const hasRuns = (cookie & 0xffff) === runCookie
  if (!hasRuns && cookie !== plainCookie) reader.refuse('it begins with no cookie of a bitmap')
  const count = hasRuns ? (cookie >>> 16) + 1 : reader.int()
  if (count > containerSize) reader.refuse('it has too many containers')
  const runs = hasRuns ? reader.bytes(Math.ceil(count / 8)) : undefined
  const containers: Container[] = []
  for (let i = 0; i < count; i++) {
    const run = runs !== undefined && ((runs[i >> 3] ?? 0) & (1 << (i & 7))) !== 0
    containers.push({ key: reader.short(), cardinality: reader.short() + 1, run })
  }
  // Offsets serve random access; containers follow one another.
  if (!hasRuns || count >= offsetsFrom) reader.bytes(4 * count)
  return containers
}

type Put = (at: number, low: number) => void

function decodeArray(reader: Reader, cardinality: number, put: Put): void {
  let last = -1
  for (let at = 0; at < cardinality; at++) {
    const low = reader.short()
    if (low <= last) reader.refuse('its positions are out of order')
    last = low
    put(at, low)
  }
}

function decodeBits(reader: Reader, cardinality: number, put: Put): void {
  const bits = reader.bytes(bitmapBytes)
  let at = 0
  for (const [i, byte] of bits.entries())
    for (let rest = byte; rest !== 0; rest &= rest - 1) {
      if (at === cardinality) reader.refuse('a bitmap holds more positions than it says')
      put(at++, i * 8 + (31 - Math.clz32(rest & -rest)))
    }
  if (at !== cardinality) reader.refuse('a bitmap holds fewer positions than it says')
}

function decodeRuns(reader: Reader, cardinality: number, put: Put): void {
  const runs = reader.short()
  let [at, next] = [0, 0]
  for (let i = 0; i < runs; i++) {
    const start = reader.short()
    const end = start + reader.short()
    if (start < next || end >= containerSize || at + (end - start) >= cardinality)
      reader.refuse('its runs are out of order')
    for (let low = start; low <= end; low++) put(at++, low)
    next = end + 1
  }
  if (at !== cardinality) reader.refuse('its runs hold fewer positions than it says')
}

type Reader = {
  short(): number
  int(): number
  long(): number
  bytes(length: number): Uint8Array
  refuse(words: string): never
}

function readerOf(bytes: Uint8Array, file: string): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const refuse = (words: string): never => {
    throw failure('SLUICE_DELTA_VECTOR_BROKEN', { file, words })
  }
  const take = (length: number): number => {
    if (at + length > bytes.length) refuse('it ends too early')
    at += length
    return at - length
  }
  return {
    short: () => view.getUint16(take(2), true),
    int: () => view.getUint32(take(4), true),
    long: () => Number(view.getBigUint64(take(8), true)),
    bytes: length => bytes.subarray(take(length), at),
    refuse,
  }
}

/** The bitmap of positions that ascend; the smallest of array, bits and runs for each container. */
export function encodeBitmap(positions: BigInt64Array): Uint8Array {
  const halves = new Uint32Array(positions.buffer, positions.byteOffset, positions.length * 2)
  const parts: Uint8Array[] = []
  let buckets = 0
  for (let start = 0; start < positions.length; buckets++) {
    const high = halves[2 * start + 1] ?? 0
    let end = start + 1
    while (end < positions.length && halves[2 * end + 1] === high) end++
    parts.push(ints(high), ...encodeBucket(halves, start, end))
    start = end
  }
  return joined([ints(buckets, 0), ...parts])
}

type Encoded = {
  readonly key: number
  readonly cardinality: number
  readonly run: boolean
  readonly body: Uint8Array
}

function encodeBucket(halves: Uint32Array, from: number, to: number): readonly Uint8Array[] {
  const containers: Encoded[] = []
  for (let start = from; start < to; ) {
    const key = (halves[2 * start] ?? 0) >>> 16
    const lows = new Uint16Array(Math.min(to - start, containerSize))
    let count = 0
    for (; start < to && (halves[2 * start] ?? 0) >>> 16 === key; start++)
      lows[count++] = halves[2 * start] ?? 0
    containers.push({ key, cardinality: count, ...encodeContainer(lows.subarray(0, count)) })
  }
  const hasRuns = containers.some(({ run }) => run)
  const count = containers.length
  const flags = new Uint8Array(Math.ceil(count / 8))
  const heads = new Uint16Array(2 * count)
  for (const [i, { key, cardinality, run }] of containers.entries()) {
    if (run) flags[i >> 3] = (flags[i >> 3] ?? 0) | (1 << (i & 7))
    heads.set([key, cardinality - 1], 2 * i)
  }
  const cookie = hasRuns ? [ints(runCookie + (count - 1) * containerSize), flags] : [ints(plainCookie, count)]
  const withOffsets = !hasRuns || count >= offsetsFrom
  let offset = sizeOf(cookie) + 4 * count + (withOffsets ? 4 * count : 0)
  const offsets = containers.map(({ body }) => {
    offset += body.length
    return offset - body.length
  })
  return [
    ...cookie,
    bytesOf(heads),
    ...(withOffsets ? [ints(...offsets)] : []),
    ...containers.map(({ body }) => body),
  ]
}

function encodeContainer(lows: Uint16Array): { readonly run: boolean; readonly body: Uint8Array } {
  let runs = 1
  for (let i = 1; i < lows.length; i++) if (lows[i] !== (lows[i - 1] ?? 0) + 1) runs++
  const plain = lows.length <= arrayMax ? 2 * lows.length : bitmapBytes
  if (2 + 4 * runs < plain) return { run: true, body: encodeRuns(lows, runs) }
  if (lows.length <= arrayMax) return { run: false, body: bytesOf(lows.slice()) }
  const bits = new Uint8Array(bitmapBytes)
  for (const low of lows) bits[low >> 3] = (bits[low >> 3] ?? 0) | (1 << (low & 7))
  return { run: false, body: bits }
}

function encodeRuns(lows: Uint16Array, runs: number): Uint8Array {
  const body = new Uint16Array(1 + 2 * runs)
  body[0] = runs
  let at = 1
  for (let i = 0; i < lows.length; ) {
    const start = lows[i] ?? 0
    let end = i
    while (end + 1 < lows.length && lows[end + 1] === (lows[end] ?? 0) + 1) end++
    body.set([start, end - i], at)
    at += 2
    i = end + 1
  }
  return bytesOf(body)
}

// Every machine that Node runs on is little endian, as the format is.
function ints(...values: readonly number[]): Uint8Array {
  return bytesOf(Uint32Array.from(values))
}

function bytesOf(values: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(sizeOf(parts))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
