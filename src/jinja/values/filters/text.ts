import { compare, truth } from '../compare.ts'
import type { Filter } from '../dialect.ts'
import { length } from '../iterate.ts'
import { Markup, textOf } from '../markup.ts'
import { runMethod, methodOf } from '../methods/table.ts'
import { splitLines } from '../methods/split.ts'
import { replace } from '../methods/text.ts'
import { failUndefined } from '../missing.ts'
import type { Value } from '../model.ts'
import { add, mod, sub } from '../arithmetic.ts'
import { indexOf, wantIndex } from '../numbers.ts'
import { str } from '../print.ts'
import { raise } from '../raise.ts'
import type { Dialect } from '../dialect.ts'
import { slice } from '../lookup.ts'
import { typeName } from '../types.ts'
import { Undefined } from '../undefined.ts'
import { filter } from './filter.ts'
import { wrapText } from './wrap.ts'

/** Any value as text; Markup stays what it is. */
function soft(value: Value): string | Markup {
  return value instanceof Markup ? value : str(value)
}

/** A method of `str`, of any value's text. */
function method(
  dialect: Dialect,
  value: Value,
  call: { name: string; positional?: readonly Value[] },
): Value {
  const self = soft(value)
  const found = methodOf(self, call.name)
  return found === undefined ? self : runMethod(dialect, self, { method: found, positional: [], ...call })
}

function indent(value: Value, options: { width: Value; first: boolean; blank: boolean }): Value {
  const indention = textOf(options.width) ?? ' '.repeat(Math.max(0, wantWidth(options.width)))
  if (value instanceof Undefined) return failUndefined(value)
  const text = textOf(value)
  if (text === undefined) return notAText(value)
  const lines = splitLines(`${text}\n`, false)
  const indented = lines.map((line, i) =>
    i === 0 || (line === '' && !options.blank) ? line : indention + line,
  )
  const made = (options.first ? indention : '') + indented.join('\n')
  return value instanceof Markup ? new Markup(made) : made
}

function wantWidth(width: Value): number {
  if (width instanceof Undefined) return failUndefined(width)
  return (
    indexOf(width) ?? raise('TypeError', `can't multiply sequence by non-int of type '${typeName(width)}'`)
  )
}

/** jinja2 first adds a newline, which a list even lets happen. */
function notAText(value: Value): never {
  const type = typeName(value)
  if (type === 'list') return raise('AttributeError', "'list' object has no attribute 'splitlines'")
  if (type === 'tuple') return raise('TypeError', 'can only concatenate tuple (not "str") to tuple')
  return raise('TypeError', `unsupported operand type(s) for +=: '${type}' and 'str'`)
}

/** jinja2 works with whatever it is handed; what does not fit fails as Python's own operators do. */
function truncate(
  dialect: Dialect,
  value: Value,
  [size, kills, end, leeway]: readonly [Value, Value, Value, Value],
): Value {
  const endSize = length(end)
  if (!compare('>=', size, endSize))
    return raise('AssertionError', `expected length >= ${endSize}, got ${str(size)}`)
  if (!compare('>=', leeway, 0)) return raise('AssertionError', `expected leeway >= 0, got ${str(leeway)}`)
  if (compare('<=', length(value), add(dialect, size, leeway))) return value
  const kept = slice(value, [null, sub(size, endSize), null])
  if (truth(kills)) return add(dialect, kept, end)
  const text = textOf(kept)
  if (text === undefined)
    return raise('AttributeError', `'${typeName(kept)}' object has no attribute 'rsplit'`)
  const at = text.lastIndexOf(' ')
  const words = at < 0 ? text : text.slice(0, at)
  return add(dialect, kept instanceof Markup ? new Markup(words) : words, end)
}

const wordStart = /([-\s({[<]+)/

/** Words begin with a capital; unlike `str.title`, an apostrophe is within a word. */
function title(text: string): string {
  return text
    .split(wordStart)
    .map(part => {
      const [first = ''] = Array.from(part)
      return first.toUpperCase() + part.slice(first.length).toLowerCase()
    })
    .join('')
}

/** Filters that make text of text. */
export const textFilters: { readonly [name: string]: Filter } = {
  string: filter('soft_str', 's', ([value]) => soft(value)),
  upper: filter('do_upper', 's', ([value], dialect) => method(dialect, value, { name: 'upper' })),
  lower: filter('do_lower', 's', ([value], dialect) => method(dialect, value, { name: 'lower' })),
  capitalize: filter('do_capitalize', 's', ([value], dialect) =>
    method(dialect, value, { name: 'capitalize' }),
  ),
  title: filter('do_title', 's', ([value]) => title(str(value))),
  trim: filter('do_trim', 'value, chars=None', ([value, chars], dialect) =>
    method(dialect, value, { name: 'strip', positional: [chars] }),
  ),
  center: filter('do_center', 'value, width=80', ([value, width], dialect) =>
    method(dialect, value, { name: 'center', positional: [width] }),
  ),
  replace: filter('do_replace', 'eval_ctx, s, old, new, count=None', ([value, old, fresh, count]) =>
    replace(str(value), str(old), { by: str(fresh), max: count === null ? -1 : wantIndex(count, typeName) }),
  ),
  indent: filter('do_indent', 's, width=4, first=False, blank=False', ([value, width, first, blank]) =>
    indent(value, { width, first: truth(first), blank: truth(blank) }),
  ),
  truncate: filter(
    'do_truncate',
    "env, s, length=255, killwords=False, end='...', leeway=None",
    ([value, size, kills, end, leeway], dialect) =>
      truncate(dialect, value, [size, kills, end, leeway === null ? leewayDefault : leeway]),
  ),
  wordwrap: filter(
    'do_wordwrap',
    'environment, s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
    ([value, width, breaks, by, hyphens]) =>
      splitLines(mustBeText(value), false)
        .map(line =>
          wrapText(line, {
            width: wantIndex(width, typeName),
            breaksWords: truth(breaks),
            breaksHyphens: truth(hyphens),
          }).join(by === null ? '\n' : str(by)),
        )
        .join(by === null ? '\n' : str(by)),
  ),
  wordcount: filter('do_wordcount', 's', ([value]) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  format: filter('do_format', 'value, *args, **kwargs', ([value, args, kwargs], dialect) => {
    if (truth(args) && truth(kwargs))
      return raise('FilterArgumentError', "can't handle positional and keyword arguments at the same time")
    return mod(dialect, soft(value), truth(kwargs) ? kwargs : args)
  }),
}

/** Characters beyond its length that a text may have before it is cut; jinja2's policy. */
const leewayDefault = 5

function mustBeText(value: Value): string {
  if (value instanceof Undefined) return failUndefined(value)
  return textOf(value) ?? raise('AttributeError', `'${typeName(value)}' object has no attribute 'splitlines'`)
}
