import { unescapePython } from './unescape.ts'
import { Dict, Float, PySet, type Value, neg, pos, tupleOf } from './values/index.ts'

/** Behind empty lines and comments, a line that begins with white space. */
const indented = /^(?:[ \t\f]*(?:#[^\n]*)?\r?\n)*[ \t]+[^ \t\f\r\n#]/

/** A text being read; `failed` once it is no literal. */
type Reader = { readonly text: string; at: number; failed: boolean; depth: number }

/** Lists within lists; Python's own parser gives up at about the same. */
const depthMax = 90

/**
 * A text as the literal of Python's that it is, `ast.literal_eval`; undefined: it is none. A text whose
 * first line that says something is indented is none, as in jinja2. Complex numbers and bytes are no values
 * here and stay texts.
 */
export function literalOf(text: string): Value | undefined {
  if (indented.test(text)) return undefined
  const reader: Reader = { text, at: 0, failed: false, depth: 0 }
  const value = items(reader, '')
  skip(reader)
  return reader.failed || reader.at < text.length ? undefined : value
}

const spaces = /(?:[ \t\f\r\n]|\\\n|#[^\n]*)*/y

function skip(reader: Reader): void {
  spaces.lastIndex = reader.at
  reader.at += spaces.exec(reader.text)?.[0].length ?? 0
}

function is(reader: Reader, sign: string): boolean {
  skip(reader)
  const found = reader.text.startsWith(sign, reader.at)
  if (found) reader.at += sign.length
  return found
}

function fail(reader: Reader): null {
  reader.failed = true
  return null
}

/** Values with commas between them are a tuple; one alone is itself. */
function items(reader: Reader, end: string): Value {
  const first = value(reader)
  if (!is(reader, ',')) return first
  const all = [first]
  skip(reader)
  while (!reader.failed && !isEnd(reader, end)) {
    all.push(value(reader))
    if (!is(reader, ',')) break
    skip(reader)
  }
  return tupleOf(all)
}

function isEnd(reader: Reader, end: string): boolean {
  skip(reader)
  return reader.at >= reader.text.length || (end !== '' && reader.text.startsWith(end, reader.at))
}

function value(reader: Reader): Value {
  if (reader.failed || ++reader.depth > depthMax) return fail(reader)
  const read = bracketed(reader)
  reader.depth--
  return read
}

function bracketed(reader: Reader): Value {
  if (is(reader, '(')) {
    if (is(reader, ')')) return tupleOf([])
    const inside = items(reader, ')')
    return is(reader, ')') ? inside : fail(reader)
  }
  if (is(reader, '[')) return listed(reader, ']')
  if (is(reader, '{')) return braced(reader)
  if (is(reader, '-')) return signed(reader, neg)
  return is(reader, '+') ? signed(reader, pos) : atom(reader)
}

function listed(reader: Reader, end: string, first?: Value): Value[] {
  const all: Value[] = first === undefined ? [] : [first]
  if (first !== undefined && !is(reader, ',')) {
    if (!is(reader, end)) fail(reader)
    return all
  }
  while (!reader.failed && !is(reader, end)) {
    all.push(value(reader))
    if (is(reader, ',')) continue
    if (!is(reader, end)) fail(reader)
    break
  }
  return all
}

function braced(reader: Reader): Value {
  const dict = new Dict()
  if (is(reader, '}')) return dict
  const first = value(reader)
  if (!is(reader, ':')) return PySet.of(listed(reader, '}', first))
  dict.set(first, value(reader))
  while (!reader.failed && !is(reader, '}')) {
    if (!is(reader, ',')) return fail(reader)
    if (is(reader, '}')) break
    const key = value(reader)
    if (!is(reader, ':')) return fail(reader)
    dict.set(key, value(reader))
  }
  return dict
}

function signed(reader: Reader, apply: (of: Value) => Value): Value {
  // One sign alone: `--1` is an expression.
  skip(reader)
  if (/[-+]/.test(reader.text[reader.at] ?? '')) return fail(reader)
  const of = value(reader)
  const isNumber = typeof of === 'number' || typeof of === 'bigint' || of instanceof Float
  return isNumber ? apply(of) : fail(reader)
}

const word = /(?:None|True|False)(?![\p{L}\p{N}_])/uy
const integer = '0[xX](?:_?[\\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+'
const decimal = '(?:(?:\\d(?:_?\\d)*)?\\.\\d(?:_?\\d)*|\\d(?:_?\\d)*\\.?)(?:[eE][+-]?\\d(?:_?\\d)*)?'
const number = new RegExp(`(?:${integer}|${decimal})(?![\\p{L}\\p{N}_])`, 'uy')
const long = [`'''((?:[^\\\\]|\\\\[^])*?)'''`, '"""((?:[^\\\\]|\\\\[^])*?)"""']
const short = [`'((?:[^'\\\\\\n]|\\\\[^])*)'`, '"((?:[^"\\\\\\n]|\\\\[^])*)"']
const text = new RegExp(`([uU]?|[rR])(?:${[...long, ...short].join('|')})`, 'y')
const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['None', null],
  ['True', true],
  ['False', false],
])

function match(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text) ?? undefined
  if (found) reader.at += found[0].length
  return found
}

function atom(reader: Reader): Value {
  skip(reader)
  const known = words.get(match(reader, word)?.[0] ?? '')
  if (known !== undefined) return known
  const written = match(reader, number)?.[0]
  if (written !== undefined) return numberOf(reader, written.replaceAll('_', ''))
  if (is(reader, 'set()')) return PySet.of([])
  return texts(reader)
}

function numberOf(reader: Reader, written: string): Value {
  if (/^0[xob]/i.test(written) || /^\d+$/.test(written)) {
    // `010` is no number in Python, `00` is.
    if (/^0\d*[1-9]/.test(written)) return fail(reader)
    const exact = Number(written)
    return Number.isSafeInteger(exact) ? exact : BigInt(written)
  }
  return new Float(Number(written))
}

function texts(reader: Reader): Value {
  let joined: string | undefined
  for (let found = match(reader, text); found; found = match(reader, text)) {
    const [, prefix = '', ...bodies] = found
    const body = bodies.find(each => each !== undefined) ?? ''
    const read = /r/i.test(prefix) ? body : unescapePython(body)
    if (read === undefined) return fail(reader)
    joined = (joined ?? '') + read
    skip(reader)
  }
  return joined ?? fail(reader)
}
