import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../../engine/index.ts'
import { Failure } from '../../errors/index.ts'
import { quoteText } from '../../sql/index.ts'
import { rangesOf } from './chunks.ts'
import { footerBytes, readFooter } from './footer.ts'
import { columnMark, markOf, readingsOf } from './plan.ts'
import { readStruct } from './thrift.ts'

let folder: string
let engine: Engine
let session: Session
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-footers-'))
  engine = await openEngine({ tempDir: folder, memoryBytesMax: 2e8 })
  session = await engine.session({ path: folder })
})
afterAll(async () => {
  engine.close()
  await rm(folder, { recursive: true })
})

async function written(name: string, sql: string): Promise<{ path: string; bytes: Buffer }> {
  const path = join(folder, `${name}.parquet`)
  await session.run(`copy (${sql}) to ${quoteText(path)} (row_group_size 4096)`)
  return { path, bytes: await readFile(path) }
}

const rows = `select i as id, 'w' || i % 7 as word, {a: i, b: [i % 3]} as inside, hash(i) as noise
  from range(20000) r(i)`

describe('footers', () => {
  test('say where columns lie as the engine’s own reader does', async () => {
    const { path, bytes } = await written('plain', rows)
    const { groups } = readFooter(bytes, bytes.length)
    const told = await session.rows(`select row_group_id, row_group_num_rows, path_in_schema,
      coalesce(dictionary_page_offset, data_page_offset), total_compressed_size,
      bloom_filter_offset, bloom_filter_length from parquet_metadata(${quoteText(path)}) order by all`)
    expect(groups.length).toBe(5)
    const own = groups.flatMap(({ rows: count, chunks }, group) =>
      chunks.map(({ leaf, ranges }) => ({ group, count, column: leaf.column, ranges })),
    )
    expect(own.length).toBe(told.length)
    for (const [group, count, leaf, start, length, bloom, bloomLength] of told) {
      const found = own.find(it => String(it.group) === group && it.ranges[0]?.start === Number(start))
      expect([found?.column, String(found?.count)]).toEqual([leaf?.split(',')[0], count])
      expect(found?.ranges[0]?.end).toBeGreaterThanOrEqual(Number(start) + Number(length))
      if (bloom === null) expect(found?.ranges.length).toBe(1)
      else expect(found?.ranges[1]?.end).toBeGreaterThanOrEqual(Number(bloom) + Number(bloomLength))
    }
  })

  test('hold all that a query of some columns reads: zeros elsewhere change nothing', async () => {
    const { bytes } = await written('holes', rows)
    const { groups } = readFooter(bytes, bytes.length)
    for (const column of ['id', 'word', 'inside']) {
      const holes = Buffer.alloc(bytes.length)
      const tail = bytes.length - footerBytes(bytes)
      const columns = [{ stored: column, id: undefined }]
      const ranges = rangesOf(groups, { columns, by: 'name' })
      for (const { start, end } of [...ranges, { start: tail, end: bytes.length }])
        bytes.copy(holes, start, start, end)
      const path = join(folder, `holes-${column}.parquet`)
      await writeFile(path, holes)
      const asked = (from: string) =>
        session.rows(`select ${column} from read_parquet(${quoteText(from)})
          where ${column} in (select ${column} from read_parquet(${quoteText(from)}) limit 3) order by all`)
      expect(await asked(path)).toEqual(await asked(join(folder, 'holes.parquet')))
      await expect(session.rows(`select noise from read_parquet(${quoteText(path)})`)).rejects.toThrow(
        Failure,
      )
    }
  })

  test('of any bytes are read or refused', async () => {
    const { bytes } = await written('fuzzed', 'select 1 as a, [2] as b, 3.5 as c')
    const refused = (act: () => unknown) => {
      try {
        act()
      } catch (thrown) {
        if (!(thrown instanceof Failure) || thrown.code !== 'SLUICE_PARQUET_FOOTER') throw thrown
      }
    }
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), changes => {
        const other = Buffer.from(bytes)
        for (const { at, to } of changes) other[at] = to
        refused(() => readFooter(other, other.length))
      }),
      { numRuns: 3000 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), some => refused(() => readStruct(some))))
    // Lists of lists and structs of structs, as deep as bytes go; a list longer than all memory.
    refused(() => readStruct(new Uint8Array(1_000_000).fill(0x1c)))
    refused(() => readStruct(new Uint8Array(1_000_000).fill(0x19)))
    refused(() => readStruct(Uint8Array.of(0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f)))
  })
})

test('a plan tells columns and filters of each read by their marks', async () => {
  const { path } = await written('marked', rows)
  const mark = markOf(['some files'])
  const [id, word] = [columnMark(mark, 0), columnMark(mark, 1)]
  const [row] = await session.rows(`explain (format json) select sum(${id}) from read_parquet(
    [${quoteText(path)}], schema = MAP {'id': {name: '${id}', type: 'BIGINT', default_value: NULL},
    'word': {name: '${word}', type: 'VARCHAR', default_value: NULL}})
    where ${word} = 'it''s' and file_index < 1`)
  expect(readingsOf(row?.[1] ?? '')).toEqual([
    { mark, columns: new Set([0, 1]), filters: [`${word}='it''s'`, expect.stringContaining('file_index')] },
  ])
})
