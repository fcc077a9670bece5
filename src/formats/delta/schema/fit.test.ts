import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../../engine/index.ts'
import type { Metadata, Protocol } from '../actions.ts'
import { protocolFor } from '../commit/protocol.ts'
import type { Transaction } from '../face.ts'
import { fieldsOf } from './fields.ts'
import { fit, type FitOptions } from './fit.ts'
import {
  type DataType,
  type FieldMetadata,
  readSchema,
  type StructField,
  writeSchema,
} from './schema-string.ts'

let engine: Engine
let session: Session
let tempDir: string
beforeAll(async () => {
  tempDir = await mkdtemp(join(tmpdir(), 'sluice-fit-'))
  engine = await openEngine({ tempDir, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'a table' })
})
afterAll(async () => {
  engine.close()
  await rm(tempDir, { recursive: true })
})

function column(name: string, type: DataType, metadata: FieldMetadata = {}): StructField {
  return { name, type, nullable: true, metadata }
}

/** As much of a transaction as fitting looks at: a table that nobody has written yet. */
function tableOf(fields: readonly StructField[], configuration: Metadata['configuration'] = {}): Transaction {
  const state = {
    metadata: {
      id: 'a-table',
      format: { provider: 'parquet', options: {} },
      schemaString: writeSchema({ type: 'struct', fields }),
      partitionColumns: [],
      configuration,
    } as Metadata,
    protocol: {
      minReaderVersion: 3,
      minWriterVersion: 7,
      readerFeatures: ['typeWidening'],
      writerFeatures: ['typeWidening'],
    } as Protocol,
  }
  const partial: Partial<Transaction> = {
    session,
    property: name => state.metadata.configuration[name],
    change: ({ metadata, protocol }) => {
      state.metadata = metadata ?? state.metadata
      state.protocol = protocolFor(state.metadata, protocol ?? state.protocol)
    },
  }
  return Object.defineProperties(partial, {
    metadata: { get: () => state.metadata },
    protocol: { get: () => state.protocol },
    fields: { get: () => fieldsOf(state.metadata) },
  }) as Transaction
}

async function rowsOf(tx: Transaction, sql: string, options: Partial<FitOptions> = {}) {
  const fitted = await fit(tx, sql, { mode: 'strict', ...options })
  return fitted.write(() => session.rows(fitted.sql))
}

async function code(rows: Promise<unknown>): Promise<unknown> {
  return rows.then(
    () => 'written',
    (thrown: { readonly code?: string }) => thrown.code,
  )
}

test('columns come in the order and the types of the table, whatever the order and capitals of the rows', async () => {
  const tx = tableOf([column('id', 'long'), column('Name', 'string'), column('at', 'timestamp')])
  const fitted = await fit(tx, "select 'x' as NAME, 7::tinyint as ID", { mode: 'strict' })
  expect(await session.describe(fitted.sql)).toMatchObject([
    { name: 'id', type: 'BIGINT' },
    { name: 'Name', type: 'VARCHAR' },
    { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
  ])
  expect(await session.rows(fitted.sql)).toEqual([['7', 'x', null]])
})

test('unknown columns are refused, also in structs, and so are two that differ by capitals', async () => {
  const inner: DataType = { type: 'struct', fields: [column('a', 'integer')] }
  const tx = tableOf([column('id', 'long'), column('s', inner)])
  expect(await code(rowsOf(tx, 'select 1 as id, 2 as di'))).toBe('SLUICE_DELTA_COLUMN_UNKNOWN')
  expect(await code(rowsOf(tx, "select {'a': 1, 'b': 2} as s"))).toBe('SLUICE_DELTA_COLUMN_UNKNOWN')
  expect(await code(rowsOf(tx, 'select 1 as id, 2 as ID'))).toBe('SLUICE_DELTA_COLUMN_TWICE')
})

// What the table stores, or why not.
const casts: readonly (readonly [type: DataType, value: string, stored: string | null])[] = [
  ['integer', '2147483647::bigint', '2147483647'],
  ['integer', '2147483648::bigint', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['integer', '1.0::double', '1'],
  ['integer', '1.5::double', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['integer', "'nan'::double", 'SLUICE_DELTA_VALUE_UNFIT'],
  ['integer', "'1'", 'SLUICE_DELTA_TYPE_MISMATCH'],
  ['integer', 'true', 'SLUICE_DELTA_TYPE_MISMATCH'],
  ['byte', '200::utinyint', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['short', '200::utinyint', '200'],
  ['long', '18446744073709551615::ubigint', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['decimal(20,0)', '18446744073709551615::ubigint', '18446744073709551615'],
  ['decimal(38,0)', '170141183460469231731687303715884105727::hugeint', 'SLUICE_DELTA_VALUE_UNFIT'],
  [
    'decimal(38,0)',
    '99999999999999999999999999999999999999::hugeint',
    '99999999999999999999999999999999999999',
  ],
  ['long', 'sum(9007199254740993)', '9007199254740993'],
  ['double', '9007199254740992::bigint', '9007199254740992'],
  ['double', '9007199254740993::bigint', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['double', '0.1', '0.1'],
  ['float', '0.5::double', '0.5'],
  ['float', '0.1::double', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['decimal(5,2)', '1.25', '1.25'],
  ['decimal(5,2)', '1.255', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['decimal(5,2)', '1000', 'SLUICE_DELTA_VALUE_UNFIT'],
  ['date', "timestamp '2024-01-01 00:00:00'", '2024-01-01'],
  ['date', "timestamp '2024-01-01 00:00:01'", 'SLUICE_DELTA_VALUE_UNFIT'],
  ['timestamp', "timestamp '2024-01-01 12:00:00'", '2024-01-01T12:00:00Z'],
  ['timestamp_ntz', "date '2024-01-01'", '2024-01-01T00:00:00'],
  ['timestamp_ntz', "timestamp_ns '2024-01-01 00:00:00.000001'", '2024-01-01T00:00:00.000001'],
  ['timestamp_ntz', "timestamp_ns '2024-01-01 00:00:00.000000001'", 'SLUICE_DELTA_VALUE_UNFIT'],
  ['date', "'2024-01-01'", 'SLUICE_DELTA_TYPE_MISMATCH'],
  ['date', 'null', null],
  ['date', '5', 'SLUICE_DELTA_TYPE_MISMATCH'],
  ['string', '5', '5'],
  ['string', "'a'::enum('a', 'b')", 'a'],
  ['string', "'12:30:00'::time", '12:30:00'],
  ['string', "'00000000-0000-0000-0000-00000000000a'::uuid", '00000000-0000-0000-0000-00000000000a'],
  ['string', "'\\x00'::blob", 'SLUICE_DELTA_TYPE_MISMATCH'],
  [{ type: 'array', elementType: 'long', containsNull: true }, '[1, null, 3]', '[1,null,3]'],
  [{ type: 'array', elementType: 'long', containsNull: false }, '[1, null]', 'SLUICE_DELTA_NULL_REFUSED'],
  [{ type: 'array', elementType: 'byte', containsNull: true }, '[300]', 'SLUICE_DELTA_VALUE_UNFIT'],
  [{ type: 'array', elementType: 'date', containsNull: true }, '[]', '[]'],
  [{ type: 'array', elementType: 'date', containsNull: true }, '1', 'SLUICE_DELTA_TYPE_MISMATCH'],
  [
    { type: 'map', keyType: 'string', valueType: 'double', valueContainsNull: true },
    "map {'a': 1, 'b': null}",
    '[{"key":"a","value":1},{"key":"b","value":null}]',
  ],
  [
    { type: 'struct', fields: [column('b', 'long'), column('a c', 'string'), column('z', 'date')] },
    "{'A c': 'x', 'b': 1}",
    '{"b":1,"a c":"x","z":null}',
  ],
  [{ type: 'struct', fields: [column('b', 'long')] }, 'null::struct(b integer)', null],
  [
    {
      type: 'array',
      elementType: {
        type: 'struct',
        fields: [column('l', { type: 'array', elementType: 'long', containsNull: true })],
      },
      containsNull: true,
    }, // prettier-ignore
    "[{'l': [1::tinyint]}]",
    '[{"l":[1]}]',
  ],
]
test.each(casts)('into %o: %s', async (type, value, stored) => {
  const rows = rowsOf(tableOf([column('v', type)]), `select ${value} as v`)
  const found = stored?.startsWith('SLUICE_') ? await code(rows) : (await rows)[0]?.[0]
  expect(found).toBe(stored)
})

test('what may not be NULL is not, in columns and in structs that are there', async () => {
  const required = (name: string): StructField => ({ ...column(name, 'integer'), nullable: false })
  const tx = tableOf([required('id'), column('s', { type: 'struct', fields: [required('a')] })])
  expect(await rowsOf(tx, 'select 1 as id, null::struct(a integer) as s')).toEqual([['1', null]])
  expect(await code(rowsOf(tx, "select 1 as id, {'a': null} as s"))).toBe('SLUICE_DELTA_NULL_REFUSED')
  expect(await code(rowsOf(tx, 'select null::integer as id'))).toBe('SLUICE_DELTA_NULL_REFUSED')
  expect(await code(rowsOf(tx, "select {'a': 1} as s"))).toBe('SLUICE_DELTA_NULL_REFUSED')
})

test('constraints, invariants and lengths hold for every row, and their failures tell no values', async () => {
  const invariant = { 'delta.invariants': '{"expression": {"expression": "x > 3"}}' }
  const short = { __CHAR_VARCHAR_TYPE_STRING: 'varchar(3)' }
  const tx = tableOf([column('x', 'integer', invariant), column('name', 'string', short)], {
    'delta.constraints.positive': "name <> 'no'",
  })
  expect(await rowsOf(tx, "select 4 as x, 'abc' as name")).toEqual([['4', 'abc']])
  const broken = 'SLUICE_DELTA_CONSTRAINT_BROKEN'
  expect(await code(rowsOf(tx, "select 3 as x, 'abc' as name"))).toBe(broken)
  expect(await code(rowsOf(tx, "select null::integer as x, 'abc' as name"))).toBe(broken)
  expect(await code(rowsOf(tx, "select 4 as x, 'no' as name"))).toBe(broken)
  expect(await code(rowsOf(tx, 'select 4 as x'))).toBe(broken)
  const secret = rowsOf(tx, "select 4 as x, 'secret' as name")
  await expect(secret).rejects.toMatchObject({ code: broken })
  await expect(secret.catch((thrown: Error) => thrown.message)).resolves.not.toContain('secret')
})

test('a rule that is not understood stops the write before it begins', async () => {
  const tx = tableOf([column('x', 'integer')], { 'delta.constraints.odd': 'my_udf(x)' })
  expect(await code(fit(tx, 'select 1 as x', { mode: 'strict' }))).toBe('SLUICE_DELTA_EXPRESSION_UNSUPPORTED')
})

test('generated columns are computed, or verified where the rows bring them', async () => {
  const year = { 'delta.generationExpression': 'YEAR(day)' }
  const tx = tableOf([column('year', 'integer', year), column('day', 'date')])
  expect(await rowsOf(tx, "select date '2024-05-01' as day")).toEqual([['2024', '2024-05-01']])
  expect(await rowsOf(tx, "select date '2024-05-01' as day, 2024 as year")).toHaveLength(1)
  expect(await rowsOf(tx, 'select null as day, null as year')).toEqual([[null, null]])
  expect(await code(rowsOf(tx, "select date '2024-05-01' as day, 2023 as year"))).toBe(
    'SLUICE_DELTA_CONSTRAINT_BROKEN',
  )
})

test('columns with a default get it where the rows have no such column, and keep an explicit NULL', async () => {
  const tx = tableOf([column('id', 'long'), column('state', 'string', { CURRENT_DEFAULT: "'new'" })])
  expect(await rowsOf(tx, 'select 1 as id')).toEqual([['1', 'new']])
  expect(await rowsOf(tx, 'select 1 as id, null as state')).toEqual([['1', null]])
})

const identity = (more: FieldMetadata): FieldMetadata => ({
  'delta.identity.start': 10,
  'delta.identity.step': 5,
  'delta.identity.allowExplicitInsert': false,
  ...more,
})
const markOf = (tx: Transaction) =>
  readSchema(tx.metadata.schemaString).fields[0]?.metadata['delta.identity.highWaterMark']

test('identity columns number the rows on from the highest number, which the commit notes', async () => {
  const tx = tableOf([column('id', 'long', identity({})), column('v', 'string')])
  expect(await rowsOf(tx, "select 'a' as v from range(3)")).toEqual([
    ['10', 'a'],
    ['15', 'a'],
    ['20', 'a'],
  ])
  expect(markOf(tx)).toBe(20)
  expect(await rowsOf(tx, "select 'b' as v")).toEqual([['25', 'b']])
  expect(await rowsOf(tx, "select 'b' as v where false")).toEqual([])
  expect(markOf(tx)).toBe(25)
  expect(await code(rowsOf(tx, "select 1 as id, 'a' as v"))).toBe('SLUICE_DELTA_IDENTITY_GIVEN')
})

test('a mark beyond the grid, numbers that go down, and the end of the numbers', async () => {
  const off = tableOf([
    column('id', 'long', identity({ 'delta.identity.highWaterMark': 17 })),
    column('v', 'string'),
  ])
  expect(await rowsOf(off, "select 'a' as v")).toEqual([['20', 'a']])
  // Somebody wrote a mark below the start: the start itself is still free.
  const below = tableOf([
    column('id', 'long', identity({ 'delta.identity.highWaterMark': -7 })),
    column('v', 'string'),
  ])
  expect(await rowsOf(below, "select 'a' as v")).toEqual([['10', 'a']])
  const down = tableOf([column('id', 'long', identity({ 'delta.identity.step': -1 })), column('v', 'string')])
  expect(await rowsOf(down, "select 'a' as v from range(2)")).toEqual([
    ['10', 'a'],
    ['9', 'a'],
  ])
  expect(markOf(down)).toBe(9)
  const near = { 'delta.identity.step': 1, 'delta.identity.highWaterMark': 9223372036854775805n }
  const full = tableOf([column('id', 'long', identity(near)), column('v', 'string')])
  expect(await rowsOf(full, "select 'a' as v")).toEqual([['9223372036854775806', 'a']])
  expect(markOf(full)).toBe(9223372036854775806n)
  expect(await code(rowsOf(full, "select 'a' as v from range(3)"))).toBe('SLUICE_DELTA_IDENTITY_FULL')
})

test('rows that were in the table keep their numbers, the others get new ones', async () => {
  const tx = tableOf([
    column('id', 'long', identity({ 'delta.identity.highWaterMark': 20 })),
    column('v', 'string'),
  ])
  const sql = "select * from (values (10, 'old'), (null, 'new')) t(id, v)"
  expect(await rowsOf(tx, sql, { numbers: 'kept' })).toEqual([
    ['10', 'old'],
    ['25', 'new'],
  ])
})

test('a schema evolves: columns are added, also in structs, and widened where the table allows it', async () => {
  const inner: DataType = { type: 'struct', fields: [column('a', 'integer')] }
  const tx = tableOf([column('id', 'integer'), column('s', inner)], { 'delta.enableTypeWidening': 'true' })
  const sql = "select 5000000000 as id, {'a': 1, 'b': now()::timestamp} as s, [1.5] as more"
  expect((await rowsOf(tx, sql, { mode: 'evolve' }))[0]?.[0]).toBe('5000000000')
  const { fields } = readSchema(tx.metadata.schemaString)
  expect(fields).toMatchObject([
    {
      name: 'id',
      type: 'long',
      metadata: { 'delta.typeChanges': [{ fromType: 'integer', toType: 'long' }] },
    },
    { name: 's', type: { fields: [{ name: 'a' }, { name: 'b', type: 'timestamp_ntz', nullable: true }] } },
    { name: 'more', type: { type: 'array', elementType: 'decimal(2,1)' } },
  ])
  expect(tx.protocol.writerFeatures).toContain('timestampNtz')
})

test('without type widening a type stays, and values that it cannot hold are refused', async () => {
  const tx = tableOf([column('id', 'integer')])
  expect(await rowsOf(tx, 'select 5::bigint as id', { mode: 'evolve' })).toEqual([['5']])
  expect(await code(rowsOf(tx, 'select 5000000000 as id', { mode: 'evolve' }))).toBe(
    'SLUICE_DELTA_VALUE_UNFIT',
  )
  expect(await code(rowsOf(tx, "select {'a': 1} as id", { mode: 'evolve' }))).toBe(
    'SLUICE_DELTA_TYPE_MISMATCH',
  )
})

test('columns that are new to a table that maps names get a number and a name for life', async () => {
  const mapped = (id: number) => ({
    'delta.columnMapping.id': id,
    'delta.columnMapping.physicalName': `col-${id}`,
  })
  const tx = tableOf([column('id', 'long', mapped(1))], {
    'delta.columnMapping.mode': 'name',
    'delta.columnMapping.maxColumnId': '4',
  })
  await rowsOf(tx, "select 1 as id, {'a': 2} as s", { mode: 'evolve' })
  const [, s] = readSchema(tx.metadata.schemaString).fields
  expect(s).toMatchObject({ metadata: { 'delta.columnMapping.id': 5 } })
  expect(s?.metadata['delta.columnMapping.physicalName']).toMatch(/^col-[0-9a-f-]{36}$/)
  expect(s?.type).toMatchObject({ fields: [{ name: 'a', metadata: { 'delta.columnMapping.id': 6 } }] })
  expect(tx.metadata.configuration['delta.columnMapping.maxColumnId']).toBe('6')
})

test('void columns are in no file; a void in a list cannot be written', async () => {
  const tx = tableOf([column('nothing', 'void'), column('id', 'long')])
  const fitted = await fit(tx, 'select 1 as id', { mode: 'strict' })
  expect(fitted.fields.map(({ name }) => name)).toEqual(['id'])
  const inner = tableOf([column('s', { type: 'struct', fields: [column('n', 'void'), column('a', 'long')] })])
  expect(await rowsOf(inner, "select {'a': 1} as s")).toEqual([['{"n":null,"a":1}']])
  const list = tableOf([column('l', { type: 'array', elementType: 'void', containsNull: true })])
  expect(await code(rowsOf(list, 'select 1 as l'))).toBe('SLUICE_DELTA_TYPE_UNSUPPORTED')
  await rowsOf(tx, "select 1 as id, 'x' as nothing", { mode: 'evolve' })
  expect(readSchema(tx.metadata.schemaString).fields[0]?.type).toBe('string')
})
