import { beforeAll, beforeEach, expect, test } from 'vitest'
import { unableBecause } from '../../servers/install.ts'
import { type Case, context, tables } from './cases/index.ts'
import { templatesFrom } from './fuzz.ts'
import { theirs, type Told } from './judge.ts'
import { ours } from './ours.ts'

/** Templates that are made at random in one run; more by `SLUICE_JINJA_FUZZ=100000`. */
const fuzzed = Number(process.env['SLUICE_JINJA_FUZZ'] ?? 1_500)
/** Where the random begins; printed with what differs, and given back by `SLUICE_JINJA_SEED`. */
const seed = Number(process.env['SLUICE_JINJA_SEED'] ?? Date.now() % 1_000_000)
/** Differences that are shown of one table. */
const shownMax = 10
const judgeMs = 600_000

const made: readonly Case[] = templatesFrom(seed, fuzzed)
const told = new Map<string, readonly Told[]>()
let unable: string | undefined

beforeAll(() => {
  try {
    const all = [...Object.entries(tables), ['made at random', made] as const]
    const answers = theirs(all.flatMap(([, cases]) => cases))
    let from = 0
    for (const [name, cases] of all) told.set(name, answers.slice(from, (from += cases.length)))
  } catch (thrown) {
    unable = unableBecause(thrown)
    if (unable === undefined) throw thrown
  }
}, judgeMs)

beforeEach(({ skip }) => {
  if (unable !== undefined) skip(`jinja2 cannot be installed here: ${unable}`)
})

test('there are 1,500 cases and more', () => {
  expect(Object.values(tables).flat().length).toBeGreaterThanOrEqual(1_500)
})

test.each(Object.entries(tables))('as Python says, to the byte: %s', (name, cases) => {
  expect(differences(cases, told.get(name) ?? [])).toEqual([])
})

test(`as Python says, to the byte: ${fuzzed} templates made at random from seed ${seed}`, () => {
  expect(differences(made, told.get('made at random') ?? [])).toEqual([])
})

type Difference = {
  readonly template: string
  readonly python: Told | undefined
  readonly ours: Told | undefined
}

function differences(cases: readonly Case[], python: readonly Told[]): readonly Difference[] {
  const own = ours(cases, context)
  return cases
    .map(({ template }, i) => ({ template, python: python[i], ours: own[i] }))
    .filter(each => JSON.stringify(each.python) !== JSON.stringify(each.ours))
    .slice(0, shownMax)
}
