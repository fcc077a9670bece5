import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderOf, rowsOf } from './graph.ts'
import { hash } from './hash.ts'

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

test('a hash is the same for the same text, and for nothing else that was tried', () => {
  const texts = new Set<string>(['', '\0', '\0\0', 'a', 'a\0', 'ab', 'ba'])
  for (let i = 0; i < 50_000; i++) texts.add(`select ${i % 7} from t where id = ${i} ${'x'.repeat(i % 33)}`)
  const hashes = new Set([...texts].map(hash))
  expect(hashes.size).toBe(texts.size)
  for (const value of hashes) if (!/^[0-9a-f]{32}$/.test(value)) throw new TypeError(value)
})

test('one changed character changes half of the bits of the hash', () => {
  const bits = (value: string): bigint => BigInt(`0x${value}`)
  let changed = 0
  let pairs = 0
  for (let at = 0; at < 64; at++) {
    const text = 'select a, b, c from staging.orders where amount > 0 -- and so forth'
    const other = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
    changed += (bits(hash(text)) ^ bits(hash(other))).toString(2).replaceAll('0', '').length
    pairs++
  }
  expect(changed / pairs).toBeGreaterThan(60)
  expect(changed / pairs).toBeLessThan(68)
})
