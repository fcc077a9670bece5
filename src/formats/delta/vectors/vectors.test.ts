import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../errors/index.ts'
import type { DeletionVector } from '../actions.ts'
import { decodeBitmap, encodeBitmap } from './roaring.ts'
import {
  checkedPart,
  encodeVector,
  inlineVector,
  placeOfVector,
  positionsOf,
  storedVector,
  vectorFile,
  vectorPath,
} from './vector.ts'
import { decodeZ85, encodeZ85 } from './z85.ts'

// Bitmaps that Java wrote (Apache Iceberg, core/src/test/resources): Delta and Iceberg have the same bytes.
const core = '../../../../../shared/fixtures/lake/iceberg-java-core/'
const java = fileURLToPath(new URL(`${core}org/apache/iceberg/deletes/`, import.meta.url))

/** Ascending, without doubles; runs, dense and sparse parts, and positions beyond 32 bits. */
const positionSets = fc
  .array(
    fc.record({
      start: fc.oneof(fc.nat({ max: 200_000 }), fc.integer({ min: 2 ** 32 - 10, max: 2 ** 40 })),
      length: fc.integer({ min: 1, max: 9_000 }),
      step: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 5 },
  )
  .map(spans => {
    const all = new Set<number>()
    for (const { start, length, step } of spans) for (let i = 0; i < length; i++) all.add(start + i * step)
    return BigInt64Array.from([...all].toSorted((a, b) => a - b).map(BigInt))
  })

function decoded(bytes: Uint8Array): bigint[] {
  return [...decodeBitmap(bytes, 'a file')].flatMap(block => [...block])
}

describe('bitmaps', () => {
  test('what goes in comes out', () => {
    fc.assert(
      fc.property(positionSets, positions => {
        expect(decoded(encodeBitmap(positions))).toEqual([...positions])
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    'all-container-types-position-index.bin',
    'empty-position-index.bin',
    'small-alternating-values-position-index.bin',
    'small-and-large-values-position-index.bin',
  ])('%s: the same positions, and the same bytes again', async name => {
    const blob = await readFile(`${java}${name}`)
    // Length, magic number and bitmap, checksum: as in a file of vectors.
    const data = blob.subarray(4, -4)
    const vector = { storageType: 'u', pathOrInlineDv: '', sizeInBytes: data.length, cardinality: 0 } as const
    expect(checkedPart(blob, vector, name)).toEqual(data)
    const positions = decoded(data.subarray(4))
    expect(encodeVector(BigInt64Array.from(positions))).toEqual(new Uint8Array(data))
  })

  test('bytes that are no bitmap are refused by code, soon', () => {
    const whole = encodeBitmap(BigInt64Array.from([1n, 2n, 3n, 70_000n, 70_002n, 2n ** 33n]))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc
            .tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }))
            .map(([at, byte]) => whole.with(at, byte)),
          fc.nat({ max: whole.length }).map(length => whole.subarray(0, length)),
        ),
        bytes => {
          try {
            let count = 0
            for (const block of decodeBitmap(bytes, 'a file')) if ((count += block.length) > 1_000_000) return
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Failure)
            expect(thrown).toMatchObject({ code: 'SLUICE_DELTA_VECTOR_BROKEN' })
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('Z85', () => {
  // rfc.zeromq.org/spec/32, "Reference Code".
  test('the example of its specification', () => {
    const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b)
    expect(encodeZ85(bytes)).toBe('HelloWorld')
    expect(decodeZ85('HelloWorld')).toEqual(bytes)
  })

  test('what goes in comes out; what is none is told', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(decodeZ85(encodeZ85(bytes))?.subarray(0, bytes.length)).toEqual(bytes)
      }),
    )
    expect(['1234', '~~~~~', '#####', 'ab"de'].map(decodeZ85)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('vectors', () => {
  const positions = BigInt64Array.from([3n, 4n, 7n, 11n, 18n, 29n])

  function read(vector: DeletionVector, part?: Uint8Array): bigint[] {
    const place = placeOfVector(vector, 'a file')
    const data = 'bytes' in place ? place.bytes : checkedPart(part ?? new Uint8Array(), vector, 'a file')
    return [...positionsOf(data, vector, 'a file')].flatMap(block => [...block])
  }

  test('in the log', () => {
    expect(read(inlineVector(encodeVector(positions), 6))).toEqual([...positions])
  })

  test('several in a file named by a UUID', () => {
    const uuid = Uint8Array.from({ length: 16 }, (_, i) => i * 16 + i)
    const datas = [positions, positions.subarray(2)].map(encodeVector)
    const { bytes, offsets } = vectorFile(datas)
    const vectors = datas.map((data, i) =>
      storedVector(uuid, { offset: offsets[i] ?? 0, data, cardinality: i === 0 ? 6 : 4 }),
    )
    expect(vectorPath(uuid)).toBe('deletion_vector_00112233-4455-6677-8899-aabbccddeeff.bin')
    for (const [i, vector] of vectors.entries()) {
      const place = placeOfVector(vector, 'a file')
      if ('bytes' in place) throw new TypeError('it is in the log')
      expect(place.path).toBe(vectorPath(uuid))
      expect(read(vector, bytes.subarray(place.start, place.end))).toEqual([...positions.subarray(2 * i)])
    }
  })

  test('the example of the protocol, with a random prefix', () => {
    const vector = {
      storageType: 'u',
      pathOrInlineDv: 'ab^-aqEH.-t@S}K{vb[*k^',
      offset: 4,
      sizeInBytes: 40,
      cardinality: 6,
    } as const
    expect(placeOfVector(vector, 'a file')).toEqual({
      path: 'ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin',
      start: 4,
      end: 52,
    })
  })

  test('a wrong checksum, size, number of rows or kind is refused', () => {
    const data = encodeVector(positions)
    const { bytes } = vectorFile([data])
    const vector = storedVector(new Uint8Array(16), { offset: 1, data, cardinality: 6 })
    const broken: readonly (readonly [DeletionVector, Uint8Array])[] = [
      [vector, bytes.with(12, 99).subarray(1)],
      [{ ...vector, sizeInBytes: vector.sizeInBytes - 1 }, bytes.subarray(1)],
      [{ ...vector, cardinality: 5 }, bytes.subarray(1)],
      [{ ...vector, cardinality: 7 }, bytes.subarray(1)],
      [vector, bytes.subarray(1, 20)],
      [{ ...vector, storageType: 'x' as 'u' }, bytes.subarray(1)],
      [{ ...vector, pathOrInlineDv: 'no uuid' }, bytes.subarray(1)],
      [{ ...inlineVector(data, 6), pathOrInlineDv: '~~' }, bytes],
    ]
    for (const [of, part] of broken)
      expect(() => read(of, part)).toThrow(
        expect.objectContaining({ code: 'SLUICE_DELTA_VECTOR_BROKEN' }) as Error,
      )
  })
})
