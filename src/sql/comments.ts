import type { Token } from './tokens.ts'

/**
 * A piece of a comment: free text, or a fact when `name` is set. `column`: what an `@column` before it in the
 * comment names.
 */
export type Said = {
  readonly name: string | undefined
  readonly words: string
  readonly offset: number
  readonly length: number
  readonly column: string | undefined
}

/**
 * What a comment says, line by line. Free text of a line comes before its facts; an empty line is empty free
 * text.
 */
export function sayings(comment: Token): readonly Said[] {
  const out: Said[] = []
  let column: string | undefined
  for (const line of linesOf(comment)) {
    for (const piece of pieces(line.text)) {
      const offset = line.offset + piece.offset
      const named = piece.name === 'column' ? columnNamed(piece.words) : undefined
      if (named) column = named.column
      const said = { offset, length: piece.length, column }
      if (!named) out.push({ ...said, name: piece.name, words: piece.words })
      else if (named.doc !== '') out.push({ ...said, name: undefined, words: named.doc })
    }
  }
  return out
}

type Line = { readonly text: string; readonly offset: number }

/** The lines inside a comment without its marks: `--`, `/*`, and the star that leads lines of a block. */
function linesOf(comment: Token): readonly Line[] {
  const block = comment.text.startsWith('/*')
  const closed = block && comment.text.length >= 4 && comment.text.endsWith('*/')
  const body = closed ? comment.text.slice(0, -2) : comment.text
  const lines: Line[] = []
  let start = 0
  for (const raw of body.split(/(?<=\r\n|\r(?!\n)|\n)/)) {
    const mark = (lines.length > 0 ? /^\s*\*?\s*/ : block ? /^\/\*+\s*/ : /^-+\s*/).exec(raw)?.[0].length ?? 0
    lines.push({ text: raw.slice(mark).trimEnd(), offset: comment.offset + start + mark })
    start += raw.length
  }
  return lines
}

type Piece = Omit<Said, 'column'>

const factStart = /(?<=^|\s)@([A-Za-z_][\w-]*)/y

function pieces(line: string): readonly Piece[] {
  const starts = factStarts(line)
  const free = line.slice(0, starts[0] ?? line.length).trim()
  const out: Piece[] = []
  if (free !== '' || starts.length === 0)
    out.push({ name: undefined, words: free, offset: 0, length: free.length })
  starts.forEach((offset, index) => {
    const text = line.slice(offset, starts[index + 1] ?? line.length).trimEnd()
    const name = /^@([\w-]+)/.exec(text)?.[1] ?? ''
    out.push({ name, words: text.slice(name.length + 1).trim(), offset, length: text.length })
  })
  return out
}

/** Where facts begin. An `@` inside '…' that opens at the start of a word and closes on the line is text. */
function factStarts(line: string): readonly number[] {
  const starts: number[] = []
  for (let at = 0; at < line.length; at++) {
    if (starts.length > 0 && line[at] === "'" && /[\s(,=]/.test(line[at - 1] ?? '')) {
      const close = closingQuote(line, at)
      if (close !== undefined) at = close
    } else {
      factStart.lastIndex = at
      if (factStart.test(line)) starts.push(at)
    }
  }
  return starts
}

function closingQuote(line: string, open: number): number | undefined {
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] !== "'") continue
    if (line[at + 1] !== "'") return at
    at++
  }
  return undefined
}

/** `revenue: Net of refunds.`, `"odd name" Net.` */
function columnNamed(words: string): { readonly column: string | undefined; readonly doc: string } {
  const found = /^(?:"((?:[^"]|"")+)"|([^\s:]+))\s*:?\s*/.exec(words)
  if (!found) return { column: undefined, doc: words }
  const column = found[1]?.replaceAll('""', '"') ?? found[2]
  return { column, doc: words.slice(found[0].length).trim() }
}
