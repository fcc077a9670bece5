import { raise, repr, textOf, typeName, type Value } from '../../../jinja/index.ts'
import { isIdentifier } from './characters.ts'
import type { Match } from './match.ts'
import type { Pattern } from './pattern.ts'
import { escapes, octal, Reader } from './reader.ts'

/** A replacement, read: texts, and numbers of groups. */
export type Template = readonly (string | number)[]

/** What `sub` puts in a match's place: `\1`, `\g<name>`, `\n`. */
export function templateOf(value: Value, pattern: Pattern): Template {
  const text =
    textOf(value) ?? raise('TypeError', `decoding to str: need a bytes-like object, ${typeName(value)} found`)
  if (!text.includes('\\')) return [text]
  const reader = new Reader(text)
  const parts: (string | number)[] = []
  for (let token = reader.take(); token !== undefined; token = reader.take())
    parts.push(token.startsWith('\\') ? escape(reader, token, pattern) : token)
  return parts
}

/** Of a match, with what its groups took; those that took no part are empty. */
export function filled(template: Template, match: Match): string {
  return template.map(part => (typeof part === 'string' ? part : (match.text(part) ?? ''))).join('')
}

export function expanded(match: Match, template: Value): string {
  return filled(templateOf(template, match.found.pattern), match)
}

function escape(reader: Reader, token: string, pattern: Pattern): string | number {
  const letter = token.slice(1)
  if (letter === 'g') return named(reader, pattern)
  if (letter === '0') return String.fromCodePoint(octal(reader, token + reader.takeWhile(/^[0-7]$/, 2)))
  if (/^\d$/.test(letter)) return numbered(reader, token, pattern)
  const known = escapes.get(token)
  if (known !== undefined) return known
  return /^[A-Za-z]$/.test(letter) ? reader.fail(`bad escape ${token}`, reader.at - 2) : token
}

function numbered(reader: Reader, first: string, pattern: Pattern): string | number {
  const token = first + reader.takeWhile(/^\d$/, 1)
  if (/^\\[0-7]{2}$/.test(token) && /^[0-7]$/.test(reader.peek() ?? ''))
    return String.fromCodePoint(octal(reader, token + (reader.take() ?? '')))
  return checked(reader, Number(token.slice(1)), { pattern, at: reader.at - token.length + 1 })
}

function named(reader: Reader, pattern: Pattern): number {
  if (!reader.skip('<')) return reader.fail('missing <')
  const name = reader.takeName('>')
  const at = reader.at - Array.from(name).length - 1
  if (isIdentifier(name))
    return pattern.tree.names.get(name) ?? raise('IndexError', `unknown group name ${repr(name)}`)
  if (!/^\s*\+?\d+\s*$/.test(name)) return reader.fail(`bad character in group name ${repr(name)}`, at)
  return checked(reader, Number(name), { pattern, at })
}

function checked(reader: Reader, group: number, { pattern, at }: { pattern: Pattern; at: number }): number {
  return group <= pattern.tree.groups ? group : reader.fail(`invalid group reference ${group}`, at)
}
