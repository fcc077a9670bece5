import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import type { DeltaLog } from '../face.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { shallowClone } from './clone.ts'
import { optimize } from './optimize/optimize.ts'
import { vacuum } from './vacuum.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
  await createIn(table, table.log, { columns: ['id BIGINT', 'p VARCHAR'], partitionColumns: ['p'] })
  await write(table.log, "select i::bigint as id, 'ä/% ' || i % 2 as p from range(10) t(i)")
  await remove(table.log, 'id = 3')
})
afterEach(() => table.close())

async function write(log: DeltaLog, sql: string): Promise<void> {
  const tx = await log.begin({ session: table.session })
  await tx.commit((await append(tx, sql)).operation)
}

async function remove(log: DeltaLog, where: string): Promise<void> {
  const tx = await log.begin({ session: table.session })
  await tx.commit((await deleteRows(tx, { where, mode: 'merge-on-read' })).operation)
}

async function rows(log: DeltaLog): Promise<readonly (string | null)[]> {
  const { sql } = (await (await log.latest())?.scan({ columns: ['id'] })) ?? { sql: '' }
  return (await table.session.rows(`select id from (${sql}) order by id`)).map(([id]) => id ?? null)
}

async function clone(from: DeltaLog, name: string, readsFrom: readonly string[]): Promise<DeltaLog> {
  const to = await table.beside(name, readsFrom)
  const source = await from.latest()
  if (!source) throw new TypeError('there is no source')
  await shallowClone(to, { session: table.session, source, sourceStore: from.place.store })
  return to
}

test('a clone has the rows of its source, and each goes its own way', async () => {
  const copy = await clone(table.log, 'copy', [table.folder])
  const ids = ['0', '1', '2', '4', '5', '6', '7', '8', '9']
  expect(await rows(copy)).toEqual(ids)
  await remove(copy, 'id < 5')
  await write(copy, "select 100::bigint as id, 'x' as p")
  await write(table.log, "select 200::bigint as id, 'x' as p")
  expect(await rows(copy)).toEqual(['5', '6', '7', '8', '9', '100'])
  expect(await rows(table.log)).toEqual([...ids, '200'])
})

test('a clone of a clone reads from the first', async () => {
  const copy = await clone(table.log, 'copy', [table.folder])
  const second = await clone(copy, 'second', [table.folder])
  expect(await rows(second)).toHaveLength(9)
})

test('without leave to read there, its rows are refused', async () => {
  await expect(rows(await clone(table.log, 'copy', []))).rejects.toMatchObject({
    code: 'SLUICE_DELTA_PATH_REFUSED',
  })
})

test('care of a clone leaves its source alone; written anew it needs it no longer', async () => {
  const copy = await clone(table.log, 'copy', [table.folder])
  await write(copy, "select 100::bigint as id, 'ä/% 0' as p")
  await optimize(copy, { session: table.session, deletedShareMin: 0 })
  table.clock.aheadMs = 30 * 86_400_000
  const before = await rows(table.log)
  expect(await vacuum(copy, { session: table.session })).toMatchObject({ files: 1 })
  expect(await rows(table.log)).toEqual(before)
  rmSync(table.folder, { recursive: true })
  expect(await rows(copy)).toHaveLength(10)
})

test('a place that is taken is refused', async () => {
  const source = await table.newest()
  const request = { session: table.session, source, sourceStore: table.log.place.store }
  await expect(shallowClone(table.log, request)).rejects.toMatchObject({ code: 'SLUICE_DELTA_EXISTS' })
})
