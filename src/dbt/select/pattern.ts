/**
 * Shell patterns as Python's `fnmatch` reads them on a POSIX system: `*` any text, `?` one character,
 * `[a-c]` one of these, `[!a-c]` one that is not of these; a bracket that nobody closes is itself.
 */
export function pattern(text: string): (name: string) => boolean {
  const parts = partsOf(text)
  return name => matches(parts, [...name])
}

/** Whether a text has any sign of a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[\]]/.test(text)
}

type Part = 'any text' | ((character: string) => boolean)

function partsOf(text: string): readonly Part[] {
  const parts: Part[] = []
  const signs = [...text]
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] as string
    if (sign === '*') parts.push('any text')
    else if (sign === '?') parts.push(() => true)
    else {
      const end = sign === '[' ? endOfSet(signs, at) : undefined
      if (end === undefined) parts.push(character => character === sign)
      else {
        parts.push(setOf(signs.slice(at + 1, end)))
        at = end
      }
    }
  }
  return parts
}

/** A bracket that closes at once is one of the set. */
function endOfSet(signs: readonly string[], start: number): number | undefined {
  const first = signs[start + 1] === '!' ? start + 2 : start + 1
  const end = signs.indexOf(']', first + 1)
  return end === -1 ? undefined : end
}

function setOf(written: readonly string[]): (character: string) => boolean {
  const isNot = written[0] === '!'
  const members = isNot ? written.slice(1) : written
  const ranges: (readonly [string, string])[] = []
  for (let at = 0; at < members.length; at++) {
    const from = members[at] as string
    const to = members[at + 1] === '-' ? members[at + 2] : undefined
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return character => ranges.some(([from, to]) => from <= character && character <= to) !== isNot
}

/** Only the last star is ever tried anew, so that no pattern takes more than length times length. */
function matches(parts: readonly Part[], name: readonly string[]): boolean {
  let at = 0
  let part = 0
  let star: { readonly part: number; at: number } | undefined
  while (at < name.length) {
    const wanted = parts[part]
    if (wanted === 'any text') star = { part: part++, at }
    else if (wanted?.(name[at] as string)) {
      at++
      part++
    } else if (star) {
      at = ++star.at
      part = star.part + 1
    } else return false
  }
  while (parts[part] === 'any text') part++
  return part === parts.length
}
