import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Float } from '../../jinja/index.ts'
import type { Manifest, Node } from '../face.ts'
import { YamlDate } from '../yaml.ts'
import { catalogArtifact } from './catalog.ts'
import { jsonText } from './json-text.ts'
import { manifestArtifact } from './manifest.ts'
import { readState } from './read.ts'
import { writeArtifact } from './write.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-artifacts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const metadata = { dbt_version: '1.11.16', invocation_id: 'i', adapter_type: 'duckdb' }

function node(name: string, more: object = {}): Node {
  return {
    unique_id: `model.shop.${name}`,
    resource_type: 'model',
    name,
    package_name: 'shop',
    database: 'db',
    schema: 'main',
    alias: name,
    relation_name: `"db"."main"."${name}"`,
    depends_on: { macros: [], nodes: [] },
    extra_ctes: [],
    onlyInMemory: true,
    ...more,
  } as unknown as Node
}

function manifestOf(nodes: readonly Node[]): Manifest {
  const none = new Map()
  return {
    metadata,
    nodes: new Map(nodes.map(each => [each.unique_id, each])),
    groups: new Map([['group.shop.sales', { resource_type: 'group', name: 'sales' }]]),
    selectors: {},
    sources: none,
    macros: none,
    docs: none,
    exposures: none,
    metrics: none,
    disabled: none,
    semantic_models: none,
    saved_queries: none,
    unit_tests: none,
    functions: none,
  } as unknown as Manifest
}

describe('manifest.json', () => {
  const raw = node('raw', { unique_id: 'seed.shop.raw', resource_type: 'seed', refs: [] })
  const b = node('b', {
    depends_on: { macros: [], nodes: ['seed.shop.raw', 'model.shop.a'] },
    group: 'sales',
  })
  const manifest = manifestOf([b, raw, node('a')])

  test('says who reads whom, in order, and who is in a group', () => {
    expect(manifestArtifact(manifest)).toMatchObject({
      parent_map: { 'model.shop.b': ['model.shop.a', 'seed.shop.raw'], 'model.shop.a': [] },
      child_map: { 'seed.shop.raw': ['model.shop.b'], 'model.shop.b': [] },
      group_map: { sales: ['model.shop.b'] },
    })
  })

  test('shows the fields of each kind, and code only of what was compiled', () => {
    const compiled = new Map([
      ['model.shop.a', { compiled_code: 'select 1', compiled_path: 'target/compiled/a.sql' }],
      ['model.shop.b', { compiled_code: null }],
    ])
    const { nodes } = manifestArtifact(manifest, compiled) as { nodes: { [id: string]: object } }
    expect(nodes['seed.shop.raw']).toMatchObject({ depends_on: { macros: [] } })
    expect(Object.keys(nodes['seed.shop.raw'] ?? {})).not.toContain('refs')
    expect(nodes['model.shop.a']).toMatchObject({
      compiled: true,
      compiled_code: 'select 1',
      compiled_path: 'target/compiled/a.sql',
      extra_ctes_injected: true,
      extra_ctes: [],
    })
    expect(Object.keys(nodes['model.shop.a'] ?? {})).not.toContain('onlyInMemory')
    expect(Object.keys(nodes['model.shop.b'] ?? {})).not.toContain('extra_ctes')
  })
})

test('values keep what JSON can say of them', () => {
  const value = {
    float: new Float(1),
    nothing: new Float(Number.NaN),
    whole: 9_007_199_254_740_993n,
    date: new YamlDate('2026-01-31'),
    keys: new Map<unknown, unknown>([[1, 'one']]),
    absent: undefined,
    text: 'a "b"\n',
  }
  expect(jsonText(value)).toBe(
    '{"float": 1.0, "nothing": null, "whole": 9007199254740993, "date": "2026-01-31", ' +
      '"keys": {"1": "one"}, "text": "a \\"b\\"\\n"}',
  )
})

test('catalog.json joins the tables of the database to nodes, whatever the case of their names', () => {
  const names = ['table_database', 'table_schema', 'table_name', 'table_type', 'table_comment', 'table_owner']
  const columns = ['column_name', 'column_index', 'column_type', 'column_comment']
  const rows = [
    ['DB', 'Main', 'Orders', 'BASE TABLE', null, null, 'id', 1, 'INTEGER', 'Number'],
    ['DB', 'Main', 'Orders', 'BASE TABLE', null, null, 'day', 2, 'DATE', null],
    ['DB', 'Main', 'stray', 'VIEW', null, null, 'id', 1, 'INTEGER', null],
  ]
  const table = { names: [...names, ...columns], types: [], rows }
  const kept = node('kept', { relation_name: null, alias: 'stray' })
  const manifest = manifestOf([node('orders'), kept])
  const artifact = catalogArtifact({ manifest, found: { tables: [table], errors: [] }, generatedAtMs: 0 })
  expect(artifact).toMatchObject({
    metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/catalog/v1.json' },
    nodes: {
      'model.shop.orders': {
        unique_id: 'model.shop.orders',
        metadata: { type: 'BASE TABLE', schema: 'Main', name: 'Orders', database: 'DB' },
        columns: {
          id: { type: 'INTEGER', index: 1, name: 'id', comment: 'Number' },
          day: { type: 'DATE', index: 2, name: 'day', comment: null },
        },
        stats: { has_stats: { value: false, include: false } },
      },
    },
    errors: null,
  })
  expect(Object.keys(artifact.nodes as object)).toEqual(['model.shop.orders'])
})

describe('reading what another run left behind', () => {
  const read = () => readState({ state: folder, target: join(folder, 'target') })
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const schema = (name: string) => ({ dbt_schema_version: `https://schemas.getdbt.com/dbt/${name}.json` })

  test('a folder without artefacts is no state', () => {
    expect(read()).toEqual({})
  })

  test('a manifest of dbt 1.7 has no unit tests yet', () => {
    const nodes = { 'model.shop.a': { name: 'a' } }
    put('manifest.json', JSON.stringify({ metadata: schema('manifest/v11'), nodes }))
    const { manifest } = read()
    expect(manifest?.nodes.get('model.shop.a')).toEqual({ name: 'a' })
    expect(manifest?.unit_tests.size).toBe(0)
  })

  test.each([
    ['{', 'It is not valid JSON.'],
    ['[]', 'It is not a JSON object.'],
    ['{}', 'It says no schema version.'],
    [
      JSON.stringify({ metadata: schema('manifest/v10') }),
      'Its schema is `https://schemas.getdbt.com/dbt/manifest/v10.json`.',
    ],
    [
      JSON.stringify({ metadata: schema('catalog/v1') }),
      'Its schema is `https://schemas.getdbt.com/dbt/catalog/v1.json`.',
    ],
  ])('refuses %s', (text, words) => {
    put('manifest.json', text)
    expect(read).toThrow(expect.objectContaining({ code: 'SLUICE_DBT_STATE', why: words }))
  })
})

test('an artefact is written whole, and nothing is left beside it', () => {
  writeArtifact(join(folder, 'target', 'run_results.json'), { metadata, results: [1] })
  expect(readdirSync(join(folder, 'target'))).toEqual(['run_results.json'])
  expect(JSON.parse(readFileSync(join(folder, 'target', 'run_results.json'), 'utf8'))).toEqual({
    metadata,
    results: [1],
  })
})
