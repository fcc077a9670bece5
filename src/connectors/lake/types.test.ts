import { afterAll, beforeAll, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, openEngine, type Session } from '../../engine/index.ts'
import { parseType, typeSql } from '../../tables/index.ts'
import { comeBack, keptAs, typesOf } from './types.ts'

let engine: Engine
let session: Session
let tempDir: string
beforeAll(async () => {
  tempDir = await mkdtemp(join(tmpdir(), 'sluice-types-'))
  engine = await openEngine({ tempDir, memoryBytesMax: 2e8 })
  session = await engine.session({ path: 'types' })
})
afterAll(async () => {
  engine.close()
  await rm(tempDir, { recursive: true })
})

// Expressions of every type that DuckDB has columns of.
test.each([
  ['true', 'BOOLEAN'],
  ['255::utinyint', 'SMALLINT'],
  ['65535::usmallint', 'INTEGER'],
  ['4294967295::uinteger', 'BIGINT'],
  ['18446744073709551615::ubigint', 'DECIMAL(20,0)'],
  [`${'9'.repeat(38)}::hugeint`, 'DECIMAL(38,0)'],
  ["'f47ac10b-58cc-4372-a567-0e02b2c3d479'::uuid", 'VARCHAR'],
  ["time '23:59:59.999999'", 'VARCHAR'],
  ["'23:59:59.999999+02:00'::timetz", 'VARCHAR'],
  ["interval '14 months -3 days 00:00:00.000001'", 'VARCHAR'],
  ["'b'::enum('a', 'b', 'c,d''e')", 'VARCHAR'],
  ["'0101'::bit", 'VARCHAR'],
  ["timestamp_ns '2024-02-29 23:59:59.999999999'", 'VARCHAR'],
  ["'2024-02-29 23:59:59'::timestamp_s", 'TIMESTAMP'],
  ["timestamptz '2024-02-29 23:59:59.999999+00'", 'TIMESTAMP WITH TIME ZONE'],
  ['\'{"a": 1}\'::json', 'VARCHAR'],
  ['[1, null, 3]::integer[3]', 'INTEGER[]'],
  ["{'a b': uuid(), c: [{d: 7::ubigint}]}", 'STRUCT("a b" VARCHAR, "c" STRUCT("d" DECIMAL(20,0))[])'],
  ["map {'k''1': time '01:02:03'}", 'MAP(VARCHAR, VARCHAR)'],
  ["'\\x00\\xff'::blob", 'BLOB'],
])('%s is kept as %s and comes back as it was', async (expression, kept) => {
  const rows = `select ${expression} as v union all select null`
  const columns = await session.describe(rows)
  const type = columns[0]?.type ?? ''
  expect(keptAs(type)).toBe(kept)
  const stored = `select cast(v as ${keptAs(type)}) as v from (${rows})`
  const fields = [{ name: 'v', type: parseType(keptAs(type)) }]
  const back = `select ${comeBack(fields, typesOf(columns))} from (${stored})`
  expect(await session.describe(back)).toEqual(columns)
  const differ = `select count(*) from (${rows}) a full join (${back}) b on a.v is not distinct from b.v
    where (a is null) or (b is null)`
  // UUIDs that are made anew at each reading differ by themselves.
  if (!expression.includes('uuid()')) expect(await session.count(differ)).toBe(0)
})

test('a property that says nonsense, or speaks of another column type, is passed over', () => {
  const fields = [{ name: 'v', type: parseType('BIGINT') }]
  for (const property of ['no JSON', '{"v":"UUID"}', '{"w":"UUID"}', '[]', 'null'])
    expect(comeBack(fields, property)).toBe('"v"')
  expect(typeSql(parseType('BIGINT'))).toBe('BIGINT')
})
