import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngine } from '../../../engine/index.ts'
import { numberedSource } from './source.ts'

test('each row has a number of its own, the same whenever it is read; columns are as they were', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-source-'))
  const engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  try {
    const session = await engine.session({ path: '' })
    await session.run('create temp table whole as select range as id, random() as x from range(5000)')
    await session.run('create temp view seen as select range as id, random() as x from range(5000)')
    for (const [query, columns] of [
      ['from whole', 'id x'],
      ['from seen', 'id x'],
      ['select id, random() as x from whole -- all of them', 'id x'],
      ['select id, random() as "RowID" from whole', 'id RowID'],
      ['select unnest([1, 1, null]) as id', 'id'],
      ['select 1 as id where false', 'id'],
    ] as const) {
      const source = await numberedSource(session, query)
      const described = await session.describe(`from ${source.relation}`)
      expect(described.map(({ name }) => name).join(' ')).toBe(`${columns} _source_row`)
      const [rows, numbers, joined] = await session.row(
        `select count(*), count(distinct a._source_row), count(b) from ${source.relation} as a
         left join ${source.relation} as b on a is not distinct from b`,
      )
      expect([numbers, joined]).toEqual([rows, rows])
      await source.drop()
    }
    expect(await session.count('select count(*) from duckdb_tables()')).toBe(1)
  } finally {
    engine.close()
    await rm(folder, { recursive: true })
  }
})
