import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CreateIn, createIn, type TestTable, testTable } from '../../../../../test/lake/table.ts'
import type { DeltaLog, Operation, Snapshot, Transaction } from '../../face.ts'
import { append } from '../../rows/append.ts'
import { deleteRows } from '../../rows/delete.ts'
import { optimize } from './optimize.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
})
afterEach(() => table.close())

const create = (columns: readonly string[], more: Omit<CreateIn, 'columns'> = {}) =>
  createIn(table, table.log, { columns, ...more })
const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)
const remove = (where: string) =>
  table.commit(async tx => (await deleteRows(tx, { where, mode: 'merge-on-read' })).operation)

async function files(snapshot: Snapshot): Promise<readonly (readonly (string | null)[])[]> {
  return table.session.rows(
    `select to_json(partition_values), size_bytes, dv.cardinality from (${snapshot.filesSql}) order by 1, 2`,
  )
}

test('small files of a partition become one; every version keeps its rows', async () => {
  await create(['id BIGINT', 'p VARCHAR'], { partitionColumns: ['p'] })
  for (let i = 0; i < 5; i++)
    await write(`select ${i}::bigint as id, p from (values ('a'), ('b'), (null)) v(p)`)
  await remove('id = 2')
  const before = await Promise.all([0, 1, 2, 3, 4, 5, 6].map(version => table.rows(version)))
  const done = await optimize(table.log, { session: table.session })
  expect(done).toMatchObject({ version: 7, filesRemoved: 12, filesAdded: 3 })
  expect((await files(await table.newest())).map(([partition, , dv]) => [partition, dv])).toEqual([
    ['{"p":"a"}', null],
    ['{"p":"b"}', null],
    ['{"p":null}', null],
  ])
  expect(await table.rows()).toEqual(before[6])
  expect(await Promise.all([0, 1, 2, 3, 4, 5, 6].map(version => table.rows(version)))).toEqual(before)
})

test('what is packed is not packed again', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({ version: undefined })
  await write('select 2::bigint as id')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({
    filesRemoved: 2,
    filesAdded: 1,
  })
  expect(await optimize(table.log, { session: table.session })).toMatchObject({
    version: undefined,
    filesRemoved: 0,
  })
})

test('only the partitions that are asked for; a predicate over other columns is refused', async () => {
  await create(['id BIGINT', 'day DATE', 'n BIGINT'], { partitionColumns: ['day'] })
  for (let i = 0; i < 2; i++)
    await write(
      "select 1::bigint as id, date '2024-01-01' + d::int as day, 1::bigint as n from range(3) t(d)",
    )
  const request = { session: table.session, where: "day >= '2024-01-02' and day < '2024-01-03'" }
  expect(await optimize(table.log, request)).toMatchObject({ filesRemoved: 2, filesAdded: 1 })
  for (const where of ['n = 1', 'path is not null', 'nonsense(', "day = '2024-01-01'; drop table x"])
    await expect(optimize(table.log, { ...request, where })).rejects.toMatchObject({
      code: 'SLUICE_DELTA_PARTITIONS_UNKNOWN',
    })
})

test('a file of which much is deleted is written anew, also alone', async () => {
  await create(['id BIGINT'])
  await write('select i::bigint as id from range(1000) t(i)')
  await remove('id < 10')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({ version: undefined })
  await remove('id < 100')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({
    filesRemoved: 1,
    filesAdded: 1,
  })
  expect((await files(await table.newest())).map(([, , deleted]) => deleted)).toEqual([null])
  expect(await table.rows()).toHaveLength(900)
})

test('what was done stays done when the rest is interrupted, and the next time goes on from there', async () => {
  await create(['id BIGINT', 'p BIGINT'], { partitionColumns: ['p'] })
  for (let i = 0; i < 2; i++) await write('select i::bigint as id, i::bigint as p from range(4) t(i)')
  const rows = await table.rows()
  let begun = 0
  const dying: DeltaLog = {
    ...table.log,
    begin: async request => {
      begun++
      if (begun > 2) throw new TypeError('killed')
      return table.log.begin(request)
    },
  }
  const request = { session: table.session, bytesPerCommitMax: 1 }
  await expect(optimize(dying, request)).rejects.toThrow('killed')
  expect(await files(await table.newest())).toHaveLength(6)
  expect(await optimize(table.log, request)).toMatchObject({ version: 6, filesRemoved: 4, filesAdded: 2 })
  expect(await table.rows()).toEqual(rows)
})

/** A log whose transactions begin just before somebody else commits. */
function beaten(log: DeltaLog, act: () => Promise<unknown>): DeltaLog {
  return {
    ...log,
    begin: async request => {
      const tx = await log.begin(request)
      return {
        ...tx,
        filesSql: tx.filesSql,
        fields: tx.fields,
        metadata: tx.metadata,
        partitionColumns: tx.partitionColumns,
        commit: async operation => {
          await act()
          return tx.commit(operation)
        },
      }
    },
  }
}

test('rows that are added meanwhile are no conflict; files that are changed meanwhile stay', async () => {
  await create(['id BIGINT'])
  await write('select 1::bigint as id')
  await write('select i::bigint as id from range(10, 20) t(i)')
  const other = await table.again()
  const session = await table.engine.session({ path: 'another' })
  const theirs = async (act: (tx: Transaction) => Promise<Operation>) => {
    const tx = await other.begin({ session })
    await tx.commit(await act(tx))
  }
  const request = { session: table.session }
  const added = beaten(table.log, () =>
    theirs(async tx => (await append(tx, 'select 2::bigint as id')).operation),
  )
  expect(await optimize(added, request)).toMatchObject({ version: 4, filesRemoved: 2 })
  expect(await table.rows()).toHaveLength(12)
  const changed = beaten(table.log, () =>
    theirs(async tx => (await deleteRows(tx, { where: 'id = 12', mode: 'merge-on-read' })).operation),
  )
  expect(await optimize(changed, request)).toMatchObject({ version: undefined, filesRemoved: 0 })
  expect(await table.rows()).toHaveLength(11)
  expect(await optimize(table.log, request)).toMatchObject({ filesRemoved: 2 })
  expect(await table.rows()).toHaveLength(11)
})

test('Z-order, with mapped columns, structs, partitions and deleted rows', async () => {
  const columns = ['id BIGINT', 's STRUCT(a BIGINT, b VARCHAR)', 'a.b DOUBLE', 'p VARCHAR']
  await create(columns, { partitionColumns: ['p'], properties: { 'delta.columnMapping.mode': 'name' } })
  await write(`select i::bigint as id, {'a': hash(i) % 1000, 'b': 'x' || i} as s, i / 7 as "a.b",
    case when i % 2 = 0 then 'even' end as p from range(5000) t(i)`)
  await remove('id % 3 = 0')
  const rows = await table.rows()
  const zorder = ['s.a', 'A.B']
  const done = await optimize(table.log, { session: table.session, zorder })
  expect(done).toMatchObject({ filesRemoved: 2, filesAdded: 2 })
  expect(await table.rows()).toEqual(rows)
  for (const column of ['p', 's', 'nothing', 's.nothing'])
    await expect(optimize(table.log, { session: table.session, zorder: [column] })).rejects.toMatchObject({
      code: 'SLUICE_DELTA_LAYOUT_REFUSED',
    })
})

test('Z-order cuts a table so that both columns tell files apart', async () => {
  await create(['x BIGINT', 'y BIGINT', 'z VARCHAR'])
  await write(`select hash(i) % 1000 as x, hash(i * 7) % 1000 as y, md5(i::varchar) || md5((-i)::varchar) as z
    from range(400000) t(i)`)
  const request = { session: table.session, targetBytes: 4 * 2 ** 20, zorder: ['x', 'y'] }
  expect((await optimize(table.log, request)).filesAdded).toBeGreaterThan(3)
  const snapshot = await table.newest()
  for (const where of ['x between 100 and 110', 'y between 100 and 110']) {
    const { files: some, filesPruned } = await snapshot.scan({ where })
    // Four files, a quarter of the square each, a little more or less.
    expect(filesPruned / (some + filesPruned)).toBeGreaterThanOrEqual(0.25)
  }
})

test('rows keep their numbers where the table tracks rows', async () => {
  await create(['id BIGINT'], { properties: { 'delta.enableRowTracking': 'true' } })
  await write('select i::bigint as id from range(10) t(i)')
  await write('select i::bigint as id from range(10, 20) t(i)')
  await remove('id % 4 = 0')
  const numbers = async () => {
    const { sql } = await (await table.newest()).scan({ positions: true })
    return table.session.rows(`select id, _row_id, _row_commit_version from (${sql}) order by id`)
  }
  const before = await numbers()
  expect(before).toHaveLength(15)
  await optimize(table.log, { session: table.session })
  expect(await files(await table.newest())).toHaveLength(1)
  expect(await numbers()).toEqual(before)
  await optimize(table.log, { session: table.session, zorder: ['id'] })
  expect(await numbers()).toEqual(before)
})

test('a clustered table is laid out by its own columns; what is clustered stays', async () => {
  await create(['id BIGINT', 'x BIGINT'], { properties: { 'delta.feature.clustering': 'supported' } })
  await table.commit(async tx => {
    const configuration = '{"clusteringColumns":["x"]}'
    await tx.stage([{ domainMetadata: { domain: 'delta.clustering', configuration, removed: false } }])
    return { name: 'CLUSTER BY', parameters: {} }
  })
  await write('select i::bigint as id, hash(i) % 100 as x from range(1000) t(i)')
  const request = { session: table.session, targetBytes: 2 ** 20 }
  expect(await optimize(table.log, request)).toMatchObject({ filesRemoved: 1, filesAdded: 1 })
  const [provider] = await table.session.row(
    `select clustering_provider from (${(await table.newest()).filesSql})`,
  )
  expect(provider).toBe('sluice')
  expect(await optimize(table.log, request)).toMatchObject({ version: undefined })
  await write('select i::bigint as id, hash(i) % 100 as x from range(1000) t(i)')
  expect(await optimize(table.log, request)).toMatchObject({ filesRemoved: 2, filesAdded: 1 })
  await expect(optimize(table.log, { ...request, zorder: ['id'] })).rejects.toMatchObject({
    code: 'SLUICE_DELTA_LAYOUT_REFUSED',
  })
})

test('a table that only grows may be laid out anew, and its change feed tells of no change', async () => {
  const properties = { 'delta.appendOnly': 'true', 'delta.enableChangeDataFeed': 'true' }
  await create(['id BIGINT'], { properties })
  await write('select 1::bigint as id')
  await write('select 2::bigint as id')
  expect(await optimize(table.log, { session: table.session })).toMatchObject({ version: 3 })
  const [changes] = await table.session.row(
    `select count(*) from (${(await table.newest()).filesSql}) where data_change`,
  )
  expect(changes).toBe('0')
})
