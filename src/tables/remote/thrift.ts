import { failure } from '../../errors/index.ts'

// Thrift's compact protocol (apache/thrift, doc/specs/thrift-compact-protocol.md), read without its schema: a
// struct is its fields by number. Every value takes a byte at least, so that no bytes make work beyond their
// count.

export type Value = boolean | number | Uint8Array | readonly Value[] | Struct
export type Struct = ReadonlyMap<number, Value>

type Cursor = { readonly bytes: Uint8Array; at: number }

/** Structs and lists in each other; Parquet's own go 10 deep. */
const depthMax = 32

/** A varint of 64 bits. */
const varintBytesMax = 10

export function readStruct(bytes: Uint8Array): Struct {
  return structAt({ bytes, at: 0 }, 0)
}

export function broken(words: string): Error {
  return failure('SLUICE_PARQUET_FOOTER', { words })
}

function structAt(cursor: Cursor, depth: number): Struct {
  const fields = new Map<number, Value>()
  let number = 0
  for (;;) {
    const head = byteAt(cursor)
    const type = head & 0x0f
    if (type === types.stop) return fields
    const delta = head >> 4
    number = delta === 0 ? zigzagAt(cursor) : number + delta
    fields.set(number, type <= types.false ? type === types.true : valueAt(cursor, type, depth))
  }
}

const types = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const

const doubleBytes = 8
const uuidBytes = 16

function valueAt(cursor: Cursor, type: number, depth: number): Value {
  if (depth > depthMax) throw broken('It is nested without end.')
  switch (type) {
    // Inside of lists and maps a boolean has a byte of its own.
    case types.true:
    case types.false:
      return byteAt(cursor) === types.true
    case types.byte:
      return (byteAt(cursor) << 24) >> 24
    case types.i16:
    case types.i32:
    case types.i64:
      return zigzagAt(cursor)
    case types.double:
      return new DataView(taken(cursor, doubleBytes).slice().buffer).getFloat64(0, true)
    case types.binary:
      return taken(cursor, varintAt(cursor))
    case types.list:
    case types.set:
      return listAt(cursor, depth)
    case types.map:
      return mapAt(cursor, depth)
    case types.struct:
      return structAt(cursor, depth + 1)
    case types.uuid:
      return taken(cursor, uuidBytes)
    default:
      throw broken(`It has values of a type ${type} that is not known.`)
  }
}

function listAt(cursor: Cursor, depth: number): readonly Value[] {
  const head = byteAt(cursor)
  const short = head >> 4
  const size = short === 15 ? varintAt(cursor) : short
  checkSize(cursor, size)
  const list: Value[] = []
  for (let i = 0; i < size; i++) list.push(valueAt(cursor, head & 0x0f, depth + 1))
  return list
}

/** Keys and values in turn: nothing that is read of a footer is a map. */
function mapAt(cursor: Cursor, depth: number): readonly Value[] {
  const size = varintAt(cursor)
  if (size === 0) return []
  checkSize(cursor, size)
  const head = byteAt(cursor)
  const pairs: Value[] = []
  for (let i = 0; i < size; i++)
    pairs.push(valueAt(cursor, head >> 4, depth + 1), valueAt(cursor, head & 0x0f, depth + 1))
  return pairs
}

function checkSize(cursor: Cursor, size: number): void {
  if (size > cursor.bytes.length - cursor.at) throw broken('A list in it is longer than itself.')
}

function taken(cursor: Cursor, count: number): Uint8Array {
  checkSize(cursor, count)
  const from = cursor.at
  cursor.at += count
  return cursor.bytes.subarray(from, cursor.at)
}

function byteAt(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw broken('It ends in the middle of a value.')
  return byte
}

/** Beyond 2^53 not exact: no position in a file is so large, and whoever uses one checks it. */
function varintAt(cursor: Cursor): number {
  return Number(bitsAt(cursor))
}

function zigzagAt(cursor: Cursor): number {
  const only = cursor.bytes[cursor.at]
  // Most numbers of a footer take one byte.
  if (only !== undefined && only < 0x80) {
    cursor.at++
    return (only >> 1) ^ -(only & 1)
  }
  const bits = bitsAt(cursor)
  return Number((bits >> 1n) ^ -(bits & 1n))
}

function bitsAt(cursor: Cursor): bigint {
  let bits = 0n
  for (let i = 0; i < varintBytesMax; i++) {
    const byte = byteAt(cursor)
    bits |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return BigInt.asUintN(64, bits)
  }
  throw broken('It has a number without end.')
}
