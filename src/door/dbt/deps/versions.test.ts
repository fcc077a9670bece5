import { expect, test } from 'vitest'
import { boundOf, newest } from './versions.ts'

const all = ['0.9.0', '1.0.0', '1.2.0', '1.10.0', '2.0.0-rc1', '2.0.0-rc.2', 'v2.0.0', '2.1.0-a']

test.each([
  [['>=1.0.0', '<2.0.0'], false, '1.10.0'],
  [['1.2.0'], false, '1.2.0'],
  [['=1.2.0'], false, '1.2.0'],
  [[], false, 'v2.0.0'],
  [[], true, '2.1.0-a'],
  [['2.0.0-rc1'], false, '2.0.0-rc1'],
  [['>1.10.0', '<2.0.0'], true, '2.0.0-rc1'],
  [['>3.0.0'], true, undefined],
])('of all versions %j (prereleases: %j) is %s', (bounds, prereleases, version) => {
  expect(newest(all, bounds.map(boundOf), prereleases)).toBe(version)
})

test('what is no version is refused', () => {
  expect(() => boundOf('newest')).toThrow('The package `newest` cannot be installed.')
})
