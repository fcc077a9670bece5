import { type Arguments, type Signature, signature } from '../bind.ts'
import type { Dialect } from '../dialect.ts'
import type { Named, Value } from '../model.ts'
import { raise } from '../raise.ts'

/**
 * How CPython words what is wrong with the arguments of a method. It has several ways to take them apart,
 * and each has words of its own: `str.upper() takes no arguments (1 given)`, `replace expected at least 2
 * arguments, got 1`.
 */
type Style = 'none' | 'one' | 'positional' | 'parsed' | 'keywords' | 'any'

/** A method of one of Python's types. */
export type Method<Self = never> = {
  readonly style: Style
  readonly declared: Signature
  readonly run: (self: Self, values: Arguments, dialect: Dialect) => Value
}

export type Run<Self> = Method<Self>['run']

/** Methods of one type, by name. */
export type Methods<Self> = ReadonlyMap<string, Method<Self>>

/** `str.upper()`. */
export function none<Self>(run: Run<Self>): Method<Self> {
  return { style: 'none', declared: signature('', ''), run }
}

/** `list.append(x)`. */
export function one<Self>(run: Run<Self>): Method<Self> {
  return { style: 'one', declared: signature('', 'x'), run }
}

/** `str.replace(old, new, count=-1, /)`. */
export function positional<Self>(parameters: string, run: Run<Self>): Method<Self> {
  return { style: 'positional', declared: signature('', parameters), run }
}

/** `str.find(sub, start=None, end=None)`: as `positional`, but in older words. */
export function parsed<Self>(parameters: string, run: Run<Self>): Method<Self> {
  return { style: 'parsed', declared: signature('', parameters), run }
}

/** `str.split(sep=None, maxsplit=-1)`. */
export function keywords<Self>(parameters: string, run: Run<Self>): Method<Self> {
  return { style: 'keywords', declared: signature('', parameters), run }
}

/** Whatever is given: the first value is a Tuple, the second a Dict. */
export function any<Self>(run: Run<Self>): Method<Self> {
  return { style: 'any', declared: signature('', '*args, **kwargs'), run }
}

/** A method as an error calls it. */
export type Called = { readonly type: string; readonly name: string; readonly method: Method }

/** Python's `TypeError` when the arguments do not fit the method. */
export function check({ type, name, method }: Called, given: readonly Value[], named?: Named): void {
  const { style, declared } = method
  if (style === 'any') return
  if (style === 'keywords') return checkKeywords(name, declared, { given, named })
  const shown = style === 'parsed' ? name : `${type}.${name}`
  if (named !== undefined && named.size > 0) raise('TypeError', `${shown}() takes no keyword arguments`)
  const most = declared.parameters.length
  const least = declared.parameters.filter(({ initial }) => initial === undefined).length
  if (given.length >= least && given.length <= most) return
  const words = { type, name, most, least, given: given.length }
  raise(
    'TypeError',
    style === 'none' || style === 'one' ? exact(words) : style === 'parsed' ? older(words) : newer(words),
  )
}

type Count = {
  readonly type: string
  readonly name: string
  readonly most: number
  readonly least: number
  readonly given: number
}

function exact({ type, name, most, given }: Count): string {
  return `${type}.${name}() takes ${most === 0 ? 'no arguments' : 'exactly one argument'} (${given} given)`
}

function older({ name, most, least, given }: Count): string {
  const bound = given < least ? least : most
  const which = most === least ? 'exactly' : given < least ? 'at least' : 'at most'
  return `${name}() takes ${which} ${bound} argument${bound === 1 ? '' : 's'} (${given} given)`
}

function newer({ name, most, least, given }: Count): string {
  const bound = given < least ? least : most
  const which = most === least ? '' : given < least ? 'at least ' : 'at most '
  return `${name} expected ${which}${bound} argument${bound === 1 ? '' : 's'}, got ${given}`
}

type Given = { readonly given: readonly Value[]; readonly named: Named | undefined }

function checkKeywords(
  name: string,
  { parameters, positional: places }: Signature,
  { given, named }: Given,
): void {
  const total = given.length + (named?.size ?? 0)
  const most = parameters.length
  if (total > most) {
    const kind = given.length === 0 ? 'keyword ' : ''
    raise(
      'TypeError',
      `${name}() takes at most ${most} ${kind}argument${most === 1 ? '' : 's'} (${total} given)`,
    )
  }
  if (places === 0 && given.length > 0) raise('TypeError', `${name}() takes no positional arguments`)
  for (const key of named?.keys() ?? []) {
    const index = parameters.findIndex(parameter => parameter.name === key)
    if (index < 0) raise('TypeError', `'${key}' is an invalid keyword argument for ${name}()`)
    if (index < given.length)
      raise('TypeError', `argument for ${name}() given by name ('${key}') and position (${index + 1})`)
  }
  parameters.forEach((parameter, i) => {
    if (parameter.initial === undefined && i >= given.length && named?.has(parameter.name) !== true)
      raise('TypeError', `${name}() missing required argument '${parameter.name}' (pos ${i + 1})`)
  })
}
