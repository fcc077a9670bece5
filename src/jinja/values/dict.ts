import { type HashKey, hashKey } from './hash.ts'
import type { Value } from './model.ts'
import { raise } from './raise.ts'
import { tupleOf } from './tuple.ts'

/**
 * A dict: in order of insertion, with Python's keys. A template's keys never become properties of an
 * object.
 */
export class Dict {
  readonly unhashable = 'dict'
  /** By hash key; the key itself stands in `keys` where the two differ. */
  readonly #values = new Map<HashKey, Value>()
  #keys: Map<HashKey, Value> | undefined

  /** Of entries, as a host has them. */
  static of(entries: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict()
    for (const [key, value] of entries) dict.set(key, value)
    return dict
  }

  get size(): number {
    return this.#values.size
  }

  /** JavaScript's `undefined`: there is no such key. */
  get(key: Value): Value | undefined {
    return this.#values.get(hashKey(key))
  }

  has(key: Value): boolean {
    return this.#values.has(hashKey(key))
  }

  /** A key that is there keeps its place and its first spelling, as in Python. */
  set(key: Value, value: Value): this {
    const hash = hashKey(key)
    if (hash !== key && !this.#values.has(hash)) (this.#keys ??= new Map()).set(hash, key)
    this.#values.set(hash, value)
    return this
  }

  delete(key: Value): boolean {
    const hash = hashKey(key)
    this.#keys?.delete(hash)
    return this.#values.delete(hash)
  }

  clear(): void {
    this.#values.clear()
    this.#keys = undefined
  }

  *entries(): Generator<[Value, Value]> {
    const { size } = this
    for (const [hash, value] of this.#values) {
      yield [this.keyOf(hash), value]
      if (this.size !== size) raise('RuntimeError', 'dictionary changed size during iteration')
    }
  }

  *keys(): Generator<Value> {
    const { size } = this
    for (const hash of this.#values.keys()) {
      yield this.keyOf(hash)
      if (this.size !== size) raise('RuntimeError', 'dictionary changed size during iteration')
    }
  }

  *values(): Generator<Value> {
    for (const [, value] of this.entries()) yield value
  }

  private keyOf(hash: HashKey): Value {
    const spelt = this.#keys?.get(hash)
    return spelt === undefined ? (hash as Value) : spelt
  }
}

/** What `keys()`, `values()` and `items()` give: it sees later changes of its dict. */
export class View {
  readonly of: 'keys' | 'values' | 'items'
  readonly dict: Dict
  constructor(of: 'keys' | 'values' | 'items', dict: Dict) {
    this.of = of
    this.dict = dict
  }

  *[Symbol.iterator](): Generator<Value> {
    if (this.of === 'keys') yield* this.dict.keys()
    else if (this.of === 'values') yield* this.dict.values()
    else for (const [key, value] of this.dict.entries()) yield tupleOf([key, value])
  }
}
