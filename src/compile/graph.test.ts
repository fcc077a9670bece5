import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderOf, rowsOf } from './graph.ts'

const graphs = fc
  .integer({ min: 1, max: 30 })
  .chain(count =>
    fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }), { minLength: count, maxLength: count }),
  )

/** Can `to` be reached from `from` over at least one edge? */
function reaches(reads: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set<number>()
  const next = [...(reads[from] ?? [])]
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (node === to) return true
    if (!seen.has(node)) next.push(...(reads[node] ?? []))
    seen.add(node)
  }
  return false
}

test('any graph: every node once, what is read first; circles are told where there are any', () => {
  fc.assert(
    fc.property(graphs, reads => {
      const { order, cycles } = orderOf(rowsOf(reads))
      expect([...order].sort((a, b) => a - b)).toEqual(reads.map((_, node) => node))
      const place = new Map([...order].map((node, at) => [node, at]))
      reads.forEach((row, node) => {
        for (const read of row) {
          const circular = read === node || reaches(reads, read, node)
          if (!circular) expect(place.get(read)).toBeLessThan(place.get(node) ?? -1)
        }
      })
      expect(cycles.length > 0).toBe(reads.some((_, node) => reaches(reads, node, node)))
      for (const cycle of cycles) {
        expect(cycle.at(-1)).toBe(cycle[0])
        cycle.slice(1).forEach((node, at) => expect(reads[cycle[at] ?? -1]).toContain(node))
      }
    }),
    { numRuns: 500 },
  )
})

test('a chain of 200,000 assets does not overflow the stack', () => {
  const chain = Array.from({ length: 200_000 }, (_, node) => (node === 0 ? [] : [node - 1]))
  expect(
    orderOf(rowsOf(chain.toReversed().map((_, node) => (node === 199_999 ? [] : [node + 1])))).order[0],
  ).toBe(199_999)
  expect(orderOf(rowsOf(chain)).order[0]).toBe(0)
})
