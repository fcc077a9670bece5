import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, type Session, openEngine } from '../engine/index.ts'
import { packBins, zOrdered } from './layout.ts'

const mebibyte = 2 ** 20
let engine: Engine
let session: Session
let tempDir: string
beforeAll(async () => {
  tempDir = mkdtempSync(join(tmpdir(), 'sluice-layout-'))
  engine = await openEngine({ tempDir, memoryBytesMax: 256 * mebibyte })
  session = await engine.session({ path: 'memory' })
})
afterAll(() => {
  engine.close()
  rmSync(tempDir, { recursive: true })
})

describe('bins', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 200 })
  const packed = (bytes: readonly number[]) =>
    packBins(
      bytes.map((sizeBytes, id) => ({ sizeBytes, id })),
      { bytesMax: 100 },
    )

  test('every file is in one bin, and only a file that alone is too large exceeds the limit', () => {
    fc.assert(
      fc.property(sizes, bytes => {
        const bins = packed(bytes)
        const ids = bins.flat().map(({ id }) => id)
        expect(ids.toSorted((a, b) => a - b)).toEqual(bytes.map((_, id) => id))
        for (const bin of bins) {
          const total = bin.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
          expect(total <= 100 || bin.length === 1 || bin.slice(1).every(f => f.sizeBytes === 0)).toBe(true)
        }
      }),
    )
  })

  test('at most one bin is no more than half full: what is packed is not packed again', () => {
    fc.assert(
      fc.property(sizes, bytes => {
        const totals = packed(bytes).map(bin => bin.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
        expect(totals.filter(total => total <= 50).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('100,000 files are packed at once', () => {
    const files = Array.from({ length: 100_000 }, (_, i) => ({ sizeBytes: 1 + ((i * 7919) % 1000) }))
    const bins = packBins(files, { bytesMax: 10_000 })
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    expect(bins.length).toBeLessThan((total / 10_000) * 1.01 + 1)
  })
})

describe('Z-order', () => {
  const grid = `select i % 256 as x, (i // 256) % 256 as y, 'n' || i as name, i as "rank_0"
    from (select hash(r) % 65536 as i from range(200000) t(r))`

  test('the rows are the same, under the same names', async () => {
    const sql = await zOrdered(session, { sql: grid, by: [['x'], ['y']], rows: 200_000 })
    expect((await session.describe(sql)).map(({ name }) => name)).toEqual(['x', 'y', 'name', 'rank_0'])
    const count = (first: string, second: string) =>
      session.count(`select count(*) from (from (${first}) except all from (${second}))`)
    expect(await count(grid, sql)).toBe(0)
    expect(await count(sql, grid)).toBe(0)
  })

  test('near rows lie near each other in both columns', async () => {
    const sql = await zOrdered(session, { sql: grid, by: [['x'], ['y']], rows: 200_000 })
    // 64 blocks of rows: in a perfect Z-order each covers 1/8 of either side.
    const blocks = `select (row_number() over () - 1) // 3125 as block, x, y from (${sql})`
    const spans = `select max(x) - min(x) as dx, max(y) - min(y) as dy from (${blocks}) group by block`
    const [dx, dy] = await session.row(`select avg(dx), avg(dy) from (${spans})`)
    expect(Number(dx)).toBeLessThan(256 / 3)
    expect(Number(dy)).toBeLessThan(256 / 3)
  })

  test('a column of three values counts as much as one of thousands', async () => {
    const rows = `select i % 3 as few, hash(i) % 100000 as many from range(30000) t(i)`
    const sql = await zOrdered(session, { sql: rows, by: [['few'], ['many']], rows: 30_000 })
    const blocks = `select (row_number() over () - 1) // 1000 as block, few from (${sql})`
    const kinds = `select count(distinct few) as kinds from (${blocks}) group by block`
    expect(Number((await session.row(`select avg(kinds) from (${kinds})`))[0])).toBeLessThan(1.5)
  })

  test.each([
    ['texts', "'é' || (i % 999)"],
    ['decimals', '(i % 1000)::decimal(38, 10)'],
    ['times', "timestamptz '2024-01-01 00:00:00Z' + to_minutes(i::int)"],
    ['floats with NaN', "case when i % 5 = 0 then 'nan'::double else i / 3 end"],
    ['bytes', "('x''' || i)::blob"],
    ['only NULL', 'null::date'],
    ['NULL among them', 'case when i % 2 = 0 then i end'],
    ['booleans', 'i % 2 = 0'],
  ])('%s can be ordered by', async (_, expression) => {
    const rows = `select i, ${expression} as v from range(1000) t(i)`
    const sql = await zOrdered(session, { sql: rows, by: [['v']], rows: 1000 })
    expect(await session.count(`select count(distinct i) from (${sql})`)).toBe(1000)
    // Along one column a Z-order is that column's order, range by range, NULL first.
    const places = `select row_number() over () as place, rank() over (order by v nulls first) as rank
      from (${sql})`
    const [correlation] = await session.row(`select corr(place, rank) from (${places})`)
    if (expression !== 'null::date') expect(Number(correlation)).toBeGreaterThan(0.8)
  })

  test('fields of structs and quoted names, in ten columns', async () => {
    const rows = `select {'a "b"': i} as s, i as "c.d" from range(100) t(i)`
    const by = Array.from({ length: 10 }, (_, i) => (i % 2 ? ['s', 'a "b"'] : ['c.d']))
    const sql = await zOrdered(session, { sql: rows, by, rows: 100 })
    expect(await session.count(`select count(distinct "c.d") from (${sql})`)).toBe(100)
  })

  test('no rows', async () => {
    const sql = await zOrdered(session, { sql: 'select 1 as a where false', by: [['a']], rows: 0 })
    expect(await session.rows(sql)).toEqual([])
  })
})
