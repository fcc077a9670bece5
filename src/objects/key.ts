import { failure } from '../errors/index.ts'
import { limits } from './limits.ts'

/** What stores keep for themselves: temporary files, locks, probes. Never the key of an object. */
export const reserved = '.sluice-'

/** A key that is safe as a path and the same everywhere; SLUICE_OBJECT_KEY_INVALID otherwise. */
export function checkKey(key: string): void {
  const words = faultOf(key)
  if (words !== undefined) throw failure('SLUICE_OBJECT_KEY_INVALID', { key: shown(key), words })
}

/** The beginning of keys: folders as in a key, then the beginning of a name, or nothing. */
export function checkPrefix(prefix: string): void {
  const cut = prefix.lastIndexOf('/')
  const words = (cut < 0 ? undefined : faultOf(prefix.slice(0, cut))) ?? faultOfText(prefix)
  if (words !== undefined) throw failure('SLUICE_OBJECT_KEY_INVALID', { key: shown(prefix), words })
}

export function isKey(key: string): boolean {
  return faultOf(key) === undefined
}

function faultOf(key: string): string | undefined {
  if (key === '') return 'it is empty'
  const segments = key.split('/')
  if (segments.includes('')) return 'it has an empty name between slashes, or begins or ends with one'
  if (segments.some(name => name === '.' || name === '..')) return 'it has a `.` or `..` between slashes'
  if (segments.some(name => name.startsWith(reserved)))
    return `names that begin with \`${reserved}\` are taken`
  return faultOfText(key)
}

function faultOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'it holds a NUL'
  if (text.includes('\\')) return 'it holds a backslash, which parts names on some machines'
  if (!text.isWellFormed()) return 'it is not Unicode'
  if (Buffer.byteLength(text) > limits.keyBytesMax) return `it is longer than ${limits.keyBytesMax} bytes`
  return undefined
}

/** For people: no control characters, not endless. */
function shown(key: string): string {
  const plain = key.replaceAll(/\p{C}/gu, '�')
  const charactersMax = 200
  return plain.length > charactersMax ? `${plain.slice(0, charactersMax)}…` : plain
}

const surrogatesStart = 0xd800
const surrogatesEnd = 0xe000

/**
 * The order of UTF-8 bytes. UTF-16 differs in one thing: its surrogates, which stand for the highest
 * characters, come before U+E000.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

function rank(unit: number): number {
  return unit >= surrogatesStart && unit < surrogatesEnd ? unit + surrogatesEnd : unit
}
