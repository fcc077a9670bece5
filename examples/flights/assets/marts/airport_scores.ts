import { asset, ref } from 'sluice'
import { between, unique } from 'sluice/checks'

/** Rows in TypeScript: a lower bound of the share of punctual flights (Wilson, 95 %), so that small airports do not win by luck. */
export default asset(
  { daily: ref('marts.on_time_daily') },
  async function* ({ daily }) {
    const totals = new Map<string, { flights: number; late: number }>()
    for await (const row of daily) {
      const total = totals.get(row.airport) ?? { flights: 0, late: 0 }
      total.flights += Number(row.flights)
      total.late += Number(row.late_flights)
      totals.set(row.airport, total)
    }
    for (const [airport, { flights, late }] of totals) {
      yield { airport, flights, score: wilson(flights - late, flights) }
    }
  },
  {
    doc: 'Punctuality of each airport over the whole time, from 0 to 1.',
    key: 'airport',
    owner: 'operations',
    tags: 'mart',
    checks: [unique('airport'), between('score', 0, 1)],
  },
)

function wilson(good: number, all: number): number {
  const z = 1.96
  const share = good / all
  const middle = share + (z * z) / (2 * all)
  const spread = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  return Math.round(((middle - spread) / (1 + (z * z) / all)) * 10_000) / 10_000
}
