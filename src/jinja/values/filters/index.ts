import type { Dialect, Filter } from '../dialect.ts'
import { attributeOf, isInternal } from '../methods/table.ts'
import { getattr } from '../lookup.ts'
import type { Value } from '../model.ts'
import { hashKey } from '../hash.ts'
import { textOf } from '../markup.ts'
import { raise } from '../raise.ts'
import { typeName } from '../types.ts'
import { Undefined } from '../undefined.ts'
import { applyFilters } from './apply.ts'
import { filter } from './filter.ts'
import { htmlFilters } from './html.ts'
import { itemFilters } from './items.ts'
import { jsonFilters } from './json.ts'
import { numberFilters } from './numbers.ts'
import { orderFilters } from './order.ts'
import { pretty } from './pretty.ts'
import { textFilters } from './text.ts'

function attribute(dialect: Dialect, holder: Value, name: string): Value {
  if (
    holder instanceof Undefined ||
    isInternal(holder, name) ||
    attributeOf(dialect, holder, name) !== undefined
  )
    return getattr(dialect, holder, name)
  return new Undefined(dialect.undefined, { holder, name })
}

function nameOf(name: Value): string {
  hashKey(name)
  return textOf(name) ?? raise('TypeError', `attribute name must be string, not '${typeName(name)}'`)
}

/** All filters of jinja2, by name. */
export const builtinFilters: ReadonlyMap<string, Filter> = new Map(
  Object.entries({
    ...applyFilters,
    ...htmlFilters,
    ...itemFilters,
    ...jsonFilters,
    ...numberFilters,
    ...orderFilters,
    ...textFilters,
    ...(itemFilters.default && { d: itemFilters.default }),
    attr: filter('do_attr', 'environment, obj, name', ([holder, name], dialect) =>
      attribute(dialect, holder, nameOf(name)),
    ),
    pprint: filter('do_pprint', 'value', ([value]) => pretty(value)),
  }),
)
