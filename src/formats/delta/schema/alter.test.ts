import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import { localStore } from '../../../objects/index.ts'
import type { DeltaLog, Operation, Transaction } from '../face.ts'
import { createTable } from '../commit/create.ts'
import { openDeltaLog } from '../log/open.ts'
import { append } from '../rows/append.ts'
import { addColumns, changeColumn, dropColumns, renameColumn } from './alter.ts'
import { addConstraint, dropConstraint } from './constraints.ts'
import { setProperties, unsetProperties } from './properties.ts'
import { declareColumn } from './declare.ts'
import { readSchema, type StructField, writeSchema } from './schema-string.ts'

let folder: string
let engine: Engine
let session: Session
let log: DeltaLog
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-alter-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
  log = await openDeltaLog({ store: localStore(join(folder, 'table')), engine, nowMs: Date.now })
})
afterEach(async () => {
  await log.close()
  engine.close()
  await rm(folder, { recursive: true })
})

async function commit(act: (tx: Transaction) => Operation | Promise<Operation>): Promise<void> {
  const tx = await log.begin({ session })
  try {
    await tx.commit(await act(tx))
  } finally {
    await tx.abandon()
  }
}

const write = (sql: string, schema: 'strict' | 'evolve' = 'strict') =>
  commit(async tx => (await append(tx, sql, { schema })).operation)

function create(
  fields: readonly StructField[],
  { partitions = [], properties = {} }: Creating = {},
): Promise<void> {
  return commit(tx => {
    const schemaString = writeSchema({ type: 'struct', fields })
    tx.change({
      metadata: { ...tx.metadata, schemaString, partitionColumns: partitions, configuration: properties },
    })
    return { name: 'CREATE TABLE', parameters: {} }
  })
}
type Creating = {
  readonly partitions?: readonly string[]
  readonly properties?: { readonly [name: string]: string }
}

function column(
  name: string,
  type: StructField['type'],
  metadata: StructField['metadata'] = {},
): StructField {
  return { name, type, nullable: true, metadata }
}

async function rows(where?: string): Promise<readonly (readonly (string | null)[])[]> {
  const snapshot = await log.latest()
  const { sql } = (await snapshot?.scan(where === undefined ? {} : { where })) ?? { sql: '' }
  return session.rows(`from (${sql}) order by all`)
}

async function code(doing: Promise<unknown>): Promise<unknown> {
  return doing.then(
    () => 'done',
    (thrown: { readonly code?: string }) => thrown.code ?? thrown,
  )
}

const struct = (...fields: readonly StructField[]) => ({ type: 'struct', fields }) as const

test('columns are added where they are wanted, NULL in old rows, in structs and lists too', async () => {
  const list = { type: 'array', elementType: struct(column('x', 'integer')), containsNull: true } as const
  await create([column('id', 'long'), column('s', struct(column('a', 'integer'))), column('l', list)])
  await write("select 1 as id, {'a': 2} as s, [{'x': 3}] as l")
  await commit(tx =>
    addColumns(tx, [
      { path: ['first'], type: 'VARCHAR', comment: 'said', position: 'first' },
      { path: ['S', 'b'], type: 'DATE', position: 'first' },
      { path: ['l', 'element', 'y'], type: 'DECIMAL(10,2)', position: { after: 'X' } },
    ]),
  )
  await write("select 'f' as first, 2 as id, {'b': null, 'a': 5} as s, [{'x': 1, 'y': 1.5}] as l")
  expect(await rows()).toEqual([
    ['f', '2', '{"b":null,"a":5}', '[{"x":1,"y":"1.50"}]'],
    [null, '1', '{"b":null,"a":2}', '[{"x":3,"y":null}]'],
  ])
  expect(await code(commit(tx => addColumns(tx, [{ path: ['ID'], type: 'INT' }])))).toBe(
    'SLUICE_DELTA_COLUMN_TWICE',
  )
  expect(await code(commit(tx => addColumns(tx, [{ path: ['no', 'a'], type: 'INT' }])))).toBe(
    'SLUICE_DELTA_COLUMN_UNKNOWN',
  )
  expect(await code(commit(tx => addColumns(tx, [{ path: ['with space'], type: 'INT' }])))).toBe(
    'SLUICE_DELTA_ALTER_REFUSED',
  )
})

test('columns are renamed and dropped without touching files, once the table maps names', async () => {
  await create(
    [column('id', 'long'), column('part', 'string'), column('s', struct(column('a', 'integer')))],
    {
      partitions: ['part'],
    },
  )
  await write("select 1 as id, 'p' as part, {'a': 2} as s")
  expect(await code(commit(tx => renameColumn(tx, ['id'], 'key')))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  await commit(tx => setProperties(tx, { 'delta.columnMapping.mode': 'name' }))
  await commit(tx => renameColumn(tx, ['id'], 'old'))
  await commit(tx => renameColumn(tx, ['part'], 'piece'))
  await commit(tx => renameColumn(tx, ['s', 'a'], 'with space'))
  await commit(tx => addColumns(tx, [{ path: ['id'], type: 'VARCHAR' }]))
  await write("select 5 as old, 'q' as piece, {'with space': 7} as s, 'new' as id")
  expect(await rows()).toEqual([
    ['1', 'p', '{"with space":2}', null],
    ['5', 'q', '{"with space":7}', 'new'],
  ])
  expect(await rows("piece = 'q'")).toHaveLength(1)
  await commit(tx => dropColumns(tx, [['old'], ['id']]))
  await commit(tx => addColumns(tx, [{ path: ['old'], type: 'BIGINT' }]))
  expect(await rows()).toEqual([
    ['p', '{"with space":2}', null],
    ['q', '{"with space":7}', null],
  ])
  expect(await code(commit(tx => dropColumns(tx, [['piece']])))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  expect(await code(commit(tx => dropColumns(tx, [['s', 'with space']])))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  expect(await code(commit(tx => setProperties(tx, { 'delta.columnMapping.mode': 'none' })))).toBe(
    'SLUICE_DELTA_ALTER_REFUSED',
  )
})

test('a type is widened where the table allows it, and old files are read as the new one', async () => {
  const map = { type: 'map', keyType: 'string', valueType: 'short', valueContainsNull: true } as const
  await create([column('n', 'integer'), column('d', 'date'), column('p', 'decimal(5,2)'), column('m', map)])
  await write("select 1 as n, date '2024-01-02' as d, 1.25 as p, map {'k': 7} as m")
  const widen = (path: readonly string[], type: string) => commit(tx => changeColumn(tx, path, { type }))
  expect(await code(widen(['n'], 'BIGINT'))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  await commit(tx => setProperties(tx, { 'delta.enableTypeWidening': 'true' }))
  await widen(['n'], 'BIGINT')
  await widen(['d'], 'TIMESTAMP')
  await widen(['p'], 'DECIMAL(10,4)')
  await widen(['m', 'value'], 'INTEGER')
  await write(
    "select 5000000000 as n, timestamp '2024-01-02 03:04:05' as d, 9.8765 as p, map {'k': 70000} as m",
  )
  expect(await rows()).toEqual([
    ['1', '2024-01-02T00:00:00', '1.2500', '[{"key":"k","value":7}]'],
    ['5000000000', '2024-01-02T03:04:05', '9.8765', '[{"key":"k","value":70000}]'],
  ])
  const snapshot = await log.latest()
  const { fields } = readSchema(snapshot?.metadata.schemaString ?? '')
  expect(fields[3]?.metadata).toEqual({
    'delta.typeChanges': [{ fromType: 'short', toType: 'integer', fieldPath: 'value' }],
  })
  expect(snapshot?.protocol.readerFeatures).toEqual(expect.arrayContaining(['typeWidening', 'timestampNtz']))
  expect(await code(widen(['n'], 'INTEGER'))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  expect(await code(widen(['p'], 'DOUBLE'))).toBe('SLUICE_DELTA_ALTER_REFUSED')
})

test('constraints hold from the rows that are there on, until they are dropped', async () => {
  await create([column('x', 'integer'), column('y', 'integer')])
  await write('select 5 as x, 0 as y')
  const add = (expression: string) => commit(tx => addConstraint(tx, 'Big', expression))
  expect(await code(add('x > 5'))).toBe('SLUICE_DELTA_CONSTRAINT_BROKEN')
  expect(await code(add('x + 1'))).toBe('SLUICE_DELTA_EXPRESSION_UNSUPPORTED')
  await add('x > 4')
  expect(await code(add('x > 3'))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  expect(await code(write('select 4 as x'))).toBe('SLUICE_DELTA_CONSTRAINT_BROKEN')
  expect((await log.latest())?.metadata.configuration).toEqual({ 'delta.constraints.big': 'x > 4' })
  await commit(tx => setProperties(tx, { 'delta.columnMapping.mode': 'name' }))
  expect(await code(commit(tx => renameColumn(tx, ['x'], 'z')))).toBe('SLUICE_DELTA_ALTER_REFUSED')
  await commit(tx => dropConstraint(tx, 'BIG', { missing: 'refused' }))
  await write('select 4 as x')
  expect(await rows()).toHaveLength(2)
  expect(await code(commit(tx => dropConstraint(tx, 'big', { missing: 'refused' })))).toBe(
    'SLUICE_DELTA_ALTER_REFUSED',
  )
})

test('NOT NULL, comments, defaults and places of a column are changed', async () => {
  await create([column('id', 'long'), column('v', 'string', { comment: 'old' })])
  await write('select 1 as id, null as v')
  expect(await code(commit(tx => changeColumn(tx, ['v'], { nullable: false })))).toBe(
    'SLUICE_DELTA_NULL_REFUSED',
  )
  await commit(tx => changeColumn(tx, ['id'], { nullable: false }))
  await commit(tx => changeColumn(tx, ['v'], { comment: null, standard: "'new'", position: 'first' }))
  await write('select 2 as id')
  expect(await rows()).toEqual([
    ['new', '2'],
    [null, '1'],
  ])
  expect(await code(write("select 'x' as v"))).toBe('SLUICE_DELTA_NULL_REFUSED')
  const snapshot = await log.latest()
  expect(readSchema(snapshot?.metadata.schemaString ?? '').fields[0]?.metadata).toEqual({
    CURRENT_DEFAULT: "'new'",
  })
  expect(snapshot?.protocol.writerFeatures).toContain('allowColumnDefaults')
  await commit(tx => changeColumn(tx, ['id'], { nullable: true }))
  await write("select 'x' as v")
})

test('properties are set with the features that they need, and unset; what is mistyped is refused', async () => {
  await create([column('id', 'long')])
  const set = (properties: { readonly [name: string]: string }) => commit(tx => setProperties(tx, properties))
  await set({ 'delta.enableChangeDataFeed': 'true', 'delta.feature.v2Checkpoint': 'supported', owner: 'me' })
  const snapshot = await log.latest()
  expect(snapshot?.metadata.configuration).toEqual({ 'delta.enableChangeDataFeed': 'true', owner: 'me' })
  expect(snapshot?.protocol.readerFeatures).toEqual(['v2Checkpoint'])
  expect(snapshot?.protocol.writerFeatures).toEqual(
    expect.arrayContaining(['changeDataFeed', 'v2Checkpoint']),
  )
  const refused = 'SLUICE_DELTA_ALTER_REFUSED'
  expect(await code(set({ 'delta.enableChangeDataFeeds': 'true' }))).toBe(refused)
  expect(await code(set({ 'delta.enableChangeDataFeed': 'yes' }))).toBe(refused)
  expect(await code(set({ 'delta.constraints.c': 'id > 0' }))).toBe(refused)
  await commit(tx => unsetProperties(tx, ['owner'], { missing: 'refused' }))
  expect(await code(commit(tx => unsetProperties(tx, ['owner'], { missing: 'refused' })))).toBe(refused)
  expect((await log.latest())?.metadata.configuration).toEqual({ 'delta.enableChangeDataFeed': 'true' })
})

test('numbers of an identity column go on over commits, and two writers at once never share any', async () => {
  const numbered = {
    'delta.identity.start': 1,
    'delta.identity.step': 1,
    'delta.identity.allowExplicitInsert': false,
  }
  await create([column('id', 'long', numbered), column('v', 'integer')])
  await write('select 1 as v from range(3)')
  const [one, two] = [await log.begin({ session }), await log.begin({ session })]
  const first = await append(one, 'select 2 as v')
  const second = await append(two, 'select 3 as v')
  await one.commit(first.operation)
  expect(await code(two.commit(second.operation))).toBe('SLUICE_DELTA_CONFLICT')
  await two.abandon()
  await write('select 3 as v')
  const ids = (await rows()).map(([id]) => Number(id))
  expect(new Set(ids).size).toBe(5)
  const { fields } = readSchema((await log.latest())?.metadata.schemaString ?? '')
  expect(fields[0]?.metadata['delta.identity.highWaterMark']).toBe(Math.max(...ids))
})

test('rows evolve the schema of a real table in the commit that writes them', async () => {
  await create([column('id', 'integer')], { properties: { 'delta.enableTypeWidening': 'true' } })
  await write('select 1 as id')
  await write("select 5000000000 as id, {'a': [1.5]} as more", 'evolve')
  expect(await rows()).toEqual([
    ['1', null],
    ['5000000000', '{"a":["1.5"]}'],
  ])
  expect(await log.latest()).toMatchObject({ version: 2 })
})

test('a table that is made declares columns that are generated, numbered or have a default', async () => {
  const fields = [
    column('id', 'long'),
    column('day', 'date'),
    column('year', 'integer'),
    column('v', 'string'),
  ]
  await commit(async tx => {
    tx.change({ metadata: { ...tx.metadata, schemaString: writeSchema({ type: 'struct', fields }) } })
    const declare = (name: string, declaration: Parameters<typeof declareColumn>[2]) =>
      declareColumn(tx, name, declaration)
    await declare('id', { kind: 'identity', start: 9007199254740993n, values: 'always' })
    await declare('year', { kind: 'generated', expression: 'year(day)' })
    await declare('v', { kind: 'default', expression: "'new'" })
    const refused = 'SLUICE_DELTA_ALTER_REFUSED'
    expect(await code(declare('day', { kind: 'generated', expression: 'date_add(day, year)' }))).toBe(refused)
    expect(await code(declare('v', { kind: 'identity', values: 'always' }))).toBe(refused)
    expect(await code(declare('day', { kind: 'default', expression: '1' }))).toBe(
      'SLUICE_DELTA_TYPE_MISMATCH',
    )
    return { name: 'CREATE TABLE', parameters: {} }
  })
  await write("select date '2024-05-06' as day")
  expect(await rows()).toEqual([['9007199254740993', '2024-05-06', '2024', 'new']])
  const late = commit(async tx => {
    await declareColumn(tx, 'day', { kind: 'generated', expression: 'now()' })
    return { name: 'CHANGE COLUMN', parameters: {} }
  })
  expect(await code(late)).toBe('SLUICE_DELTA_ALTER_REFUSED')
})

test('a new table whose columns have spaces gets names of its own for its files', async () => {
  const field = (name: string) =>
    ({ name, stored: name, type: { kind: 'scalar', sql: 'BIGINT' }, nullable: true }) as const
  await createTable(log, { session, fields: [field('a b'), field('c')] })
  await write('select 1 as "a b", 2 as c')
  expect(await rows()).toEqual([['1', '2']])
  const stored = (await log.latest())?.fields.map(one => one.stored)
  expect(stored).toEqual([expect.stringMatching(/^col-/), 'c'])
})

test('what a constraint reads is neither renamed nor dropped, nor what it lies in or holds', async () => {
  const inner = struct(column('a', 'integer'), column('b', 'integer'))
  await create([column('x', 'integer'), column('s', inner), column('t', inner)])
  await commit(tx => setProperties(tx, { 'delta.columnMapping.mode': 'name' }))
  await commit(tx => addConstraint(tx, 'inside', 's.a > 0'))
  await commit(tx => addConstraint(tx, 'whole', 't is not null'))
  const refused = 'SLUICE_DELTA_ALTER_REFUSED'
  for (const path of [['s'], ['S', 'A'], ['t'], ['t', 'b']]) {
    expect(await code(commit(tx => dropColumns(tx, [path])))).toBe(refused)
    expect(await code(commit(tx => renameColumn(tx, path, 'other')))).toBe(refused)
  }
  await commit(tx => renameColumn(tx, ['s', 'b'], 'c'))
  await commit(tx => dropColumns(tx, [['x'], ['s', 'c']]))
  expect((await log.latest())?.fields.map(({ name }) => name)).toEqual(['s', 't'])
})

test('rows that others add while a constraint is added are a conflict, for they were not looked at', async () => {
  await create([column('x', 'integer')])
  await write('select 5 as x')
  const tx = await log.begin({ session })
  const operation = await addConstraint(tx, 'positive', 'x > 0')
  await write('select -1 as x')
  expect(await code(tx.commit(operation))).toBe('SLUICE_DELTA_CONFLICT')
  await tx.abandon()
  expect((await log.latest())?.metadata.configuration).toEqual({})
})
