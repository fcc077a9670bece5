import { styleText } from 'node:util'
import type { Palette as ErrorPalette } from '../../errors/index.ts'

/** Green done, red failed, yellow warning, cyan places and commands, dim numbers; nothing else. */
export type Palette = ErrorPalette & {
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
}

/** Words without colours: every line means the same. */
export const plain: Palette = {
  good: text => text,
  bad: text => text,
  warn: text => text,
  place: text => text,
  dim: text => text,
}

export const coloured: Palette = {
  good: text => paint('green', text),
  bad: text => paint('red', text),
  warn: text => paint('yellow', text),
  place: text => paint('cyan', text),
  dim: text => paint('dim', text),
}

/** Colours only for a person at a terminal who did not refuse them (no-color.org); FORCE_COLOR for pagers. */
export function paletteFor(options: {
  readonly env: { readonly [name: string]: string | undefined }
  readonly isTty: boolean
  readonly refused: boolean
}): Palette {
  const { env, isTty, refused } = options
  if (refused || env.NO_COLOR) return plain
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return coloured
  return isTty && !env.CI && env.TERM !== 'dumb' ? coloured : plain
}

function paint(format: 'green' | 'red' | 'yellow' | 'cyan' | 'dim', text: string): string {
  // Whether to paint was decided above, for our stream: styleText must not ask standard output again.
  return styleText(format, text, { validateStream: false })
}
