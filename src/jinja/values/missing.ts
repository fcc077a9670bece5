import type { Value } from './model.ts'
import { repr } from './print.ts'
import { raise } from './raise.ts'
import { qualifiedName } from './types.ts'
import type { Undefined, UndefinedKind } from './undefined.ts'

/** jinja2's sentence about a missing value. */
export function undefinedWords({ missing: { hint, holder, name = null } }: Undefined): string {
  if (hint !== undefined && hint !== '') return hint
  if (holder === undefined) return `${repr(name)} is undefined`
  const where = objectWords(holder)
  return typeof name === 'string'
    ? `${repr(where)} has no attribute ${repr(name)}`
    : `${where} has no element ${repr(name)}`
}

/** `dict object`, `jinja2.runtime.Macro object`; None is called by its own name. */
function objectWords(value: Value): string {
  return value === null ? 'None' : `${qualifiedName(value)} object`
}

/** What is done with a missing value cannot be done. */
export function failUndefined(value: Undefined): never {
  value.kind.fail?.(value)
  return raise(value.missing.raises ?? 'UndefinedError', undefinedWords(value))
}

/** What stands under a name of a missing value, where its kind gives something. */
export function memberOf(value: Undefined, name: Value): Value {
  return value.kind.member === undefined ? failUndefined(value) : value.kind.member(value, name)
}

/**
 * Whether a missing value stands for a mapping too, as Python asks: its `keys` is there and can be called.
 * A host's kind may have it, none of jinja2's.
 */
export function isEmptyMapping({ kind }: Undefined): boolean {
  return kind.member !== undefined && kind.call !== undefined
}

/** It prints as nothing, is false and empty; anything else is an error. */
const lenient: UndefinedKind = { name: 'jinja2.runtime.Undefined' }

/** It cannot even be printed. */
const strict: UndefinedKind = {
  name: 'jinja2.runtime.StrictUndefined',
  print: failUndefined,
  truth: failUndefined,
  iterate: failUndefined,
  length: failUndefined,
  equal: failUndefined,
}

/** Its attributes and items are itself. */
const chainable: UndefinedKind = { name: 'jinja2.runtime.ChainableUndefined', member: self => self }

/** It prints as what was written. */
const debug: UndefinedKind = {
  name: 'jinja2.runtime.DebugUndefined',
  print: ({ missing: { hint, holder, name = null } }) => {
    if (hint) return `{{ undefined value printed: ${hint} }}`
    if (holder === undefined) return `{{ ${typeof name === 'string' ? name : repr(name)} }}`
    return `{{ no such element: ${objectWords(holder)}[${repr(name)}] }}`
  },
}

/** jinja2's four; a host may bring its own. */
export const undefinedKinds = { lenient, strict, chainable, debug }
