import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop } from '../bad-input/shop.ts'

let shop: Shop
afterEach(() => shop.close())

test('a source that was mended after its rows broke a check is read again, not remembered', async () => {
  shop = openShop({
    'rates.json': '[{"id": 1}, {"id": 1}]',
    'assets/raw/rates.ts': `
      import { readFile } from 'node:fs/promises'
      import { ingest } from 'sluice'
      import { unique } from 'sluice/checks'
      const rates = new URL('../../rates.json', import.meta.url)
      export default ingest(async function* () { yield JSON.parse(await readFile(rates, 'utf8')) }, {
        write: 'append', checks: [unique('id')],
      })`,
  })
  expect((await shop.pipe('run')).code).toBe(1)
  shop.put({ 'rates.json': '[{"id": 1}, {"id": 2}]' })
  expect((await shop.pipe('run')).code).toBe(0)
  expect(await shop.rows('select id from raw.rates order by id')).toEqual([['1'], ['2']])
})
