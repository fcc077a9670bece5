import { expect, test } from 'vitest'
import { Float } from '../../jinja/index.ts'
import { YamlDate } from '../yaml.ts'
import { equal } from './equal.ts'
import { kindsOf, type KindWish } from './kinds.ts'
import { isEmpty, type Member } from './members.ts'

test.each<[words: string, wish: KindWish, expected: string]>([
  ['run', { command: 'run', resourceTypes: ['seed'] }, 'model'],
  ['test', { command: 'test' }, 'test unit_test'],
  ['test of some', { command: 'test', resourceTypes: ['unit_test', 'model'] }, 'unit_test'],
  ['test without', { command: 'test', excludeResourceTypes: ['unit_test'] }, 'test'],
  ['build', { command: 'build' }, 'exposure function model saved_query seed snapshot test unit_test'],
  [
    'build without',
    { command: 'build', resourceTypes: ['default'], excludeResourceTypes: ['test', 'unit_test'] },
    'exposure function model saved_query seed snapshot',
  ],
  ['list of analyses', { command: 'list', resourceTypes: ['analysis'] }, 'analysis'],
  ['clone', { command: 'clone' }, 'model seed snapshot'],
  ['freshness', { command: 'freshness' }, 'source'],
])('%s', (_, wish, expected) => {
  expect([...kindsOf(wish)].toSorted().join(' ')).toBe(expected)
})

test('a kind that does not exist is refused', () => {
  expect(() => kindsOf({ command: 'list', resourceTypes: ['modle'] })).toThrow(
    '`modle` in `resource_type:modle`',
  )
})

test('code that was left empty is passed over, seeds never are', () => {
  const of = (resource_type: string, raw_code: string) =>
    isEmpty({ id: '', kind: 'nodes', resource: { resource_type, raw_code } } as unknown as Member)
  expect([of('model', ' \n'), of('model', 'select 1'), of('seed', '')]).toEqual([true, false, false])
})

test('values in memory equal what JSON says of them', () => {
  const memory = { a: new Float(1), b: new YamlDate('2026-01-31'), c: new Map([[1, 2n]]), d: [1, null] }
  expect(equal(memory, { d: [1, null], c: { 1: 2 }, b: '2026-01-31', a: 1, e: null })).toBe(true)
  for (const other of [{ ...memory, a: 2 }, { ...memory, d: [1] }, { ...memory, e: 0 }, [memory], null])
    expect(equal(memory, other)).toBe(false)
})
