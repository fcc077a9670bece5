import { isSpace, lineEnd } from '../characters.ts'
import { raise } from '../raise.ts'
import { isPlain } from '../text.ts'

/** At most so many cuts; below zero: as many as there are. */
type Cuts = { readonly separator: string | undefined; readonly max: number }

/** Python's `text.split(separator, max)`. */
export function split(text: string, { separator, max }: Cuts): string[] {
  if (separator === undefined) return splitSpace(text, max)
  if (separator === '') return raise('ValueError', 'empty separator')
  if (max < 0) return text.split(separator)
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf(separator); at >= 0 && parts.length < max; at = text.indexOf(separator, from)) {
    parts.push(text.slice(from, at))
    from = at + separator.length
  }
  return [...parts, text.slice(from)]
}

function splitSpace(text: string, max: number): string[] {
  const parts: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isSpace(text[at] ?? '')) at++
    if (at >= text.length) return parts
    if (max >= 0 && parts.length >= max) return [...parts, text.slice(at)]
    let end = at
    while (end < text.length && !isSpace(text[end] ?? '')) end++
    parts.push(text.slice(at, end))
    at = end
  }
}

/** Python's `text.rsplit(separator, max)`: cuts are counted from the end. */
export function splitFromEnd(text: string, { separator, max }: Cuts): string[] {
  if (separator === undefined) {
    const back = splitSpace(Array.from(text).reverse().join(''), max)
    return back.map(part => Array.from(part).reverse().join('')).reverse()
  }
  if (separator === '') return raise('ValueError', 'empty separator')
  const parts: string[] = []
  let to = text.length
  const cuts = max < 0 ? Number.POSITIVE_INFINITY : max
  while (parts.length < cuts) {
    const at = to - separator.length < 0 ? -1 : text.lastIndexOf(separator, to - separator.length)
    if (at < 0) break
    parts.push(text.slice(at + separator.length, to))
    to = at
  }
  return [...parts, text.slice(0, to)].reverse()
}

/** Python's `text.splitlines(keepEnds)`. */
export function splitLines(text: string, keeps: boolean): string[] {
  const lines: string[] = []
  const ends = new RegExp(lineEnd, 'g')
  let from = 0
  for (let found = ends.exec(text); found; found = ends.exec(text)) {
    lines.push(text.slice(from, keeps ? ends.lastIndex : found.index))
    from = ends.lastIndex
  }
  return from < text.length ? [...lines, text.slice(from)] : lines
}

export type Side = 'start' | 'end' | 'both'

/** Without white space at its sides. */
export function trimmed(text: string, side: Side): string {
  return stripped(text, side, isSpace)
}

/** Without characters like these at its sides. */
export function stripped(text: string, side: Side, like: (character: string) => boolean): string {
  const characters = isPlain(text) ? text : Array.from(text)
  let [from, to] = [0, characters.length]
  if (side !== 'end') while (from < to && like(characters[from] ?? '')) from++
  if (side !== 'start') while (to > from && like(characters[to - 1] ?? '')) to--
  if (to - from === characters.length) return text
  return typeof characters === 'string' ? characters.slice(from, to) : characters.slice(from, to).join('')
}
