import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Manifest,
  manifestArtifact,
  type NodeResult,
  readState,
  runResultsArtifact,
  select,
  type SelectionWish,
  sourcesArtifact,
  type State,
  writeArtifact,
} from '../../../src/dbt/index.ts'
import { parse } from '../parse/parsing.ts'

const here = import.meta.dirname

// What `dbt ls` of dbt-core 1.11.16 selects in these folders, for the words of each first line.
describe('a project of every kind of resource', () => {
  const { manifest } = parse(join(here, 'bakery'))
  test.each(tableOf('expected.txt'))('%s', (words, expected) => {
    expect(answer(manifest, wishOf(words))).toBe(expected)
  })

  test('a model without code is listed, and not run', () => {
    expect(select(manifest, { command: 'list', select: ['empty'] })).toEqual(['model.bakery.empty'])
    expect(select(manifest, { command: 'run', select: ['empty'] })).toEqual([])
  })

  test('words that find nothing are told of; what is found keeps the order of the manifest', () => {
    const told: string[] = []
    const wish = { command: 'run' as const, select: ['report', 'nope', 'orders'], warn: told.push.bind(told) }
    const ids = [...manifest.nodes.keys()].filter(id => /\.(?:report|orders)$/.test(id))
    expect(select(manifest, wish)).toEqual(ids)
    expect(told).toEqual(['The criterion `nope` finds nothing that is enabled.'])
  })
})

describe('a project that has changed, held against the artefacts of how it was', () => {
  let root = ''
  let manifest: Manifest
  let state: State
  const warnings: string[] = []
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-dbt-state-'))
    const now = join(root, 'now')
    cpSync(join(here, 'bakery'), now, { recursive: true })
    writeState(parse(now).manifest, root)
    rmSync(join(now, 'snapshots', 'orders_history.yml'))
    cpSync(join(here, 'changes'), now, { recursive: true })
    manifest = parse(now).manifest
    state = readState({ state: join(root, 'state'), target: join(root, 'target') })
  })
  afterAll(() => rmSync(root, { recursive: true }))

  test.each(tableOf('expected-state.txt'))('%s', (words, expected) => {
    const wish = { ...wishOf(words), warn: (said: string) => void warnings.push(said) }
    // dbt finds nothing by a word that it does not know there, and says nothing.
    expect(answer(manifest, wish, state)).toBe(words.endsWith('status:stale') ? 'refused' : expected)
  })
})

function answer(manifest: Manifest, wish: SelectionWish, state?: State): string {
  try {
    const found = select(manifest, wish, state).map(id => id.replace('.bakery.', '.'))
    return found.toSorted().join(' ') || 'nothing'
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: expect.stringMatching(/^SLUICE_DBT_SELECT/) })
    return 'refused'
  }
}

/** Two lines each: the words, and what they select. */
function tableOf(file: string): [words: string, expected: string][] {
  const lines = readFileSync(join(here, file), 'utf8').trimEnd().split('\n')
  return lines.flatMap((words, i) => (i % 2 === 0 ? [[words, lines[i + 1]?.trim() ?? '']] : []))
}

function wishOf(words: string): SelectionWish {
  const given: { [option: string]: string[] } = {}
  let option = ''
  for (const [word] of words.matchAll(/'[^']*'|\S+/g))
    if (word.startsWith('--')) option = word
    else (given[option] ??= []).push(word.replaceAll("'", ''))
  return {
    command: 'list',
    select: given['--select'] ?? [],
    exclude: given['--exclude'] ?? [],
    selector: given['--selector']?.[0],
    indirect: given['--indirect-selection']?.[0] as SelectionWish['indirect'],
  }
}

const generatedAtMs = Date.UTC(2026, 0, 1)
const dayMs = 86_400_000

/** A run of which a model and a test failed; later two sources have new rows. */
function writeState(manifest: Manifest, root: string): void {
  const blank = {
    execution_time: 0.5,
    thread_id: 'Thread-1',
    timing: [],
    adapter_response: {},
    message: null,
  }
  const result = (unique_id: string, status: NodeResult['status']): NodeResult => ({
    ...blank,
    unique_id,
    status,
    failures: null,
    compiled: true,
    compiled_code: 'select 1',
    relation_name: null,
    batch_results: null,
  })
  const results = [
    result('model.bakery.stg_orders', 'success'),
    result('model.bakery.orders', 'error'),
    result('test.bakery.orders_are_positive', 'fail'),
  ]
  const run = { manifest, generatedAtMs, elapsedMs: 1000 }
  const fresh = (table: string, maxLoadedAtMs: number) => ({
    ...blank,
    unique_id: `source.bakery.shop.${table}`,
    status: 'pass' as const,
    measured: { maxLoadedAtMs, snapshottedAtMs: generatedAtMs },
    criteria: {},
  })
  const before = [fresh('orders', 0), fresh('refunds', 0)]
  const after = [fresh('orders', dayMs), fresh('refunds', 0), fresh('returns', 0)]
  writeArtifact(join(root, 'state', 'manifest.json'), manifestArtifact(manifest))
  writeArtifact(join(root, 'state', 'run_results.json'), runResultsArtifact({ ...run, results, args: {} }))
  writeArtifact(join(root, 'state', 'sources.json'), sourcesArtifact({ ...run, results: before }))
  writeArtifact(join(root, 'target', 'sources.json'), sourcesArtifact({ ...run, results: after }))
}
