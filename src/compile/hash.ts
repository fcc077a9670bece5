/**
 * 128 bits of a text as 32 hex digits: MurmurHash3 x86-128 over UTF-16 code units, two to a word. Not for
 * secrets; among 10 million different texts a collision has a chance of 2^-82. In plain JavaScript because
 * this room touches nothing.
 */
export function hash(text: string): string {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const blocks = text.length - (text.length % 8)
  for (let at = 0; at < blocks; at += 8) {
    a ^= Math.imul(rotate(Math.imul(word(text, at), c1), 15), c2)
    a = (Math.imul(rotate(a, 19) + b, 5) + 0x561ccd1b) | 0
    b ^= Math.imul(rotate(Math.imul(word(text, at + 2), c2), 16), c3)
    b = (Math.imul(rotate(b, 17) + c, 5) + 0x0bcaa747) | 0
    c ^= Math.imul(rotate(Math.imul(word(text, at + 4), c3), 17), c4)
    c = (Math.imul(rotate(c, 15) + d, 5) + 0x96cd1c35) | 0
    d ^= Math.imul(rotate(Math.imul(word(text, at + 6), c4), 18), c1)
    d = (Math.imul(rotate(d, 13) + a, 5) + 0x32ac3b17) | 0
  }
  a ^= Math.imul(rotate(Math.imul(word(text, blocks), c1), 15), c2)
  b ^= Math.imul(rotate(Math.imul(word(text, blocks + 2), c2), 16), c3)
  c ^= Math.imul(rotate(Math.imul(word(text, blocks + 4), c3), 17), c4)
  d ^= Math.imul(rotate(Math.imul(word(text, blocks + 6), c4), 18), c1)
  const bytes = text.length * 2
  b ^= bytes
  c ^= bytes
  d ^= bytes
  a = ((a ^ bytes) + b + c + d) | 0
  b = scatter((b + a) | 0)
  c = scatter((c + a) | 0)
  d = scatter((d + a) | 0)
  a = (scatter(a) + b + c + d) | 0
  return digits(a) + digits(b + a) + digits(c + a) + digits(d + a)
}

const c1 = 0x239b961b
const c2 = 0xab0e9789
const c3 = 0x38b34ae5
const c4 = 0xa1e38b93

/** Two code units; beyond the end they are 0, which the length tells apart from a NUL. */
function word(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16) : 0
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

/**
 * Eight hex digits. By hand: `toString(16)` of a number beyond 31 bits took five times as long as the rest of
 * the hash.
 */
function digits(word: number): string {
  return String.fromCharCode(
    digit(word >>> 28),
    digit(word >>> 24),
    digit(word >>> 20),
    digit(word >>> 16),
    digit(word >>> 12),
    digit(word >>> 8),
    digit(word >>> 4),
    digit(word),
  )
}

function digit(bits: number): number {
  const low = bits & 15
  return low < 10 ? 48 + low : 87 + low
}

function scatter(value: number): number {
  let word = value ^ (value >>> 16)
  word = Math.imul(word, 0x85ebca6b)
  word ^= word >>> 13
  word = Math.imul(word, 0xc2b2ae35)
  return word ^ (word >>> 16)
}
