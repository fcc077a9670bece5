import { expect, test } from 'vitest'
import { parseType, typeSql } from './types.ts'

test.each([
  'BIGINT',
  'DECIMAL(10,2)',
  'TIMESTAMP WITH TIME ZONE[]',
  "ENUM('a, b)', 'c''d')",
  'UNION(k INTEGER, v VARCHAR[])',
  'MAP(VARCHAR, MAP(INTEGER, DOUBLE[]))[]',
  'STRUCT("a" INTEGER, "b ""c" STRUCT("MAP" DATE)[], "m" MAP(VARCHAR, STRUCT("x" TIME)))',
])('%s is taken apart and put together', type => {
  expect(typeSql(parseType(type))).toBe(type)
})

test('arrays of a fixed length are lists; keys of maps are never NULL', () => {
  expect(typeSql(parseType('INTEGER[3][2]'))).toBe('INTEGER[][]')
  expect(parseType('MAP(VARCHAR, DATE)')).toMatchObject({
    key: { nullable: false },
    value: { nullable: true },
  })
  expect(parseType('STRUCT(a DATE)')).toMatchObject({ kind: 'struct', fields: [{ name: 'a', stored: 'a' }] })
})
