import { asset, ref, sql } from 'sluice'
import { atLeast, compoundUnique } from 'sluice/checks'

type Route = { origin: string; destination: string; flights: bigint; miles: number }

const flights = ref('staging.flights')

export default asset(
  sql<Route>`
    select origin, destination, count(*) as flights, any_value(distance_miles order by distance_miles) as miles
    from ${flights}
    group by origin, destination`,
  {
    doc: 'Every pair of airports that was flown, with how often.',
    key: ['origin', 'destination'],
    owner: 'operations',
    tags: 'mart',
    checks: [compoundUnique('origin', 'destination'), atLeast('flights', 1)],
  },
)
