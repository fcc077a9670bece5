import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

test('a sleep longer than a timer can be does not end at once, and ends when it is told to', async () => {
  const { sleep } = systemClock()
  const controller = new AbortController()
  const long = sleep(2 ** 31 + 1_000, controller.signal).then(() => 'long')
  const short = sleep(5, controller.signal).then(() => 'short')
  expect(await Promise.race([long, short])).toBe('short')
  controller.abort()
  expect(await long).toBe('long')
  await sleep(1e9, controller.signal)
})
