import {
  CALL,
  HOST,
  type Callable,
  type Host,
  type HostType,
  Undefined,
  type Value,
  equal,
  lengthOf,
  raise,
  tupleOf,
} from '../values/index.ts'
import { Items } from './items.ts'
import type { Run } from './run.ts'

/** Renders a loop's body over other items, one level deeper. */
export type Recurse = (items: Value, depth: number) => Value | Promise<Value>

type Parts = {
  readonly depth: number
  readonly recurse: Recurse | undefined
}

/** `loop`: goes through the items of a `for`, at most one item ahead of its body. */
export class Loop extends Items implements Host {
  /** The item of this turn. */
  item: Value = null
  index0 = -1
  private readonly parts: Parts
  private ahead: Value | undefined
  private before: Value = null
  private known: number | undefined
  private seen: Value[] | undefined
  constructor(run: Run, items: Value, parts: Parts) {
    super(run, items)
    this.parts = parts
  }

  get [HOST](): HostType<never> {
    return loopType as HostType<never>
  }

  /** On to the next item; false: there is none. */
  advance(): boolean {
    const next = this.ahead === undefined ? this.next() : this.ahead
    this.ahead = undefined
    if (next === undefined) return false
    this.index0++
    this.before = this.item
    this.item = next
    return true
  }

  private peeked(): Value | undefined {
    // None is an item too.
    if (this.ahead === undefined) this.ahead = this.next()
    return this.ahead
  }

  /** Items without a length are all asked for. */
  length(): number {
    this.known ??= lengthOf(this.items) ?? this.counted()
    return this.known
  }

  private counted(): number {
    const rest: Value[] = []
    for (let next = this.pulled(); next !== undefined; next = this.pulled()) rest.push(next)
    this.iterator = rest.values()
    return rest.length + this.index0 + 1 + (this.ahead === undefined ? 0 : 1)
  }

  isLast(): boolean {
    return this.peeked() === undefined
  }

  previous(): Value {
    return this.index0 === 0 ? this.missing('there is no previous item') : this.before
  }

  following(): Value {
    const next = this.peeked()
    return next === undefined ? this.missing('there is no next item') : next
  }

  private missing(hint: string): Value {
    return new Undefined(this.run.dialect.undefined, { hint })
  }

  get depth(): number {
    return this.parts.depth
  }

  cycle(items: readonly Value[]): Value {
    if (items.length === 0) return raise('TypeError', 'no items for cycling given')
    return items[this.index0 % items.length] ?? null
  }

  changed(values: readonly Value[]): boolean {
    const isSame = this.seen !== undefined && equal(tupleOf(this.seen), tupleOf(values))
    this.seen = [...values]
    return !isSame
  }

  deeper(items: Value): Value | Promise<Value> {
    const { recurse, depth } = this.parts
    if (recurse) return recurse(items, depth + 1)
    return raise('TypeError', "The loop must have the 'recursive' marker to be called recursively.")
  }
}

type Attribute = (loop: Loop) => Value

const attributes: ReadonlyMap<string, Attribute> = new Map<string, Attribute>([
  ['index', loop => loop.index0 + 1],
  ['index0', loop => loop.index0],
  ['first', loop => loop.index0 === 0],
  ['last', loop => loop.isLast()],
  ['length', loop => loop.length()],
  ['revindex', loop => loop.length() - loop.index0],
  ['revindex0', loop => loop.length() - loop.index0 - 1],
  ['depth', loop => loop.depth + 1],
  ['depth0', loop => loop.depth],
  ['previtem', loop => loop.previous()],
  ['nextitem', loop => loop.following()],
  ['cycle', loop => method('cycle', values => loop.cycle(values))],
  ['changed', loop => method('changed', values => loop.changed(values))],
])

function method(name: string, run: (values: readonly Value[]) => Value): Callable {
  return { name, type: 'method', [CALL]: run }
}

const loopType: HostType<Loop> = {
  name: 'jinja2.runtime.LoopContext',
  attribute: (loop, name) => attributes.get(name)?.(loop),
  length: loop => loop.length(),
  call: (loop, [items = null]) => loop.deeper(items),
  repr: loop => `<LoopContext ${loop.index0 + 1}/${loop.length()}>`,
}
