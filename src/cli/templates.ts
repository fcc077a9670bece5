/** Files of a new project by path; `$name` stands for the project's name. */
export type Template = { readonly [path: string]: string }

/** One file of orders, one table made from it, one check, one test: small enough to be read whole. */
export const starter: Template = {
  'sluice.config.ts': `import { defineConfig } from 'sluice'
import { lake } from 'sluice/lake'

// Open Delta tables in this folder. Any engine reads them: Spark, Trino, DuckDB, Polars …
export default defineConfig({ name: '$name', target: lake('./lake') })
`,
  'package.json': `{
  "name": "$name",
  "private": true,
  "type": "module"
}
`,
  '.gitignore': `lake/
.sluice/
sluice.d.ts
node_modules/
`,
  'data/orders.csv': `id,country,day,amount
1,DE,2026-01-01,20.00
2,FR,2026-01-01,35.50
3,DE,2026-01-01,12.25
4,IN,2026-01-02,99.90
5,FR,2026-01-02,18.00
6,DE,2026-01-03,7.10
7,IN,2026-01-03,54.00
8,IN,2026-01-03,41.35
`,
  'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { atLeast, notNull } from 'sluice/checks'
import { files } from 'sluice/files'

/** Every file that matches is read once; put orders-2.csv beside the first and run again. */
export default ingest(files('data/orders*.csv'), {
  doc: 'Orders, as the shop hands them over.',
  write: 'merge',
  key: 'id',
  checks: [notNull('country'), atLeast('amount', 0)],
})
`,
  'assets/marts/revenue.sql': `-- Revenue per country and day.
-- @key country, day
select
  country,                                        -- ISO code. @in DE FR IN
  day,                                            -- @not_null
  sum(amount::decimal(12, 2)) as revenue,         -- @min 0
  count(*) as orders                              -- @min 1
from raw.orders
group by all
`,
  'checks/revenue_matches_orders.sql': `-- No order is lost on the way: passes when it returns no rows.
select o.amount, r.revenue
from (select sum(amount::decimal(12, 2)) as amount from raw.orders) o,
     (select sum(revenue) as revenue from marts.revenue) r
where o.amount <> r.revenue
`,
  'tests/marts/revenue/raw.orders.csv': `id,country,day,amount
1,DE,2026-01-01,10.00
2,DE,2026-01-01,2.50
3,FR,2026-01-02,1.25
`,
  'tests/marts/revenue/marts.revenue.csv': `country,day,revenue,orders
DE,2026-01-01,12.50,2
FR,2026-01-02,1.25,1
`,
}
