import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../engine/index.ts'
import { equalities, reachOf } from './reach.ts'

const as = { source: 's', target: 't' }

test('equalities are found where they must hold, and nowhere else', () => {
  const found = (on: string) => equalities(on, as).map(({ target, source }) => `${target}=${source}`)
  expect(found('t.id = s.id')).toEqual(['id=id'])
  expect(found('S."Key" = T.id -- same\n AND t.day==s.day')).toEqual(['id=Key', 'day=day'])
  expect(found('t.a = s.a and (t.b = s.b or t.b is null)')).toEqual([])
  expect(found('t.a = s.a and (t.b > s.b)')).toEqual(['a=a'])
  expect(found('t.x between s.a and t.y = s.y')).toEqual([])
  expect(found('case when t.a > 1 and t.x = s.x and true then true end')).toEqual([])
  expect(found('t.a = s.a is null and not t.b = s.b')).toEqual([])
  expect(found('t.a = s.a + 1 and t.b = t.c and a = s.b')).toEqual([])
  expect(found('t.a is not distinct from s.a')).toEqual([])
})

let engine: Engine
let session: Session
const tempDir = mkdtempSync(join(tmpdir(), 'sluice-reach-'))
beforeAll(async () => {
  engine = await openEngine({ tempDir, memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'memory' })
})
afterAll(() => {
  engine.close()
  rmSync(tempDir, { recursive: true })
})

async function reach(rows: string, targetType: string, partitioned = false): Promise<string | undefined> {
  const source = `(${rows})`
  const described = await session.describe(rows)
  return reachOf(session, {
    source,
    equalities: [{ target: 'Key', source: 'k' }],
    targetTypes: new Map([['key', targetType]]),
    sourceTypes: new Map(described.map(({ name, type }) => [name, type])),
    partitionColumns: partitioned ? ['key'] : [],
  })
}

test('a merge reaches from the least to the greatest key of its source', async () => {
  const big = '9007199254740993'
  expect(await reach(`select unnest([${big}, 5, null]) as k`, 'INTEGER')).toBe(`"Key" between 5 and ${big}`)
  expect(await reach(`select unnest(['it''s', 'a']) as k`, 'VARCHAR')).toBe(`"Key" between 'a' and 'it''s'`)
  const zoned = "TIMESTAMP WITH TIME ZONE '2026-01-02T03:04:05.678901Z'"
  expect(await reach(`select ${zoned} as k`, 'TIMESTAMP WITH TIME ZONE')).toBe(
    `"Key" between ${zoned} and ${zoned}`,
  )
})

test('partition columns are asked for value by value, up to a thousand of them', async () => {
  const days = (n: number) => `select date '2026-01-01' + i::integer as k from range(${n}) as r(i)`
  expect(await reach(days(2), 'DATE', true)).toMatch(
    /^"Key" in \(DATE '2026-01-0[12]', DATE '2026-01-0[12]'\)$/,
  )
  expect(await reach(days(1001), 'DATE', true)).toBe(`"Key" between DATE '2026-01-01' and DATE '2028-09-27'`)
})

test('without a key nothing is reached; of types that order otherwise than they compare nothing is said', async () => {
  expect(await reach('select null::bigint as k', 'BIGINT')).toBe('false')
  expect(await reach('select 1::bigint as k where false', 'BIGINT')).toBe('false')
  expect(await reach(`select '10' as k`, 'BIGINT')).toBe(undefined)
  expect(await reach(`select 1.5::double as k`, 'DOUBLE')).toBe(undefined)
})
