import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarOf, type PartitionUnit } from './index.ts'

const units: readonly PartitionUnit[] = ['hour', 'day', 'week', 'month']
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
]

const hourMs = 3_600_000

function at(iso: string): number {
  return Date.parse(iso)
}

describe('partitions in the wall clock of a zone', () => {
  const instant = fc.integer({ min: at('1950-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z') })

  test('every instant lies in exactly one partition, partitions touch, and neighbours are inverse', () => {
    fc.assert(
      fc.property(fc.constantFrom(...units), fc.constantFrom(...zones), instant, (unit, zone, instantMs) => {
        const calendar = calendarOf(unit, zone)
        const key = calendar.of(instantMs)
        const { fromMs, untilMs } = calendar.bounds(key, key)
        expect(calendar.isKey(key)).toBe(true)
        expect(fromMs).toBeLessThanOrEqual(instantMs)
        expect(untilMs).toBeGreaterThan(instantMs)
        const next = calendar.next(key)
        expect(next > key).toBe(true)
        expect(calendar.previous(next)).toBe(key)
        expect(calendar.bounds(next, next).fromMs).toBe(untilMs)
        expect([calendar.of(fromMs), calendar.of(untilMs - 1), calendar.of(untilMs)]).toEqual([
          key,
          key,
          next,
        ])
        expect(calendar.between(key, next)).toEqual([key, next])
        expect(calendar.between(next, key)).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  })

  test('a list of partitions leaves none out, whatever the clocks do meanwhile', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PartitionUnit>('hour', 'day'),
        fc.constantFrom(...zones),
        instant,
        fc.integer({ min: 0, max: 1500 }),
        (...[unit, zone, instantMs, count]) => {
          const calendar = calendarOf(unit, zone)
          const keys = [calendar.of(instantMs)]
          while (keys.length <= count % (unit === 'hour' ? 1500 : 120))
            keys.push(calendar.next(keys.at(-1) ?? ''))
          expect(calendar.between(keys[0] ?? '', keys.at(-1) ?? '')).toEqual(keys)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('days of 23 and 25 hours, an hour that does not exist, an hour that lasts two', () => {
    const days = calendarOf('day', 'Europe/Berlin')
    const hours = calendarOf('hour', 'Europe/Berlin')
    const length = (calendar: typeof days, key: string) => {
      const { fromMs, untilMs } = calendar.bounds(key, key)
      return (untilMs - fromMs) / hourMs
    }
    expect([length(days, '2026-03-29'), length(days, '2026-03-30'), length(days, '2026-10-25')]).toEqual([
      23, 24, 25,
    ])
    expect(hours.isKey('2026-03-29T02')).toBe(false)
    expect(hours.next('2026-03-29T01')).toBe('2026-03-29T03')
    expect(length(hours, '2026-10-25T02')).toBe(2)
    expect(hours.between('2026-03-29T00', '2026-03-29T23')).toHaveLength(23)
    expect(hours.between('2026-10-25T00', '2026-10-25T23')).toHaveLength(24)
    expect(days.bounds('2026-03-29', '2026-03-30')).toEqual({
      fromWall: '2026-03-29 00:00:00',
      untilWall: '2026-03-31 00:00:00',
      fromUtc: '2026-03-28 23:00:00',
      untilUtc: '2026-03-30 22:00:00',
      fromMs: at('2026-03-28T23:00:00Z'),
      untilMs: at('2026-03-30T22:00:00Z'),
    })
  })

  test('a day that a zone left out, a midnight that clocks jumped over, a midnight that came twice', () => {
    const apia = calendarOf('day', 'Pacific/Apia')
    expect([apia.isKey('2011-12-30'), apia.next('2011-12-29')]).toEqual([false, '2011-12-31'])
    expect(apia.between('2011-12-28', '2012-01-01')).toEqual([
      '2011-12-28',
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
    ])
    // Clocks went from 24:00 to 01:00.
    const paulo = calendarOf('day', 'America/Sao_Paulo')
    expect(paulo.bounds('2018-11-04', '2018-11-04').fromUtc).toBe('2018-11-04 03:00:00')
    // Clocks went from 00:01 back to 23:01: the minute past midnight belongs to the new day, and so does what
    // follows.
    const johns = calendarOf('day', 'America/St_Johns')
    const midnight = at('2010-11-07T02:30:00Z')
    expect([johns.of(midnight - 1), johns.of(midnight), johns.of(midnight + 61_000)]).toEqual([
      '2010-11-06',
      '2010-11-07',
      '2010-11-07',
    ])
  })

  test.each<[PartitionUnit, readonly string[], readonly string[]]>([
    [
      'hour',
      ['2026-01-31T05', '0001-01-01T00'],
      ['2026-01-31', '2026-01-31T5', '2026-01-31T24', '2026-02-30T05'],
    ],
    [
      'day',
      ['2026-01-31', '2024-02-29', '9999-12-31'],
      ['2026-02-29', '2026-1-1', '2026-13-01', '2026-01', 'today', ''],
    ],
    ['week', ['2026-01-26', '1969-12-29'], ['2026-01-27', '2026-W05']],
    ['month', ['2026-01', '1900-12'], ['2026-00', '2026-13', '2026-01-01', '0000-01']],
  ])('keys of a %s', (unit, good, bad) => {
    const calendar = calendarOf(unit, 'UTC')
    expect(good.filter(key => !calendar.isKey(key))).toEqual([])
    expect(bad.filter(key => calendar.isKey(key))).toEqual([])
  })

  test('agrees with the calendar of the language over four centuries', () => {
    const days = calendarOf('day', 'UTC')
    const weeks = calendarOf('week', 'UTC')
    for (let day = -60_000; day < 60_000; day += 7) {
      const date = new Date(day * 24 * hourMs)
      expect(days.of(date.getTime())).toBe(date.toISOString().slice(0, 10))
      const monday = new Date((day - ((date.getUTCDay() + 6) % 7)) * 24 * hourMs)
      expect(weeks.of(date.getTime())).toBe(monday.toISOString().slice(0, 10))
    }
  })
})
