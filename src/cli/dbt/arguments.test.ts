import { expect, test } from 'vitest'
import { dbtFlags } from '../../door/index.ts'
import { readDbtArguments } from './arguments.ts'

function read(...argv: readonly string[]) {
  const { command, words, flags } = readDbtArguments(argv)
  return { command, words, flags }
}

test('a flag of many values takes all words up to the next flag, and may stand again', () => {
  const flags = { select: ['a', 'b', 'tag:c', 'd e'], exclude: ['f'], target: 'dev' }
  expect(
    read('run', '--select', 'a', 'b', '-t', 'dev', '-s', 'tag:c', '--exclude', 'f', '-m', 'd e'),
  ).toEqual({
    command: 'run',
    words: [],
    flags,
  })
  expect(read('ls', '--select=+a', '--models', 'b').flags).toEqual({ select: ['+a', 'b'] })
})

test('flags stand before the command, too', () => {
  expect(
    read('--quiet', '--no-partial-parse', '--target', 'prod', 'docs', 'generate', '--no-compile'),
  ).toEqual({
    command: 'docs generate',
    words: [],
    flags: { quiet: true, 'partial-parse': false, target: 'prod', compile: false },
  })
})

test('short flags together, values behind them, negative numbers', () => {
  expect(read('build', '-xf', '-sorders').flags).toEqual({
    'fail-fast': true,
    'full-refresh': true,
    select: ['orders'],
  })
  expect(read('show', '-s', 'a', '--limit', '-1').flags).toEqual({ select: ['a'], limit: '-1' })
})

test('other names of commands, words of a macro, what stands behind --', () => {
  expect(read('ls').command).toBe('list')
  expect(read('freshness').command).toBe('source freshness')
  expect(read('source', 'snapshot-freshness').command).toBe('source freshness')
  expect(read('run-operation', 'grant', '--args', '{to: a}')).toMatchObject({
    words: ['grant'],
    flags: { args: '{to: a}' },
  })
  expect(read('run-operation', '--', '--odd').words).toEqual(['--odd'])
})

test('the options of every verb of Sluice are no flags of dbt', () => {
  expect(read('--json', 'run', '--no-color', '--verbose').flags).toEqual({})
})

test('a letter and a name mean one flag', () => {
  const names = dbtFlags.flatMap(({ name, also = [] }) => [name, ...also])
  expect(new Set(names).size).toBe(names.length)
  const letters = dbtFlags.flatMap(({ short }) => short ?? [])
  expect(new Set(letters).size).toBe(letters.length)
})
