import { crc32 } from 'node:zlib'
import type { ByteRange } from '../store.ts'

/**
 * Which bytes of a file are there, as lines of a file that is only appended to: many processes add to it at
 * once, and none must read what others write. A line that is torn or mixed fails its check and says nothing;
 * what it would have said is fetched again.
 */
export function lineOf({ start, end }: ByteRange): string {
  const text = `${start}-${end}`
  // A line break before too: what a killed process left unended takes nothing else along.
  return `\n${text} ${sumOf(text)}\n`
}

/** The first line: the file these extents are of, by the number of its inode. */
export function headOf(inode: bigint): string {
  return `inode ${inode} ${sumOf(String(inode))}\n`
}

export type Extents = { readonly inode: bigint | undefined; readonly ranges: readonly ByteRange[] }

export function readExtents(text: string): Extents {
  let inode: bigint | undefined
  const ranges: ByteRange[] = []
  for (const line of text.split('\n')) {
    const [, number, numberSum] = /^inode (\d+) ([\da-f]+)$/.exec(line) ?? []
    const [, range = '', start, end, sum] = /^((\d+)-(\d+)) ([\da-f]+)$/.exec(line) ?? []
    if (number !== undefined && sumOf(number) === numberSum) inode = BigInt(number)
    if (sum !== undefined && sumOf(range) === sum) ranges.push({ start: Number(start), end: Number(end) })
  }
  return { inode, ranges: union(ranges) }
}

function sumOf(text: string): string {
  return crc32(text).toString(16)
}

/** The same bytes in as few ranges as possible, in order. */
export function union(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const joined: ByteRange[] = []
  const sorted = ranges.filter(({ start, end }) => end > start).toSorted((a, b) => a.start - b.start)
  for (const range of sorted) {
    const last = joined.at(-1)
    if (last && range.start <= last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) }
    else joined.push(range)
  }
  return joined
}

/** What of the wanted ranges is not there. */
export function missing(wanted: readonly ByteRange[], there: readonly ByteRange[]): readonly ByteRange[] {
  return union(wanted).flatMap(({ start, end }) => {
    const holes: ByteRange[] = []
    let at = start
    for (const range of there) {
      if (range.end <= at || range.start >= end) continue
      if (range.start > at) holes.push({ start: at, end: range.start })
      at = range.end
    }
    return at < end ? [...holes, { start: at, end }] : holes
  })
}
