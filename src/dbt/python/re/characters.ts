/** Characters by their code points, as Python's `re` classes them. */

export type Test = (code: number) => boolean

const character = (code: number) => String.fromCodePoint(code)
const asciiMax = 0x7f

const isAsciiDigit: Test = code => code >= 0x30 && code <= 0x39
const isAsciiLetter: Test = code => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
const isAsciiWord: Test = code => isAsciiLetter(code) || isAsciiDigit(code) || code === 0x5f
const isAsciiSpace: Test = code => code === 0x20 || (code >= 0x09 && code <= 0x0d)

const digit = /\p{Nd}/u
const word = /[\p{L}\p{N}]/u
const byteOrderMark = 0xfeff
const nextLine = 0x85

/** As JavaScript's, with the separators of ASCII and without the byte order mark. */
const isSpace: Test = code =>
  (code >= 0x1c && code <= 0x1f) ||
  code === nextLine ||
  (code !== byteOrderMark && /\s/.test(character(code)))

/** What `\d`, `\w` and `\s` are: of all of Unicode, or of ASCII alone. */
export function classes(isAscii: boolean): { readonly d: Test; readonly w: Test; readonly s: Test } {
  if (isAscii) return { d: isAsciiDigit, w: isAsciiWord, s: isAsciiSpace }
  return {
    d: code => (code <= asciiMax ? isAsciiDigit(code) : digit.test(character(code))),
    w: code => (code <= asciiMax ? isAsciiWord(code) : word.test(character(code))),
    s: isSpace,
  }
}

const dottedCapitalI = 0x130
const smallI = 0x69

/** What characters that differ only in case have in common. */
export function fold(code: number, isAscii: boolean): number {
  if (code <= asciiMax) return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
  if (isAscii) return code
  if (code === dottedCapitalI) return smallI
  return single(single(code, 'toUpperCase'), 'toLowerCase')
}

/** The other case, where it is one character. */
function single(code: number, turn: 'toUpperCase' | 'toLowerCase'): number {
  const text = character(code)[turn]()
  const turned = text.codePointAt(0) ?? code
  return character(turned).length === text.length ? turned : code
}

/** A test that takes either case. */
export function anyCase(test: Test, isAscii: boolean): Test {
  return code => {
    if (test(code)) return true
    const folded = fold(code, isAscii)
    if (test(folded)) return true
    if (isAscii && folded > asciiMax) return false
    const upper = single(folded, 'toUpperCase')
    return upper !== code && test(upper)
  }
}

/** Whether a text is a name of Python's. */
export function isIdentifier(text: string): boolean {
  return /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*$/u.test(text)
}
