import type { UniqueId } from '../face.ts'

export type Ids = ReadonlySet<UniqueId>

export function union(sets: readonly Ids[]): Ids {
  return new Set(sets.flatMap(each => [...each]))
}

/** What all of them have. */
export function intersection([first = new Set(), ...others]: readonly Ids[]): Ids {
  return new Set([...first].filter(id => others.every(each => each.has(id))))
}

/** What the first one has, and none of the others. */
export function difference([first = new Set(), ...others]: readonly Ids[]): Ids {
  return new Set([...first].filter(id => !others.some(each => each.has(id))))
}
