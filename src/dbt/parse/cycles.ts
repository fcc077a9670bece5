import { failure } from '../../errors/index.ts'
import type { Manifest, UniqueId } from '../face.ts'

/** The circle in words: each reads the one behind it. */
export function cycle(path: readonly UniqueId[]): Error {
  return failure('SLUICE_DBT_CYCLE', { path })
}

type Step = { readonly id: UniqueId; readonly leave: boolean }

/** Models that read each other in a circle are an error that names the whole of it. */
export function checkCycles({ nodes }: Pick<Manifest, 'nodes'>): void {
  const done = new Set<UniqueId>()
  for (const start of nodes.keys()) if (!done.has(start)) enter(nodes, start, done)
}

/** Depth first, without recursion: a chain of models may be longer than the stack is deep. */
function enter(nodes: Manifest['nodes'], start: UniqueId, done: Set<UniqueId>): void {
  const path: UniqueId[] = []
  const onPath = new Set<UniqueId>()
  const pending: Step[] = [{ id: start, leave: false }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { id, leave } = next
    if (leave) {
      path.pop()
      onPath.delete(id)
      done.add(id)
      continue
    }
    if (onPath.has(id)) throw cycle([...path.slice(path.indexOf(id)), id])
    if (done.has(id)) continue
    path.push(id)
    onPath.add(id)
    const needs = nodes.get(id)?.depends_on.nodes ?? []
    pending.push({ id, leave: true }, ...needs.map(need => ({ id: need, leave: false })))
  }
}
