import { parentsOf } from '../build/edges.ts'
import type { Manifest, UniqueId } from '../face.ts'
import type { Ids } from './sets.ts'

/** Who reads whom, among all that can be selected. */
export type Graph = {
  readonly ids: Ids
  readonly parents: (id: UniqueId) => Iterable<UniqueId>
  readonly children: (id: UniqueId) => Iterable<UniqueId>
}

export function graphOf(manifest: Manifest): Graph {
  const parents = parentsOf(manifest)
  const children = new Map<UniqueId, UniqueId[]>()
  for (const [id, above] of parents)
    for (const parent of above) {
      const known = children.get(parent)
      if (known === undefined) children.set(parent, [id])
      else known.push(id)
    }
  return {
    ids: new Set(parents.keys()),
    parents: id => parents.get(id) ?? [],
    children: id => children.get(id) ?? [],
  }
}

/**
 * All that is reached from these within so many steps; they themselves only where one is reached from
 * another.
 */
export function reached(
  start: Ids,
  next: (id: UniqueId) => Iterable<UniqueId>,
  depth = Number.POSITIVE_INFINITY,
): Ids {
  const found = new Set<UniqueId>()
  let edge: readonly UniqueId[] = [...start]
  for (let step = 0; step < depth && edge.length > 0; step++) {
    edge = [...new Set(edge.flatMap(id => [...next(id)]))].filter(id => !found.has(id))
    for (const id of edge) found.add(id)
  }
  return found
}
