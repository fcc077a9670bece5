import { afterAll, beforeAll, expect, test } from 'vitest'
import { enter, type Stage, troubles } from './stage.ts'

// The same table shaped before and after loading: the same rows, the same lineage, raw kept.
let stage: Stage
beforeAll(async () => {
  stage = await enter('both-ways')
})
afterAll(() => stage.leave())

test('three ways to one table give one table', async () => {
  expect(troubles(await stage.run())).toEqual([])
  const expected = [
    ['A-1', '31.50'],
    ['B-2', '9.90'],
  ]
  for (const table of ['elt.revenue', 'etl.revenue', 'etl.by_hand'])
    expect(await stage.rows(`select sku, revenue from ${table} order by sku`), table).toEqual(expected)
})

test('the columns of both have the same lineage, and what is made by hand names what it reads', async () => {
  const { manifest } = await stage.ask(project => project.check({ lineage: true }))
  const lineage = (name: string) => manifest.assets.find(asset => asset.name === name)?.lineage
  expect(lineage('elt.revenue')).toMatchObject([
    { column: 'sku', from: [{ asset: 'raw.sales', column: 'sku', how: 'identity' }] },
    {
      column: 'revenue',
      from: [
        { asset: 'raw.sales', column: 'cents', how: 'aggregation' },
        { asset: 'raw.sales', column: 'quantity', how: 'aggregation' },
      ],
    },
  ])
  expect(lineage('etl.revenue')).toEqual(lineage('elt.revenue'))
  expect(manifest.assets.find(({ name }) => name === 'etl.by_hand')?.reads).toMatchObject([
    { asset: 'raw.sales' },
  ])
})

test('what was kept raw is worked on again when the query changes, without the source', async () => {
  await stage.edit('assets/elt/revenue.sql', 'group by sku', `where sku <> 'B-2' group by sku`)
  expect(troubles(await stage.run())).toEqual([])
  expect(await stage.rows('select * from elt.revenue')).toEqual([['A-1', '31.50']])
})
