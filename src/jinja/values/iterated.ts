import type { Value } from './model.ts'

/** A generator or another iterator: it is gone through once, is always true, and has no length. */
export class Iterated {
  /** Python's class: `generator`, `list_reverseiterator` … */
  readonly type: string
  /** What `repr` says after its class. */
  readonly name: string
  private readonly rest: Iterator<Value>
  constructor(rest: Iterator<Value>, { type = 'generator', name = '' } = {}) {
    this.rest = rest
    this.type = type
    this.name = name
  }

  // Without `return`: who stops early leaves the rest to the next.
  [Symbol.iterator](): Iterator<Value> {
    return { next: () => this.rest.next() }
  }
}
