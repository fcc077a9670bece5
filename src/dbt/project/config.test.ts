import { describe, expect, test } from 'vitest'
import { defaultConfig, finishedConfig, mergedCalls, mergedConfig } from './config.ts'
import { levelsOf } from './fqn.ts'
import { ignoreOf } from './ignore.ts'

describe('what is said nearer to a resource', () => {
  const before = mergedConfig(defaultConfig('model'), {
    tags: 'a',
    meta: { x: 1 },
    grants: { select: 'me' },
    materialized: 'table',
    'pre-hook': 'select 1',
  })

  test('is added to tags and hooks, updates meta, and replaces anything else', () => {
    const config = mergedConfig(before, {
      tags: ['b'],
      meta: { y: 2 },
      materialized: 'view',
      pre_hook: ['select 2'],
    })
    expect(config).toMatchObject({ tags: ['a', 'b'], meta: { x: 1, y: 2 }, materialized: 'view' })
    expect(finishedConfig('model', config)['pre-hook']).toEqual([
      { sql: 'select 1', transaction: true, index: null },
      { sql: 'select 2', transaction: true, index: null },
    ])
  })

  test('gives a privilege anew, or with `+` to more people', () => {
    expect(mergedConfig(before, { grants: { select: ['you'] } }).grants).toEqual({ select: ['you'] })
    expect(mergedConfig(before, { grants: { '+select': ['you'] } }).grants).toEqual({ select: ['me', 'you'] })
  })
})

test('several calls of `config` in one file are one', () => {
  const calls = mergedCalls(mergedCalls({}, { tags: 'a', alias: 'x' }), { tags: ['b'], alias: 'y' })
  expect(calls).toEqual({ tags: ['a', 'b'], alias: 'y' })
})

test('`store_failures_as` wins over `store_failures`', () => {
  const config = { ...defaultConfig('test'), store_failures: true, store_failures_as: 'ephemeral' }
  expect(finishedConfig('test', config)).toMatchObject({ store_failures: false })
  expect(finishedConfig('test', { ...defaultConfig('test'), store_failures: true })).toMatchObject({
    store_failures_as: 'table',
  })
})

test('a tree is asked from the outside in; a mapping without `+` is a folder', () => {
  const levels = levelsOf({
    '+tags': 'all',
    shop: { materialized: 'table', staging: { '+meta': { x: 1 }, persist_docs: { relation: true } } },
  })
  expect(levels(['shop', 'staging', 'orders'])).toEqual([
    { tags: 'all' },
    { materialized: 'table' },
    { meta: { x: 1 } },
  ])
  expect(levels(['other', 'orders'])).toEqual([{ tags: 'all' }])
})

describe('.dbtignore takes the patterns of git', () => {
  const ignored = ignoreOf('# notes\n*.bak\n/models/old/\n!keep.bak\nwip_*\n**/scratch/*.sql\n')
  test.each([
    ['models/a.bak', true],
    ['models/keep.bak', false],
    ['models/old/x.sql', true],
    ['other/models/old/x.sql', false],
    ['models/wip_x/y.sql', true],
    ['models/deep/scratch/z.sql', true],
    ['models/a.sql', false],
  ])('%s', (path, is) => {
    expect(ignored(path)).toBe(is)
  })
})
