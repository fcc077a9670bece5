import type { At } from '../model/index.ts'

const textMax = 96
const tildesMax = 72
const tab = '  '

/**
 * The lines around a place, with `~~~~` under the exact characters; undefined where the text has no such
 * line.
 * `emphasis` colours the tildes, `dim` the gutter.
 */
export function frame(
  text: string,
  at: At,
  paint: { readonly emphasis: (text: string) => string; readonly dim: (text: string) => string },
): string | undefined {
  const lines = text.split(/\r\n|\n|\r/)
  const marked = lines[at.line - 1]
  if (marked === undefined) return undefined
  const place = cut(marked, at)
  const digits = String(Math.min(at.line + 1, lines.length)).length
  const rule = (mark: string, label: string) => paint.dim(`${label.padStart(digits + 2)} ${mark}`)
  const beside = (line: number) => {
    const beside = lines[line - 1]
    if (beside === undefined || (line === lines.length && beside === '')) return []
    return [
      `${rule('│', String(line))} ${shown(cut(beside, { ...at, column: 1, length: 0 }).text)}`.trimEnd(),
    ]
  }
  const left = widthOf(shown(place.text.slice(0, place.start)))
  const under = widthOf(shown(place.text.slice(place.start, place.start + place.length)))
  const tildes = '~'.repeat(Math.min(Math.max(1, under), tildesMax))
  return [
    ...beside(at.line - 1),
    `${rule('│', String(at.line))} ${shown(place.text)}`.trimEnd(),
    `${rule('╵', '')} ${' '.repeat(left)}${paint.emphasis(tildes)}`,
    ...beside(at.line + 1),
  ].join('\n')
}

/** A line that is too long for a terminal, cut so that the place is seen. */
function cut(line: string, at: At): { text: string; start: number; length: number } {
  const start = Math.min(Math.max(0, at.column - 1), line.length)
  const length = Math.max(0, Math.min(at.length, line.length - start))
  if (line.length <= textMax) return { text: line, start, length }
  const from = start < textMax - 24 ? 0 : start - 24
  const kept = line.slice(from, from + textMax)
  const before = from > 0 ? '…' : ''
  const after = from + textMax < line.length ? '…' : ''
  return { text: `${before}${kept}${after}`, start: start - from + before.length, length }
}

/** Tabs as two spaces; other control characters cannot reach the terminal from a project's file. */
function shown(text: string): string {
  return text.replaceAll('\t', tab).replace(/\p{Cc}/gu, '\u{FFFD}')
}

const marks = /\p{Mn}|\p{Me}|\u200d/u
const asian = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const pictures = /\p{Emoji_Presentation}/u

/**
 * Columns a terminal gives the text: East Asian wide ones take two, combining marks none (UAX #11, in short).
 */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (marks.test(character)) continue
    width += asian.test(character) || pictures.test(character) ? 2 : 1
  }
  return width
}
