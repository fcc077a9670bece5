import { compare } from '../compare.ts'
import { Dict } from '../dict.ts'
import { Tuple, type Value } from '../model.ts'
import { repr } from '../print.ts'
import { isRaised } from '../raise.ts'
import { PySet } from '../sets.ts'
import { pointCount } from '../text.ts'
import { typeName } from '../types.ts'

/** Columns that `pprint` fills. */
const width = 80

/** Where a value begins, and what must still stand after it on its last line. */
type Place = { readonly indent: number; readonly after: number; readonly level: number }

/** Python's `pprint.pformat(value)`. */
export function pretty(value: Value): string {
  return written(value, { indent: 0, after: 0, level: 0 })
}

function written(value: Value, place: Place): string {
  const flat = repr(ordered(value))
  if (pointCount(flat) <= width - place.indent - place.after) return flat
  const level = place.level + 1
  if (value instanceof Dict && value.size > 0) return dict(value, { ...place, level })
  if (Array.isArray(value) && value.length > 0) {
    const [open, close] = value instanceof Tuple ? ['(', value.length === 1 ? ',)' : ')'] : ['[', ']']
    return open + items(value, { indent: place.indent + 1, after: place.after + close.length, level }) + close
  }
  const within = { indent: place.indent + 1, after: place.after + 1, level }
  if (value instanceof PySet && value.size > 0) return `{${items(inOrder(Array.from(value)), within)}}`
  return typeof value === 'string' ? text(value, { ...place, level }) : flat
}

/** Dicts and sets are shown in the order of their keys. */
function ordered(value: Value): Value {
  if (value instanceof Dict)
    return Dict.of(inOrder(Array.from(value.keys())).map(key => [key, ordered(value.get(key) ?? null)]))
  if (value instanceof PySet) return PySet.of(inOrder(Array.from(value)))
  if (value instanceof Tuple) {
    const tuple = new Tuple()
    for (const item of value) tuple.push(ordered(item))
    return tuple
  }
  return Array.isArray(value) ? value.map(ordered) : value
}

function inOrder(keys: readonly Value[]): Value[] {
  return keys.toSorted((a, b) => (below(a, b) ? -1 : below(b, a) ? 1 : 0))
}

/** What cannot be compared goes by the names of the types. */
function below(a: Value, b: Value): boolean {
  try {
    return compare('<', a, b)
  } catch (thrown) {
    if (isRaised(thrown, 'TypeError')) return typeName(a) < typeName(b)
    throw thrown
  }
}

function dict(value: Dict, { indent, after, level }: Place): string {
  const keys = inOrder(Array.from(value.keys()))
  const lines = keys.map((key, i) => {
    const head = `${repr(key)}: `
    const isLast = i === keys.length - 1
    const place = { indent: indent + 1 + pointCount(head), after: isLast ? after + 1 : 1, level }
    return head + written(value.get(key) ?? null, place)
  })
  return `{${lines.join(`,\n${' '.repeat(indent + 1)}`)}}`
}

function items(all: readonly Value[], { indent, after, level }: Place): string {
  return all
    .map((item, i) => written(item, { indent, after: i === all.length - 1 ? after : 1, level }))
    .join(`,\n${' '.repeat(indent)}`)
}

/** A long text in several, within brackets when it stands alone. */
function text(value: string, { indent, after, level }: Place): string {
  const alone = level === 1
  const [from, end] = alone ? [indent + 1, after + 1] : [indent, after]
  const lines = value.split(/(?<=\n)/)
  const parts = lines.flatMap((line, i) =>
    pieces(line, { indent: from, after: i === lines.length - 1 ? end : 0, level }),
  )
  if (parts.length === 1) return parts[0] ?? ''
  const joined = parts.join(`\n${' '.repeat(from)}`)
  return alone ? `(${joined})` : joined
}

function pieces(line: string, { indent, after }: Place): string[] {
  const room = width - indent
  if (pointCount(repr(line)) <= room - after) return [repr(line)]
  const words = line.match(/\S*\s*/g)?.filter(Boolean) ?? []
  const made: string[] = []
  let current = ''
  for (const [i, word] of words.entries()) {
    const longer = current + word
    const isLast = i === words.length - 1
    if (pointCount(repr(longer)) > room - (isLast ? after : 0)) {
      if (current !== '') made.push(repr(current))
      current = word
    } else current = longer
  }
  if (current !== '') made.push(repr(current))
  return made
}
