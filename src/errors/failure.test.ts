import { expect, test } from 'vitest'
import type * as Face from './failure.ts'
import { asFailure, Failure, Failures, failure } from './index.ts'

test('a failure of a second copy of this package is a failure here too', async () => {
  // The query makes Node load the module once more.
  const copy: typeof Face = await import(`${new URL('./failure.ts', import.meta.url).href}?copy`)
  expect(copy.Failure).not.toBe(Failure)
  const theirs = copy.failure('SLUICE_REF_NOT_FOUND', { name: 'a', asset: 'b', near: [] })
  expect(theirs).toBeInstanceOf(Failure)
  expect(asFailure(theirs, 'testing')).toBe(theirs)
  expect(new copy.Failures([theirs])).toBeInstanceOf(Failures)
})

test('what only looks like a failure is none', () => {
  const known = failure('SLUICE_REF_NOT_FOUND', { name: 'a', asset: 'b', near: [] })
  expect({ ...known, name: 'Failure' } instanceof Failures).toBe(false)
  expect(Object.assign(new TypeError('x'), { name: 'Failure', code: known.code })).not.toBeInstanceOf(Failure)
  expect(null).not.toBeInstanceOf(Failure)
})
