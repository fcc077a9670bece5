import { type HashKey, hashKey } from './hash.ts'
import type { Value } from './model.ts'
import { raise } from './raise.ts'

/** A set. Its order is that of insertion, where Python's is by hash. */
export class PySet {
  readonly unhashable = 'set'
  readonly #items = new Map<HashKey, Value>()

  static of(items: Iterable<Value>): PySet {
    const set = new PySet()
    for (const item of items) set.add(item)
    return set
  }

  get size(): number {
    return this.#items.size
  }

  has(item: Value): boolean {
    return this.#items.has(hashKey(item))
  }

  add(item: Value): void {
    const hash = hashKey(item)
    if (!this.#items.has(hash)) this.#items.set(hash, item)
  }

  delete(item: Value): boolean {
    return this.#items.delete(hashKey(item))
  }

  clear(): void {
    this.#items.clear()
  }

  *[Symbol.iterator](): Generator<Value> {
    const { size } = this
    for (const item of this.#items.values()) {
      yield item
      if (this.size !== size) raise('RuntimeError', 'Set changed size during iteration')
    }
  }
}
