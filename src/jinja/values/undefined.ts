import type { Value } from './model.ts'

/**
 * How a missing value behaves. What is absent behaves as jinja2's `Undefined`: it prints as nothing, is
 * false and empty, and anything else that is done with it is an `UndefinedError`.
 */
export type UndefinedKind = {
  /** Its class with the module: `jinja2.runtime.Undefined`. */
  readonly name: string
  readonly print?: (self: Undefined) => string
  readonly repr?: (self: Undefined) => string
  readonly truth?: (self: Undefined) => boolean
  readonly iterate?: (self: Undefined) => Iterable<Value>
  readonly length?: (self: Undefined) => number
  readonly equal?: (self: Undefined, other: Value) => boolean
  /** Attribute or item; absent: an error. */
  readonly member?: (self: Undefined, name: Value) => Value
  readonly call?: (self: Undefined) => Value
  /** Any operation that is not named above. */
  readonly fail?: (self: Undefined) => never
}

/** What is known of a missing value. */
export type Missing = {
  /** Words that stand for all others. */
  readonly hint?: string
  /** Where it was looked for; absent: among the names. */
  readonly holder?: Value
  readonly name?: Value
  /** The exception when it is used; absent: `UndefinedError`. */
  readonly raises?: string
}

export class Undefined {
  readonly kind: UndefinedKind
  readonly missing: Missing
  constructor(kind: UndefinedKind, missing: Missing) {
    this.kind = kind
    this.missing = missing
  }
}
