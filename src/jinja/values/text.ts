/** Half of a pair: there is a character that takes two places of a JavaScript string. */
const surrogate = /[\ud800-\udfff]/

/** Whether JavaScript's index is Python's: no character lies beyond the basic plane. */
export function isPlain(text: string): boolean {
  return !surrogate.test(text)
}

/** The characters, by code points. */
export function points(text: string): readonly string[] {
  return isPlain(text) ? text.split('') : Array.from(text)
}

/** Python's `len(text)`. */
export function pointCount(text: string): number {
  return isPlain(text) ? text.length : Array.from(text).length
}

/** Python's `text[from:to]`, both within its length. */
export function slicePoints(text: string, from: number, to: number): string {
  return isPlain(text)
    ? text.slice(from, Math.max(from, to))
    : Array.from(text).slice(from, Math.max(from, to)).join('')
}

/** Where a place of a JavaScript string is in code points. */
export function toPoints(text: string, place: number): number {
  return place < 0 || isPlain(text) ? place : pointCount(text.slice(0, place))
}

/** Where a place in code points is in the JavaScript string. */
export function fromPoints(text: string, place: number): number {
  return isPlain(text) ? place : Array.from(text).slice(0, place).join('').length
}
