import { failure } from '../errors/index.ts'
import { limits } from './limits.ts'
import type { ByteRange } from './store.ts'

/** The range as it lies in an object of this size; SLUICE_OBJECT_RANGE when nothing of it does. */
export function cutRange({ start, end }: ByteRange, sizeBytes: number, key: string): ByteRange {
  checkRange({ start, end }, key)
  if (start > sizeBytes || (start === sizeBytes && end > start))
    throw failure('SLUICE_OBJECT_RANGE', { key, start, end, sizeBytes })
  return { start, end: Math.min(end, sizeBytes) }
}

export function checkRange({ start, end }: ByteRange, key: string): void {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start))
    throw failure('SLUICE_OBJECT_RANGE', { key, start, end, sizeBytes: undefined })
}

type Gaps = { readonly gapBytesMax: number; readonly pieceBytesMax: number }

/** Few larger ranges that hold all of these, in order: near ones joined, none joined beyond a size. */
export function coalesce(ranges: readonly ByteRange[], gaps: Gaps = limits): readonly ByteRange[] {
  const sorted = ranges.filter(({ start, end }) => end > start).toSorted((a, b) => a.start - b.start)
  const joined: ByteRange[] = []
  for (const range of sorted) {
    const last = joined.at(-1)
    const end = last && Math.max(last.end, range.end)
    const isNear = last && range.start - last.end <= gaps.gapBytesMax
    const isInside = last && range.end <= last.end
    if (last && end !== undefined && (isInside || (isNear && end - last.start <= gaps.pieceBytesMax)))
      joined[joined.length - 1] = { start: last.start, end }
    else joined.push(range)
  }
  return joined
}

/** The range in pieces of at most this size. */
export function split({ start, end }: ByteRange, pieceBytes: number): readonly ByteRange[] {
  const pieces: ByteRange[] = []
  for (let at = start; at < end; at += pieceBytes)
    pieces.push({ start: at, end: Math.min(at + pieceBytes, end) })
  return pieces
}
