import { asset, ref, sql } from 'sluice'

/** The same, shaped in TypeScript on the way. */
export default asset(
  sql<{ sku: string; revenue: string }>`
    select sku, (sum(cents * quantity) / 100)::decimal(18, 2) as revenue
    from ${ref('raw.sales')}
    group by sku`,
  { key: 'sku' },
)
