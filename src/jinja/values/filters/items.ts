import { truth } from '../compare.ts'
import type { Dialect, Filter } from '../dialect.ts'
import { Dict, View } from '../dict.ts'
import { floordiv } from '../arithmetic.ts'
import { compare } from '../compare.ts'
import { iterable, iterate, length, listOf } from '../iterate.ts'
import { Iterated } from '../iterated.ts'
import { Markup, textOf } from '../markup.ts'
import { HOST, Tuple, type Value } from '../model.ts'
import { indexOf, wantIndex } from '../numbers.ts'
import { str } from '../print.ts'
import { raise, refuse } from '../raise.ts'
import { Range } from '../range.ts'
import { tupleOf } from '../tuple.ts'
import { isHost, isMapping, typeName } from '../types.ts'
import { Undefined } from '../undefined.ts'
import { points } from '../text.ts'
import { getterOf } from './attributes.ts'
import { absent, builtin, filter } from './filter.ts'
import { entriesOf } from './mapping.ts'

/** Python's `reversed(value)`; undefined: it cannot be. */
function reversed(value: Value): { readonly items: readonly Value[]; readonly type: string } | undefined {
  const text = textOf(value)
  if (text !== undefined) return { items: points(text).toReversed(), type: 'reversed' }
  if (value instanceof Tuple) return { items: Array.from(value).reverse(), type: 'reversed' }
  if (Array.isArray(value)) return { items: value.toReversed(), type: 'list_reverseiterator' }
  if (value instanceof Dict)
    return { items: Array.from(value.keys()).reverse(), type: 'dict_reversekeyiterator' }
  if (value instanceof Range) return { items: Array.from(value).reverse(), type: 'range_iterator' }
  if (value instanceof View)
    return { items: Array.from(value).reverse(), type: `dict_reverse${value.of.replace(/s$/, '')}iterator` }
  if (value instanceof Undefined) return { items: Array.from(iterate(value)).reverse(), type: 'reversed' }
  if (!isHost(value) || value[HOST].length === undefined || value[HOST].item === undefined) return undefined
  return { items: listOf(value).reverse(), type: 'reversed' }
}

function reverse(value: Value): Value {
  const text = textOf(value)
  if (text !== undefined) {
    const back = points(text).toReversed().join('')
    return value instanceof Markup ? new Markup(back) : back
  }
  const back = reversed(value)
  if (back !== undefined) return new Iterated(back.items.values(), { type: back.type })
  const items = iterable(value)
  if (items === undefined) return raise('FilterArgumentError', 'argument must be iterable')
  return Array.from(items).reverse()
}

function first(dialect: Dialect, value: Value): Value {
  const { done, value: item } = iterate(value)[Symbol.iterator]().next()
  return done === true ? absent(dialect, 'No first item, sequence was empty.') : item
}

function last(dialect: Dialect, value: Value): Value {
  const back = reversed(value) ?? raise('TypeError', `'${typeName(value)}' object is not reversible`)
  const item = back.items[0]
  return item === undefined ? absent(dialect, 'No last item, sequence was empty.') : item
}

function* batch(value: Value, count: Value, fill: Value): Generator<Value> {
  const size = indexOf(count)
  let batch: Value[] = []
  for (const item of iterate(value)) {
    if (batch.length === size) {
      yield batch
      batch = []
    }
    batch.push(item)
  }
  if (batch.length === 0) return
  if (fill !== null && compare('<', batch.length, count)) while (batch.length < (size ?? 0)) batch.push(fill)
  yield batch
}

function* slice(value: Value, count: Value, fill: Value): Generator<Value> {
  const items = listOf(value)
  const each = Number(floordiv(items.length, count))
  const slices = wantIndex(count, typeName)
  const larger = items.length % slices
  let offset = 0
  for (let i = 0; i < slices; i++) {
    const start = offset + i * each
    if (i < larger) offset++
    const part = items.slice(start, offset + (i + 1) * each)
    if (fill !== null && i >= larger) part.push(fill)
    yield part
  }
}

function* items(value: Value): Generator<Value> {
  if (value instanceof Undefined) return
  if (!isMapping(value)) return raise('TypeError', 'Can only get item pairs from a mapping.')
  for (const entry of entriesOf(value)) yield tupleOf(entry)
}

/** Filters that take a sequence apart, or put it together. */
export const itemFilters: { readonly [name: string]: Filter } = {
  length: builtin('len', length),
  count: builtin('len', length),
  first: filter('sync_do_first', 'environment, seq', ([value], dialect) => first(dialect, value)),
  last: filter('do_last', 'environment, seq', ([value], dialect) => last(dialect, value)),
  random: filter('do_random', 'context, seq', () => refuse('random')),
  list: filter('sync_do_list', 'value', ([value]) => listOf(value)),
  reverse: filter('do_reverse', 'value', ([value]) => reverse(value)),
  batch: filter(
    'do_batch',
    'value, linecount, fill_with=None',
    ([value, count, fill]) => new Iterated(batch(value, count, fill), { name: 'do_batch' }),
  ),
  slice: filter(
    'sync_do_slice',
    'value, slices, fill_with=None',
    ([value, count, fill]) => new Iterated(slice(value, count, fill), { name: 'sync_do_slice' }),
  ),
  items: filter('do_items', 'value', ([value]) => new Iterated(items(value), { name: 'do_items' })),
  join: filter(
    'sync_do_join',
    "eval_ctx, value, d='', attribute=None",
    ([value, separator, path], dialect) => {
      const getter = path === null ? undefined : getterOf(dialect, path)
      return Array.from(iterate(value), item => str(getter ? getter(item) : item)).join(str(separator))
    },
  ),
  default: filter('do_default', "value, default_value='', boolean=False", ([value, otherwise, boolean]) =>
    value instanceof Undefined || (truth(boolean) && !truth(value)) ? otherwise : value,
  ),
}
