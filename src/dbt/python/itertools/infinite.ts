import {
  add,
  type Dialect,
  Float,
  HOST,
  type Host,
  type HostType,
  raise,
  repr,
  type Value,
  valueLimits,
} from '../../../jinja/index.ts'
import { builtinType } from '../builtin.ts'
import { plainDialect } from './dialect.ts'

/** What one iterator without an end gives before it is stopped: nobody stops it otherwise. */
const endlessMax = valueLimits.itemsMax

function tooMany(what: string): never {
  return raise('LimitError', `${what} gives more than ${endlessMax} items`)
}

/** `itertools.count`: it shows where it is. */
export class Count implements Host, Iterator<Value> {
  readonly [HOST]: HostType<Count> = countType
  readonly step: Value
  current: Value
  private given = 0
  private readonly dialect: Dialect = plainDialect()
  constructor(start: Value, step: Value) {
    for (const value of [start, step]) if (!isNumber(value)) raise('TypeError', 'a number is required')
    this.current = start
    this.step = step
  }

  next(): IteratorResult<Value> {
    if (this.given++ >= endlessMax) return tooMany('itertools.count')
    const { current } = this
    this.current = add(this.dialect, current, this.step)
    return { value: current, done: false }
  }
}

function isNumber(value: Value): boolean {
  return value instanceof Float || ['number', 'bigint', 'boolean'].includes(typeof value)
}

const countType: HostType<Count> = builtinType<Count>(
  'itertools.count',
  {},
  {
    repr: ({ current, step }) => `count(${repr(current)}${step === 1 ? '' : `, ${repr(step)}`})`,
    iterate: self => ({ [Symbol.iterator]: () => ({ next: () => self.next() }) }),
  },
)

/** `itertools.repeat`; `left` is undefined where it never ends. */
export class Repeat implements Host, Iterator<Value> {
  readonly [HOST]: HostType<Repeat> = repeatType
  readonly value: Value
  left: number | undefined
  private given = 0
  constructor(value: Value, times: number | undefined) {
    this.value = value
    this.left = times === undefined ? undefined : Math.max(0, times)
  }

  next(): IteratorResult<Value> {
    if (this.left === 0) return { value: undefined, done: true }
    if (this.left !== undefined) this.left -= 1
    if (this.given++ >= endlessMax) return tooMany('itertools.repeat')
    return { value: this.value, done: false }
  }
}

const repeatType: HostType<Repeat> = builtinType<Repeat>(
  'itertools.repeat',
  {},
  {
    repr: ({ value, left }) => `repeat(${repr(value)}${left === undefined ? '' : `, ${left}`})`,
    iterate: self => ({ [Symbol.iterator]: () => ({ next: () => self.next() }) }),
  },
)

/** `itertools.cycle`. */
export function* cycled(items: Iterator<Value>): Generator<Value> {
  const seen: Value[] = []
  for (let item = items.next(); !item.done; item = items.next()) {
    seen.push(item.value)
    yield item.value
  }
  if (seen.length === 0) return
  for (let given = seen.length; ; given++) {
    if (given >= endlessMax) return tooMany('itertools.cycle')
    yield seen[given % seen.length] as Value
  }
}
