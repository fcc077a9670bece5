import type { At } from '../model/index.ts'

/** Offsets at which lines start; line breaks are \n, \r\n and \r. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const found of text.matchAll(/\r\n|\r|\n/g)) starts.push(found.index + found[0].length)
  return starts
}

/** The place of `length` characters at `offset`. Offsets count UTF-16 units, as JavaScript and editors do. */
export function atOffset(
  source: { readonly file: string; readonly starts: readonly number[] },
  offset: number,
  length: number,
): At {
  const { starts } = source
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { file: source.file, line: low + 1, column: offset - (starts[low] ?? 0) + 1, length }
}
