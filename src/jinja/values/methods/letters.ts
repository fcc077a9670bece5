import {
  folded,
  isAlpha,
  isCased,
  isDecimal,
  isDigit,
  isLower,
  isNumeric,
  isSpace,
  isTitle,
  isUpper,
  titled,
} from '../characters.ts'
import { isPrintable } from '../print.ts'
import { points } from '../text.ts'
import { type Method, none } from './method.ts'

type TextMethod = Method<string>

/** Methods of `str` that change the case of letters. */
export const caseMethods: { readonly [name: string]: TextMethod } = {
  upper: none(text => text.toUpperCase()),
  lower: none(text => text.toLowerCase()),
  casefold: none(folded),
  swapcase: none(swapCase),
  capitalize: none(capitalize),
  title: none(titleCase),
}

/** First letter in title case, the others in lower case. */
function capitalize(text: string): string {
  const [first = ''] = points(text)
  return titled(first) + text.slice(first.length).toLowerCase()
}

function swapCase(text: string): string {
  return points(text)
    .map(each => (isUpper(each) ? each.toLowerCase() : isLower(each) ? each.toUpperCase() : each))
    .join('')
}

function titleCase(text: string): string {
  let after = false
  return points(text)
    .map(each => {
      const made = after ? each.toLowerCase() : titled(each)
      after = isCased(each)
      return made
    })
    .join('')
}

/** Methods of `str` that ask what characters it holds. */
export const characterMethods: { readonly [name: string]: TextMethod } = {
  isalpha: all(isAlpha),
  isdecimal: all(isDecimal),
  isdigit: all(isDigit),
  isnumeric: all(isNumeric),
  isalnum: all(each => isAlpha(each) || isNumeric(each) || isDigit(each)),
  isspace: all(isSpace),
  isascii: none(text => !/[^\0-\x7f]/.test(text)),
  isprintable: none(isPrintable),
  isidentifier: none(text => /^[\p{XID_Start}_][\p{XID_Continue}]*$/u.test(text)),
  islower: none(isLowerCase),
  isupper: none(isUpperCase),
  istitle: none(isTitleCase),
}

function all(like: (character: string) => boolean): TextMethod {
  return none(text => text !== '' && points(text).every(like))
}

/** No upper case, and a letter that has case. */
export function isLowerCase(text: string): boolean {
  return points(text).some(isLower) && !points(text).some(each => isUpper(each) || isTitle(each))
}

export function isUpperCase(text: string): boolean {
  return points(text).some(isUpper) && !points(text).some(each => isLower(each) || isTitle(each))
}

function isTitleCase(text: string): boolean {
  let [after, found] = [false, false]
  for (const each of points(text)) {
    const big = isUpper(each) || isTitle(each)
    if ((big && after) || (isLower(each) && !after)) return false
    after = isCased(each)
    found ||= after
  }
  return found
}
