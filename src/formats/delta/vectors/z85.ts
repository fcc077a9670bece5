// Z85 (rfc.zeromq.org/spec/32): four bytes in five printable characters, none of which JSON escapes.

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
const digits: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, digit) => [letter, digit]))
const word = 2 ** 32

/** Bytes are filled up with zeros to a multiple of four; whoever reads knows how many count. */
export function encodeZ85(bytes: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  padded.set(bytes)
  const view = new DataView(padded.buffer)
  let text = ''
  for (let at = 0; at < padded.length; at += 4) {
    const value = view.getUint32(at)
    for (let power = 85 ** 4; power >= 1; power /= 85) text += alphabet[Math.floor(value / power) % 85]
  }
  return text
}

/** undefined: it is no Z85. */
export function decodeZ85(text: string): Uint8Array | undefined {
  if (text.length % 5 !== 0) return undefined
  const bytes = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at += 5) {
    let value = 0
    for (const letter of text.slice(at, at + 5)) {
      const digit = digits.get(letter)
      if (digit === undefined) return undefined
      value = value * 85 + digit
    }
    if (value >= word) return undefined
    view.setUint32((at / 5) * 4, value)
  }
  return bytes
}
