import { expect, test } from 'vitest'
import { widens, widensByItself } from './widen.ts'

const types = [
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'date',
  'timestamp',
  'timestamp_ntz',
].concat([
  'string',
  'decimal(9,0)',
  'decimal(10,0)',
  'decimal(12,2)',
  'decimal(13,4)',
  'decimal(20,0)',
  'void',
])

/** "Type Widening", the list of supported changes, over the types above. */
const supported = [
  ['byte', 'short integer long double decimal(10,0) decimal(12,2) decimal(20,0)'],
  ['short', 'integer long double decimal(10,0) decimal(12,2) decimal(20,0)'],
  ['integer', 'long double decimal(10,0) decimal(12,2) decimal(20,0)'],
  ['long', 'decimal(20,0)'],
  ['float', 'double'],
  ['date', 'timestamp_ntz'],
  ['decimal(9,0)', 'decimal(10,0) decimal(12,2) decimal(13,4) decimal(20,0)'],
  ['decimal(10,0)', 'decimal(12,2) decimal(20,0)'],
] as const

test('exactly the type changes of the protocol are widening', () => {
  const found = types.map(from => [from, types.filter(to => widens(from, to)).join(' ')])
  expect(found.filter(([, to]) => to !== '')).toEqual(supported)
})

test('by themselves rows turn no whole numbers into another sort', () => {
  expect(widensByItself('integer', 'long')).toBe(true)
  expect(widensByItself('integer', 'double')).toBe(false)
  expect(widensByItself('long', 'decimal(20,0)')).toBe(false)
})
