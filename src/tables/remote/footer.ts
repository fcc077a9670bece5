import type { ByteRange } from '../../objects/index.ts'
import { broken, readStruct, type Struct, type Value } from './thrift.ts'

// The footer of a Parquet file: where the chunks of its columns lie (apache/parquet-format, README "File
// format" and parquet.thrift, whose field numbers stand below).

export type Footer = { readonly groups: readonly RowGroup[] }

export type RowGroup = { readonly rows: number; readonly chunks: readonly Chunk[] }

/** What a row group holds of one leaf of the schema. */
export type Chunk = {
  readonly leaf: Leaf
  /** Its pages, and its bloom filter. */
  readonly ranges: readonly ByteRange[]
  /** As they are stored; undefined: not known. */
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
  readonly nulls: number | undefined
}

export type Leaf = {
  /** The column of the table that it is a part of, or all of. */
  readonly column: string
  readonly columnId: number | undefined
  /** It is the column: there are no structs, lists or maps above it. */
  readonly alone: boolean
  /** Its 64-bit numbers are microseconds. */
  readonly micros: boolean
}

/** Structs, lists and maps in each other. */
const nestingMax = 256

/** "PAR1" and, before it, the length of the metadata. */
const magic = 'PAR1'
export const trailerBytes = 8

/** Bytes at the end of the file that the footer takes, by the trailer of the file. */
export function footerBytes(trailer: Uint8Array): number {
  const bytes = Buffer.from(trailer.buffer, trailer.byteOffset, trailer.byteLength)
  if (bytes.length < trailerBytes || bytes.toString('latin1', bytes.length - 4) !== magic)
    throw broken('It does not end as a Parquet file does.')
  return bytes.readUInt32LE(bytes.length - trailerBytes) + trailerBytes
}

/** `tail`: the end of a file of this size, with the whole footer in it. */
export function readFooter(tail: Uint8Array, sizeBytes: number): Footer {
  const length = footerBytes(tail)
  if (length > tail.length || length > sizeBytes) throw broken('It is longer than the file.')
  const metadata = readStruct(tail.subarray(tail.length - length, tail.length - trailerBytes))
  const leaves = leavesOf(structs(metadata.get(2)))
  const endsAt = sizeBytes - length
  const groups = structs(metadata.get(4)).map(group => groupOf(group, leaves, endsAt))
  return { groups: withSlack(groups, endsAt) }
}

function leavesOf(schema: readonly Struct[]): readonly Leaf[] {
  const leaves: Leaf[] = []
  let at = 1
  // Depth first, parents before their children ("FileMetaData.schema"); the first is the file itself.
  const below = (column: Leaf | undefined, depth: number): void => {
    const element = schema[at++]
    if (element === undefined) throw broken('Its schema breaks off.')
    if (depth > nestingMax) throw broken('Its schema is nested without end.')
    const id = element.get(9)
    // Only leaves have a type.
    const isLeaf = element.get(1) !== undefined
    const own = column ?? {
      column: text(element.get(4)),
      columnId: typeof id === 'number' ? id : undefined,
      alone: isLeaf,
      micros: isMicros(element),
    }
    if (isLeaf) leaves.push(own)
    else for (let i = natural(element.get(5) ?? 0); i > 0; i--) below(own, depth + 1)
  }
  for (let i = natural(schema[0]?.get(5) ?? 0); i > 0; i--) below(undefined, 0)
  return leaves
}

/** "LogicalTypes.md", "TIMESTAMP": the unit stands in the logical or the converted type. */
function isMicros(element: Struct): boolean {
  const timestamp = inside(element.get(10), 8)
  return inside(inside(timestamp, 2), 2) !== undefined || element.get(6) === convertedMicros
}

const convertedMicros = 10

function inside(value: Value | undefined, field: number): Value | undefined {
  return value instanceof Map ? value.get(field) : undefined
}

function groupOf(group: Struct, leaves: readonly Leaf[], endsAt: number): RowGroup {
  const chunks = structs(group.get(1))
  if (chunks.length !== leaves.length) throw broken('A row group of it has other columns than its schema.')
  return {
    rows: natural(group.get(3)),
    chunks: chunks.map((chunk, i) => chunkOf(chunk.get(3), leaves[i] as Leaf, endsAt)),
  }
}

function chunkOf(metadata: Value | undefined, leaf: Leaf, endsAt: number): Chunk {
  // Elsewhere where columns are encrypted, each with a key of its own.
  if (!(metadata instanceof Map)) throw broken('It does not say where its columns lie.')
  const starts = [metadata.get(9), metadata.get(10), metadata.get(11)].flatMap(start =>
    // Writers that have no dictionary say 0 of its place, where the file's own first bytes are.
    start === undefined || start === 0 ? [] : [natural(start)],
  )
  const start = Math.min(...starts)
  const bloom = metadata.get(14)
  const length = metadata.get(15)
  const statistics = metadata.get(12)
  const of = statistics instanceof Map ? statistics : new Map<number, Value>()
  const nulls = of.get(3)
  return {
    leaf,
    ranges: [
      rangeOf(start, natural(metadata.get(7)), endsAt),
      // "BloomFilter.md": how long it is, is not always said.
      ...(bloom === undefined || bloom === 0
        ? []
        : [rangeOf(natural(bloom), length === undefined ? 0 : natural(length), endsAt)]),
    ],
    min: bytesOf(of.get(6)),
    max: bytesOf(of.get(5)),
    nulls: typeof nulls === 'number' && nulls >= 0 ? nulls : undefined,
  }
}

function rangeOf(start: number, length: number, endsAt: number): ByteRange {
  const end = start + length
  if (!Number.isSafeInteger(start) || end > endsAt) throw broken('A column of it would lie outside of it.')
  return { start, end }
}

/**
 * Each range up to where the next begins: a length that is not said, or is said without the head of the
 * dictionary as writers before parquet-mr 1.2.9 did (PARQUET-816), is made good.
 */
function withSlack(groups: readonly RowGroup[], endsAt: number): readonly RowGroup[] {
  const chunks = groups.flatMap(group => group.chunks)
  const starts = [...new Set(chunks.flatMap(({ ranges }) => ranges.map(({ start }) => start)))].sort(
    (a, b) => a - b,
  )
  const next = new Map(starts.map((start, i) => [start, starts[i + 1] ?? endsAt]))
  const widened = ({ start, end }: ByteRange): ByteRange => {
    const until = next.get(start) ?? endsAt
    return { start, end: end === start || until - end <= slackBytesMax ? Math.max(end, until) : end }
  }
  return groups.map(group => ({
    ...group,
    chunks: group.chunks.map(chunk => ({ ...chunk, ranges: chunk.ranges.map(widened) })),
  }))
}

/** Above it, what lies between is something else: indexes of pages, padding of blocks. */
const slackBytesMax = 4096

function structs(value: Value | undefined): readonly Struct[] {
  if (!Array.isArray(value)) throw broken('A part of it is missing.')
  return value.map(item => {
    if (!(item instanceof Map)) throw broken('A part of it is of another kind.')
    return item
  })
}

function natural(value: Value | undefined): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw broken('A number in it cannot be.')
  return value
}

function text(value: Value | undefined): string {
  return new TextDecoder().decode(bytesOf(value) ?? new Uint8Array())
}

function bytesOf(value: Value | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined
}
