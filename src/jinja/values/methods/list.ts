import { same } from '../compare.ts'
import { iterate, listOf } from '../iterate.ts'
import type { Tuple, Value } from '../model.ts'
import { indexOf, wantFlag, wantIndex } from '../numbers.ts'
import { repr } from '../print.ts'
import { raise, tooLarge } from '../raise.ts'
import { keysBy, sorted } from '../sort.ts'
import { typeName } from '../types.ts'
import { keywords, type Method, type Methods, none, one, positional } from './method.ts'

type ListMethod = Method<Value[]>

const list: { readonly [name: string]: ListMethod } = {
  append: one((items, [item], { limits }) => {
    if (items.length >= limits.itemsMax) return tooLarge('a list', limits.itemsMax)
    items.push(item)
    return null
  }),
  extend: one((items, [more], { limits }) => {
    for (const item of more === items ? listOf(more) : iterate(more)) {
      if (items.length >= limits.itemsMax) return tooLarge('a list', limits.itemsMax)
      items.push(item)
    }
    return null
  }),
  insert: positional('index, object', (items, [index, item]) => {
    items.splice(wantIndex(index, typeName), 0, item)
    return null
  }),
  pop: positional('index=-1', (items, [index]) => {
    const at = wantIndex(index, typeName)
    if (items.length === 0) return raise('IndexError', 'pop from empty list')
    const place = at < 0 ? at + items.length : at
    if (place < 0 || place >= items.length) return raise('IndexError', 'pop index out of range')
    return items.splice(place, 1)[0] as Value
  }),
  remove: one((items, [item]) => {
    const at = items.findIndex(each => same(each, item))
    if (at < 0) return raise('ValueError', 'list.remove(x): x not in list')
    items.splice(at, 1)
    return null
  }),
  reverse: none(items => {
    items.reverse()
    return null
  }),
  clear: none(items => {
    items.length = 0
    return null
  }),
  copy: none(items => Array.from(items)),
  sort: keywords('*, key=None, reverse=False', (items, [key, reverse]) => {
    const made = sorted(items, { keys: keysBy(key, items), reverse: wantFlag(reverse, typeName) })
    items.splice(0, items.length, ...made)
    return null
  }),
}

const both: { readonly [name: string]: Method<readonly Value[]> } = {
  count: one((items, [item]) => items.filter(each => same(each, item)).length),
}

function index(words: (item: Value) => string): Method<readonly Value[]> {
  return positional('value, start=0, stop=9007199254740991', (items, [item, start, stop]) => {
    const [from, to] = [bound(start, items.length), bound(stop, items.length)]
    const at = items.findIndex((each, i) => i >= from && i < to && same(each, item))
    return at < 0 ? raise('ValueError', words(item)) : at
  })
}

function bound(place: Value, count: number): number {
  const at =
    indexOf(place) ?? raise('TypeError', 'slice indices must be integers or have an __index__ method')
  return at < 0 ? Math.max(0, at + count) : at
}

export const listMethods: Methods<Value[]> = new Map<string, Method<Value[]>>([
  ...Object.entries(list),
  ...Object.entries(both),
  ['index', index(item => `${repr(item)} is not in list`)],
])

export const tupleMethods: Methods<Tuple> = new Map<string, Method<Tuple>>([
  ...Object.entries(both),
  ['index', index(() => 'tuple.index(x): x not in tuple')],
])
