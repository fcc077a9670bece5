import { type Failure, failure, type Note } from '../errors/index.ts'
import type { At } from '../model/index.ts'

/** A text of a template, and where it comes from. */
export type Source = {
  /** The file that errors name. */
  readonly name: string
  /** Lines end with `\n` alone. */
  readonly text: string
  /** Where the text begins in its file: both count from 1. */
  readonly line: number
  readonly column: number
}

/** What a place in a template is called when nobody named its file. */
const unnamed = '<template>'

/**
 * jinja2's rule of lines: `\r\n` and `\r` are `\n`, and one line end at the end is dropped unless it is
 * kept.
 */
export function sourceOf(
  text: string,
  options: { name?: string; line?: number; column?: number; keepTrailingNewline?: boolean } = {},
): Source {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  const isCut = options.keepTrailingNewline !== true && lines.endsWith('\n')
  const { name = unnamed, line = 1, column = 1 } = options
  return { name, text: isCut ? lines.slice(0, -1) : lines, line, column }
}

const word = /[\p{L}\p{N}_]+|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[{%#}]{2}|\S/uy

/** The place of an offset; as long as the word that stands there. */
export function placeOf(source: Source, offset: number): At {
  const before = source.text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const lines = lineStart === 0 ? 0 : before.split('\n').length - 1
  const column = points(before.slice(lineStart)) + (lines === 0 ? source.column : 1)
  return { file: source.name, line: source.line + lines, column, length: wordLength(source.text, offset) }
}

function wordLength(text: string, offset: number): number {
  word.lastIndex = offset
  return points(word.exec(text)?.[0] ?? ' ')
}

/** Characters as people count them, and Python. */
export function points(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** The line of an offset. */
export function lineOf(source: Source, offset: number): number {
  let line = source.line
  for (let at = source.text.indexOf('\n'); at >= 0 && at < offset; at = source.text.indexOf('\n', at + 1))
    line++
  return line
}

type Wrong = { readonly words: string; readonly kind?: string; readonly notes?: readonly Note[] }

/** A template that cannot be read. `kind` is jinja2's class of the exception. */
export function syntaxFailure(
  source: Source,
  offset: number,
  { words, kind = 'TemplateSyntaxError', notes = [] }: Wrong,
): Failure {
  return failure('SLUICE_JINJA_SYNTAX', { kind, words }, { at: placeOf(source, offset), notes })
}
