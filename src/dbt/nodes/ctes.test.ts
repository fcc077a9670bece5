import { expect, test } from 'vitest'
import { withCtes } from './ctes.ts'

const a = { id: 'model.shop.a', sql: '__dbt__cte__a as (select 1)' }
const b = { id: 'model.shop.b', sql: '__dbt__cte__b as (select 2)' }

test('a query without CTEs gets a `with`, after its leading comments', () => {
  expect(withCtes('-- why\nselect * from __dbt__cte__a', [a])).toBe(
    '-- why\nwith __dbt__cte__a as (select 1)\nselect * from __dbt__cte__a',
  )
})

test('a query with CTEs gets them in front of its own; `recursive` stays in its place', () => {
  expect(withCtes('with x as (select 3) select * from x', [a, b])).toBe(
    'with __dbt__cte__a as (select 1), __dbt__cte__b as (select 2), x as (select 3) select * from x',
  )
  expect(withCtes('WITH /* c */ RECURSIVE x as (select 3) select * from x', [a])).toBe(
    'WITH /* c */ RECURSIVE __dbt__cte__a as (select 1), x as (select 3) select * from x',
  )
})

test('nothing to inject changes nothing', () => {
  expect(withCtes('select 1', [])).toBe('select 1')
})
