import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { pythonWith, unableBecause } from '../../servers/install.ts'
import { tables } from './cases/index.ts'
import { local } from './cases/local.ts'
import { expressionsFrom } from './fuzz.ts'
import { ours } from './ours.ts'

/** Expressions that are made at random in one run; more by `SLUICE_MODULES_FUZZ=100000`. */
const fuzzed = Number(process.env['SLUICE_MODULES_FUZZ'] ?? 3_000)
/**
 * Where the random begins. It is the same in every run: in about one of 30,000 patterns Python's own groups
 * remember what they should have forgotten, and ours do not.
 */
const seed = Number(process.env['SLUICE_MODULES_SEED'] ?? 1)
/** Differences that are shown of one table. */
const shownMax = 10
const judgeMs = 600_000

const made = expressionsFrom(seed, fuzzed)
const literal = Object.values(tables).flatMap(rows => rows.map(([expression]) => expression))
const told = new Map<string, string>()
let unable: string | undefined

beforeAll(() => {
  try {
    const all = [...literal, ...local, ...made]
    const answers = theirs(all)
    for (const [i, expression] of all.entries()) told.set(expression, answers[i] ?? '')
  } catch (thrown) {
    unable = unableBecause(thrown)
    if (unable === undefined) throw thrown
  }
}, judgeMs)

beforeEach(({ skip }) => {
  if (unable !== undefined) skip(`jinja2 and pytz cannot be installed here: ${unable}`)
})

/** Python's own words, in the zone of this machine. */
function theirs(expressions: readonly string[]): readonly string[] {
  const python = pythonWith(['jinja2==3.1.6', 'markupsafe==3.0.4', 'pytz==2026.6'])
  const script = fileURLToPath(new URL('judge.py', import.meta.url))
  const done = spawnSync(python, [script], {
    input: `${expressions.map(each => JSON.stringify(each)).join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONIOENCODING: 'utf-8' },
  })
  if (done.status !== 0) throw new TypeError(`${done.error?.message ?? ''}${done.stderr.slice(-2_000)}`)
  return done.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as string)
}

test('what the tables expect is what Python says', () => {
  const wrong = Object.values(tables)
    .flat()
    .filter(([expression, expected]) => told.get(expression) !== expected)
  expect(wrong.slice(0, shownMax)).toEqual([])
})

test('what depends on the zone of the machine is as Python says', () => {
  expect(differences(local)).toEqual([])
})

test(`${fuzzed} patterns and decimals made at random from seed ${seed} are as Python says`, () => {
  expect(differences(made)).toEqual([])
})

type Difference = { readonly expression: string; readonly python: string | undefined; readonly ours: string }

function differences(expressions: readonly string[]): readonly Difference[] {
  return ours(expressions)
    .map((own, i) => ({
      expression: expressions[i] ?? '',
      python: told.get(expressions[i] ?? ''),
      ours: own,
    }))
    .filter(each => each.python !== each.ours)
    .slice(0, shownMax)
}
