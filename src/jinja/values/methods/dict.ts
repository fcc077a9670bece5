import { Dict, View } from '../dict.ts'
import { iterable, iterate } from '../iterate.ts'
import type { Tuple, Value } from '../model.ts'
import { repr } from '../print.ts'
import { failUndefined, isEmptyMapping } from '../missing.ts'
import { raise } from '../raise.ts'
import { Undefined } from '../undefined.ts'
import { tupleOf } from '../tuple.ts'
import { any, type Method, type Methods, none, positional } from './method.ts'

const methods: { readonly [name: string]: Method<Dict> } = {
  get: positional('key, default=None', (dict, [key, otherwise]) => or(dict.get(key), otherwise)),
  keys: none(dict => new View('keys', dict)),
  values: none(dict => new View('values', dict)),
  items: none(dict => new View('items', dict)),
  copy: none(dict => Dict.of(dict.entries())),
  clear: none(dict => {
    dict.clear()
    return null
  }),
  setdefault: positional('key, default=None', (dict, [key, otherwise]) => {
    const there = dict.get(key)
    if (there !== undefined) return there
    dict.set(key, otherwise)
    return otherwise
  }),
  pop: any((dict, [args, named]) => pop(dict, args as Tuple, named as Dict)),
  popitem: none(dict => {
    const last = Array.from(dict.entries()).at(-1)
    if (last === undefined) return raise('KeyError', "'popitem(): dictionary is empty'")
    dict.delete(last[0])
    return tupleOf(last)
  }),
  update: any((dict, [args, named]) => {
    const given = args as Tuple
    if (given.length > 1) return raise('TypeError', `update expected at most 1 argument, got ${given.length}`)
    fill(dict, given[0])
    for (const [key, value] of (named as Dict).entries()) dict.set(key, value)
    return null
  }),
  fromkeys: positional('iterable, value=None', (_, [keys, value]) => fromKeys(keys, value)),
}

function or(value: Value | undefined, otherwise: Value): Value {
  return value === undefined ? otherwise : value
}

function pop(dict: Dict, args: Tuple, named: Dict): Value {
  if (named.size > 0) return raise('TypeError', 'dict.pop() takes no keyword arguments')
  const [key, otherwise] = args
  if (key === undefined) return raise('TypeError', 'pop expected at least 1 argument, got 0')
  if (args.length > 2) return raise('TypeError', `pop expected at most 2 arguments, got ${args.length}`)
  const value = dict.get(key)
  if (value === undefined) return otherwise === undefined ? raise('KeyError', repr(key)) : otherwise
  dict.delete(key)
  return value
}

/** Python's `dict.fromkeys(keys, value)`. */
export function fromKeys(keys: Value, value: Value): Dict {
  return Dict.of(Array.from(iterate(keys), key => [key, value] as const))
}

/** What `dict(…)` and `update` take: a mapping, or pairs. */
export function fill(dict: Dict, from: Value | undefined): void {
  if (from === undefined) return
  if (from instanceof Undefined) return isEmptyMapping(from) ? undefined : failUndefined(from)
  if (from instanceof Dict) {
    for (const [key, value] of from.entries()) dict.set(key, value)
    return
  }
  let i = 0
  for (const pair of iterate(from)) {
    const items = iterable(pair)
    if (items === undefined)
      return raise('TypeError', `cannot convert dictionary update sequence element #${i} to a sequence`)
    const [key, value, ...rest] = items
    if (key === undefined || value === undefined || rest.length > 0)
      return raise('ValueError', wrongPair(i, Array.from(items).length))
    dict.set(key, value)
    i++
  }
}

function wrongPair(i: number, count: number): string {
  return `dictionary update sequence element #${i} has length ${count}; 2 is required`
}

export const dictMethods: Methods<Dict> = new Map(Object.entries(methods))
