import type { Value } from './model.ts'
import { str } from './print.ts'

/** `left ~ right`: all as text. */
export function concat(...values: readonly Value[]): string {
  let text = ''
  for (const value of values) text += str(value)
  return text
}
