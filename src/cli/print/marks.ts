import type { StepOutcome } from '../../model/index.ts'
import type { Palette } from './palette.ts'

/** One letter per outcome; each differs by shape, not by colour alone. */
export const marks: { readonly [outcome in StepOutcome | 'warn' | 'retry']: string } = {
  success: '✓',
  unchanged: '=',
  failed: '✗',
  blocked: '■',
  skipped: '-',
  cancelled: '◦',
  warn: '!',
  retry: '↻',
}

export function marked(outcome: keyof typeof marks, palette: Palette): string {
  const mark = marks[outcome]
  if (outcome === 'success') return palette.good(mark)
  if (outcome === 'failed') return palette.bad(mark)
  if (outcome === 'warn' || outcome === 'retry' || outcome === 'blocked') return palette.warn(mark)
  return palette.dim(mark)
}
