import type { Manifest, Resource, UniqueId } from '../face.ts'
import type { Criterion, Indirect } from './criterion.ts'
import type { Expression } from './expression.ts'
import { type Graph, reached } from './graph.ts'
import { difference, type Ids, intersection, union } from './sets.ts'

/** What an expression means; `indirect` are tests that wait for their other parents to be found as well. */
export type Found = { readonly direct: Ids; readonly indirect: Ids }

export type Evaluating = {
  readonly manifest: Manifest
  readonly graph: Graph
  readonly find: (criterion: Criterion) => Ids
  readonly warn: (words: string) => void
}

export function evaluate(expression: Expression, by: Evaluating): Found {
  if (!('join' in expression)) return withTests(withRelatives(expression, by), expression.indirect, by)
  const { join, parts, indirect: mode, raw } = expression
  const found = parts.map(part => evaluate(part, by))
  const joined = joins[join](found.map(({ direct }) => direct))
  const indirect = joins[join](found.map(({ direct, indirect: waiting }) => union([direct, waiting])))
  const direct = withWaiting({ direct: joined, indirect }, mode, by)
  if (raw !== undefined && direct.size === 0)
    by.warn(`The criterion \`${raw}\` finds nothing that is enabled.`)
  return { direct, indirect }
}

const joins = { union, intersection, difference }

function withRelatives(criterion: Criterion, { find, graph }: Evaluating): Ids {
  const own = find(criterion)
  const all = [own]
  if (criterion.childrensParents) {
    const below = union([own, reached(own, graph.children)])
    all.push(below, reached(below, graph.parents))
  }
  if (criterion.up !== undefined) all.push(reached(own, graph.parents, criterion.up))
  if (criterion.down !== undefined) all.push(reached(own, graph.children, criterion.down))
  return all.length > 1 ? union(all) : own
}

/**
 * Tests of what is selected come along: eager, if anything they look at is selected; cautious, if all of it
 * is; buildable, if all of it is selected, or stands above what is, or is a source.
 */
function withTests(selected: Ids, mode: Indirect, { manifest, graph }: Evaluating): Found {
  if (mode === 'empty') return { direct: selected, indirect: new Set() }
  const [direct, indirect] = [new Set(selected), new Set<UniqueId>()]
  const standing =
    mode === 'buildable'
      ? union([selected, reached(selected, graph.parents), new Set(manifest.sources.keys())])
      : selected
  for (const id of reached(selected, graph.children, 1)) {
    const test = testOf(manifest, id)
    if (test === undefined) continue
    if (mode === 'eager' || test.depends_on.nodes.every(each => standing.has(each))) direct.add(id)
    else indirect.add(id)
  }
  return { direct, indirect }
}

function testOf({ nodes, unit_tests: units }: Manifest, id: UniqueId): Resource | undefined {
  const node = nodes.get(id)
  return node?.resource_type === 'test' ? node : units.get(id)
}

/** Tests that waited, and whose parents have been found by the other criteria. */
function withWaiting({ direct, indirect }: Found, mode: Indirect, { manifest, graph }: Evaluating): Ids {
  if (mode === 'eager' || mode === 'empty') return direct
  const standing = mode === 'buildable' ? union([direct, reached(direct, graph.parents)]) : direct
  const ready = [...indirect].filter(id => {
    const node = manifest.nodes.get(id)
    return node !== undefined && node.depends_on.nodes.every(each => standing.has(each))
  })
  return union([direct, new Set(ready)])
}
