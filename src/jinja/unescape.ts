type Unescaped = { readonly text: string } | { readonly text: undefined; readonly words: string }

const plain: { readonly [letter: string]: string } = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const hex: { readonly [letter: string]: { readonly digits: number; readonly words: string } } = {
  x: { digits: 2, words: 'truncated \\xXX escape' },
  u: { digits: 4, words: 'truncated \\uXXXX escape' },
  U: { digits: 8, words: 'truncated \\UXXXXXXXX escape' },
}

const pointMax = 0x10ffff

/**
 * The text between quotes, as Python's codec `unicode_escape` reads it; its words where it cannot. An
 * escape that Python does not know stays as it is written. Characters by name, `\N{…}`, are refused: their
 * table is as large as this room.
 */
export function unescapeText(written: string): Unescaped {
  return unescape(written, unknownAt)
}

/** The text between quotes of Python's own source; undefined where it cannot be read. */
export function unescapePython(written: string): string | undefined {
  return unescape(written, (text, at) => ({ text: `\\${text[at] ?? ''}`, end: at + 1 })).text
}

function unescape(written: string, unknown: (written: string, at: number) => Read): Unescaped {
  const pieces: string[] = []
  let at = 0
  for (let slash = written.indexOf('\\'); slash >= 0; slash = written.indexOf('\\', at)) {
    pieces.push(written.slice(at, slash))
    const read = escapeAt(written, slash + 1) ?? unknown(written, slash + 1)
    if ('words' in read) return { text: undefined, words: read.words }
    pieces.push(read.text)
    at = read.end
  }
  return { text: pieces.join('') + written.slice(at) }
}

type Read = { readonly text: string; readonly end: number } | { readonly words: string }

function escapeAt(written: string, at: number): Read | undefined {
  const letter = written[at] ?? ''
  const character = plain[letter]
  if (character !== undefined && Object.hasOwn(plain, letter)) return { text: character, end: at + 1 }
  const octal = /^[0-7]{1,3}/.exec(written.slice(at, at + 3))?.[0]
  if (octal !== undefined)
    return { text: String.fromCodePoint(Number.parseInt(octal, 8)), end: at + octal.length }
  const coded = Object.hasOwn(hex, letter) ? hex[letter] : undefined
  if (coded) return hexAt(written, at + 1, coded)
  if (letter === 'N') return { words: 'characters by their names, \\N{…}, are not supported' }
  return undefined
}

function hexAt(written: string, at: number, { digits, words }: { digits: number; words: string }): Read {
  const code = written.slice(at, at + digits)
  if (code.length < digits || !/^[\da-f]+$/i.test(code)) return { words }
  const point = Number.parseInt(code, 16)
  if (point > pointMax) return { words: 'illegal Unicode character' }
  return { text: String.fromCodePoint(point), end: at + digits }
}

/**
 * jinja2 writes what is not ASCII as an escape before it reads them all, so that `\é` becomes the text
 * `\xe9`.
 */
function unknownAt(written: string, at: number): Read {
  const point = written.codePointAt(at) ?? 0
  const text = String.fromCodePoint(point)
  if (point < 0x80) return { text: `\\${text}`, end: at + 1 }
  const [letter, digits] = point <= 0xff ? ['x', 2] : point <= 0xffff ? ['u', 4] : ['U', 8]
  return { text: `\\${letter}${point.toString(16).padStart(Number(digits), '0')}`, end: at + text.length }
}
