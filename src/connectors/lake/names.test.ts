import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assetAt, bookkeeping, keyOf } from './names.ts'

const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter(text => text.isWellFormed())

test('every asset has a folder of its own, from which its name comes back', () => {
  fc.assert(
    fc.property(name, name, (schema, table) => {
      const asset = `${schema.replaceAll('.', '_')}.${table}`
      const key = keyOf(asset)
      expect(assetAt(key)).toBe(asset)
      expect(key).toMatch(/^[A-Za-z0-9_.%-]+\/[A-Za-z0-9_.%-]+$/)
      const parts = key.split('/')
      expect(parts).not.toContain('.')
      expect(parts).not.toContain('..')
      expect(parts[0]).not.toBe(bookkeeping)
    }),
    {
      examples: [
        ['.', '..'],
        ['a', '.'],
        ['_sluice', 'views'],
        ['a', 'b.c'],
        ['a', '*?[]'],
        ['%', '%5F'],
      ],
    },
  )
})

test('folders that are no assets', () => {
  for (const folder of ['_sluice/effects', 'a', 'a/b/c', 'a/%zz', 'a/b c', 'a/%61'])
    expect(assetAt(folder)).toBe(undefined)
})
