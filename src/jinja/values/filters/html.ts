import { truth } from '../compare.ts'
import type { Filter } from '../dialect.ts'
import { iterable, iterate } from '../iterate.ts'
import { Markup, escapeText, textOf } from '../markup.ts'
import { html, stripTags } from '../methods/markup.ts'
import type { Value } from '../model.ts'
import { repr, str } from '../print.ts'
import { raise } from '../raise.ts'
import { wantIndex } from '../numbers.ts'
import { typeName } from '../types.ts'
import { Undefined } from '../undefined.ts'
import { Dict } from '../dict.ts'
import { filter } from './filter.ts'
import { entriesOf } from './mapping.ts'
import { urlize } from './urlize.ts'

const escape = filter('escape', 's', ([value]) => new Markup(html(value)))

function xmlAttributes(value: Value, spaced: boolean): string {
  const made: string[] = []
  for (const [key, item] of entriesOf(value)) {
    if (item === null || item instanceof Undefined) continue
    const name = textOf(key)
    if (name === undefined)
      return raise('TypeError', `expected string or bytes-like object, got '${typeName(key)}'`)
    if (/[\t-\r /=>]/.test(name))
      return raise('ValueError', `Invalid character in attribute name: ${repr(name)}`)
    made.push(`${html(key)}="${html(item)}"`)
  }
  return (spaced && made.length > 0 ? ' ' : '') + made.join(' ')
}

/** Percent signs before every byte of UTF-8 that is not plain; `/` is, unless it is a part of a query. */
function quoteUrl(value: Value, forQuery: boolean): string {
  const bytes = new TextEncoder().encode(str(value))
  const text = Array.from(bytes, byte => {
    const character = String.fromCharCode(byte)
    if (/[\w.~-]/.test(character) || (character === '/' && !forQuery)) return character
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
  return forQuery ? text.replaceAll('%20', '+') : text
}

function urlEncode(value: Value): string {
  if (textOf(value) !== undefined || iterable(value) === undefined) return quoteUrl(value, false)
  const pairs = value instanceof Dict ? entriesOf(value) : Array.from(iterate(value), pairOf)
  return pairs.map(([key, item]) => `${quoteUrl(key, true)}=${quoteUrl(item, true)}`).join('&')
}

function pairOf(value: Value): readonly [Value, Value] {
  if (iterable(value) === undefined)
    return raise('TypeError', `cannot unpack non-iterable ${typeName(value)} object`)
  const [key, item, ...more] = iterate(value)
  if (key === undefined || item === undefined)
    return raise('ValueError', `not enough values to unpack (expected 2, got ${key === undefined ? 0 : 1})`)
  return more.length === 0 ? [key, item] : raise('ValueError', 'too many values to unpack (expected 2)')
}

/** Filters that make HTML, or a part of a URL. */
export const htmlFilters: { readonly [name: string]: Filter } = {
  e: escape,
  escape,
  forceescape: filter('do_forceescape', 'value', ([value]) => new Markup(escapeText(str(value)))),
  safe: filter('do_mark_safe', 'value', ([value]) => new Markup(str(value))),
  striptags: filter('do_striptags', 'value', ([value]) => stripTags(str(value))),
  xmlattr: filter('do_xmlattr', 'eval_ctx, d, autospace=True', ([value, spaced]) =>
    xmlAttributes(value, truth(spaced)),
  ),
  urlencode: filter('do_urlencode', 'value', ([value]) => urlEncode(value)),
  urlize: filter(
    'do_urlize',
    'eval_ctx, value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None',
    ([value, limit, nofollow, target, rel, schemes]) =>
      urlize(html(value), {
        limit: limit === null ? undefined : wantIndex(limit, typeName),
        rel: relOf(rel, truth(nofollow)),
        target: target === null ? undefined : str(target),
        schemes: schemes === null ? [] : Array.from(iterate(schemes), schemeOf),
      }),
  ),
}

function relOf(rel: Value, nofollow: boolean): string {
  const parts = new Set([...(rel === null ? [] : str(rel).split(/\s+/).filter(Boolean)), 'noopener'])
  if (nofollow) parts.add('nofollow')
  return Array.from(parts).sort().join(' ')
}

function schemeOf(value: Value): string {
  const scheme = str(value)
  if (/^([\p{L}\p{N}_.+-]{2,}:(\/){0,2})$/u.test(scheme)) return scheme
  return raise('FilterArgumentError', `${repr(scheme)} is not a valid URI scheme prefix.`)
}
