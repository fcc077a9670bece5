import {
  type Dialect,
  Dict,
  HOST,
  Iterated,
  Markup,
  type Named,
  Undefined,
  type Value,
  add,
  compare,
  contains,
  div,
  equal,
  escapeText,
  floordiv,
  getattr,
  getitem,
  isEmptyMapping,
  isHost,
  isRaised,
  iterable,
  listOf,
  mod,
  mul,
  neg,
  pos,
  pow,
  raise,
  repr,
  slice,
  str,
  sub,
  truth,
  tupleOf,
  typeName,
  undefinedKinds,
} from '../values/index.ts'
import type { Context } from './context.ts'
import type { MacroHead } from './head.ts'
import { Items } from './items.ts'
import { Loop, type Recurse } from './loop.ts'
import { Macro, type MacroFunction } from './macro.ts'
import { now } from './now.ts'
import type { Run } from './run.ts'
import { block, extend, importModule, include, memberOf, parent, parentBlock, self } from './templates.ts'
import { Returned, traced } from './trace.ts'

/**
 * What generated code calls, by name. The code hands a place along behind the arguments (`p=12`), which
 * nobody here reads: no operation may have a default or take the rest.
 */
export type Operations = { readonly [name: string]: unknown }

export function operationsOf(dialect: Dialect): Operations {
  return { ...ofValues(dialect), ...ofNames(dialect), ...ofText, ...ofRuns }
}

type Two = (left: Value, right: Value) => Value

function ofValues(dialect: Dialect): Operations {
  const two = {
    add: (left, right) => add(dialect, left, right),
    sub: (left, right) => sub(left, right),
    mul: (left, right) => mul(dialect, left, right),
    div: (left, right) => div(left, right),
    floordiv: (left, right) => floordiv(left, right),
    mod: (left, right) => mod(dialect, left, right),
    pow: (left, right) => pow(dialect, left, right),
    lt: (left, right) => compare('<', left, right),
    le: (left, right) => compare('<=', left, right),
    gt: (left, right) => compare('>', left, right),
    ge: (left, right) => compare('>=', left, right),
    equal: (left, right) => equal(left, right),
    contains: (left, right) => contains(left, right),
    item: (holder, key) => getitem(dialect, holder, key),
  } satisfies { readonly [name: string]: Two }
  return {
    ...two,
    neg: (value: Value) => neg(value),
    pos: (value: Value) => pos(value),
    truth: (value: Value) => (typeof value === 'boolean' ? value : truth(value)),
    attr: (holder: Value, name: string) => getattr(dialect, holder, name),
    slice: (holder: Value, bounds: readonly [Value, Value, Value]) => slice(holder, bounds),
    constantSlice: (holder: Value, bounds: readonly [Value, Value, Value]) =>
      constantSlice(dialect, holder, bounds),
    noSlice: () => raise('TypeError', "unhashable type: 'slice'"),
    tuple: (items: readonly Value[]) => tupleOf(items),
    dict: (entries: readonly (readonly [Value, Value])[]) => Dict.of(entries),
    rest: (value: Value) =>
      iterable(value) ?? raise('TypeError', `Value after * must be an iterable, not ${typeName(value)}`),
    named,
    keywords,
    unpack,
    wantNamespace,
    assignMember,
    generated: (items: readonly Value[]) => new Iterated(items.values()),
    now,
    D: dialect,
  }
}

/** jinja2 works out slices of constants while it compiles, where one that fails is a missing value. */
function constantSlice(dialect: Dialect, holder: Value, bounds: readonly [Value, Value, Value]): Value {
  try {
    return slice(holder, bounds)
  } catch (thrown) {
    if (!isRaised(thrown, 'TypeError')) throw thrown
    return new Undefined(dialect.undefined, { holder, name: null })
  }
}

/** What Python calls the function that calls another one for a template. */
const called = 'jinja2.sandbox.SandboxedEnvironment.call()'

/** Named arguments: names and values by turns. A map of pairs would be made at four times the cost. */
function named(given: readonly Value[]): Map<string, Value> {
  const all = new Map<string, Value>()
  for (let i = 0; i < given.length; i += 2) all.set(given[i] as string, given[i + 1] as Value)
  return all
}

function keywords(given: readonly Value[], value: Value): Named {
  const all = named(given)
  if (value instanceof Undefined && isEmptyMapping(value)) return all
  if (!(value instanceof Dict))
    return raise('TypeError', `${called} argument after ** must be a mapping, not ${typeName(value)}`)
  for (const [name, each] of value.entries()) {
    if (typeof name !== 'string') return raise('TypeError', 'keywords must be strings')
    if (all.has(name))
      return raise('TypeError', `${called} got multiple values for keyword argument ${repr(name)}`)
    all.set(name, each)
  }
  return all
}

/** `a, b = value` */
function unpack(value: Value, count: number): readonly Value[] {
  if (!iterable(value)) return raise('TypeError', `cannot unpack non-iterable ${typeName(value)} object`)
  const items = Array.isArray(value) ? value : listOf(value)
  if (items.length > count) return raise('ValueError', `too many values to unpack (expected ${count})`)
  if (items.length < count)
    return raise('ValueError', `not enough values to unpack (expected ${count}, got ${items.length})`)
  return items
}

function wantNamespace(value: Value | undefined): void {
  if (value === undefined || !isHost(value) || value[HOST].assign === undefined)
    raise('TemplateRuntimeError', 'cannot assign attribute on non-namespace object')
}

function assignMember(namespace: Value, name: string, value: Value): void {
  if (isHost(namespace)) namespace[HOST].assign?.(namespace as never, name, value)
}

function ofNames(dialect: Dialect): Operations {
  const missing = (name: string) => new Undefined(dialect.undefined, { name })
  return {
    undef: missing,
    resolved: (context: Context, name: string) => {
      const found = context.get(name)
      return found === undefined ? missing(name) : found
    },
    notProvided: (name: string) =>
      new Undefined(dialect.undefined, { hint: `parameter ${repr(name)} was not provided`, name }),
    noElse: (line: number) =>
      new Undefined(undefinedKinds.lenient, {
        hint: `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
      }),
  }
}

function text(value: Value): string {
  return typeof value === 'string' ? value : str(value)
}

function escape(value: Value): string {
  return value instanceof Markup ? value.text : escapeText(text(value))
}

const ofText: Operations = {
  text,
  escaped: (isEscaping: boolean, value: Value) => (isEscaping ? escape(value) : text(value)),
  /** What a call block or a filter block gives is joined as it is. */
  raw: (value: Value, index: number) => {
    if (typeof value === 'string') return value
    if (value instanceof Markup) return value.text
    return raise('TypeError', `sequence item ${index}: expected str instance, ${typeName(value)} found`)
  },
  marked: (isEscaping: boolean, value: Value) =>
    isEscaping && typeof value === 'string' ? new Markup(value) : value,
  /** `a ~ b` where texts are escaped: Markup as soon as one of them is. */
  join: (isEscaping: boolean, values: readonly Value[]): Value => {
    if (!isEscaping || !values.some(value => value instanceof Markup)) return values.map(text).join('')
    return new Markup(values.map(escape).join(''))
  },
  constant: (value: Value) => (hasSafeRepr(value) ? text(value) : value),
}

/** jinja2's has_safe_repr: what it may work out while it compiles. */
function hasSafeRepr(value: Value): boolean {
  if (Array.isArray(value)) return value.every(hasSafeRepr)
  if (value instanceof Dict) return [...value.entries()].every(entry => entry.every(hasSafeRepr))
  return typeof value !== 'object' || value === null || isPlainObject(value)
}

function isPlainObject(value: object): boolean {
  return ['float', 'Markup', 'range'].includes(typeName(value as Value))
}

const ofRuns: Operations = {
  traced,
  Returned,
  items: (run: Run, items: Value) => new Items(run, items),
  loop: (run: Run, items: Value, given: { depth: number; recurse: Recurse | undefined }) =>
    new Loop(run, items, given),
  macro: (run: Run, head: MacroHead, body: MacroFunction) => new Macro(head, run, body),
  include,
  importModule,
  memberOf,
  extend,
  parent,
  block,
  parentBlock,
  self,
}
