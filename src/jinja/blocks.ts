import { nextBegin } from './lex.ts'
import { placeOf, type Source, syntaxFailure } from './source.ts'

/** A block cut out of a file: `{% macro name(…) %} … {% endmacro %}` with its tags. */
export type TextBlock = {
  readonly tag: string
  /** The word behind the tag; empty: none stands there. */
  readonly name: string
  readonly text: string
  /** What stands between its tags, without the white space that they strip. */
  readonly body: string
  /** Where it begins; both count from 1. */
  readonly line: number
  readonly column: number
  /** Offsets into the file. */
  readonly start: number
  readonly end: number
}

export type BlockOptions = {
  /** The file that errors name. */
  readonly name: string
  /** The tags whose blocks are wanted. */
  readonly tags: readonly string[]
}

type Found = {
  readonly word: string
  readonly name: string
  readonly start: number
  readonly end: number
  /** Whether it strips the white space before and behind it. */
  readonly strips: readonly [boolean, boolean]
}

/**
 * The blocks of a file, as dbt finds them: what stands outside of them is only skimmed for tags, so that it
 * may be no Jinja at all, and what stands inside is not parsed. Comments, `raw` and quoted texts hide what
 * stands in them.
 */
export function blocks(text: string, { name, tags }: BlockOptions): readonly TextBlock[] {
  const source: Source = { name, text, line: 1, column: 1 }
  const wanted = new Set(tags)
  const found: TextBlock[] = []
  const flow: string[] = []
  let open: Found | undefined
  for (const tag of tagsIn(text)) {
    if (tag.word === 'if' || tag.word === 'for') flow.push(tag.word)
    else if (tag.word === 'endif' || tag.word === 'endfor') flow.pop()
    if (wanted.has(tag.word)) {
      if (open) nested(source, open, tag)
      if (flow.length > 0) fail(source, tag, `'${tag.word}' stands inside of '${flow.at(-1)}'`)
      open = tag
    } else if (open && tag.word === `end${open.word}`) {
      found.push(blockOf(source, open, tag))
      open = undefined
    }
  }
  if (open) fail(source, open, `'${open.word}' has no 'end${open.word}'`)
  return found
}

function nested(source: Source, outer: Found, inner: Found): never {
  return fail(
    source,
    inner,
    `'${inner.word}' stands inside of '${outer.word}', which has no 'end${outer.word}' yet`,
  )
}

function fail(source: Source, { start }: Found, words: string): never {
  throw syntaxFailure(source, start, { words })
}

function blockOf(source: Source, open: Found, close: Found): TextBlock {
  const { line, column } = placeOf(source, open.start)
  const { text } = source
  const inside = text.slice(open.end, close.start)
  const left = open.strips[1] ? inside.trimStart() : inside
  return {
    tag: open.word,
    name: open.name,
    text: text.slice(open.start, close.end),
    body: close.strips[0] ? left.trimEnd() : left,
    line,
    column,
    start: open.start,
    end: close.end,
  }
}

const head = /\{%[-+]?\s*([A-Za-z_]\w*)(?:\s+([A-Za-z_]\w*))?/y
const quotedOrEnd = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"|[-+]?%\}/g
const quotedOrPrinted = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"|\}\}/g
const rawEnd = /\{%[-+]?\s*endraw\s*[-+]?%\}/g

/** Every tag of a file; what looks like one and is none (`{% ### %}`) is passed over. */
function* tagsIn(text: string): Generator<Found> {
  for (let at = nextBegin(text, 0); at >= 0; ) {
    const kind = text[at + 1]
    const tag = kind === '%' ? tagAt(text, at) : undefined
    if (tag) yield tag
    const end = tag ? behind(text, tag) : kind === '#' ? commentEnd(text, at) : printEnd(text, at)
    at = nextBegin(text, end)
  }
}

function tagAt(text: string, start: number): Found | undefined {
  head.lastIndex = start
  const [whole, word, name = ''] = head.exec(text) ?? []
  if (whole === undefined || word === undefined) return undefined
  const end = closing(text, start + whole.length, quotedOrEnd)
  if (!end?.[0].endsWith('%}')) return undefined
  const strips = [text[start + 2] === '-', end[0].startsWith('-')] as const
  return { word, name, start, end: end.index + end[0].length, strips }
}

/** The first match that is no quoted text. */
function closing(text: string, from: number, pattern: RegExp): RegExpExecArray | undefined {
  for (let at = from; ; ) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (!found || !/^['"]/.test(found[0])) return found ?? undefined
    at = found.index + found[0].length
  }
}

function behind(text: string, { word, end }: Found): number {
  if (word !== 'raw') return end
  rawEnd.lastIndex = end
  const found = rawEnd.exec(text)
  return found ? found.index + found[0].length : end
}

function commentEnd(text: string, start: number): number {
  const end = text.indexOf('#}', start + 2)
  return end < 0 ? start + 2 : end + 2
}

/** Behind `}}`; what never ends hides nothing. */
function printEnd(text: string, start: number): number {
  if (text[start + 1] !== '{') return start + 2
  const end = closing(text, start + 2, quotedOrPrinted)
  return end ? end.index + 2 : start + 2
}
