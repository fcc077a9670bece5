import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ingest } from 'sluice'
import { isIn, matches } from 'sluice/checks'
import { data } from '../../data.ts'

type Strike = {
  airport: string
  aircraft: string
  damage: string
  struck_on: string
  operator: string
  state: string
  phase: string
  species: string
  cost_dollars: string
  speed_knots: string | null
}

/** Any source is an async generator: this one reads a file line by line; the reports hold no quoted field. */
async function* strikes(): AsyncGenerator<Strike> {
  let header = true
  for await (const line of createInterface({ input: createReadStream(data('birdstrikes.csv')) })) {
    const f = line.split(',')
    if (!header) {
      yield {
        airport: f[0] ?? '',
        aircraft: f[1] ?? '',
        damage: f[2] ?? '',
        struck_on: f[3] ?? '',
        operator: f[4] ?? '',
        state: f[5] ?? '',
        phase: f[6] ?? '',
        species: f[8] ?? '',
        cost_dollars: f[12] ?? '',
        speed_knots: f[13] || null,
      }
    }
    header = false
  }
}

export default ingest(strikes, {
  doc: 'Collisions of aircraft with wildlife, as reported to the US Federal Aviation Administration.',
  owner: 'safety',
  tags: 'raw',
  write: 'replace',
  every: '1 day',
  columns: {
    airport: 'VARCHAR not null',
    damage: 'VARCHAR not null',
    struck_on: 'DATE not null',
    cost_dollars: 'DECIMAL(12,2) not null',
    speed_knots: 'SMALLINT',
  },
  // Reports with a damage code that the form does not have are set aside: `sluice quarantine list`.
  checks: [
    isIn('damage', ['None', 'Minor', 'Medium', 'Substantial'], { severity: 'quarantine' }),
    matches('state', '^[A-Z][A-Za-z .]+$', { severity: 'warn' }),
  ],
})
