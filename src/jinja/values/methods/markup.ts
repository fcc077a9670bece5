import type { Arguments } from '../bind.ts'
import type { Dict } from '../dict.ts'
import type { Dialect } from '../dialect.ts'
import { type Fillings, formatFields } from '../format/fields.ts'
import { formatValue } from '../format/value.ts'
import { iterate } from '../iterate.ts'
import { Markup, escapeText, textOf } from '../markup.ts'
import { Tuple, type Value } from '../model.ts'
import { str } from '../print.ts'
import { raise } from '../raise.ts'
import { tupleOf } from '../tuple.ts'
import { unescapeEntities } from './entities.ts'
import { any, type Method, type Methods, none, one } from './method.ts'
import { split } from './split.ts'
import { itemOf, mappingOf, textMethods } from './text.ts'

/** What of a text stays HTML, when its methods give text. */
const wraps = new Set(
  (
    'split rsplit splitlines partition rpartition capitalize title lower upper replace ljust rjust center ' +
    'strip lstrip rstrip translate expandtabs swapcase zfill casefold removeprefix removesuffix'
  ).split(' '),
)

/** Arguments that become HTML. */
const escapes = new Map([
  ['replace', 1],
  ['ljust', 1],
  ['rjust', 1],
  ['center', 1],
])

/** A value as HTML: Markup is it already. */
export function html(value: Value): string {
  return value instanceof Markup ? value.text : escapeText(str(value))
}

function wrapped(value: Value): Value {
  if (typeof value === 'string') return new Markup(value)
  if (value instanceof Tuple) return tupleOf(value.map(wrapped))
  return Array.isArray(value) ? value.map(wrapped) : value
}

function ofText(name: string, method: Method<string>): Method<Markup> {
  const place = escapes.get(name)
  return {
    ...method,
    run: ({ text }, values, dialect) => {
      const given = values.map((value, i) =>
        i === place && textOf(value) !== undefined ? html(value) : value,
      )
      const made = method.run(text, given as unknown as Arguments, dialect)
      return wraps.has(name) ? wrapped(made) : made
    },
  }
}

const own: { readonly [name: string]: Method<Markup> } = {
  join: one(({ text }, [items]) => new Markup(Array.from(iterate(items), html).join(text))),
  format: any(({ text }, [args, named], dialect) => {
    const names = named as Dict
    return filled(text, { positional: args as Tuple, named: name => names.get(name) }, dialect)
  }),
  format_map: any(({ text }, [args, named], dialect) => {
    const mapping = mappingOf(args as Tuple, named as Dict)
    return filled(text, { positional: [], named: name => itemOf(dialect, mapping, name) }, dialect)
  }),
  striptags: none(({ text }) => stripTags(text)),
  unescape: none(({ text }) => unescapeEntities(text)),
  escape: one((_, [value]) => new Markup(html(value))),
  __html__: none(self => self),
}

function filled(text: string, fillings: Fillings, dialect: Dialect): Markup {
  const escape = (value: Value, specification: string) => fieldHtml(dialect, value, specification)
  return new Markup(formatFields(dialect, text, { ...fillings, escape }))
}

function fieldHtml(dialect: Dialect, value: Value, specification: string): string {
  if (!(value instanceof Markup)) return escapeText(formatValue(dialect, value, specification))
  if (specification !== '') return raise('ValueError', 'Unsupported format specification for Markup.')
  return value.text
}

/** Without tags and comments, white space made single, entities as characters. */
export function stripTags(text: string): string {
  return unescapeEntities(split(withoutTags(text), { separator: undefined, max: -1 }).join(' '))
}

/** What is opened and never closed stays, with all behind it. */
function withoutTags(text: string): string {
  let [made, from] = ['', 0]
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', from)) {
    const close = text.startsWith('<!--', open) ? '-->' : '>'
    const end = text.indexOf(close, close === '>' ? open : open + '<!--'.length)
    if (end < 0) break
    made += text.slice(from, open)
    from = end + close.length
  }
  return made + text.slice(from)
}

/** All methods of `str`, which give HTML again and escape what they are handed, and markupsafe's own. */
export const markupMethods: Methods<Markup> = new Map([
  ...Array.from(textMethods, ([name, method]) => [name, ofText(name, method)] as const),
  ...Object.entries(own),
])
