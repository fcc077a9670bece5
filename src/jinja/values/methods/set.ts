import { iterate } from '../iterate.ts'
import type { Tuple, Value } from '../model.ts'
import { repr } from '../print.ts'
import { raise } from '../raise.ts'
import { PySet } from '../sets.ts'
import { any, type Method, type Methods, none, one } from './method.ts'

type SetMethod = Method<PySet>

const methods: { readonly [name: string]: SetMethod } = {
  add: one((set, [item]) => {
    set.add(item)
    return null
  }),
  discard: one((set, [item]) => {
    set.delete(item)
    return null
  }),
  remove: one((set, [item]) => (set.delete(item) ? null : raise('KeyError', repr(item)))),
  pop: none(set => {
    const [item] = set
    if (item === undefined) return raise('KeyError', "'pop from an empty set'")
    set.delete(item)
    return item
  }),
  clear: none(set => {
    set.clear()
    return null
  }),
  copy: none(set => PySet.of(set)),
  union: any((set, [others]) => PySet.of([...set, ...all(others)])),
  intersection: any((set, [others]) => {
    const sets = Array.from(others as Tuple, each => PySet.of(iterate(each)))
    return PySet.of(Array.from(set).filter(item => sets.every(other => other.has(item))))
  }),
  difference: any((set, [others]) => {
    const without = PySet.of(all(others))
    return PySet.of(Array.from(set).filter(item => !without.has(item)))
  }),
  symmetric_difference: one((set, [other]) => {
    const right = PySet.of(iterate(other))
    const only = (from: PySet, than: PySet) => Array.from(from).filter(item => !than.has(item))
    return PySet.of([...only(set, right), ...only(right, set)])
  }),
  update: any((set, [others]) => {
    for (const item of all(others)) set.add(item)
    return null
  }),
  difference_update: any((set, [others]) => {
    for (const item of Array.from(all(others))) set.delete(item)
    return null
  }),
  intersection_update: any((set, [others]) => {
    const sets = Array.from(others as Tuple, each => PySet.of(iterate(each)))
    for (const item of Array.from(set)) if (!sets.every(other => other.has(item))) set.delete(item)
    return null
  }),
  issubset: one((set, [other]) => {
    const right = PySet.of(iterate(other))
    return Array.from(set).every(item => right.has(item))
  }),
  issuperset: one((set, [other]) => Array.from(iterate(other)).every(item => set.has(item))),
  isdisjoint: one((set, [other]) => !Array.from(iterate(other)).some(item => set.has(item))),
}

function* all(others: Value): Generator<Value> {
  for (const other of others as Tuple) yield* iterate(other)
}

export const setMethods: Methods<PySet> = new Map(Object.entries(methods))
