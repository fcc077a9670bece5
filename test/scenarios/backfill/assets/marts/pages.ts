import { asset, ref } from 'sluice'

type Visits = { readonly day: string; readonly page: string; readonly visits: bigint }

/** The same day by day in TypeScript: all rows are read, the step keeps those of its days. */
export default asset(
  { visits: ref('raw.visits') },
  async function* ({ visits }) {
    const days = new Map<string, Set<string>>()
    for await (const { day, page } of visits as AsyncIterable<Visits>) {
      days.set(day, (days.get(day) ?? new Set()).add(page))
    }
    for (const [day, pages] of days) yield { day, pages: pages.size }
  },
  {
    key: 'day',
    partition: 'day from 2026-01-01 until 2026-01-11',
    columns: { day: 'DATE not null', pages: 'BIGINT not null' },
  },
)
