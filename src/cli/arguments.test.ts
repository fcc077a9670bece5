import { expect, test } from 'vitest'
import { Failure } from '../errors/index.ts'
import { readArguments } from './arguments.ts'
import { globalOptions, verbs } from './verbs.ts'

function read(line: string) {
  const { verb, words, options } = readArguments(line === '' ? [] : line.split(' '))
  return { verb: verb?.name, words, options }
}

function refusal(line: string): string {
  try {
    read(line)
  } catch (thrown) {
    if (thrown instanceof Failure) return `${thrown.title} ${thrown.fix}`
    throw thrown
  }
  return 'nothing was refused'
}

test('options stand before and behind the verb', () => {
  const wanted = { verb: 'run', words: ['+marts.*', 'tag:daily'], options: { env: 'prod', json: true } }
  expect(read('run +marts.* tag:daily --env prod --json')).toEqual(wanted)
  expect(read('--env prod --json run +marts.* tag:daily')).toEqual(wanted)
  expect(read('--env=prod run +marts.* --json tag:daily')).toEqual(wanted)
})

test('options that may stand several times are kept in order, others keep the last', () => {
  expect(read('run --exclude a --exclude b').options).toEqual({ exclude: ['a', 'b'] })
  expect(read('run --env a --env b').options).toEqual({ env: 'b' })
})

test('short letters, help as a word, words behind --', () => {
  expect(read('logs -f')).toEqual({ verb: 'logs', words: [], options: { follow: true } })
  expect(read('help run')).toEqual({ verb: 'run', words: [], options: { help: true } })
  expect(readArguments(['sql', '--', '--x']).words).toEqual(['--x'])
})

test.each([
  ['rnu', '`sluice rnu` is not a command. Did you mean `run`?'],
  ['frobnicate', '`sluice frobnicate` is not a command. `sluice --help` lists the commands.'],
  ['run --fail-fsat', '`sluice run` has no option `--fail-fsat`. Did you mean `--fail-fast`?'],
  ['check --force', '`sluice check` has no option `--force`. `sluice check --help` lists the options.'],
  ['run --exclude', '`--exclude` takes a value, SELECTION. Give `--exclude` a value, SELECTION.'],
  ['run --exclude --json', '`--exclude` takes a value, SELECTION. Give `--exclude` a value, SELECTION.'],
  ['run --force=yes', '`--force` takes no value. Give `--force` no value.'],
  ['lineage', 'The command needs `asset`. Type `sluice lineage ASSET`.'],
  ['show a b', 'Nothing is known to do with `b`. Type `sluice show ASSET`.'],
])('sluice %s is refused with a fix', (line, words) => {
  expect(refusal(line)).toBe(words)
})

test('one option has one shape in all verbs: the words are cut before the verb is known', () => {
  const shapes = new Map<string, string>()
  for (const { name, value, short } of [...globalOptions, ...verbs.flatMap(({ options }) => options)]) {
    const shape = JSON.stringify([value !== undefined, short])
    expect([name, shapes.get(name) ?? shape]).toEqual([name, shape])
    shapes.set(name, shape)
  }
})

test('every verb of the table has its file', async () => {
  for (const verb of verbs) expect(await verb.load()).toBeTypeOf('function')
})
