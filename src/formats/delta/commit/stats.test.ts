import { expect, test } from 'vitest'
import type { ColumnStatistics, TableField } from '../../../tables/index.ts'
import { statsColumns, statsJson } from './stats.ts'

function field(name: string, sql: string): TableField {
  return { name, stored: `s-${name}`, type: { kind: 'scalar', sql }, nullable: true }
}

function column(name: string, min: string | undefined, max: string | undefined): ColumnStatistics {
  return { path: [`s-${name}`], min, max, nulls: 1, hasNan: false }
}

const all = { leavesMax: 32 }

function bounds(sql: string, ...[min, max, hasNan = false]: readonly [string, string, boolean?]) {
  const text = statsJson({ rows: 3, columns: [{ ...column('a', min, max), hasNan }] }, [field('a', sql)], all)
  const { minValues, maxValues } = JSON.parse(text) as {
    readonly minValues: { readonly [name: string]: unknown }
    readonly maxValues: { readonly [name: string]: unknown }
  }
  return [minValues['s-a'], maxValues['s-a']]
}

test('numbers keep every digit', () => {
  const fields = [field('i', 'BIGINT'), field('d', 'DECIMAL(38,3)')]
  const columns = [
    column('i', '-9223372036854775808', '9223372036854775807'),
    column('d', '-12345678901234567890123456789012345.678', '0.001'),
  ]
  expect(statsJson({ rows: 2, columns }, fields, all)).toBe(
    '{"numRecords":2,' +
      '"minValues":{"s-i":-9223372036854775808,"s-d":-12345678901234567890123456789012345.678},' +
      '"maxValues":{"s-i":9223372036854775807,"s-d":0.001},"nullCount":{"s-i":1,"s-d":1},"tightBounds":true}',
  )
})

test('what no number of JSON says has no bound; with not-a-number there is no upper one', () => {
  expect(bounds('DOUBLE', '-inf', 'inf')).toEqual([undefined, undefined])
  expect(bounds('DOUBLE', '1.5', '1e+300')).toEqual([1.5, 1e300])
  expect(bounds('DOUBLE', '1.5', '2.5', true)).toEqual([1.5, undefined])
  expect(bounds('BLOB', '00', 'FF')).toEqual([undefined, undefined])
  expect(bounds('BOOLEAN', '0', '1')).toEqual([undefined, undefined])
})

test('texts are cut at whole characters, and the upper bound stays above what was cut', () => {
  const long = '😀'.repeat(40)
  const [min, max] = bounds('VARCHAR', long, `b${long}`)
  expect(min).toBe('😀'.repeat(32))
  expect(max).toBe(`b${'😀'.repeat(31)}\u{10ffff}`)
  expect(bounds('VARCHAR', '', 'é')).toEqual(['', 'é'])
  expect(bounds('VARCHAR', 'a', 'x'.repeat(32))).toEqual(['a', 'x'.repeat(32)])
  // The highest character follows the cut: nothing short is above it.
  expect(bounds('VARCHAR', 'a', `${'x'.repeat(32)}\u{10ffff}\u{10ffff}`)).toEqual(['a', undefined])
})

test('timestamps are rounded outwards to milliseconds, in far years too', () => {
  const micros = '2024-01-01 00:00:00.123456'
  expect(bounds('TIMESTAMP', micros, micros)).toEqual(['2024-01-01T00:00:00.123', '2024-01-01T00:00:00.124'])
  expect(bounds('TIMESTAMP WITH TIME ZONE', `${micros}+00`, '2024-12-31 23:59:59.9999+00')).toEqual([
    '2024-01-01T00:00:00.123Z',
    '2025-01-01T00:00:00.000Z',
  ])
  expect(bounds('TIMESTAMP', '9998-01-01 00:00:00.000001', '9998-01-01 00:00:00.000001')).toEqual([
    '9998-01-01T00:00:00.000',
    '9998-01-01T00:00:00.001',
  ])
  expect(bounds('TIMESTAMP', '0044-01-01 (BC) 00:00:00', '12024-01-01 00:00:00')).toEqual([
    undefined,
    undefined,
  ])
  expect(bounds('TIMESTAMP', '9999-12-31 23:59:59', '9999-12-31 23:59:59.9999')[1]).toBe(undefined)
  expect(bounds('DATE', '0001-01-01', 'infinity')).toEqual(['0001-01-01', undefined])
})

test('leaves are counted or named as the properties say', () => {
  const struct: TableField = {
    ...field('s', ''),
    type: { kind: 'struct', fields: [field('x', 'INTEGER'), field('Y', 'INTEGER')] },
  }
  const columns = [
    { ...column('x', '1', '2'), path: ['s-s', 's-x'] },
    { ...column('Y', '3', '4'), path: ['s-s', 's-Y'] },
    column('z', '5', '6'),
  ]
  const minValues = (properties: { readonly [name: string]: string }) =>
    JSON.parse(
      statsJson(
        { rows: 1, columns },
        [struct, field('z', 'INTEGER')],
        statsColumns(n => properties[n]),
      ),
    ).minValues
  expect(minValues({})).toEqual({ 's-s': { 's-x': 1, 's-Y': 3 }, 's-z': 5 })
  expect(minValues({ 'delta.dataSkippingNumIndexedCols': '2' })).toEqual({ 's-s': { 's-x': 1, 's-Y': 3 } })
  expect(minValues({ 'delta.dataSkippingNumIndexedCols': '-1' })['s-z']).toBe(5)
  expect(minValues({ 'delta.dataSkippingStatsColumns': 's.y, `Z`' })).toEqual({
    's-s': { 's-Y': 3 },
    's-z': 5,
  })
  expect(minValues({ 'delta.dataSkippingStatsColumns': 's' })).toEqual({ 's-s': { 's-x': 1, 's-Y': 3 } })
})
