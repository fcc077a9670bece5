import { expect, test } from 'vitest'
import { catalogue, type Code, explain } from './index.ts'

test('every code of the catalogue can be explained before it happened, in whole sentences', () => {
  for (const code of Object.keys(catalogue) as Code[]) {
    const { title, why, fix } = explain(code)
    for (const words of [title, fix, ...(why === undefined ? [] : [why])])
      expect.soft(words, code).not.toMatch(/(?<!`)undefined|\[object|NaN|^$|=>/)
  }
})

test('placeholders stand where names will', () => {
  const { title, fix } = explain('SLUICE_REF_NOT_FOUND')
  expect(`${title} ${fix}`).toBe('No asset is called `NAME`. Did you mean `NEAR`?')
})
