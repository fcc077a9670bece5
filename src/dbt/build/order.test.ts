import { expect, test } from 'vitest'
import type { Edges } from './edges.ts'
import { inOrder, type Outcome } from './order.ts'

type Graph = { readonly [id: string]: readonly string[] }

/** `{ b: ['a'] }`: b waits for a. */
function edges(graph: Graph): Edges {
  const before = new Map(Object.entries(graph).map(([id, needs]) => [id, new Set(needs)]))
  const after = new Map(Object.keys(graph).map(id => [id, new Set<string>()]))
  for (const [id, needs] of before) for (const need of needs) after.get(need)?.add(id)
  return { before, after }
}

async function played(graph: Graph, more: { threads?: number; failing?: string[]; failFast?: boolean } = {}) {
  const { threads = 1, failing = [], failFast = false } = more
  const told: string[] = []
  let running = 0
  let most = 0
  const act = async (id: string): Promise<Outcome> => {
    running += 1
    most = Math.max(most, running)
    await Promise.resolve()
    running -= 1
    told.push(id)
    return failing.includes(id) ? 'failed' : 'ok'
  }
  const skip = (id: string, because: string | undefined) =>
    told.push(`${id} skipped: ${because ?? 'stopped'}`)
  const order = { edges: edges(graph), threads, failFast, signal: new AbortController().signal }
  await inOrder(Object.keys(graph), order, { act, skip })
  return { told, most }
}

test('a node comes after all that it waits for; the longest chain comes first', async () => {
  const { told } = await played({ lone: [], a: [], b: ['a'], c: ['b'], d: ['a', 'lone'] })
  expect(told).toEqual(['a', 'lone', 'b', 'd', 'c'])
})

test('as many at once as there are threads, and no more', async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`n${i}`, []]))
  expect((await played(many, { threads: 4 })).most).toBe(4)
})

test('what waits for a failed node is skipped, once, and nothing else is', async () => {
  const graph = { a: [], b: ['a'], c: ['b', 'a'], other: [], d: ['other'] }
  const { told } = await played(graph, { failing: ['a'] })
  expect(told.toSorted()).toEqual(['a', 'b skipped: a', 'c skipped: a', 'd', 'other'].toSorted())
})

test('with fail-fast nothing starts after a failure', async () => {
  const { told } = await played({ a: [], b: [], c: [] }, { failing: ['a'], failFast: true })
  expect(told).toEqual(['a', 'b skipped: stopped', 'c skipped: stopped'])
})

test('ten thousand nodes in a chain of layers take no time to order', async () => {
  const graph: { [id: string]: string[] } = {}
  for (let i = 0; i < 10_000; i++) graph[`n${i}`] = i < 100 ? [] : [`n${i - 100}`]
  expect((await played(graph, { threads: 4 })).told).toHaveLength(10_000)
})
