import { vocabulary } from '../check/index.ts'
import type { Check, Declaration } from '../model/index.ts'
import { type Order, orderOf, rowsOf } from './graph.ts'
import { type Names, resolve } from './resolve.ts'

/** In which order assets are to be built, and which of them wait only for what their checks look at. */
export type Waiting = {
  readonly graph: Order
  /** By number: the assets that its checks look at and whose build its own waits for, ascending. */
  readonly after: readonly (readonly number[])[]
}

const none: readonly number[] = []

/**
 * A check that points to another asset (`relationships`, `equal_to_other_table`) looks at it when its own
 * asset is about to be published, so that one is built first. Where this would make a circle, the check sees
 * what was published before.
 */
export function waitingOf(names: Names, reads: readonly (readonly number[])[]): Waiting {
  const graph = orderOf(rowsOf(reads))
  const after: (readonly number[])[] = names.declarations.map(() => none)
  const pointed = names.declarations.map((declaration, number) => pointedAt(declaration, number, names))
  if (graph.cycles.length > 0 || pointed.every(row => row.length === 0)) return { graph, after }
  const place = new Int32Array(reads.length)
  graph.order.forEach((number, at) => {
    place[number] = at
  })
  const all = reads.map(row => [...row])
  let moved = false
  const add = (number: number, target: number) => {
    after[number] = [...(after[number] ?? none), target].sort((a, b) => a - b)
    all[number]?.push(target)
  }
  // Edges along the order can never make a circle; the others are taken one by one, if they make none.
  pointed.forEach((targets, number) => {
    for (const target of targets) if ((place[target] ?? 0) < (place[number] ?? 0)) add(number, target)
  })
  pointed.forEach((targets, number) => {
    for (const target of targets) {
      if ((place[target] ?? 0) < (place[number] ?? 0) || reaches(all, target, number)) continue
      add(number, target)
      moved = true
    }
  })
  return { graph: moved ? orderOf(rowsOf(all)) : graph, after }
}

/** Assets that checks of a declaration point to, itself and what it reads anyway aside. */
function pointedAt({ facts }: Declaration, number: number, names: Names): readonly number[] {
  if (facts.checks.length === 0) return none
  const found = new Set<number>()
  for (const check of facts.checks) {
    const name = assetOf(check)
    if (name === undefined) continue
    const dot = name.indexOf('.')
    const it = resolve(names, {
      schema: dot < 0 ? undefined : name.slice(0, dot),
      table: name.slice(dot + 1),
    })
    if ((it.kind === 'asset' || it.kind === 'child') && it.number !== number) found.add(it.number)
  }
  return [...found]
}

function assetOf(check: Check): string | undefined {
  if (check.check === 'query') return undefined
  const spec = vocabulary[check.check].args.find(({ type }) => type === 'asset')
  const value = spec && check.args[spec.name]
  return typeof value === 'string' ? value : undefined
}

function reaches(reads: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set([from])
  const path = [from]
  for (let node = path.pop(); node !== undefined; node = path.pop()) {
    if (node === to) return true
    for (const next of reads[node] ?? none) {
      if (seen.has(next)) continue
      seen.add(next)
      path.push(next)
    }
  }
  return false
}
