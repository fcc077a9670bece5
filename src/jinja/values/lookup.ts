import { Dict } from './dict.ts'
import type { Dialect } from './dialect.ts'
import { Markup, textOf } from './markup.ts'
import { attributeOf, isInternal } from './methods/table.ts'
import { memberOf } from './missing.ts'
import { HOST, Tuple, type Value } from './model.ts'
import { indexOf } from './numbers.ts'
import { isRaised, raise } from './raise.ts'
import { Range } from './range.ts'
import { isPlain, points } from './text.ts'
import { tupleOf } from './tuple.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'

/** `value.name`: an attribute, else an item, else a missing value. */
export function getattr(dialect: Dialect, value: Value, name: string): Value {
  if (value instanceof Undefined) return member(dialect, value, name)
  if (name.startsWith('_') && isInternal(value, name)) return unsafe(dialect, value, name)
  // None is a value like others, so that `??` would not do.
  const attribute = attributeOf(dialect, value, name)
  if (attribute !== undefined) return attribute
  const item = itemOf(value, name)
  return item === undefined ? missing(dialect, value, name) : item
}

/** `value[key]`: an item, else an attribute, else a missing value. */
export function getitem(dialect: Dialect, value: Value, key: Value): Value {
  if (value instanceof Undefined) return memberOf(value, key)
  const item = itemOf(value, key)
  if (item !== undefined) return item
  const name = textOf(key)
  if (name === undefined) return missing(dialect, value, key)
  if (name.startsWith('_') && isInternal(value, name)) return unsafe(dialect, value, name)
  const attribute = attributeOf(dialect, value, name)
  return attribute === undefined ? missing(dialect, value, name) : attribute
}

function member(dialect: Dialect, value: Undefined, key: Value): Value {
  if (typeof key === 'string' && key.startsWith('_') && isInternal(value, key))
    return unsafe(dialect, value, key)
  return memberOf(value, key)
}

function missing(dialect: Dialect, holder: Value, name: Value): Value {
  return new Undefined(dialect.undefined, { holder, name })
}

/**
 * What leads from a value into Python's (or JavaScript's) inside is refused when it is used, as jinja2's
 * sandbox does.
 */
function unsafe(dialect: Dialect, holder: Value, name: string): Value {
  const hint = `access to attribute '${name}' of '${typeName(holder)}' object is unsafe.`
  return new Undefined(dialect.undefined, { hint, holder, name, raises: 'SecurityError' })
}

/** `value[key]` alone; undefined: there is none, or it has no items. */
function itemOf(value: Value, key: Value): Value | undefined {
  if (value instanceof Dict) return dictItem(value, key)
  if (Array.isArray(value)) return value[place(indexOf(key), value.length)]
  const text = textOf(value)
  if (text !== undefined) return characterAt(value as string | Markup, key)
  if (value instanceof Range) {
    const index = place(indexOf(key), value.length)
    return index < 0 ? undefined : value.at(index)
  }
  return isHost(value) ? value[HOST].item?.(value as never, key) : undefined
}

function dictItem(dict: Dict, key: Value): Value | undefined {
  if (typeof key === 'string') return dict.get(key)
  try {
    return dict.get(key)
  } catch (thrown) {
    // A list is no key: there is nothing under it.
    if (isRaised(thrown, 'TypeError')) return undefined
    throw thrown
  }
}

/** From the end, when below zero; -1: beyond. */
function place(index: number | undefined, count: number): number {
  if (index === undefined) return -1
  const from = index < 0 ? index + count : index
  return from >= 0 && from < count ? from : -1
}

function characterAt(value: string | Markup, key: Value): Value | undefined {
  const text = textOf(value) ?? ''
  const index = indexOf(key)
  if (index === undefined) return undefined
  const all = isPlain(text) ? text : points(text)
  const character = all[place(index, all.length)]
  return value instanceof Markup && character !== undefined ? new Markup(character) : character
}

/** `value[start:stop:step]`, which fails as Python's own does. */
export function slice(value: Value, bounds: readonly [start: Value, stop: Value, step: Value]): Value {
  if (value instanceof Undefined) return memberOf(value, null)
  const text = textOf(value)
  if (text !== undefined) {
    const cut = cutText(text, bounds)
    return value instanceof Markup ? new Markup(cut) : cut
  }
  if (Array.isArray(value)) {
    const items = cutItems(value, bounds)
    return value instanceof Tuple ? tupleOf(items) : items
  }
  if (value instanceof Range) return cutRange(value, bounds)
  if (value instanceof Dict) return raise('TypeError', "unhashable type: 'slice'")
  return raise('TypeError', `'${typeName(value)}' object is not subscriptable`)
}

function cutText(text: string, bounds: readonly [Value, Value, Value]): string {
  const characters = isPlain(text) ? text : points(text)
  const { start, stop, step } = places(bounds, characters.length)
  if (step === 1 && typeof characters === 'string') return characters.slice(start, Math.max(start, stop))
  return Array.from(new Range(start, stop, step), at => characters[at]).join('')
}

function cutItems(items: readonly Value[], bounds: readonly [Value, Value, Value]): Value[] {
  const { start, stop, step } = places(bounds, items.length)
  if (step === 1) return Array.from(items.slice(start, Math.max(start, stop)))
  return Array.from(new Range(start, stop, step), at => items[at] as Value)
}

function cutRange(range: Range, bounds: readonly [Value, Value, Value]): Range {
  const { start, stop, step } = places(bounds, range.length)
  return new Range(range.at(start), range.at(stop), range.step * step)
}

/** Python's `slice.indices(count)`. */
function places(
  bounds: readonly [Value, Value, Value],
  count: number,
): { start: number; stop: number; step: number } {
  const [start, stop, step] = bounds.map(bound => (bound === null ? undefined : boundOf(bound)))
  const by = step ?? 1
  if (by === 0) return raise('ValueError', 'slice step cannot be zero')
  const [low, high] = by > 0 ? [0, count] : [-1, count - 1]
  const within = (at: number) => Math.min(high, Math.max(low, at < 0 ? at + count : at))
  return {
    start: start === undefined ? (by > 0 ? low : high) : within(start),
    stop: stop === undefined ? (by > 0 ? high : low) : within(stop),
    step: by,
  }
}

function boundOf(bound: Value): number {
  return (
    indexOf(bound) ?? raise('TypeError', 'slice indices must be integers or None or have an __index__ method')
  )
}
