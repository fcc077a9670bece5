import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../engine/index.ts'
import { isForeign } from './project.ts'
import { type Scanned, scanSql } from './scan.ts'
import type { TableField, TableType } from './schema.ts'
import { parseType } from './types.ts'

let folder: string
let engine: Engine
let session: Session
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-scan-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'nowhere' })
})
afterAll(async () => {
  engine.close()
  await rm(folder, { recursive: true })
})

let files = 0

async function parquet(sql: string): Promise<string> {
  const path = join(folder, `${files++}.parquet`)
  await session.run(`copy (${sql}) to '${path}' (format parquet)`)
  return path
}

function field(name: string, type: TableType | string, stored = name): TableField {
  return { name, stored, type: typeof type === 'string' ? parseType(type) : type, nullable: true }
}

async function rows(
  fields: readonly TableField[],
  paths: readonly string[],
  more: Partial<Scanned> = {},
): Promise<readonly (readonly (string | null)[])[]> {
  const looked = await Promise.all(
    paths.map(async path => {
      const columns = await session.describe(`select * from '${path}'`)
      const found = columns.flatMap(({ name, type }) => {
        const wanted = fields.find(({ stored }) => stored === name)
        return wanted && isForeign(wanted.type, parseType(type)) ? [[name, parseType(type)] as const] : []
      })
      const foreign = found.length === 0 ? {} : { found: Object.fromEntries(found) }
      return { path, name: path, rows: 1, constants: [], ...foreign }
    }),
  )
  const sql = scanSql({
    files: looked,
    fields,
    by: 'name',
    constants: [],
    columns: fields.map(({ name }) => name),
    positions: false,
    deletions: '(select 0::bigint as vector, 0::bigint as pos)',
    ...more,
  })
  return session.rows(sql)
}

test('columns that a file lacks are NULL, narrower ones are widened, at every depth', async () => {
  const paths = [
    await parquet(`select 1::tinyint as a, {'x': 1::smallint} as s, [{'k': 1::integer}] as l`),
    await parquet(`select 2::bigint as a, {'x': 2::bigint, 'y': 'z'} as s, 'new' as n`),
  ]
  const fields = [
    field('a', 'BIGINT'),
    field('s', 'STRUCT(x BIGINT, y VARCHAR)'),
    field('l', 'STRUCT(k BIGINT, w DOUBLE)[]'),
    field('n', 'VARCHAR'),
  ]
  expect(await rows(fields, paths)).toEqual([
    ['1', '{"x":1,"y":null}', '[{"k":1,"w":null}]', null],
    ['2', '{"x":2,"y":"z"}', null, 'new'],
  ])
})

test('names are the ones that people use, at every depth, and NULL stays NULL', async () => {
  const inner: TableType = {
    kind: 'struct',
    fields: [field('label', 'VARCHAR', 'c1'), field('nothing', '"NULL"', 'c2')],
  }
  const fields = [
    field('one', inner, 'c3'),
    field('many', { kind: 'list', element: field('element', inner) }, 'c4'),
    field('by key', { kind: 'map', key: field('key', 'VARCHAR'), value: field('value', inner) }, 'c5'),
    field('never', '"NULL"', 'c6'),
  ]
  const path = await parquet(`select unnest([{'c1': 'a'}, null]) as c3,
    unnest([[{'c1': 'b'}, null], null]) as c4, unnest([map {'k': {'c1': 'c'}}, null]) as c5`)
  expect(await rows(fields, [path])).toEqual([
    [
      '{"label":"a","nothing":null}',
      '[{"label":"b","nothing":null},null]',
      '[{"key":"k","value":{"label":"c","nothing":null}}]',
      null,
    ],
    [null, null, null, null],
  ])
})

test('a struct of which all fields were dropped and others added is still there, or NULL', async () => {
  const fields = [field('s', { kind: 'struct', fields: [field('b', 'BIGINT', 'c2')] }, 'c1')]
  const old = await parquet(`select unnest([{'c0': 5}, null]) as c1`)
  const young = await parquet(`select {'c2': 7} as c1`)
  expect(await rows(fields, [old, young])).toEqual([['{"b":null}'], [null], ['{"b":7}']])
})

test('VARIANT in both of its forms, nested where DuckDB writes it nested', async () => {
  const variant = `{'k': 1, 'l': 'x'}::variant`
  const parts = `variant_to_parquet_variant(${variant})`
  const paths = [
    await parquet(`select ${variant} as v`),
    await parquet(`select ${parts} as v, [${parts}, null] as l`),
  ]
  const [one, other] = await rows([field('v', 'VARIANT'), field('l', 'VARIANT[]')], paths)
  expect(one).toEqual([other?.[0], null])
  expect(one?.[0]).toBe("{'k': 1, 'l': 'x'}")
  expect(other?.[1]).toBe(`["{'k': 1, 'l': 'x'}",null]`)
})

test('columns may be called as the engine calls its own', async () => {
  const names = ['file_index', 'file_row_number', 'filename', 'r', '_file_index']
  const path = await parquet(`select ${names.map((name, i) => `${i}::bigint as ${name}`).join(', ')}`)
  const fields = names.map(name => field(name, 'BIGINT'))
  const constants = [{ name: 'p', value: (text: string) => text }]
  const files = ['a', 'b'].map(text => ({ path, name: text, rows: 1, constants: [text] }))
  expect(await rows(fields, [], { files, constants, columns: [...names, 'p'], positions: true })).toEqual(
    ['a', 'b'].map(text => ['0', '1', '2', '3', '4', text, text, '0']),
  )
})

test('by number, whatever the names', async () => {
  const path = join(folder, 'numbered.parquet')
  await session.run(`copy (select 1 as x, 2 as y) to '${path}' (format parquet, field_ids {x: 7, y: 8})`)
  const fields = [
    { ...field('a', 'BIGINT', 'other'), id: 8 },
    { ...field('b', 'BIGINT', 'x'), id: 9 },
  ]
  expect(await rows(fields, [path], { by: 'id' })).toEqual([['2', null]])
})

test('no file, no column, and constants of a file', async () => {
  const fields = [field('a', 'BIGINT')]
  expect(await rows(fields, [])).toEqual([])
  const path = await parquet('select unnest(range(3)) as a')
  expect(await rows(fields, [path], { columns: [] })).toHaveLength(3)
  const file = { path, name: 'f', rows: 3, constants: ['5'] as const }
  const more = {
    files: [file, { ...file, name: 'g', constants: [null] }],
    constants: [{ name: 'p', value: (text: string) => `cast(${text} as INTEGER)` }],
    columns: ['p', 'a'],
    positions: true,
  }
  const found = await rows(fields, [], more)
  expect(found.toSorted()).toEqual([
    [null, '0', 'g', '0'],
    [null, '1', 'g', '1'],
    [null, '2', 'g', '2'],
    ['5', '0', 'f', '0'],
    ['5', '1', 'f', '1'],
    ['5', '2', 'f', '2'],
  ])
})
