import type { Arguments } from '../bind.ts'
import { Dict } from '../dict.ts'
import type { Dialect } from '../dialect.ts'
import { formatFields } from '../format/fields.ts'
import { iterable } from '../iterate.ts'
import { textOf } from '../markup.ts'
import { Float, Tuple, type Value } from '../model.ts'
import { indexOf, intOf, wantFlag, wantIndex } from '../numbers.ts'
import { raise, refuse, tooLarge } from '../raise.ts'
import { fromPoints, isPlain, pointCount, points, toPoints } from '../text.ts'
import { tupleOf } from '../tuple.ts'
import { typeName } from '../types.ts'
import { caseMethods, characterMethods } from './letters.ts'
import { any, keywords, type Method, type Methods, one, parsed, positional } from './method.ts'
import { type Side, split, splitFromEnd, splitLines, stripped, trimmed } from './split.ts'
import { Undefined } from '../undefined.ts'

type TextMethod = Method<string>

const cuts: { readonly [name: string]: TextMethod } = {
  split: keywords('sep=None, maxsplit=-1', (text, [separator, max]) => split(text, cutsOf(separator, max))),
  rsplit: keywords('sep=None, maxsplit=-1', (text, [separator, max]) =>
    splitFromEnd(text, cutsOf(separator, max)),
  ),
  splitlines: keywords('keepends=False', (text, [keeps]) => splitLines(text, wantFlag(keeps, typeName))),
  partition: one((text, [separator]) => partition(text, separator, text.indexOf(mustBeText(separator)))),
  rpartition: one((text, [separator]) => {
    const at = text.lastIndexOf(mustBeText(separator))
    return at < 0 && separator !== '' ? tupleOf(['', '', text]) : partition(text, separator, at)
  }),
  strip: strip('both'),
  lstrip: strip('start'),
  rstrip: strip('end'),
  removeprefix: one((text, [prefix]) => {
    const start =
      textOf(prefix) ?? raise('TypeError', `removeprefix() argument must be str, not ${argumentName(prefix)}`)
    return text.startsWith(start) ? text.slice(start.length) : text
  }),
  removesuffix: one((text, [suffix]) => {
    const end =
      textOf(suffix) ?? raise('TypeError', `removesuffix() argument must be str, not ${argumentName(suffix)}`)
    return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text
  }),
}

function cutsOf(separator: Value, max: Value): { separator: string | undefined; max: number } {
  const text = textOf(separator)
  if (text === undefined && separator !== null)
    return raise('TypeError', `must be str or None, not ${typeName(separator)}`)
  return { separator: text, max: wantIndex(max, typeName) }
}

function partition(text: string, separator: Value, at: number): Value {
  const cut = textOf(separator) ?? ''
  if (cut === '') return raise('ValueError', 'empty separator')
  return at < 0 ? tupleOf([text, '', '']) : tupleOf([text.slice(0, at), cut, text.slice(at + cut.length)])
}

function strip(side: Side): TextMethod {
  const name = { start: 'lstrip', end: 'rstrip', both: 'strip' }[side]
  return positional('chars=None', (text, [characters]) => {
    if (characters === null) return trimmed(text, side)
    const set = textOf(characters) ?? raise('TypeError', `${name} arg must be None or str`)
    const like = points(set)
    return stripped(text, side, each => like.includes(each))
  })
}

function mustBeText(value: Value): string {
  return textOf(value) ?? raise('TypeError', `must be str, not ${typeName(value)}`)
}

const searches: { readonly [name: string]: TextMethod } = {
  find: search((text, part) => text.indexOf(part)),
  rfind: search((text, part) => text.lastIndexOf(part)),
  index: search((text, part) => found(text.indexOf(part))),
  rindex: search((text, part) => found(text.lastIndexOf(part))),
  count: parsed('sub, start=None, end=None', (text, [sub, start, end]) => {
    const part = mustBeText(sub)
    const { inside, isBeyond } = windowOf(text, start, end)
    if (part === '') return isBeyond ? 0 : pointCount(inside) + 1
    return inside.split(part).length - 1
  }),
  startswith: affix('startswith', (inside, part) => inside.startsWith(part)),
  endswith: affix('endswith', (inside, part) => inside.endsWith(part)),
}

function found(at: number): number {
  return at < 0 ? raise('ValueError', 'substring not found') : at
}

function search(run: (text: string, part: string) => number): TextMethod {
  return parsed('sub, start=None, end=None', (text, [sub, start, end]) => {
    const part = mustBeText(sub)
    const { inside, offset, isBeyond } = windowOf(text, start, end)
    if (isBeyond) return run('', 'x')
    const at = run(inside, part)
    return at < 0 ? at : toPoints(inside, at) + offset
  })
}

type Window = { readonly inside: string; readonly offset: number; readonly isBeyond: boolean }

/** `text[start:end]`, as searches take it; beyond the end, even an empty text is not found. */
function windowOf(text: string, start: Value, end: Value): Window {
  const count = pointCount(text)
  const from = placeOf(start, count, 0)
  const to = Math.min(count, placeOf(end, count, count))
  if (start === null && end === null) return { inside: text, offset: 0, isBeyond: false }
  const inside = isPlain(text)
    ? text.slice(from, Math.max(from, to))
    : text.slice(fromPoints(text, from), fromPoints(text, Math.max(from, to)))
  return { inside, offset: from, isBeyond: from > to }
}

function placeOf(place: Value, count: number, otherwise: number): number {
  if (place === null) return otherwise
  const at =
    indexOf(place) ?? raise('TypeError', 'slice indices must be integers or None or have an __index__ method')
  return at < 0 ? Math.max(0, at + count) : at
}

function affix(name: string, like: (inside: string, part: string) => boolean): TextMethod {
  return parsed('prefix, start=None, end=None', (text, [given, start, end]) => {
    const { inside, isBeyond } = windowOf(text, start, end)
    const matches = (part: string) => !isBeyond && like(inside, part)
    if (given instanceof Tuple)
      return given.some(each =>
        matches(
          textOf(each) ??
            raise('TypeError', `tuple for ${name} must only contain str, not ${typeName(each)}`),
        ),
      )
    return matches(
      textOf(given) ??
        raise('TypeError', `${name} first arg must be str or a tuple of str, not ${typeName(given)}`),
    )
  })
}

const shapes: { readonly [name: string]: TextMethod } = {
  center: positional("width, fillchar=' '", (text, values, dialect) => {
    const { missing, fill } = filling(text, values, dialect)
    // CPython puts the odd one at the left when the width is odd.
    const left = Math.floor(missing / 2) + (missing & (pointCount(text) + missing) & 1)
    return fill.repeat(left) + text + fill.repeat(missing - left)
  }),
  ljust: positional("width, fillchar=' '", (text, values, dialect) => {
    const { missing, fill } = filling(text, values, dialect)
    return text + fill.repeat(missing)
  }),
  rjust: positional("width, fillchar=' '", (text, values, dialect) => {
    const { missing, fill } = filling(text, values, dialect)
    return fill.repeat(missing) + text
  }),
  zfill: one((text, [width], dialect) => {
    const missing = Math.max(0, sized(wantIndex(width, typeName), dialect) - pointCount(text))
    const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
    return missing === 0 ? text : sign + '0'.repeat(missing) + digits
  }),
  expandtabs: keywords('tabsize=8', (text, [size], dialect) =>
    expandTabs(text, sized(wantIndex(size, typeName), dialect)),
  ),
}

function filling(
  text: string,
  [width, fill]: Arguments,
  dialect: Dialect,
): { missing: number; fill: string } {
  const wide = sized(wantIndex(width, typeName), dialect)
  const character = textOf(fill)
  if (character === undefined)
    return raise('TypeError', `The fill character must be a unicode character, not ${typeName(fill)}`)
  if (pointCount(character) !== 1)
    return raise('TypeError', 'The fill character must be exactly one character long')
  return { missing: Math.max(0, wide - pointCount(text)), fill: character }
}

function sized(width: number, { limits }: Dialect): number {
  return width > limits.textCharsMax ? tooLarge('a text', limits.textCharsMax) : width
}

function expandTabs(text: string, size: number): string {
  let column = 0
  return points(text)
    .map(each => {
      if (each === '\t') {
        const wide = size > 0 ? size - (column % size) : 0
        column += wide
        return ' '.repeat(wide)
      }
      column = each === '\n' || each === '\r' ? 0 : column + 1
      return each
    })
    .join('')
}

const making: { readonly [name: string]: TextMethod } = {
  join: one((text, [items]) => join(text, items)),
  replace: positional('old, new, count=-1', (text, [old, fresh, count]) => {
    const part = argument('replace', 1, old)
    const other = argument('replace', 2, fresh)
    return replace(text, part, { by: other, max: wantIndex(count, typeName) })
  }),
  format: any((text, [args, named], dialect) => {
    const names = named as Dict
    return formatFields(dialect, text, { positional: args as Tuple, named: name => names.get(name) })
  }),
  format_map: any((text, [args, named], dialect) => {
    const mapping = mappingOf(args as Tuple, named as Dict)
    return formatFields(dialect, text, { positional: [], named: name => itemOf(dialect, mapping, name) })
  }),
  translate: one((text, [table], dialect) => translate(text, table, dialect)),
  maketrans: positional('x, y=None, z=None', (_, values) => makeTranslation(values)),
  encode: any(() => refuse('bytes')),
}

function argument(name: string, place: number, value: Value): string {
  return (
    textOf(value) ?? raise('TypeError', `${name}() argument ${place} must be str, not ${argumentName(value)}`)
  )
}

/** C's functions call None by its own name. */
function argumentName(value: Value): string {
  return value === null ? 'None' : typeName(value)
}

/** Python's `text.join(items)`. */
function join(text: string, items: Value): string {
  const all = iterable(items) ?? raise('TypeError', 'can only join an iterable')
  let i = 0
  return Array.from(all, item => {
    const part = textOf(item)
    if (part === undefined)
      return raise('TypeError', `sequence item ${i}: expected str instance, ${typeName(item)} found`)
    i++
    return part
  }).join(text)
}

/** Python's `text.replace(part, by, max)`; below zero: all. */
export function replace(text: string, part: string, { by, max }: { by: string; max: number }): string {
  const pieces = part === '' ? ['', ...points(text), ''] : text.split(part)
  if (max < 0 || max >= pieces.length - 1) return pieces.join(by)
  if (max === 0) return text
  return (
    pieces.slice(0, max + 1).join(by) +
    (max < pieces.length - 1 ? part : '') +
    pieces.slice(max + 1).join(part)
  )
}

/** What `format_map` takes: one mapping. */
export function mappingOf(args: Tuple, named: Dict): Value {
  if (named.size > 0) return raise('TypeError', 'format_map() takes no keyword arguments')
  const mapping = args[0]
  if (args.length !== 1 || mapping === undefined)
    return raise('TypeError', `format_map() takes exactly one argument (${args.length} given)`)
  return mapping
}

/** JavaScript's undefined: there is none. */
export function itemOf(dialect: Dialect, mapping: Value, name: string): Value | undefined {
  const value = dialect.lookup.getitem(dialect, mapping, name)
  return value instanceof Undefined ? undefined : value
}

function translate(text: string, table: Value, dialect: Dialect): string {
  if (table === null || intOf(table) !== undefined || table instanceof Float)
    return raise('TypeError', `'${typeName(table)}' object is not subscriptable`)
  return points(text)
    .map(each => {
      const made = dialect.lookup.getitem(dialect, table, each.codePointAt(0) ?? 0)
      if (made === null) return ''
      if (made instanceof Undefined) return each
      return typeof made === 'number' ? String.fromCodePoint(made) : mustBeText(made)
    })
    .join('')
}

function makeTranslation([from, to, without]: Arguments): Dict {
  if (to === null) return tableOf(from)
  const after = points(argument('maketrans', 2, to))
  const gone = without === null ? [] : points(argument('maketrans', 3, without))
  const before = textOf(from)
  if (before === undefined)
    return raise('TypeError', 'first maketrans argument must be a string if there is a second argument')
  const each = points(before)
  if (each.length !== after.length)
    return raise('ValueError', 'the first two maketrans arguments must have equal length')
  const table = new Dict()
  for (const [i, character] of each.entries()) table.set(pointOf(character), pointOf(after[i] ?? ''))
  for (const character of gone) table.set(pointOf(character), null)
  return table
}

function pointOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

function tableOf(from: Value): Dict {
  if (!(from instanceof Dict))
    return raise('TypeError', 'if you give only one argument to maketrans it must be a dict')
  return Dict.of(
    Array.from(from.entries(), ([key, value]) => [
      typeof key === 'string' ? (key.codePointAt(0) ?? 0) : key,
      value,
    ]),
  )
}

/** All methods of `str`; `encode` is refused, since there are no bytes. */
export const textMethods: Methods<string> = new Map(
  Object.entries({ ...caseMethods, ...characterMethods, ...cuts, ...searches, ...shapes, ...making }),
)
