import { add } from '../arithmetic.ts'
import { compare, same, truth } from '../compare.ts'
import type { Dialect, Filter } from '../dialect.ts'
import { iterate, listOf } from '../iterate.ts'
import { Iterated } from '../iterated.ts'
import { textOf } from '../markup.ts'
import type { Value } from '../model.ts'
import { wantFlag } from '../numbers.ts'
import { raise } from '../raise.ts'
import { typeName } from '../types.ts'
import { PySet } from '../sets.ts'
import { sorted } from '../sort.ts'
import { tupleOf } from '../tuple.ts'
import { entriesOf } from './mapping.ts'
import { getterOf, gettersOf, ignoreCase } from './attributes.ts'
import { absent, filter } from './filter.ts'

const caseOf = (sensitive: Value) => (truth(sensitive) ? {} : { shape: ignoreCase })

function extreme(name: string, operator: '<' | '>'): Filter {
  return filter(
    name,
    'environment, value, case_sensitive=False, attribute=None',
    ([value, sensitive, path], dialect) => {
      const items = listOf(value)
      const getter = getterOf(dialect, path, caseOf(sensitive))
      let best: { readonly item: Value; readonly key: Value } | undefined
      for (const item of items) {
        const key = getter(item)
        if (best === undefined || compare(operator, key, best.key)) best = { item, key }
      }
      return best === undefined ? absent(dialect, 'No aggregated item, sequence was empty.') : best.item
    },
  )
}

function* unique(items: Value, key: (item: Value) => Value): Generator<Value> {
  const seen = new PySet()
  for (const item of iterate(items)) {
    const held = key(item)
    if (seen.has(held)) continue
    seen.add(held)
    yield item
  }
}

type Grouping = { readonly path: Value; readonly otherwise: Value; readonly sensitive: Value }

function groupBy(value: Value, { path, otherwise, sensitive }: Grouping, dialect: Dialect): Value {
  const key = getterOf(dialect, path, { ...caseOf(sensitive), otherwise })
  const shown = getterOf(dialect, path, { otherwise })
  const items = listOf(value)
  const groups: { key: Value; items: Value[] }[] = []
  for (const item of sorted(items, { keys: items.map(key) })) {
    const held = key(item)
    const last = groups.at(-1)
    if (last && same(last.key, held)) last.items.push(item)
    else groups.push({ key: held, items: [item] })
  }
  return groups.map(group => {
    const grouper = truth(sensitive) ? group.key : shown(group.items[0] as Value)
    const tuple = tupleOf([grouper, group.items])
    tuple.fields = ['grouper', 'list']
    return tuple
  })
}

function total(items: Value, start: Value, dialect: Dialect): Value {
  if (textOf(start) !== undefined)
    return raise('TypeError', "sum() can't sum strings [use ''.join(seq) instead]")
  let sum = start
  for (const item of iterate(items)) sum = add(dialect, sum, item)
  return sum
}

/** Filters that order, compare and gather items. */
export const orderFilters: { readonly [name: string]: Filter } = {
  sort: filter(
    'do_sort',
    'environment, value, reverse=False, case_sensitive=False, attribute=None',
    ([value, reverse, sensitive, path], dialect) => {
      const keys = gettersOf(dialect, path, caseOf(sensitive).shape)
      const items = listOf(value)
      return sorted(items, { keys: items.map(keys), reverse: wantFlag(reverse, typeName) })
    },
  ),
  dictsort: filter(
    'do_dictsort',
    "value, case_sensitive=False, by='key', reverse=False",
    ([value, sensitive, by, reverse]) => {
      if (by !== 'key' && by !== 'value')
        return raise('FilterArgumentError', 'You can only sort by either "key" or "value"')
      const entries = entriesOf(value)
      const keys = entries.map(([key, item]) => (by === 'key' ? key : item))
      const told = truth(sensitive) ? keys : keys.map(ignoreCase)
      return sorted(entries.map(tupleOf), { keys: told, reverse: wantFlag(reverse, typeName) })
    },
  ),
  unique: filter(
    'sync_do_unique',
    'environment, value, case_sensitive=False, attribute=None',
    ([value, sensitive, path], dialect) =>
      new Iterated(unique(value, getterOf(dialect, path, caseOf(sensitive))), { name: 'sync_do_unique' }),
  ),
  groupby: filter(
    'sync_do_groupby',
    'environment, value, attribute, default=None, case_sensitive=False',
    ([value, path, otherwise, sensitive], dialect) => groupBy(value, { path, otherwise, sensitive }, dialect),
  ),
  min: extreme('do_min', '<'),
  max: extreme('do_max', '>'),
  sum: filter(
    'sync_do_sum',
    'environment, iterable, attribute=None, start=0',
    ([items, path, start], dialect) => {
      if (path === null) return total(items, start, dialect)
      return total(listOf(items).map(getterOf(dialect, path)), start, dialect)
    },
  ),
}
