import { stripVTControlCharacters } from 'node:util'
import type { Palette } from './palette.ts'

export type TableColumn = { readonly name: string; readonly align?: 'left' | 'right' }
export type Cell = string | null

/** A long cell would push the others out of sight: it is cut, and `--json` or `--csv` has all of it. */
const cellWidthMax = 60
/** To fit a narrow terminal the widest columns give way, but none below this. */
const cellWidthMin = 12

export type TableStyle = {
  readonly palette: Palette
  /** Width of the terminal; undefined: as wide as it comes. */
  readonly widthMax?: number | undefined
}

/** Padded columns, two spaces between, no rules. Null is the word NULL, dim; a line end in a cell is `\n`. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  { palette, widthMax }: TableStyle,
): string[] {
  const whole = rows.map(row => columns.map((_, place) => shown(row[place] ?? null)))
  const natural = columns.map(({ name }, place) =>
    whole.reduce((width, row) => Math.max(width, widthOf(row[place] ?? '')), widthOf(name)),
  )
  const widths = fitted(natural, widthMax)
  const cells = whole.map(row => row.map((text, place) => cut(text, widths[place] ?? 0)))
  const head = columns.map(({ name }, place) =>
    pad(cut(name, widths[place] ?? 0), widths[place] ?? 0, columns[place]?.align),
  )
  const body = cells.map((row, line) =>
    row.map((text, place) => {
      const padded = pad(text, widths[place] ?? 0, columns[place]?.align)
      return rows[line]?.[place] === null ? palette.dim(padded) : padded
    }),
  )
  return [palette.dim(head.join('  ').trimEnd()), ...body.map(row => row.join('  ').trimEnd())]
}

/** The widest column gives way, letter by letter, until the line fits or nothing more can be taken. */
function fitted(widths: readonly number[], widthMax = Number.POSITIVE_INFINITY): readonly number[] {
  const fit = [...widths]
  let over = fit.reduce((sum, width) => sum + width + 2, -2) - widthMax
  for (; over > 0; over--) {
    const widest = Math.max(...fit)
    if (widest <= cellWidthMin) return fit
    fit[fit.indexOf(widest)] = widest - 1
  }
  return fit
}

/** Words beside words, padded; without a head. */
export function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [place, text] of row.entries()) widths[place] = Math.max(widths[place] ?? 0, widthOf(text))
  }
  return rows.map(row =>
    row
      .map((text, place) => pad(text, widths[place] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'left' ? text + space : space + text
}

/** Text cut to a width, the cut shown; never inside a letter. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const letter of text) {
    room -= widthOf(letter)
    if (room < 0) break
    kept += letter
  }
  return `${kept}…`
}

/** RFC 4180, so that what comes out goes in again: null is nothing, empty text is `""`. */
export function csv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => cells.map(csvCell).join(',')
  return [line(columns), ...rows.map(line)].join('\n')
}

function csvCell(text: Cell): string {
  if (text === null) return ''
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function shown(text: Cell): string {
  if (text === null) return 'NULL'
  return cut(visible(text), cellWidthMax)
}

/** Control characters of data must not steer a terminal. */
export function visible(text: string): string {
  return text
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/\p{Cc}/gu, letter => `\\x${(letter.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)
}

/** Columns of a terminal: wide letters take two, marks that join take none (Unicode UAX #11, in short). */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  let width = 0
  for (const letter of stripVTControlCharacters(text))
    width += /\p{M}|\u200d/u.test(letter) ? 0 : wide.test(letter) || wider.test(letter) ? 2 : 1
  return width
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f]/
const wider = /[\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
