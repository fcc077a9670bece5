import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { calendarOf, type PartitionScheme, type PartitionUnit } from '../model/index.ts'
import { whereOf } from './index.ts'

type Time = Extract<PartitionScheme, { kind: 'time' }>

function scheme(unit: PartitionUnit, zone: string): Time {
  return { kind: 'time', column: 'the "day"', unit, zone }
}

const day = { first: '2026-03-29', last: '2026-03-29' }

test.each([
  [
    'DATE',
    scheme('day', 'Europe/Berlin'),
    day,
    `"the ""day""" >= DATE '2026-03-29' AND "the ""day""" < DATE '2026-03-30'`,
  ],
  [
    'TIMESTAMP',
    scheme('month', 'UTC'),
    { first: '2025-12', last: '2026-01' },
    `"the ""day""" >= TIMESTAMP '2025-12-01 00:00:00' AND "the ""day""" < TIMESTAMP '2026-02-01 00:00:00'`,
  ],
  [
    'TIMESTAMP WITH TIME ZONE',
    scheme('day', 'Europe/Berlin'),
    day,
    `"the ""day""" >= TIMESTAMPTZ '2026-03-28 23:00:00+00' ` +
      `AND "the ""day""" < TIMESTAMPTZ '2026-03-29 22:00:00+00'`,
  ],
  [
    'VARCHAR',
    { kind: 'static', column: 'c', values: ['DE', "d'Oc", 'IN'] } as const,
    { first: 'DE', last: "d'Oc" },
    `"c" IN ('DE', 'd''Oc')`,
  ],
  [
    'INTEGER',
    { kind: 'static', column: 'c', values: ['1', '2'] } as const,
    { first: '2', last: '2' },
    `CAST("c" AS VARCHAR) IN ('2')`,
  ],
])('%s, by statistics where it can', (...[type, of, range, sql]) => {
  expect(whereOf(of, range, type)).toBe(sql)
})

test('an engine finds every row in its own partition only, whatever zone the session has', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`set TimeZone = 'Asia/Tokyo'`)
    const instant = fc.integer({
      min: Date.parse('2026-03-28T20:00:00Z'),
      max: Date.parse('2026-03-30T02:00:00Z'),
    })
    const autumn = fc.integer({
      min: Date.parse('2026-10-24T20:00:00Z'),
      max: Date.parse('2026-10-26T02:00:00Z'),
    })
    const world = [
      fc.constantFrom<PartitionUnit>('hour', 'day', 'week', 'month'),
      fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
      fc.constantFrom('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'DATE', 'VARCHAR'),
      fc.oneof(instant, autumn),
    ] as const
    await fc.assert(
      fc.asyncProperty(...world, async (...[unit, zone, type, instantMs]) => {
        fc.pre(!(unit === 'hour' && type === 'DATE'))
        const calendar = calendarOf(unit, zone)
        const key = calendar.of(instantMs)
        const value = `(epoch_ms(${instantMs})::timestamp at time zone 'UTC')`
        const wall = `timezone('${zone}', ${value})`
        const column =
          { DATE: `${wall}::date`, VARCHAR: `${wall}::varchar`, TIMESTAMP: wall }[type as 'DATE'] ?? value
        const tests = [calendar.previous(key), key, calendar.next(key)].map(
          each => `(${whereOf(scheme(unit, zone), { first: each, last: each }, type)})::int`,
        )
        const sql = `select ${tests.join(', ')} from (select ${column} as "the ""day""")`
        const rows = await (await connection.runAndReadAll(sql)).getRows()
        expect({ sql, found: rows[0] }).toEqual({ sql, found: [0, 1, 0] })
      }),
      { numRuns: 150 },
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
})
