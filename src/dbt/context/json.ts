import { Dict, Float, type Value } from '../../jinja/index.ts'

/** Levels of lists within lists: enough for any artefact, and not for an attack on the stack. */
const depthMax = 500

/**
 * JSON as Python's `json.loads` reads it: keys keep their order, whole numbers stay exact, `1.0` is a
 * float; NaN and infinity are known. undefined: it is no JSON.
 */
export function loads(text: string): Value | undefined {
  const reader = { text, at: 0 }
  try {
    const value = valueAt(reader, 0)
    skip(reader)
    return reader.at === text.length ? value : undefined
  } catch (thrown) {
    if (thrown === noJson) return undefined
    throw thrown
  }
}

type Reader = { readonly text: string; at: number }

const noJson = Symbol('no JSON')

function refuse(): never {
  throw noJson
}

const words: readonly (readonly [string, () => Value])[] = [
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['NaN', () => new Float(Number.NaN)],
  ['Infinity', () => new Float(Number.POSITIVE_INFINITY)],
  ['-Infinity', () => new Float(Number.NEGATIVE_INFINITY)],
]

function valueAt(reader: Reader, depth: number): Value {
  if (depth > depthMax) refuse()
  skip(reader)
  const next = reader.text[reader.at]
  if (next === '{') return dictAt(reader, depth)
  if (next === '[') return listAt(reader, depth)
  if (next === '"') return textAt(reader)
  const word = words.find(([text]) => reader.text.startsWith(text, reader.at))
  if (!word) return numberAt(reader)
  reader.at += word[0].length
  return word[1]()
}

function dictAt(reader: Reader, depth: number): Dict {
  const dict = new Dict()
  reader.at += 1
  if (taken(reader, '}')) return dict
  do {
    skip(reader)
    if (reader.text[reader.at] !== '"') refuse()
    const key = textAt(reader)
    if (!taken(reader, ':')) refuse()
    dict.set(key, valueAt(reader, depth + 1))
  } while (taken(reader, ','))
  return taken(reader, '}') ? dict : refuse()
}

function listAt(reader: Reader, depth: number): Value[] {
  const list: Value[] = []
  reader.at += 1
  if (taken(reader, ']')) return list
  do list.push(valueAt(reader, depth + 1))
  while (taken(reader, ','))
  return taken(reader, ']') ? list : refuse()
}

const textPattern = /"(?:[^"\\\n\r]|\\.)*"/y
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y

function textAt(reader: Reader): string {
  const found = matched(reader, textPattern)
  try {
    return JSON.parse(found[0]) as string
  } catch {
    // An escape that JSON does not know.
    return refuse()
  }
}

function numberAt(reader: Reader): Value {
  const [whole, fraction, exponent] = matched(reader, numberPattern)
  if (fraction !== undefined || exponent !== undefined) return new Float(Number(whole))
  const value = Number(whole)
  return Number.isSafeInteger(value) ? value : BigInt(whole ?? 0)
}

function matched(reader: Reader, pattern: RegExp): RegExpExecArray {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)
  if (!found) return refuse()
  reader.at += found[0].length
  return found
}

function taken(reader: Reader, sign: string): boolean {
  skip(reader)
  if (reader.text[reader.at] !== sign) return false
  reader.at += 1
  return true
}

function skip(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at += 1
}

/**
 * Data of ours (parsed YAML, parts of the manifest) as a value of the language; what is undefined is left
 * out.
 */
export function valueOf(data: unknown): Value {
  if (data === null || data === undefined) return null
  if (typeof data !== 'object') return data as Value
  if (Array.isArray(data)) return data.map(valueOf)
  if (data instanceof Float) return data
  if (data instanceof Map) return Dict.of(Array.from(data, ([key, each]) => [valueOf(key), valueOf(each)]))
  if (Object.getPrototypeOf(data) !== Object.prototype) return String(data)
  const dict = new Dict()
  for (const [key, each] of Object.entries(data)) if (each !== undefined) dict.set(key, valueOf(each))
  return dict
}
