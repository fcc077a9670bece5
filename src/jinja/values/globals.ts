import { bind, callable, signature } from './bind.ts'
import type { Dialect } from './dialect.ts'
import { Dict } from './dict.ts'
import { fill, fromKeys } from './methods/dict.ts'
import { CALL, type Callable, HOST, type Host, type HostType, type Named, type Value } from './model.ts'
import { wantIndex } from './numbers.ts'
import { repr } from './print.ts'
import { raise, refuse } from './raise.ts'
import { Range } from './range.ts'
import { tupleOf } from './tuple.ts'
import { typeName } from './types.ts'

/** `namespace()`: attributes that loops and blocks may set. */
export class Namespace implements Host {
  readonly attributes: Dict
  constructor(attributes: Dict) {
    this.attributes = attributes
  }

  get [HOST](): HostType<never> {
    return namespaceType as HostType<never>
  }
}

const namespaceType: HostType<Namespace> = {
  name: 'jinja2.utils.Namespace',
  attribute: ({ attributes }, name) => attributes.get(name),
  assign: ({ attributes }, name, value) => void attributes.set(name, value),
  repr: ({ attributes }) => `<Namespace ${repr(attributes)}>`,
}

class Cycler implements Host {
  readonly items: readonly Value[]
  at = 0
  constructor(items: readonly Value[]) {
    this.items = items
  }

  get [HOST](): HostType<never> {
    return cyclerType as HostType<never>
  }
}

const cyclerType: HostType<Cycler> = {
  name: 'jinja2.utils.Cycler',
  attribute: (self, name) => {
    if (name === 'current') return current(self)
    if (name === 'items') return tupleOf(self.items)
    if (name === 'pos') return self.at
    if (name === 'next') return method('Cycler.next', () => next(self))
    return name === 'reset' ? method('Cycler.reset', () => reset(self)) : undefined
  },
}

function current({ items, at }: Cycler): Value {
  return items[at] as Value
}

function next(self: Cycler): Value {
  const value = current(self)
  self.at = (self.at + 1) % self.items.length
  return value
}

function reset(self: Cycler): null {
  self.at = 0
  return null
}

/** A method of one of jinja2's objects: errors count `self`. */
function method(name: string, run: () => Value): Callable {
  const declared = signature(name, 'self')
  return {
    name,
    type: 'method',
    [CALL]: (positional, named) => {
      bind(declared, [null, ...positional], named)
      return run()
    },
  }
}

class Joiner implements Host {
  readonly separator: Value
  used = false
  constructor(separator: Value) {
    this.separator = separator
  }

  get [HOST](): HostType<never> {
    return joinerType as HostType<never>
  }
}

const joinerType: HostType<Joiner> = {
  name: 'jinja2.utils.Joiner',
  attribute: ({ separator, used }, name) => (name === 'sep' ? separator : name === 'used' ? used : undefined),
  call: (self, positional, named) => {
    bind(signature('Joiner.__call__', 'self'), [null, ...positional], named)
    if (self.used) return self.separator
    self.used = true
    return ''
  },
}

/** A class of Python's, as a function that makes one. */
function maker(name: string, make: (positional: readonly Value[], named?: Named) => Value): Callable {
  return { name, type: 'type', [CALL]: make }
}

/** Python's `dict(…)`. */
function dictOf(positional: readonly Value[], named?: Named): Dict {
  if (positional.length > 1)
    return raise('TypeError', `dict expected at most 1 argument, got ${positional.length}`)
  const dict = new Dict()
  fill(dict, positional[0])
  for (const [key, value] of named ?? []) dict.set(key, value)
  return dict
}

/** Python's `range(…)`, as large as the limit allows. */
function rangeOf({ limits }: Dialect, positional: readonly Value[], named?: Named): Range {
  if (named !== undefined && named.size > 0)
    return raise(
      'TypeError',
      `safe_range() got an unexpected keyword argument '${named.keys().next().value}'`,
    )
  if (positional.length === 0) return raise('TypeError', 'range expected at least 1 argument, got 0')
  if (positional.length > 3)
    return raise('TypeError', `range expected at most 3 arguments, got ${positional.length}`)
  const [first = 0, second, third = 1] = positional.map(each => wantIndex(each, typeName))
  const range = second === undefined ? new Range(0, first, 1) : new Range(first, second, third)
  if (third === 0) return raise('ValueError', 'range() arg 3 must not be zero')
  const { rangeItemsMax: max } = limits
  if (range.length > max)
    return raise('OverflowError', `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${max}).`)
  return range
}

/** jinja2's own names. */
export function builtinGlobals(dialect: Dialect): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['range', { name: 'safe_range', [CALL]: (positional, named) => rangeOf(dialect, positional, named) }],
    [
      'dict',
      { ...maker('dict', dictOf), attribute: name => (name === 'fromkeys' ? dictFromKeys : undefined) },
    ],
    [
      'namespace',
      maker('jinja2.utils.Namespace', (positional, named) => new Namespace(dictOf(positional, named))),
    ],
    ['cycler', maker('jinja2.utils.Cycler', cyclerOf)],
    ['joiner', maker('jinja2.utils.Joiner', joinerOf)],
    ['lipsum', callable('generate_lorem_ipsum', '*args, **kwargs', () => refuse('lipsum'))],
  ])
}

const dictFromKeys = callable('fromkeys', 'iterable, value=None, /', ([keys, value]) => fromKeys(keys, value))

function cyclerOf(positional: readonly Value[], named?: Named): Value {
  const [, items] = bind(signature('Cycler.__init__', 'self, *items'), [null, ...positional], named)
  if ((items as Value[]).length === 0) return raise('RuntimeError', 'at least one item has to be provided')
  return new Cycler(items as Value[])
}

function joinerOf(positional: readonly Value[], named?: Named): Value {
  const [, separator] = bind(signature('Joiner.__init__', "self, sep=', '"), [null, ...positional], named)
  return new Joiner(separator)
}
