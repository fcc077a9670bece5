import type { At } from '../model/index.ts'
import { Failure, type Failures } from './failure.ts'
import { frame } from './frame.ts'

/** Colours as functions, so that every line means the same without them. */
export type Palette = {
  readonly bad: (text: string) => string
  readonly place: (text: string) => string
  readonly dim: (text: string) => string
}

export type RenderOptions = {
  /** The text of a file that a failure points into; undefined: its lines are not shown. */
  readonly textOf?: (file: string) => string | undefined
  /** No colours unless given. */
  readonly palette?: Palette
  /** Print the stack of causes that are not failures of ours. */
  readonly stacks?: boolean
}

type Paper = Required<RenderOptions>

const shownMax = 20
const causesMax = 3
const plain: Palette = { bad: text => text, place: text => text, dim: text => text }

/**
 * A failure in words: what happened, where with its lines, why, and what to do. Many are told file by file,
 * at most 20 and then their number. No line break at the end.
 */
export function render(told: Failure | Failures, options: RenderOptions = {}): string {
  const paper: Paper = {
    textOf: options.textOf ?? (() => undefined),
    palette: options.palette ?? plain,
    stacks: options.stacks ?? false,
  }
  return told instanceof Failure ? one(told, paper) : many(told, paper)
}

function many({ all }: Failures, paper: Paper): string {
  const ordered = byFile(all)
  const told = ordered.slice(0, shownMax).map(failure => one(failure, paper))
  if (all.length < 2) return told.join('\n\n')
  const files = new Set(all.flatMap(({ at }) => (at ? [at.file] : []))).size
  const inFiles = files === 0 ? '' : ` in ${counted(files, 'file')}`
  const cut = all.length > shownMax ? `; the first ${shownMax} are shown` : ''
  return [...told, `${all.length} errors${inFiles}${cut}`].join('\n\n')
}

/**
 * Files in the order in which they are first named; inside a file from top to bottom; those without a place
 * last.
 */
function byFile(all: readonly Failure[]): readonly Failure[] {
  const files = new Map<string, number>()
  for (const { at } of all) if (at && !files.has(at.file)) files.set(at.file, files.size)
  const rank = ({ at }: Failure) => (at ? (files.get(at.file) ?? 0) : files.size)
  const line = ({ at }: Failure) => at?.line ?? 0
  const column = ({ at }: Failure) => at?.column ?? 0
  return all.toSorted((a, b) => rank(a) - rank(b) || line(a) - line(b) || column(a) - column(b))
}

function one(told: Failure, paper: Paper): string {
  const { palette } = paper
  const lines = [`${palette.bad('error')} ${told.title}`, ...where(told.at, paper)]
  if (told.why) lines.push(indent(told.why))
  for (const note of told.notes) lines.push(indent(note.text), ...where(note.at, paper))
  lines.push(...causes(told, paper))
  lines.push(`  fix  ${indent(told.fix, '       ').trimStart()}`)
  lines.push(palette.dim(`  ${told.code} · sluice explain ${told.code}`))
  return lines.join('\n')
}

function where(at: At | undefined, paper: Paper): readonly string[] {
  if (!at) return []
  const place = paper.palette.place(`  ${at.file}:${at.line}:${at.column}`)
  const text = paper.textOf(at.file)
  const lines =
    text === undefined ? undefined : frame(text, at, { emphasis: paper.palette.bad, dim: paper.palette.dim })
  return lines === undefined ? [place] : [place, '', lines, '']
}

/** What led to it, outermost first, at most three deep. What the failure already says is not said twice. */
function causes(told: Failure, paper: Paper): readonly string[] {
  const lines: string[] = []
  let cause = told.cause
  for (let depth = 0; depth < causesMax && cause !== undefined; depth++) {
    const words = wordsOf(cause)
    if (!told.why?.includes(words) && words !== told.title)
      lines.push(`  ╰─ ${indent(words, '     ').trimStart()}`)
    if (paper.stacks && cause instanceof Error && !(cause instanceof Failure) && cause.stack)
      lines.push(paper.palette.dim(indent(stackOf(cause.stack), '     ')))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return lines
}

function wordsOf(cause: unknown): string {
  if (cause instanceof Failure) return cause.title
  return cause instanceof Error ? cause.message : String(cause)
}

function stackOf(stack: string): string {
  const first = stack.search(/^\s+at /m)
  return first < 0 ? stack : stack.slice(first).replace(/^\s+/gm, '')
}

function indent(text: string, by = '  '): string {
  return text.replace(/^(?=.)/gm, by)
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
