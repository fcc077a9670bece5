import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngine, type Session } from '../../../engine/index.ts'
import { localStore } from '../../../objects/index.ts'
import { parseType } from '../../../tables/index.ts'
import type { Action } from '../actions.ts'
import { writeCheckpoint } from '../commit/checkpoint.ts'
import { createTable } from '../commit/create.ts'
import { openDeltaLog } from './open.ts'

const count = 10_000

const bound = (n: number) => ({
  id: n,
  moment: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  word: `a "${n}`,
})

/** `isNull`: its only `id` is, so that it has no bounds. */
function added(n: number, isNull: boolean): Action {
  const { id, ...others } = bound(n)
  const values = isNull ? others : { id, ...others }
  const stats = { numRecords: 1, minValues: values, maxValues: values, nullCount: { id: isNull ? 1 : 0 } }
  const file = { path: `file-${n}`, partitionValues: {}, size: 1, modificationTime: n, dataChange: true }
  return { add: { ...file, stats: JSON.stringify(stats) } }
}

/** The checkpoint with other JSON. */
async function rewrite(session: Session, path: string, stats: string): Promise<void> {
  const kept = ['path', 'partitionValues', 'size', 'modificationTime', 'dataChange', 'stats_parsed']
  const fields = [...kept.map(name => `${name} := add.${name}`), `stats := ${stats}`].join(', ')
  await session.run(`create temp table read as from read_parquet('${path}')`)
  await session.run(`copy (select * replace (case when add is not null then struct_pack(${fields}) end as add)
    from read order by rowid) to '${path}' (format parquet)`)
}

test.each([
  { of: 'one file', believed: true, files: 10 },
  { of: 'one with a file that is all NULL', believed: true, files: 10, nulls: 1 },
  { of: 'sidecars', properties: { 'delta.checkpointPolicy': 'v2' }, believed: true, files: 10 },
  {
    of: 'one that is short of JSON',
    json: 'case when add.size > 0 then NULL end',
    believed: true,
    files: 10,
  },
  {
    of: 'one whose JSON says something else, which counts',
    json: `replace(add.stats, '"id":', '"id":1')`,
    believed: false,
    files: 0,
  },
])(
  'bounds in their own types choose files as JSON does: $of',
  async ({ properties = {}, json, ...wanted }) => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-typed-'))
    const engine = await openEngine({ tempDir: folder, memoryBytesMax: 512 * 2 ** 20 })
    const place = { store: localStore(join(folder, 'table')), engine, nowMs: Date.now }
    try {
      const session = await engine.session({ path: '' })
      const log = await openDeltaLog(place)
      const fields = ['id BIGINT', 'moment TIMESTAMP WITH TIME ZONE', 'word VARCHAR'].map(spec => {
        const [name = '', ...type] = spec.split(' ')
        return { name, stored: name, type: parseType(type.join(' ')), nullable: true }
      })
      await createTable(log, { session, fields, properties })
      const tx = await log.begin({ session })
      await tx.stage(Array.from({ length: count }, (_, n) => added(n, wanted.nulls === 1 && n === 1234)))
      await tx.commit({ name: 'WRITE', parameters: {} })
      const newest = await log.latest()
      if (newest) await writeCheckpoint(log, newest)
      await log.close()
      const checkpoint = join(folder, 'table', '_delta_log', '00000000000000000001.checkpoint.parquet')
      if (json !== undefined) await rewrite(session, checkpoint, json)
      for (let n = 0; n < count; n++)
        if (n === 1234 || n >= count - 10) await writeFile(join(folder, 'table', `file-${n}`), '')

      const again = await openDeltaLog(place)
      const chosen = async (where: string) => (await (await again.latest())?.scan({ where }))?.files
      expect(await chosen('id between 9990 and 9999')).toBe(wanted.files)
      expect(await chosen("moment >= '2026-01-01 02:46:30Z'")).toBe(10)
      expect(await chosen("word = 'a \"1234'")).toBe(1)
      const [[table] = []] = await session.rows(
        "select table_name from duckdb_tables() where table_name like '%bounds_0'",
      )
      const columns = await session.describe(`from memory._delta.${table}`)
      expect(columns.every(({ name }) => name !== 'file')).toBe(wanted.believed)
      if (wanted.believed) {
        const nulls = wanted.nulls ?? 0
        // Counts are read for a comparison only where some file has no bounds.
        expect(await session.count(`select count(nulls) from memory._delta.${table}`)).toBe(nulls * count)
        expect(await chosen(`id < ${count} and word = 'a "1234'`)).toBe(1 - nulls)
        expect(await chosen('id is null')).toBe(nulls)
        expect(await chosen(`id is not null and word = 'a "1234'`)).toBe(1 - nulls)
        expect(await chosen('id between 9990 and 9999')).toBe(10)
      }
      await again.close()
    } finally {
      engine.close()
      await rm(folder, { recursive: true })
    }
  },
)
