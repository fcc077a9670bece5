import { anyCase, classes, type Test } from './characters.ts'
import { classTest, escapedCode } from './escape.ts'
import { octal, type Reader } from './reader.ts'
import { flag } from './tree.ts'

/** `[…]`, whose bracket has been read. */
export function setOf(reader: Reader, flags: number): Test {
  const start = reader.at - 1
  const isNegated = reader.skip('^')
  const tests: Test[] = []
  for (let isFirst = true; ; isFirst = false) {
    const token = reader.take() ?? reader.fail('unterminated character set', start)
    if (token === ']' && !isFirst) break
    tests.push(member(reader, token, { flags, start }))
  }
  const isAscii = (flags & flag.A) !== 0
  const any: Test = code => tests.some(test => test(code))
  const test = (flags & flag.I) === 0 ? any : anyCase(any, isAscii)
  return isNegated ? code => !test(code) : test
}

type Where = { readonly flags: number; readonly start: number }

/** A character, a class, or a range of characters. */
function member(reader: Reader, token: string, { flags, start }: Where): Test {
  const from = reader.at - token.length
  const low = entry(reader, token, flags)
  const lowText = spelt(reader, from)
  if (!reader.skip('-')) return testOf(low)
  const next = reader.take() ?? reader.fail('unterminated character set', start)
  if (next === ']') {
    reader.at -= 1
    return either(testOf(low), code => code === 0x2d)
  }
  const highFrom = reader.at - next.length
  const high = entry(reader, next, flags)
  const words = `bad character range ${lowText}-${spelt(reader, highFrom)}`
  if (typeof low !== 'number' || typeof high !== 'number' || high < low) return reader.fail(words, from)
  return code => code >= low && code <= high
}

function spelt(reader: Reader, from: number): string {
  return Array.from(reader.text).slice(from, reader.at).join('')
}

function testOf(entry: number | Test): Test {
  return typeof entry === 'number' ? code => code === entry : entry
}

function either(one: Test, other: Test): Test {
  return code => one(code) || other(code)
}

function entry(reader: Reader, token: string, flags: number): number | Test {
  if (!token.startsWith('\\')) return token.codePointAt(0) ?? 0
  const letter = token.slice(1)
  if (/^[dDsSwW]$/.test(letter)) return classTest(letter, classes((flags & flag.A) !== 0))
  if (/^[0-7]$/.test(letter)) return octal(reader, token + reader.takeWhile(/^[0-7]$/, 2))
  if (/^[89]$/.test(letter)) return reader.fail(`bad escape ${token}`, reader.at - token.length)
  return escapedCode(reader, token)
}
