/** Classes of characters as Python's `str` methods know them, where JavaScript's own differ. */

const spaces = new Set(
  ' \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
    '\u2028\u2029\u202f\u205f\u3000',
)
const notDecimalDigits =
  /[\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u
const numericIdeograph =
  /[\u3405\u3483\u382a\u3b4d\u4e00\u4e03\u4e07\u4e09\u4e5d\u4e8c\u4e94\u4e96\u4ebf\u4ec0-\u4edf\u5146\u516b\u516d\u5341-\u5345\u53c1-\u53c4\u56db\u58f1\u58f9\u5efe\u5eff\u5f0c-\u5f0e\u62fe\u634c\u67d2\u6f06\u7396\u767e\u8086\u842c\u8cae\u8cb3\u8d30\u9621\u9646\u964c\u9678\u96f6]/u

export const isSpace = (character: string): boolean => spaces.has(character)
export const isAlpha = (character: string): boolean => /\p{L}/u.test(character)
export const isDecimal = (character: string): boolean => /\p{Nd}/u.test(character)
export const isDigit = (character: string): boolean =>
  isDecimal(character) || notDecimalDigits.test(character)
export const isNumeric = (character: string): boolean =>
  /\p{N}/u.test(character) || numericIdeograph.test(character)
export const isUpper = (character: string): boolean => /\p{Uppercase}/u.test(character)
export const isLower = (character: string): boolean => /\p{Lowercase}/u.test(character)
export const isTitle = (character: string): boolean => /\p{Lt}/u.test(character)
export const isCased = (character: string): boolean => /[\p{Uppercase}\p{Lowercase}\p{Lt}]/u.test(character)

const ends = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029'

/** Ends of lines, as `splitlines` sees them. */
export const lineEnd = new RegExp(`\r\n|[${ends}]`)

/** Letters of two that have a title case of their own. */
const titles = new Map([
  ['\u01c4', '\u01c5'],
  ['\u01c6', '\u01c5'],
  ['\u01c5', '\u01c5'],
  ['\u01c7', '\u01c8'],
  ['\u01c9', '\u01c8'],
  ['\u01c8', '\u01c8'],
  ['\u01ca', '\u01cb'],
  ['\u01cc', '\u01cb'],
  ['\u01cb', '\u01cb'],
  ['\u01f1', '\u01f2'],
  ['\u01f3', '\u01f2'],
  ['\u01f2', '\u01f2'],
])

/** One character in title case: `ß` is `Ss`. */
export function titled(character: string): string {
  const own = titles.get(character)
  if (own !== undefined) return own
  const [first = '', ...rest] = Array.from(character.toUpperCase())
  return first + rest.join('').toLowerCase()
}

/** Python's `casefold`: as lower case, and beyond for letters that only differ in their shape. */
export function folded(text: string): string {
  return Array.from(text, fold).join('')
}

function fold(character: string): string {
  if (character === '\u0131') return character
  const lower = character.toLowerCase()
  return lower.toUpperCase() === lower
    ? lower
    : Array.from(lower.toUpperCase(), each => each.toLowerCase()).join('')
}
