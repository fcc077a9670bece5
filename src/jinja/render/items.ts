import { iterate, Range, type Value } from '../values/index.ts'
import type { Run } from './run.ts'

/**
 * Goes through the items of a `for`. A list may grow meanwhile, as in Python; each turn counts. It is no
 * iterator of JavaScript's: most code of templates runs a few times, and is interpreted, where `for … of`
 * costs twice as much.
 */
export class Items {
  protected readonly items: Value
  protected readonly run: Run
  protected iterator: Iterator<Value> | undefined
  private place = 0
  constructor(run: Run, items: Value) {
    this.items = items
    this.run = run
    if (!Array.isArray(items) && !(items instanceof Range)) this.iterator = iterate(items)[Symbol.iterator]()
  }

  /** The next item; undefined: there is none. */
  next(): Value | undefined {
    if (++this.run.iterations > this.run.iterationsMax) this.run.tooManyTurns()
    return this.pulled()
  }

  protected pulled(): Value | undefined {
    const { items, iterator } = this
    if (Array.isArray(items)) return items[this.place++]
    if (items instanceof Range) return this.place < items.length ? items.at(this.place++) : undefined
    const next = iterator?.next()
    return next === undefined || next.done === true ? undefined : next.value
  }
}
