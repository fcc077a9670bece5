import { nameOf, quoteText, type Token } from '../../../../sql/index.ts'
import { here, type Reading, refused, type Term } from './reading.ts'

/** In Spark `"a"` is a text; where a column has that name somebody may have meant the column. */
export function quoted(reading: Reading, token: Token): Term {
  const value = nameOf(token) ?? ''
  const meansColumn = reading.fields.some(field => field.name.toLowerCase() === value.toLowerCase())
  if (meansColumn || token.text.slice(1, -1).includes('"')) throw refused(reading, token.text)
  return text(reading, value, token)
}

export function text(reading: Reading, value: string, token: Token): Term {
  // Whether a backslash is itself depends on a setting of Spark; a text behind a text is appended to it.
  const next = here(reading)
  const joined = next?.kind === 'string' || (next?.kind === 'quoted' && next.text.startsWith('"'))
  const bare = /^['"]/.test(token.text)
  if (!bare || joined || token.text.includes('\\')) throw refused(reading, token.text)
  return { sql: quoteText(value), part: token.text, literal: value }
}

const suffixes: { readonly [suffix: string]: string } = {
  Y: 'TINYINT',
  S: 'SMALLINT',
  L: 'BIGINT',
  F: 'FLOAT',
  D: 'DOUBLE',
}

export function number(reading: Reading, token: Token): Term {
  const next = here(reading)
  const touches = next?.kind === 'word' && next.offset === token.offset + token.text.length
  if (!/^[\d.eE+-]+$/.test(token.text)) throw refused(reading, token.text)
  if (!touches)
    return /^\d+$/.test(token.text) ? integer(BigInt(token.text)) : { sql: token.text, part: token.text }
  const type = suffixes[next.text.toUpperCase()]
  if (type === undefined) throw refused(reading, token.text + next.text)
  reading.at++
  return { sql: `CAST(${token.text} AS ${type})`, part: token.text + next.text }
}

const int32Max = 2n ** 31n - 1n

/** With Spark's type: arithmetic with an int overflows where an int does, not where the column's type. */
export function integer(value: bigint): Term {
  const type = value <= int32Max && value >= -int32Max - 1n ? 'INTEGER' : 'BIGINT'
  return { sql: `CAST(${value} AS ${type})`, part: String(value), literal: value }
}
