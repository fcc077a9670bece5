import type { Stream, World } from '../world.ts'
import { type Palette, paletteFor } from './palette.ts'
import { type Cell, cut, type TableColumn, table } from './table.ts'

/** The two papers a command writes on: answers on standard output, words for people on standard error. */
export type Out = {
  readonly isJson: boolean
  /** The answer is read by a person at a terminal. */
  readonly isSeen: boolean
  /** Stacks are wanted. */
  readonly isVerbose: boolean
  /** Words can be written over: a terminal, and nothing that collects its output. */
  readonly isLive: boolean
  /** Colours of words. */
  readonly palette: Palette
  /** Colours of answers. */
  readonly answerPalette: Palette
  /** Lines of the answer. */
  readonly answer: (lines: string | readonly string[]) => void
  /** Rows of the answer, as wide as the terminal. */
  readonly table: (columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]) => void
  /** One JSON document, or one event, on one line. */
  readonly json: (value: unknown) => void
  /** Lines of words. In JSON mode nothing is said: the answer has it all. */
  readonly say: (lines?: string | readonly string[]) => void
  /** Lines of words that must be heard in JSON mode too: what failed, what is unusual. */
  readonly warn: (lines: string | readonly string[]) => void
  /** The one line that is written over; undefined takes it away. Off a terminal it is never shown. */
  readonly status: (line: string | undefined) => void
}

/** What was asked of the output, before anything else is known of the command. */
export type OutWishes = { readonly json: boolean; readonly noColor: boolean; readonly verbose?: boolean }

export function outOf(world: World, wishes: OutWishes): Out {
  const { stdout, stderr, env } = world
  const words = stderrWithStatus(stderr)
  const lines = (text: string | readonly string[]) =>
    (typeof text === 'string' ? [text] : text).map(line => `${line}\n`).join('')
  const answerPalette = paletteFor({ env, isTty: stdout.isTty, refused: wishes.noColor })
  return {
    isJson: wishes.json,
    isSeen: stdout.isTty,
    isVerbose: wishes.verbose ?? false,
    isLive: stderr.isTty && !env.CI && env.TERM !== 'dumb' && !wishes.json,
    palette: paletteFor({ env, isTty: stderr.isTty, refused: wishes.noColor }),
    answerPalette,
    answer: text => stdout.write(lines(text)),
    table: (columns, rows) =>
      stdout.write(lines(table(columns, rows, { palette: answerPalette, widthMax: stdout.columns() }))),
    json: value => stdout.write(`${JSON.stringify(value)}\n`),
    say: (text = '') => {
      if (!wishes.json) words.write(lines(text))
    },
    warn: text => words.write(lines(text)),
    status: line => words.status(line),
  }
}

// ESC [ 2 K: erase the whole line (ECMA-48, EL).
const erase = '\r\u001b[2K'

/** The status line always stands last: lines push it down. */
function stderrWithStatus(stderr: Stream) {
  let shown: string | undefined
  const widthNow = () => (stderr.columns() ?? 80) - 1
  return {
    write: (text: string) => {
      if (shown === undefined) return stderr.write(text)
      stderr.write(`${erase}${text}${shown}`)
    },
    status: (line: string | undefined) => {
      if (!stderr.isTty || (line === undefined && shown === undefined)) return
      shown = line === undefined ? undefined : cut(line, widthNow())
      stderr.write(`${erase}${shown ?? ''}`)
    },
  }
}
