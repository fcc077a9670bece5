import fc from 'fast-check'
import { expect, test } from 'vitest'
import { near } from './index.ts'

const names = ['raw.orders', 'staging.orders', 'staging.customers', 'marts.revenue', 'marts.routes']

test.each([
  ['staging.ordres', ['staging.orders', 'raw.orders']],
  ['orders', ['raw.orders', 'staging.orders']],
  ['STAGING.Customers', ['staging.customers']],
  ['mart.revenue', ['marts.revenue']],
  ['marts.reveneu', ['marts.revenue']],
  ['stagingorders', ['staging.orders']],
  ['finance.ledger', []],
])('%s: %j', (name, wanted) => {
  expect(near(name, names)).toEqual(wanted)
})

test('short names are not guessed at: three letters that share one are not near', () => {
  expect(near('abc', ['xyz', 'axx', 'abd'])).toEqual(['abd'])
})

test('never the name itself, never more than asked for, each once, and the order of candidates does not matter', () => {
  const name = fc.stringMatching(/^[ab]{1,4}(\.[ab]{1,4})?$/)
  fc.assert(
    fc.property(name, fc.array(name), fc.integer({ min: 0, max: 4 }), (wanted, candidates, max) => {
      const found = near(wanted, candidates, max)
      expect(found).not.toContain(wanted)
      expect(found.length).toBeLessThanOrEqual(max)
      expect(new Set(found).size).toBe(found.length)
      expect(found).toEqual(near(wanted, candidates.toReversed(), max))
    }),
  )
})
