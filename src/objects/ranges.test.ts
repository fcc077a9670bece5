import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coalesce, split } from './ranges.ts'

const range = fc.tuple(fc.nat(1_000), fc.nat(100)).map(([start, more]) => ({ start, end: start + more }))
const gaps = { gapBytesMax: 20, pieceBytesMax: 150 }

test('near ranges are joined, far ones are not', () => {
  const ranges = [
    { start: 300, end: 310 },
    { start: 0, end: 10 },
    { start: 30, end: 40 },
    { start: 61, end: 70 },
  ]
  expect(coalesce(ranges, gaps)).toEqual([
    { start: 0, end: 40 },
    { start: 61, end: 70 },
    { start: 300, end: 310 },
  ])
  expect(split({ start: 5, end: 25 }, 10)).toEqual([
    { start: 5, end: 15 },
    { start: 15, end: 25 },
  ])
})

test('property: every range lies in one piece, and no piece grows beyond its size by joining', () => {
  fc.assert(
    fc.property(fc.array(range), ranges => {
      const pieces = coalesce(ranges, gaps)
      for (const { start, end } of ranges.filter(it => it.end > it.start))
        expect(pieces.some(piece => piece.start <= start && piece.end >= end)).toBe(true)
      for (const piece of pieces) expect(piece.end - piece.start).toBeLessThanOrEqual(150)
      expect(pieces).toEqual(pieces.toSorted((a, b) => a.start - b.start))
    }),
  )
})
