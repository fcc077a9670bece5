import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normal } from './normal.ts'
import { parse, withProject } from './parsing.ts'

const here = import.meta.dirname

describe('a project with every kind of resource', () => {
  // What dbt-core 1.11.16 with dbt-duckdb 1.11.1 makes of the same folder.
  const expected = JSON.parse(readFileSync(join(here, 'features.json'), 'utf8')) as Record<string, object>
  const { manifest, problems } = parse(join(here, 'features'))
  const made = normal(manifest, 'features') as Record<string, object>

  test.each(Object.keys(expected))('%s are as dbt has them', section => {
    expect(made[section]).toEqual(expected[section])
  })

  test('selectors are written out', () => {
    expect(manifest.selectors).toMatchObject({
      n1: { definition: { method: 'tag', value: 'x', children: true } },
      n2: {
        definition: { union: [{ method: 'fqn', value: '*' }, { exclude: [{ method: 'tag', value: 'y' }] }] },
      },
      n3: { definition: { method: 'tag', value: 'x', children: true } },
    })
  })

  test('what is asked in vain is a warning', () => {
    expect(problems.map(({ severity, words }) => `${severity}: ${words}`)).toEqual([
      'warning: There is no model `nope` of which `models` tells.',
      'warning: Test `unique_nope_a` depends on node `nope`, which is not there.',
    ])
  })
})

describe('what one parse leaves to the next', () => {
  let root = ''
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-dbt-memory-'))
    cpSync(join(here, 'features'), root, { recursive: true })
  })
  afterAll(() => rmSync(root, { recursive: true }))

  const again = (vars: { readonly [name: string]: string } = {}) => {
    const memoryPath = join(root, 'target', 'memory.json')
    const remembered = normal(parse(root, { memoryPath, vars }).manifest, 'features')
    expect(remembered).toEqual(normal(parse(root, { vars }).manifest, 'features'))
    return remembered
  }

  test('is the same manifest, whatever has changed since', () => {
    const first = again()
    expect(again()).toEqual(first)
    appendFileSync(join(root, 'models', 'm6.sql'), "\nunion all select * from {{ ref('eph') }}")
    expect(again()).not.toEqual(first)
    appendFileSync(join(root, 'macros', 'm.sql'), "\n{% macro my_other() %}{{ ref('m6') }}{% endmacro %}")
    writeFileSync(join(root, 'models', 'm7.sql'), '{{ my_other() }} {{ var("x", 1) }}')
    again()
    again({ x: 'y', sch: 'other' })
    rmSync(join(root, 'models', 'm7.sql'))
    again()
  })

  test('a memory that is cut off is none', () => {
    writeFileSync(join(root, 'target', 'memory.json'), '{"tree":')
    again()
  })
})

describe('what is wrong is told with its file', () => {
  const cases: readonly (readonly [name: string, files: { [path: string]: string }, problem: object])[] = [
    [
      'a circle',
      {
        'models/a.sql': "{{ ref('b') }}",
        'models/b.sql': "{{ ref('c') }}",
        'models/c.sql': "{{ ref('a') }}",
      },
      {
        words: expect.stringContaining(
          'model.shop.a reads model.shop.b reads model.shop.c reads model.shop.a',
        ),
      },
    ],
    [
      'a model that is not there',
      { 'models/a.sql': "select * from {{ ref('gone') }}" },
      { path: 'models/a.sql', words: '`model.shop.a` depends on the node `gone`, which is not there.' },
    ],
    [
      'a model that is switched off',
      { 'models/a.sql': "{{ ref('off') }}", 'models/off.sql': '{{ config(enabled=false) }}' },
      { path: 'models/a.sql', words: '`model.shop.a` depends on the node `off`, which is switched off.' },
    ],
    [
      'two models of one name',
      { 'models/a.sql': 'select 1', 'models/deep/a.sql': 'select 2' },
      { words: expect.stringContaining('They stand in `models/a.sql` and `models/deep/a.sql`.') },
    ],
    [
      'two models in one place',
      { 'models/a.sql': 'select 1', 'models/b.sql': "{{ config(alias='a') }}" },
      { words: expect.stringContaining('Two nodes would be built as "db"."main"."a".') },
    ],
    [
      'YAML that is none',
      { 'models/a.yml': 'models:\n  - name: a\n    columns: [b\n' },
      { path: 'models/a.yml', words: expect.stringContaining('is not valid YAML') },
    ],
    [
      'a list that is none',
      { 'models/a.yml': 'version: 2\nmodels:\n  name: a\n' },
      { path: 'models/a.yml', line: 3, words: expect.stringContaining('`models` must be a list.') },
    ],
    [
      'properties that are said twice',
      { 'models/a.sql': 'select 1', 'models/a.yml': 'models: [{name: a}, {name: a}]' },
      { path: 'models/a.yml', words: expect.stringContaining('stand in shop://models/a.yml as well') },
    ],
    ['a template that is none', { 'models/a.sql': 'select 1\n{% if %}' }, { path: 'models/a.sql', line: 2 }],
    [
      'a macro without end',
      { 'macros/m.sql': '{% macro m() %}{{ m() }}{% endmacro %}', 'models/a.sql': '{{ m() }}' },
      { path: 'macros/m.sql' },
    ],
    [
      'a macro that raises',
      { 'models/a.sql': "{{ exceptions.raise_compiler_error('no such thing') }}" },
      { path: 'models/a.sql', words: expect.stringContaining('no such thing') },
    ],
    [
      'a snapshot without key',
      {
        'snapshots/s.sql':
          "{% snapshot s %}{{ config(strategy='check', check_cols='all') }}select 1{% endsnapshot %}",
      },
      { words: expect.stringContaining('`strategy` and a `unique_key`') },
    ],
    [
      'a private model from outside of its group',
      {
        'models/a.sql': "{{ config(access='private', group='g') }}select 1",
        'models/b.sql': "{{ ref('a') }}",
        'models/g.yml': 'groups: [{name: g, owner: {name: me}}]',
      },
      { words: expect.stringContaining('only the group `g` may') },
    ],
    [
      'a secret that a model asks for',
      { 'models/a.sql': "{{ env_var('DBT_ENV_SECRET_KEY') }}" },
      { words: expect.stringContaining('Secret env vars are allowed only in profiles.yml') },
    ],
  ]
  test.each(cases)('%s', (_, files, problem) => {
    const { problems } = withProject(files, root => parse(root))
    expect(problems).toContainEqual(expect.objectContaining({ severity: 'error', ...problem }))
  })

  test('one file that is wrong hides no other', () => {
    const files = { 'models/a.sql': '{{', 'models/b.sql': "{{ ref('gone') }}", 'models/c.sql': 'select 1' }
    const { problems, manifest } = withProject(files, root => parse(root))
    expect(problems.map(({ path }) => path)).toEqual(['models/a.sql', 'models/b.sql'])
    expect([...manifest.nodes.keys()]).toContain('model.shop.c')
  })
})

describe('without a project or a profile nothing begins', () => {
  test.each([
    ['SLUICE_DBT_PROJECT_INVALID', { 'dbt_project.yml': 'name: 1x\nprofile: shop\n' }],
    ['SLUICE_DBT_PROFILE', { 'dbt_project.yml': 'name: shop\nprofile: other\n' }],
    ['SLUICE_DBT_PROFILE', { 'profiles.yml': 'shop: {target: prod, outputs: {dev: {type: duckdb}}}' }],
    ['SLUICE_DBT_PACKAGES_MISSING', { 'packages.yml': 'packages: [{local: ../x}]' }],
    [
      'SLUICE_DBT_VAR_MISSING',
      { 'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: {+schema: "{{ var(\'x\') }}"}' },
    ],
  ])('%s', (code, files) => {
    expect(() => withProject(files, root => parse(root))).toThrow(expect.objectContaining({ code }))
  })
})
