import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngine } from '../../../engine/index.ts'
import { localStore } from '../../../objects/index.ts'
import type { Action } from '../actions.ts'
import { createTable } from '../commit/create.ts'
import type { Snapshot } from '../face.ts'
import { openDeltaLog } from './open.ts'

const add = (path: string, stats = '{"numRecords":1}'): Action => ({
  add: { path, partitionValues: { day: 'a' }, size: 2 ** 40, modificationTime: 1, dataChange: true, stats },
})
const remove = (path: string): Action => ({ remove: { path, deletionTimestamp: 2 ** 45, dataChange: true } })

const commits = 80

type NewFile = () => string

/** Some are removed while they wait, some come back; statistics of a wide table fill the line sooner. */
function actionsOf(n: number, newFile: NewFile, names: string[]): readonly Action[] {
  if (n % 31 === 30) return [remove(names.at(-1) ?? '')]
  names.push(newFile())
  if (n % 23 === 22) return [add(names.at(-1) ?? ''), remove(names.at(-3) ?? '')]
  if (n % 31 === 1 && n > 31) return [add(names.at(-1) ?? ''), add(names.at(-3) ?? '')]
  return [add(names.at(-1) ?? '', n === 50 ? `{"numRecords":${' '.repeat(40_000)}1}` : undefined)]
}

test('a version stays what it is while files wait for the table, and when they are in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pending-'))
  const engine = await openEngine({ tempDir: folder, memoryBytesMax: 256 * 2 ** 20 })
  const place = { store: localStore(join(folder, 'table')), engine, nowMs: Date.now }
  const [session, another] = [await engine.session({ path: '' }), await engine.session({ path: '' })]
  const [log, others] = [await openDeltaLog(place), await openDeltaLog(place)]
  try {
    await createTable(log, { session, fields: [] })
    const names: string[] = []
    /** Live files, and what was removed. Checkpoints do not keep whether rows changed. */
    const sqlOf = ({ filesSql, tombstonesSql }: Snapshot) => [
      `select * exclude (data_change) from (${filesSql}) order by path`,
      `select path, deletion_ms from (${tombstonesSql}) order by path`,
    ]
    const answers = (sql: readonly string[]) => Promise.all(sql.map(each => another.rows(each)))
    const seen: { snapshot: Snapshot; sql: readonly string[]; first: Awaited<ReturnType<typeof answers>> }[] =
      []
    for (let n = 0; n < commits; n++) {
      const tx = await (n % 23 === 22 ? others : log).begin({ session })
      await tx.stage(actionsOf(n, () => tx.newFile({ partition: '', extension: 'parquet' }), names))
      await tx.commit({ name: 'WRITE', parameters: {} })
      const snapshot = await log.latest()
      if (!snapshot) throw new TypeError('there is no table')
      const sql = sqlOf(snapshot)
      seen.push({ snapshot, sql, first: await answers(sql) })
    }
    for (const name of names) await writeFile(join(folder, 'table', name), '')
    const fresh = await openDeltaLog(place)
    for (const { snapshot, sql, first } of seen) {
      expect(await answers(sql)).toEqual(first)
      expect(await answers(sqlOf(snapshot))).toEqual(first)
      expect((await answers(sqlOf(await fresh.at({ version: snapshot.version }))))[0]).toEqual(first[0])
      expect((await snapshot.scan({ columns: [] })).files).toBe(first[0]?.length)
    }
    await fresh.close()
  } finally {
    for (const each of [log, others]) await each.close()
    engine.close()
    await rm(folder, { recursive: true })
  }
})
