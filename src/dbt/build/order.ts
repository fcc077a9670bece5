import type { UniqueId } from '../face.ts'
import type { Edges } from './edges.ts'

export type Order = {
  readonly edges: Edges
  readonly threads: number
  /** Nothing starts any more once a node has failed. */
  readonly failFast: boolean
  readonly signal: AbortSignal
}

/** What came of a node, as far as the order needs to know. */
export type Outcome = 'ok' | 'failed'

export type Acts = {
  /** Never rejects. */
  readonly act: (id: UniqueId, thread: number) => Promise<Outcome>
  /** It will not be carried out, since `because` failed; undefined: the command was stopped. */
  readonly skip: (id: UniqueId, because: UniqueId | undefined) => void
}

/**
 * Nodes in order, as many at once as there are threads; of those that are ready, the one with the longest
 * chain behind it comes first. What waits for a failed node is skipped. dbt's own rules are few and fixed:
 * the executor of runs, with its attempts and its ledger, is asked when nodes are steps of a graph.
 */
export async function inOrder(ids: readonly UniqueId[], order: Order, { act, skip }: Acts): Promise<void> {
  const { edges, threads, failFast, signal } = order
  const waiting = new Map(ids.map(id => [id, new Set(edges.before.get(id))]))
  const weight = weights(ids, edges)
  const free = Array.from({ length: threads }, (_, i) => i + 1)
  const running = new Map<UniqueId, Promise<void>>()
  const ready = ids.filter(id => waiting.get(id)?.size === 0)
  let stopped = false

  const ended = (id: UniqueId) => {
    for (const next of edges.after.get(id) ?? [])
      if (waiting.get(next)?.delete(id) && waiting.get(next)?.size === 0) ready.push(next)
  }
  const drop = (id: UniqueId, because: UniqueId) => {
    for (const next of edges.after.get(id) ?? []) {
      if (!waiting.delete(next)) continue
      skip(next, because)
      drop(next, because)
    }
  }
  const start = (id: UniqueId, thread: number) => {
    waiting.delete(id)
    const done = act(id, thread).then(outcome => {
      running.delete(id)
      free.push(thread)
      if (outcome === 'ok') ended(id)
      else {
        drop(id, id)
        if (failFast) stopped = true
      }
    })
    running.set(id, done)
  }
  for (;;) {
    if (stopped || signal.aborted) ready.length = 0
    ready.sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0))
    for (const id of ready.splice(0, free.length)) start(id, free.shift() ?? 0)
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  for (const id of waiting.keys()) skip(id, undefined)
}

/** How long the longest chain of nodes is that waits for each. */
function weights(ids: readonly UniqueId[], { after }: Edges): ReadonlyMap<UniqueId, number> {
  const known = new Map<UniqueId, number>()
  const depth = (id: UniqueId): number => {
    const before = known.get(id)
    if (before !== undefined) return before
    known.set(id, 0)
    let deepest = 0
    for (const next of after.get(id) ?? []) deepest = Math.max(deepest, depth(next) + 1)
    known.set(id, deepest)
    return deepest
  }
  for (const id of ids) depth(id)
  return known
}
