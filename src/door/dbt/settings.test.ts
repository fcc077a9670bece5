import { expect, test } from 'vitest'
import { settingsOf } from './settings.ts'

test('the command line comes before the environment, and that before the project', () => {
  const project = { fail_fast: true, target_path: 'out', indirect_selection: 'cautious' }
  const env = { DBT_TARGET_PATH: 'elsewhere', DBT_ENGINE_QUIET: '1', DBT_FULL_REFRESH: 'no' }
  const settings = settingsOf({ given: { 'fail-fast': false }, env, project })
  expect(settings.isOn('fail-fast')).toBe(false)
  expect(settings.text('target-path')).toBe('elsewhere')
  expect(settings.isOn('quiet')).toBe(true)
  expect(settings.choice('full-refresh')).toBe(false)
  expect(settings.choice('write-json')).toBeUndefined()
  expect(settings.text('indirect-selection')).toBe('cautious')
})

test('texts become what a flag takes, and what cannot is refused by its name', () => {
  const of = (given: { readonly [name: string]: string | readonly string[] }) =>
    settingsOf({ given, env: {}, project: {} })
  expect(of({ vars: '{day: 2026-01-01, n: 1}' }).mapping('vars')).toMatchObject({ n: 1 })
  expect(of({ vars: '' }).mapping('vars')).toEqual({})
  expect(of({ select: ['a b', ' c'] }).texts('select')).toEqual(['a', 'b', 'c'])
  expect(of({ threads: '4' }).number('threads')).toBe(4)
  expect(() => of({ vars: '[1]' })).toThrow('`--vars` takes a mapping')
  expect(() => of({ threads: 'x' })).toThrow('`--threads` takes a whole number')
  expect(() => of({ 'indirect-selection': 'all' })).toThrow('`--indirect-selection` takes one of eager')
  expect(() => of({ 'resource-type': ['model', 'table'] })).toThrow('`--resource-type` takes one of metric')
})
