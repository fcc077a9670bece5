import { expect, test } from 'vitest'
import type { Resource } from '../face.ts'
import { checkRemoved, isSameContract } from './contract.ts'

function model(more: object = {}): Resource {
  const id = { name: 'id', data_type: 'integer', constraints: [{ type: 'not_null', name: null }] }
  const amount = { name: 'amount', data_type: 'decimal(10, 2)', constraints: [] }
  return {
    resource_type: 'model',
    name: 'invoices',
    original_file_path: 'models/invoices.sql',
    version: null,
    config: { materialized: 'table' },
    contract: { enforced: true, checksum: 'old' },
    constraints: [{ type: 'primary_key', columns: ['id'] }],
    columns: { id, amount },
    ...more,
  } as unknown as Resource
}

const { id, amount } = model().columns as { id: object; amount: object }
const changed = { contract: { enforced: true, checksum: 'new' } }

/** Whether the contract is the same, and what was told. */
function held(now: object, before: object = {}): unknown[] {
  const told: string[] = []
  const isSame = isSameContract(model(now), model(before), { warn: words => void told.push(words) })
  return [isSame, ...told]
}

const path = 'The contract of `invoices` (models/invoices.sql) is broken:'

test('what is promised anew, or as before, breaks nothing', () => {
  const none = { contract: { enforced: false, checksum: null } }
  expect(held({})).toEqual([true])
  expect(held(none, none)).toEqual([true])
  expect(held({}, none)).toEqual([false])
  expect(held({ ...changed, columns: { id, amount, more: id } })).toEqual([false])
  expect(held({ ...changed, columns: { id, amount: { ...amount, data_type: 'DECIMAL(5, 1)' } } })).toEqual([
    false,
  ])
})

test.each([
  ['it is not enforced any more', { contract: { enforced: false, checksum: null } }],
  ['the column `amount` was removed', { ...changed, columns: { id } }],
  [
    'the column `amount` was decimal(10, 2) and is text',
    { ...changed, columns: { id, amount: { ...amount, data_type: 'text' } } },
  ],
  [
    'the constraint `not_null` of the column `id` was removed',
    { ...changed, columns: { id: { ...id, constraints: [] }, amount } },
  ],
  ['the constraint `primary_key` was removed', { ...changed, constraints: [] }],
  ['it was a table and is a view', { ...changed, config: { materialized: 'view' } }],
])('%s', (words, now) => {
  expect(held(now)).toEqual([false, `${path} ${words}.`])
})

test('of a model with versions it is a failure', () => {
  const now = { ...changed, columns: { id }, version: 2 }
  expect(() => held(now)).toThrow('Version 2 of `invoices` breaks its contract.')
})

test('a model that is gone breaks its contract, unless its time had come', () => {
  const told: string[] = []
  const by = { nowMs: Date.UTC(2026, 0, 31), warn: (words: string) => void told.push(words) }
  checkRemoved(model(), true, by)
  checkRemoved(model(), false, by)
  checkRemoved(model({ deprecation_date: '2026-01-30' }), false, by)
  checkRemoved(model({ contract: { enforced: false, checksum: null } }), false, by)
  expect(told).toEqual([`${path} it is disabled.`, `${path} it was removed or renamed.`])
})
