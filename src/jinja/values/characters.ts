/** Classes of characters as Python's `str` methods know them, where JavaScript's own differ. */

const spaces = new Set(
  ' \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008' +
    '\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
)
// Unicode's Numeric_Type=Digit, which no property of regular expressions tells.
const digitsOfOtherShape = new RegExp(
  '[\\xb2\\xb3\\xb9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468' +
    '\\u2474-\\u247c\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788' +
    '\\u278a-\\u2792\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}\\u{11052}-\\u{1105a}\\u{1f100}-\\u{1f10a}]',
  'u',
)
// Ideographs that are numbers: Numeric_Type=Numeric among letters.
const numericIdeographs = new Set(
  '㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆兩八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零參拾兩零六陸什𠀁𠁤𠃢𠄡𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭廾',
)

export const isSpace = (character: string): boolean => spaces.has(character)
export const isAlpha = (character: string): boolean => /\p{L}/u.test(character)
export const isDecimal = (character: string): boolean => /\p{Nd}/u.test(character)
export const isDigit = (character: string): boolean =>
  isDecimal(character) || digitsOfOtherShape.test(character)
export const isNumeric = (character: string): boolean =>
  /\p{N}/u.test(character) || numericIdeographs.has(character)
export const isUpper = (character: string): boolean => /\p{Uppercase}/u.test(character)
export const isLower = (character: string): boolean => /\p{Lowercase}/u.test(character)
export const isTitle = (character: string): boolean => /\p{Lt}/u.test(character)
export const isCased = (character: string): boolean => /[\p{Uppercase}\p{Lowercase}\p{Lt}]/u.test(character)

const ends = '\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029'

/** Ends of lines, as `splitlines` sees them. */
export const lineEnd = new RegExp(`\r\n|[${ends}]`)

/** Letters that have a title case of their own. */
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
  ['\u1fb3', '\u1fbc'],
  ['\u1fbc', '\u1fbc'],
  ['\u1fc3', '\u1fcc'],
  ['\u1fcc', '\u1fcc'],
  ['\u1ff3', '\u1ffc'],
  ['\u1ffc', '\u1ffc'],
])

/** One character in title case: `ß` is `Ss`. */
export function titled(character: string): string {
  const own = titles.get(character)
  if (own !== undefined) return own
  // Greek letters with an iota below: their title case stands eight places behind.
  if (/[\u1f80-\u1faf]/.test(character)) return String.fromCharCode(character.charCodeAt(0) | 8)
  // Georgian has capitals, but no title case.
  if (/[\u10d0-\u10ff]/.test(character)) return character
  const [first = '', ...rest] = Array.from(character.toUpperCase())
  return first + (isCased(first) ? rest.join('').toLowerCase() : rest.join(''))
}

/** Python's `casefold`: as lower case, and beyond for letters that only differ in their shape. */
export function folded(text: string): string {
  return Array.from(text, fold).join('')
}

function fold(character: string): string {
  if (character === '\u0131' || /[\u13a0-\u13f5]/.test(character)) return character
  // Cherokee is folded to its capitals, which are older.
  if (/[\u13f8-\u13fd\uab70-\uabbf]/.test(character)) return character.toUpperCase()
  const lower = character.toLowerCase()
  return lower.toUpperCase() === lower
    ? lower
    : Array.from(lower.toUpperCase(), each => each.toLowerCase()).join('')
}
