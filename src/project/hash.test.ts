import { expect, test } from 'vitest'
import { hash } from './hash.ts'

test('a hash is that of the text as UTF-8: 32 digits that never change', () => {
  expect(hash('')).toBe('e3b0c44298fc1c149afbf4c8996fb924')
  expect(hash('€')).toBe(hash(Buffer.from([0xe2, 0x82, 0xac])))
})
