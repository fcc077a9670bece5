import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../src/errors/index.ts'
import { failureRules } from './tidy/failures.ts'
import { type Finding, type House, type Lock, type Rule, type Text, read } from './tidy/house.ts'
import { installRules } from './tidy/install.ts'
import { numberRules } from './tidy/numbers.ts'
import { roomRules } from './tidy/rooms.ts'
import { stateRules } from './tidy/state.ts'
import { readTable } from './tidy/table.ts'
import { touchRules } from './tidy/touch.ts'
import { wordRules } from './tidy/words.ts'
import { sampleRooms, samples } from './tidy/samples.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Larger ones are data. */
const textBytesMax = 1_000_000
const rules: readonly Rule[] = [
  ...roomRules,
  ...touchRules,
  ...numberRules,
  ...failureRules,
  ...stateRules,
  ...wordRules,
  ...installRules,
]

describe('the house is tidy', () => {
  const house = theHouse()
  test.each(rules)('$name', rule => {
    expect(told(rule.find(house))).toBe('')
  })
})

describe('each rule can fail', () => {
  test('and has a sample that breaks it', () => {
    const proven = new Set(samples.map(({ rule }) => rule))
    expect(rules.map(({ name }) => name).filter(name => !proven.has(name))).toEqual([])
  })

  test.each(samples)('$rule: $shows', sample => {
    const rule = rules.find(({ name }) => name === sample.rule)
    const texts = Object.entries(sample.files ?? {}).map(([path, text]) => ({ path, text }))
    const { lock = { packages: {} }, codes = [] } = sample
    const house = houseOf(texts, { rooms: sampleRooms, lock, codes })
    expect(told(rule?.find(house) ?? [])).toBe(sample.finds)
  })
})

test('the table cannot be lost or misspelt', () => {
  expect(() => readTable('# Architecture')).toThrow('has no <!-- tidy: rooms -->')
  expect(() => readTable('<!-- tidy: rooms -->\n| a | b | c |\n|-|-|-|\n| `x` | 1 | everything |')).toThrow(
    'unreadable',
  )
})

function told(findings: readonly Finding[]): string {
  return findings.map(({ path, line, words }) => `${path}${line ? `:${line}` : ''} ${words}`).join('\n')
}

function theHouse(): House {
  const texts = [...filesIn(root)].map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  const rooms = readTable(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))
  return houseOf(texts, { rooms, lock, codes: Object.keys(catalogue) })
}

function houseOf(texts: readonly Text[], rest: Pick<House, 'rooms' | 'lock' | 'codes'>): House {
  const code = texts.filter(({ path }) => /^(src|test|tools|bench|bin)\/.*\.(ts|mjs|js)$/.test(path))
  return { ...rest, texts, sources: code.map(({ path, text }) => read(path, text)) }
}

/** Every text file of the repository, by its path from the root. */
function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (/^(node_modules|dist|\.git|\.sluice|\.cache|coverage)$/.test(name)) continue
    // What the demo has made.
    if (/examples.[^/\\]+.lake$/.test(path)) continue
    const stat = statSync(path)
    if (stat.isDirectory()) yield* filesIn(path)
    else if (/\.(ts|mjs|js|md|json|yml|sql)$/.test(name) && stat.size < textBytesMax)
      yield relative(root, path).replaceAll('\\', '/')
  }
}
