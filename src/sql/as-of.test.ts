import { expect, test } from 'vitest'
import { type PastReference, replacePast } from './index.ts'

const seen = (sql: string) => {
  const found: PastReference[] = []
  const text = replacePast(sql, past => {
    found.push(past)
    return `<${past.reference.schema}.${past.reference.table}>`
  })
  return { text, asOf: found.map(({ asOf }) => asOf) }
}

test.each([
  ['from raw.orders as of version 3', { kind: 'version', version: 3 }],
  ['from raw.orders version as of 3', { kind: 'version', version: 3 }],
  ['from raw.orders for version as of 3', { kind: 'version', version: 3 }],
  ['from raw.orders at (version => 3)', { kind: 'version', version: 3 }],
  ["from raw.orders timestamp as of '2026-01-01'", { kind: 'timestamp', timestamp: '2026-01-01' }],
  ["from raw.orders as of timestamp '2026-01-01'", { kind: 'timestamp', timestamp: '2026-01-01' }],
  [
    "from raw.orders for system_time as of timestamp '2026-01-01'",
    { kind: 'timestamp', timestamp: '2026-01-01' },
  ],
  ["from raw.orders at (timestamp => '2026-01-01')", { kind: 'timestamp', timestamp: '2026-01-01' }],
  ["from raw.orders as of run 'r-1'", { kind: 'run', run: 'r-1' }],
  ['from raw.orders as of run abc', { kind: 'run', run: 'abc' }],
])('%s', (sql, asOf) => {
  expect(seen(sql)).toEqual({ text: 'from <raw.orders> as "orders"', asOf: [asOf] })
})

test.each([
  [
    'select o.id from raw.orders as of version 3 as o where o.id > 1',
    'select o.id from <raw.orders> as o where o.id > 1',
  ],
  ['select o.id from raw.orders as of version 3 o', 'select o.id from <raw.orders> o'],
  [
    'select * from raw.orders as of version 1 join raw.orders as of version 2 b using (id)',
    'select * from <raw.orders> as "orders" join <raw.orders> b using (id)',
  ],
  [
    'select * from raw.orders /* now */ as of /* then */ version 1 -- end',
    'select * from <raw.orders> as "orders" -- end',
  ],
  [
    '(from raw.orders as of version 2) except (from raw.orders as of version 1)',
    '(from <raw.orders> as "orders") except (from <raw.orders> as "orders")',
  ],
  ['describe raw.orders as of version 2', 'describe <raw.orders>'],
  ['summarize raw.orders version as of 2; table raw.orders', 'summarize <raw.orders>; table raw.orders'],
  ['explain from raw.orders as of version 2', 'explain from <raw.orders> as "orders"'],
  ["copy raw.orders as of version 2 to 'f.csv'", "copy <raw.orders> to 'f.csv'"],
  ['pivot raw.orders as of version 2 on id', 'pivot <raw.orders> as "orders" on id'],
])('%s', (sql, text) => {
  expect(seen(sql).text).toBe(text)
})

test.each([
  'select version as of_date from raw.orders',
  "select 'as of version 3' from raw.orders as o",
  'from raw.orders as version',
  'from raw.orders asof join raw.prices using (at)',
  'from raw.orders as of version three',
  'from raw.orders at',
  'from raw.orders as of',
  'select at from raw.orders',
])('%s asks for today', sql => {
  expect(seen(sql)).toEqual({ text: sql, asOf: [] })
})
