import {
  type Arguments,
  CALL,
  type Callable,
  Dict,
  Iterated,
  listOf,
  type Named,
  raise,
  type Tuple,
  tupleOf,
  type Value,
  valueLimits,
} from '../../jinja/index.ts'
import { builtinFunction } from './builtin.ts'
import { wantInt } from './datetime/arguments.ts'
import { chosen, combinations, permutations, product } from './itertools/choose.ts'
import {
  accumulated,
  chained,
  compressed,
  iteratorOf,
  type Slice,
  sliced,
  starmapped,
  teed,
  zippedLongest,
} from './itertools/combine.ts'
import { Count, cycled, Repeat } from './itertools/infinite.ts'

/**
 * `modules.itertools`, with what dbt shows of it. All of it is lazy; what has no end is stopped at a
 * limit.
 */
export function itertoolsModule(): Dict {
  const all = [...endless(), ...chaining(), ...choosing()]
  return Dict.of(all.map(each => [each.name, each]))
}

/** An iterator as Python shows it: `<itertools.chain object at …>`. */
function iterated(name: string, items: Iterator<Value>): Value {
  return new Iterated(items, { type: `itertools.${name}` })
}

const none = "'\0none'"
const untold = none.slice(1, -1)

function endless(): readonly Callable[] {
  return [
    builtinFunction('count', 'start=0, step=1', ([start, step]) => new Count(start, step)),
    builtinFunction('cycle', 'iterable, /', ([items]) => iterated('cycle', cycled(iteratorOf(items)))),
    builtinFunction(
      'repeat',
      `object, times=${none}`,
      ([value, times]) => new Repeat(value, times === untold ? undefined : wantInt(times)),
    ),
  ]
}

function chaining(): readonly Callable[] {
  const chain = builtinFunction('chain', '*iterables', ([parts]) =>
    iterated('chain', chained((parts as Tuple)[Symbol.iterator]())),
  )
  const fromIterable = builtinFunction('from_iterable', 'iterable, /', ([parts]) =>
    iterated('chain', chained(iteratorOf(parts))),
  )
  return [
    { ...chain, attribute: name => (name === 'from_iterable' ? fromIterable : undefined) },
    builtinFunction('accumulate', 'iterable, func=None, *, initial=None', ([items, fn, initial]) =>
      iterated('accumulate', accumulated(iteratorOf(items), fn, initial)),
    ),
    builtinFunction('compress', 'data, selectors', ([items, selectors]) =>
      iterated('compress', compressed(iteratorOf(items), iteratorOf(selectors))),
    ),
    builtinFunction('islice', '*args', ([given]) => islice(given as Tuple)),
    builtinFunction('starmap', 'function, iterable, /', ([fn, items]) =>
      iterated('starmap', starmapped(fn, iteratorOf(items))),
    ),
    builtinFunction('tee', 'iterable, n=2, /', tee),
    { name: 'zip_longest', type: 'type', [CALL]: zipLongest },
  ]
}

function tee([items, n]: Arguments): Value {
  const count = wantInt(n)
  if (count < 0) return raise('ValueError', 'n must be >= 0')
  checkSize(count)
  return tupleOf(teed(iteratorOf(items), count).map(each => iterated('_tee', each)))
}

function zipLongest(positional: readonly Value[], named?: Named): Value {
  for (const name of named?.keys() ?? [])
    if (name !== 'fillvalue') return raise('TypeError', 'zip_longest() got an unexpected keyword argument')
  return iterated('zip_longest', zippedLongest(positional.map(iteratorOf), named?.get('fillvalue') ?? null))
}

function islice(given: Tuple): Value {
  const [items = null] = given
  if (given.length < 2) return raise('TypeError', `islice expected at least 2 arguments, got ${given.length}`)
  if (given.length > 4) return raise('TypeError', `islice expected at most 4 arguments, got ${given.length}`)
  return iterated('islice', sliced(iteratorOf(items), sliceOf(given)))
}

const range = 'must be None or an integer: 0 <= x <= sys.maxsize.'

function sliceOf(given: Tuple): Slice {
  const [, start = null, stop = null, step = null] = given.length === 2 ? [null, 0, given[1]] : given
  const place = (value: Value, initial: number, words: string): number => {
    if (value === null) return initial
    const isPlace = (typeof value === 'number' && value >= 0) || typeof value === 'boolean'
    return isPlace ? Number(value) : raise('ValueError', words)
  }
  const to = place(stop, Infinity, `Stop argument for islice() ${range}`)
  const from = place(start, 0, `Indices for islice() ${range}`)
  const by = place(step, 1, 'Step for islice() must be a positive integer or None.')
  if (by === 0) return raise('ValueError', 'Step for islice() must be a positive integer or None.')
  return { start: from, stop: to, step: by }
}

function choosing(): readonly Callable[] {
  return [
    builtinFunction('product', '*iterables, repeat=1', ([repeat, parts]) =>
      productOf(parts as Tuple, wantInt(repeat)),
    ),
    builtinFunction('permutations', 'iterable, r=None', ([items, r]) => {
      const pool = listOf(items)
      const length = r === null ? pool.length : lengthOf(r, 'Expected int as r')
      return iterated('permutations', chosen(pool, permutations(pool.length, length)))
    }),
    builtinFunction('combinations', 'iterable, r', ([items, r]) => {
      const pool = listOf(items)
      return iterated('combinations', chosen(pool, combinations(pool.length, lengthOf(r), 0)))
    }),
    builtinFunction('combinations_with_replacement', 'iterable, r', ([items, r]) => {
      const pool = listOf(items)
      return iterated(
        'combinations_with_replacement',
        chosen(pool, combinations(pool.length, lengthOf(r), 1)),
      )
    }),
  ]
}

function lengthOf(r: Value, words?: string): number {
  if (words !== undefined && typeof r !== 'number' && typeof r !== 'boolean') return raise('TypeError', words)
  const length = wantInt(r)
  return length < 0 ? raise('ValueError', 'r must be non-negative') : checkSize(length)
}

function productOf(parts: Tuple, repeat: number): Value {
  if (repeat < 0) return raise('ValueError', 'repeat argument cannot be negative')
  checkSize(parts.length * repeat)
  const pools = Array.from(parts, part => listOf(part))
  const all = Array.from({ length: pools.length * repeat }, (_, i) => pools[i % pools.length] ?? [])
  return iterated('product', product(all))
}

/** Places of one choice: as many as a list may have items. */
function checkSize(count: number): number {
  const { itemsMax } = valueLimits
  return count > itemsMax ? raise('LimitError', `a list is larger than ${itemsMax}`) : count
}
