import { expect, test } from 'vitest'
import { tables } from './cases/index.ts'
import { ours } from './ours.ts'

test.each(Object.entries(tables))('every expression is as Python printed it: %s', (_, rows) => {
  const answers = ours(rows.map(([expression]) => expression))
  expect(rows.map(([expression], i) => [expression, answers[i]])).toEqual(rows)
})
