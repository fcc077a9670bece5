import { bind, signature } from '../bind.ts'
import { truth } from '../compare.ts'
import type { Dialect, Filter, Test } from '../dialect.ts'
import type { Dict } from '../dict.ts'
import { iterate } from '../iterate.ts'
import { Iterated } from '../iterated.ts'
import { textOf } from '../markup.ts'
import { failUndefined } from '../missing.ts'
import type { Named, Value } from '../model.ts'
import { repr } from '../print.ts'
import { isRaised, raise } from '../raise.ts'
import { now } from '../sort.ts'
import { Undefined } from '../undefined.ts'
import { type Getter, getterOf } from './attributes.ts'

/** A filter or a test by its name, and what it is handed. */
export type Applied = {
  readonly name: Value
  readonly values: readonly Value[]
  readonly named?: Named | undefined
}

/** `value|name(…)`. */
export function callFilter(dialect: Dialect, { name, values, named }: Applied): Value | Promise<Value> {
  const filter = dialect.filters.get(textOf(name) ?? '')
  return filter === undefined
    ? raise('TemplateRuntimeError', unknown('filter', name))
    : filter(dialect, values, named)
}

function testOf(dialect: Dialect, name: Value): Test | undefined {
  return dialect.tests.get(textOf(name) ?? '')
}

/** `value is name(…)`. */
export function callTest(dialect: Dialect, { name, values, named }: Applied): boolean {
  const test = testOf(dialect, name)
  return test === undefined
    ? raise('TemplateRuntimeError', unknown('test', name))
    : test(dialect, values, named)
}

function unknown(kind: string, name: Value): string {
  const words = `No ${kind} named ${repr(name)}.`
  if (!(name instanceof Undefined)) return words
  try {
    return failUndefined(name)
  } catch (thrown) {
    if (!isRaised(thrown)) throw thrown
    return `${words} (${thrown.words}; did you forget to quote the callable name?)`
  }
}

const declared = signature('sync_do_map', 'context, value, *args, **kwargs')

type Handed = { readonly value: Value; readonly args: readonly Value[]; readonly kwargs: Dict }

function handed(name: string, values: readonly Value[], named?: Named): Handed {
  const [, value, args, kwargs] = bind({ ...declared, name }, [null, ...values], named)
  return { value, args: args as Value[], kwargs: kwargs as Dict }
}

function* map(dialect: Dialect, handed: Handed): Generator<Value> {
  if (!truth(handed.value)) return
  const apply = mapping(dialect, handed)
  for (const item of iterate(handed.value)) yield apply(item)
}

function mapping(dialect: Dialect, { args, kwargs }: Handed): Getter {
  if (args.length === 0 && kwargs.has('attribute')) {
    for (const name of kwargs.keys())
      if (name !== 'attribute' && name !== 'default')
        raise('FilterArgumentError', `Unexpected keyword argument ${repr(name)}`)
    return getterOf(dialect, kwargs.get('attribute') ?? null, { otherwise: kwargs.get('default') ?? null })
  }
  const [name, ...rest] = args
  if (name === undefined) return raise('FilterArgumentError', 'map requires a filter argument')
  const named = kwargs.size === 0 ? undefined : namedOf(kwargs)
  return item => now(callFilter(dialect, { name, values: [item, ...rest], named }))
}

function namedOf(kwargs: Dict): Named {
  return new Map(Array.from(kwargs.entries(), ([name, value]) => [name as string, value]))
}

type Choice = { readonly keeps: boolean; readonly byAttribute: boolean }

function* choose(dialect: Dialect, handed: Handed, choice: Choice): Generator<Value> {
  if (!truth(handed.value)) return
  const holds = testing(dialect, handed, choice.byAttribute)
  for (const item of iterate(handed.value)) if (holds(item) === choice.keeps) yield item
}

function testing(dialect: Dialect, { args, kwargs }: Handed, byAttribute: boolean): (item: Value) => boolean {
  const [path, ...others] = args
  if (byAttribute && path === undefined)
    return raise('FilterArgumentError', 'Missing parameter for attribute name')
  const getter = byAttribute ? getterOf(dialect, path as Value) : undefined
  const [name, ...rest] = byAttribute ? others : args
  if (name === undefined) return getter ? item => truth(getter(item)) : truth
  const named = kwargs.size === 0 ? undefined : namedOf(kwargs)
  // An unknown name is told when the first item is asked.
  const test = testOf(dialect, name)
  return item => {
    const values = [getter ? getter(item) : item, ...rest]
    return test === undefined ? callTest(dialect, { name, values }) : test(dialect, values, named)
  }
}

function choosing(name: string, choice: Choice): Filter {
  return (dialect, values, named) =>
    new Iterated(choose(dialect, handed(name, values, named), choice), { name: 'select_or_reject' })
}

/** Filters that apply another filter or a test to each item. */
export const applyFilters: { readonly [name: string]: Filter } = {
  map: (dialect, values, named) =>
    new Iterated(map(dialect, handed('sync_do_map', values, named)), { name: 'sync_do_map' }),
  select: choosing('sync_do_select', { keeps: true, byAttribute: false }),
  reject: choosing('sync_do_reject', { keeps: false, byAttribute: false }),
  selectattr: choosing('sync_do_selectattr', { keeps: true, byAttribute: true }),
  rejectattr: choosing('sync_do_rejectattr', { keeps: false, byAttribute: true }),
}
