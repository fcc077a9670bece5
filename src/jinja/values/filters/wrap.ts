import { raise } from '../raise.ts'
import { pointCount, slicePoints } from '../text.ts'

export type Wrapping = {
  readonly width: number
  readonly breaksWords: boolean
  readonly breaksHyphens: boolean
}

const space = '[\\t\\n\\v\\f\\r ]'
const notSpace = '[^\\t\\n\\v\\f\\r ]'
const letter = '[\\p{L}_]'
const punctuation = '[\\p{L}\\p{N}_!"\'&.,?]'

/** Words, also in two at hyphens; dashes and white space are pieces of their own. */
const withHyphens = new RegExp(
  `(${space}+|(?<=${punctuation})-{2,}(?=[\\p{L}\\p{N}_])|` +
    `${notSpace}+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})|` +
    `(?=${space}|$)|(?<=${punctuation})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
)
const plain = new RegExp(`(${space}+)`, 'u')

/** Python's `textwrap.wrap`, with tabs and white space kept. */
export function wrapText(text: string, { width, breaksWords, breaksHyphens }: Wrapping): string[] {
  if (width <= 0) return raise('ValueError', `invalid width ${width} (must be > 0)`)
  const pieces = text
    .split(breaksHyphens ? withHyphens : plain)
    .filter(Boolean)
    .reverse()
  const lines: string[] = []
  while (pieces.length > 0) {
    if (isBlank(pieces.at(-1)) && lines.length > 0) pieces.pop()
    const line: string[] = []
    let size = 0
    while (pieces.length > 0 && size + pointCount(pieces.at(-1) ?? '') <= width) {
      size += pointCount(pieces.at(-1) ?? '')
      line.push(pieces.pop() ?? '')
    }
    if (pieces.length > 0 && pointCount(pieces.at(-1) ?? '') > width)
      breakWord(pieces, line, { room: width - size, breaksWords, breaksHyphens })
    if (isBlank(line.at(-1))) line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

function isBlank(piece: string | undefined): boolean {
  return piece !== undefined && piece.trim() === ''
}

type Room = { readonly room: number; readonly breaksWords: boolean; readonly breaksHyphens: boolean }

/** A word that is longer than a line. */
function breakWord(pieces: string[], line: string[], { room, breaksWords, breaksHyphens }: Room): void {
  const word = pieces.at(-1) ?? ''
  const space = Math.max(1, room)
  if (!breaksWords) {
    if (line.length === 0) line.push(pieces.pop() ?? '')
    return
  }
  let end = space
  if (breaksHyphens && pointCount(word) > space) {
    const hyphen = slicePoints(word, 0, space).lastIndexOf('-')
    if (hyphen > 0 && /[^-]/.test(word.slice(0, hyphen))) end = hyphen + 1
  }
  line.push(slicePoints(word, 0, end))
  pieces[pieces.length - 1] = slicePoints(word, end, pointCount(word))
}
