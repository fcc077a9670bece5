import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from '../bad-input/shop.ts'

let shop: Shop
afterEach(() => shop.close())

test('a first run builds what a check points to before the check looks', async () => {
  shop = openShop({
    'assets/marts/a.sql': 'select 1 as id -- @relationships raw.people.id',
    // Made slow on purpose: without an order between the two, the check would look at a table that is not
    // there yet.
    'assets/raw/people.sql':
      'select max(i) - 999999 as id from range(1000001) t(i), range(40) where i <= 1000000',
  })
  const first = await shop.pipe('run', '--json')
  expect(first.code).toBe(0)
  const events = first.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  const place = (kind: string, asset: string) =>
    events.findIndex(event => event.body.kind === kind && event.asset === asset)
  expect(place('step.finished', 'raw.people')).toBeLessThan(place('step.started', 'marts.a'))
})
