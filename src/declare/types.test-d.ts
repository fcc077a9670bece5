/** What the compiler accepts and refuses; `tsc` is the judge, nothing here runs. */
import {
  asset,
  atLeast,
  between,
  compoundUnique,
  defineConfig,
  exportTo,
  freshness,
  increasing,
  ingest,
  lengthBetween,
  matches,
  meanBetween,
  notNull,
  ref,
  rowCount,
  source,
  sql,
  unique,
} from './index.ts'
import type { Sink, Source } from '../connect/index.ts'
import type { RowOf } from './index.ts'

type Order = { id: bigint; country: string; amount: number; price: string | null; updated_at: string }
declare const table: Source<Order>
declare const anything: Source
declare const sink: Sink

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export const same = <A, B>(_is: Same<A, B>): void => {}

export const orders = ingest(table, {
  key: 'id',
  cursor: 'updated_at',
  lag: '10 minutes',
  every: 'day',
  partition: 'day(updated_at)',
  checks: [
    notNull('country'),
    unique(['id', 'country'], { severity: 'warn' }),
    unique('id', 'updated_at'),
    unique('id', { mostly: 0.99 }),
    between('amount', 0, 100_000),
    between('price', '0.01', '10'),
    meanBetween('price', '1'),
    matches('country', '^[A-Z]{2}$'),
    rowCount(1),
    increasing('id', 'updated_at', { strictly: true }),
  ],
  columns: { id: 'BIGINT not null', price: { type: 'DECIMAL(18,2)', doc: 'Net, in euro' } },
  contract: { onNewColumn: 'add' },
})
same<RowOf<typeof orders>, Order>(true)

// @ts-expect-error a key that is no column
ingest(table, { key: 'idd' })
// @ts-expect-error one of several
ingest(table, { key: ['id', 'contry'] })
// @ts-expect-error a cursor that is no column
ingest(table, { cursor: 'updated' })
// @ts-expect-error a check on a misspelt column
ingest(table, { checks: [notNull('contry')] })
// @ts-expect-error the second of two columns
ingest(table, { checks: [compoundUnique('id', 'contry')] })
// @ts-expect-error a numeric check on a text column
ingest(table, { checks: [between('country', 0, 1)] })
// @ts-expect-error a numeric check on a text column
ingest(table, { checks: [atLeast('country', 0)] })
// @ts-expect-error a figure of a text column
ingest(table, { checks: [meanBetween('country', 0, 1)] })
// @ts-expect-error a text check on a number
ingest(table, { checks: [lengthBetween('amount', 1, 2)] })
// @ts-expect-error one bound a number, one text
ingest(table, { checks: [between('price', '0', 1)] })
// @ts-expect-error an option that is none
ingest(table, { cursr: 'updated_at' })
// @ts-expect-error months differ: no duration
ingest(table, { every: '1 month' })
// @ts-expect-error a number without a unit
ingest(table, { lag: '10' })
// @ts-expect-error a promise about a column that is not there
ingest(table, { columns: { idd: 'BIGINT' } })
// @ts-expect-error a strategy that is none
ingest(table, { write: 'upsert' })
// @ts-expect-error an age that is no duration
freshness('updated_at', 'soon')
// @ts-expect-error not how partitions are said
ingest(table, { partition: 'daily' })

// Rows nobody knows: everything may be said.
ingest(anything, { key: 'whatever', checks: [between('x', 0, 1), matches('y', 'z')] })

async function* oneColumn() {
  yield { a: 1 }
}

// Types come out of what is yielded: rows, lists of rows, pages.
export const rates = ingest(
  async function* ({ since, http }) {
    for await (const page of http.pages('https://example.com', { since })) {
      yield { day: '2024-01-01', rate: 1.5, page: page.records.length }
    }
  },
  { key: 'day', checks: [between('rate', 0, 9)] },
)
same<RowOf<typeof rates>, { day: string; rate: number; page: number }>(true)
export const lists = ingest(async function* () {
  yield [{ a: 1 }, { a: 2 }]
})
same<RowOf<typeof lists>, { a: number }>(true)
// @ts-expect-error the generator yields no such column
ingest(oneColumn, { key: 'b' })
ingest(
  async function* ({ http }) {
    for await (const page of http.pages('https://example.com')) yield page
  },
  { key: 'anything' },
)

export const top = asset(
  sql<{ country: string; spent: number }>`select 1 from ${orders} where id in ${[1, 2n]}`,
  {
    key: 'country',
    checks: [atLeast('spent', 0)],
  },
)
// @ts-expect-error a bare string in a hole
export const bare = sql`select ${'country'} from ${orders}`
export const wrapped = sql`select ${sql.name('country')}, ${sql.text("it's")} from ${orders} limit ${10}`
// @ts-expect-error the query makes no such column
asset(sql<{ country: string }>`select 1`, { key: 'contry' })
// @ts-expect-error an export has no rows to read
export const fromExport = sql`select * from ${exportTo(sink, orders)}`

export const scored = asset(
  { orders, other: ref('staging.other') },
  async function* ({ orders, other }) {
    for await (const o of orders) {
      same<typeof o, Order>(true)
      yield { id: o.id, score: o.amount * 2 }
    }
    for await (const row of other) same<typeof row, unknown>(true)
  },
  { key: 'id', checks: [between('score', 0, 1)] },
)
same<RowOf<typeof scored>, { id: bigint; score: number }>(true)
// @ts-expect-error an input that was not given
asset({ orders }, ({ order }) => [{ a: order }])
// @ts-expect-error the function makes no such column
asset({ orders }, oneColumn, { key: 'id' })

exportTo(sink, top, { key: 'country' })
// @ts-expect-error the exported asset has no such column
exportTo(sink, top, { key: 'id' })

defineConfig({
  name: 'shop',
  pools: { api: 2 },
  sources: { 'crm.people': source({ columns: { id: 'BIGINT' } }) },
})
// @ts-expect-error an option that is none
defineConfig({ nam: 'shop' })
