import { raise } from '../../../jinja/index.ts'
import type { Test } from './characters.ts'
import { escapes, octal, type Reader } from './reader.ts'

/** `\d` and its opposite `\D`. */
export function classTest(
  letter: string,
  all: { readonly d: Test; readonly w: Test; readonly s: Test },
): Test {
  const test = all[letter.toLowerCase() as 'd' | 'w' | 's']
  return letter === letter.toLowerCase() ? test : code => !test(code)
}

const digitsOf: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 }
const codeMax = 0x10ffff

/** The character that an escape stands for. */
export function escapedCode(reader: Reader, token: string): number {
  const letter = token.slice(1)
  const known = escapes.get(token)
  if (known !== undefined) return known.codePointAt(0) ?? 0
  const digits = Object.hasOwn(digitsOf, letter) ? (digitsOf[letter] ?? 0) : 0
  if (digits > 0) {
    const hex = reader.takeWhile(/^[\da-fA-F]$/, digits)
    const whole = token + hex
    if (hex.length < digits) return reader.fail(`incomplete escape ${whole}`, reader.at - whole.length)
    const code = Number.parseInt(hex, 16)
    return code > codeMax ? reader.fail(`bad escape ${whole}`, reader.at - whole.length) : code
  }
  if (letter === '0') return octal(reader, token + reader.takeWhile(/^[0-7]$/, 2))
  if (letter === 'N') return raise('NotImplementedError', '\\N{…} is not supported in patterns')
  if (/^[A-Za-z]$/.test(letter)) return reader.fail(`bad escape ${token}`, reader.at - token.length)
  return letter.codePointAt(0) ?? 0
}
