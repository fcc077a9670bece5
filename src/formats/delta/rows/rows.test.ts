import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type CreateIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import type { Action } from '../actions.ts'
import { commitKey } from '../log/names.ts'
import { append } from './append.ts'
import { assignmentsOf } from './assign.ts'
import { changeRows, type RowsChanged } from './change.ts'
import { deleteRows } from './delete.ts'
import { mergeRows, type MergeRequest } from './merge.ts'
import { fatesOf, type Touched, wideStats } from './touched.ts'
import { updateRows } from './update.ts'
import type { Transaction } from '../face.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
})
afterEach(() => table.close())

/** A table of `id`, `v` and `day`, and the rows 0 to 9 in it. */
async function begin(declaration: Partial<CreateIn> = {}, rows = 10): Promise<void> {
  await createIn(table, table.log, { columns: ['id BIGINT', 'v VARCHAR', 'day DATE'], ...declaration })
  const perDay = Math.max(5, rows / 40)
  const sql = `select i as id, 'v' || i as v, date '2026-01-01' + (i // ${perDay})::integer as day
    from range(${rows}) as r(i)`
  await table.commit(async tx => (await append(tx, sql)).operation)
}

async function change(act: (tx: Transaction) => Promise<RowsChanged>): Promise<RowsChanged> {
  let changed: RowsChanged | undefined
  await table.commit(async tx => {
    changed = await act(tx)
    return changed.operation
  })
  return changed as RowsChanged
}

const merge = (request: MergeRequest) => change(tx => mergeRows(tx, request))

async function actions(): Promise<readonly Action[]> {
  const { version } = await table.newest()
  const text = await readFile(join(table.folder, commitKey(version)), 'utf8')
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Action)
}

async function kinds(): Promise<readonly string[]> {
  return (await actions()).map(action => Object.keys(action)[0] ?? '').toSorted()
}

async function listed(columns = 'id, v'): Promise<string> {
  const { sql } = await (await table.newest()).scan()
  return (await table.session.rows(`select ${columns} from (${sql}) order by all`))
    .map(row => row.join(' '))
    .join(', ')
}

const failed = (code: string) => expect.objectContaining({ code })

test('rows deleted from a file leave a deletion vector in the log, and statistics that say so', async () => {
  await begin()
  const changed = await change(tx => deleteRows(tx, { where: 'id in (3, 7)', mode: 'merge-on-read' }))
  expect(changed).toMatchObject({ deleted: 2, updated: 0, inserted: 0, copied: 0 })
  expect(await kinds()).toEqual(['add', 'commitInfo', 'remove'])
  const add = (await actions()).flatMap(action => ('add' in action ? [action.add] : []))[0]
  expect(add?.deletionVector).toMatchObject({ storageType: 'i', cardinality: 2 })
  expect(JSON.parse(add?.stats ?? '')).toMatchObject({
    numRecords: 10,
    tightBounds: false,
    minValues: { id: 0 },
  })
  expect(await listed('id')).toBe('0, 1, 2, 4, 5, 6, 8, 9')
})

test('a vector grows; large ones of one commit share a file', async () => {
  await begin({ partitionColumns: ['day'] }, 20_000)
  const half = { where: 'hash(id) % 3 = 0', mode: 'merge-on-read' } as const
  await change(tx => deleteRows(tx, half))
  const first = await actions()
  await change(tx => deleteRows(tx, { ...half, where: 'hash(id) % 3 = 1 and id < 15000' }))
  const vectors = [...first, ...(await actions())].flatMap(action =>
    'add' in action && action.add.deletionVector ? [action.add.deletionVector] : [],
  )
  expect(new Set(vectors.map(({ storageType }) => storageType))).toEqual(new Set(['u']))
  const files = new Set(vectors.map(({ pathOrInlineDv }) => pathOrInlineDv))
  expect([files.size, vectors.length > 40]).toEqual([2, true])
  const left = 'select i from range(20000) r(i) where hash(i) % 3 = 2 or hash(i) % 3 = 1 and i >= 15000'
  const { sql } = await (await table.newest()).scan({ columns: ['id'] })
  const strangers = `(${sql} except all ${left}) union all (${left} except all ${sql})`
  expect(await table.session.count(`select count(*) from (${strangers})`)).toBe(0)
})

test('what is gone as a whole is removed, and nothing is written or read for it', async () => {
  await begin({ partitionColumns: ['day'] })
  await change(tx => deleteRows(tx, { where: "day = '2026-01-01'" }))
  expect(await kinds()).toEqual(['commitInfo', 'remove'])
  await change(tx => deleteRows(tx, {}))
  expect(await kinds()).toEqual(['commitInfo', 'remove'])
  expect(await listed()).toBe('')
})

test('without the table property no vector is written: rows that stay are copied', async () => {
  await begin({ properties: { 'delta.enableDeletionVectors': 'false' } })
  const changed = await change(tx => deleteRows(tx, { where: 'id = 3', mode: 'merge-on-read' }))
  expect(changed).toMatchObject({ deleted: 1, copied: 9 })
  expect((await actions()).some(action => 'add' in action && action.add.deletionVector)).toBe(false)
})

test('each file gets what costs less', () => {
  const touched = (of: Partial<Touched> & { size: number }): Touched => ({
    file: { path: 'f', partitionValues: {}, size: of.size, modificationTime: 0, dataChange: true },
    rows: 1000,
    deletedBefore: 0,
    deletedNow: 10,
    updated: 0,
    ...of,
  })
  const large = 100 * 2 ** 20
  const options = { mode: 'auto', vectors: true } as const
  const files = [
    touched({ size: large }),
    touched({ size: large, deletedBefore: 250, deletedNow: 100 }),
    touched({ size: large, deletedBefore: 250, deletedNow: 750 }),
    touched({ size: 1000 }),
  ]
  expect(fatesOf(files, options)).toEqual(['vector', 'rewrite', 'remove', 'rewrite'])
  expect(fatesOf(files, { ...options, mode: 'merge-on-read' })).toEqual([
    'vector',
    'vector',
    'remove',
    'vector',
  ])
  expect(fatesOf(files, { ...options, vectors: false })).toEqual(['rewrite', 'rewrite', 'remove', 'rewrite'])
  const many = fatesOf(
    Array.from({ length: 40 }, () => touched({ size: 2 ** 20 })),
    options,
  )
  expect(many.filter(fate => fate === 'rewrite')).toHaveLength(16)
})

test('wide statistics keep every digit, whatever columns are called', () => {
  const bounds = '{"tightBounds":true,"n":9007199254740993.10, "s":"}\\",{"}'
  const stats = `{"numRecords" : 7, "minValues":${bounds},"tightBounds":true}`
  expect(wideStats(stats, 9)).toBe(`{"numRecords":9,"tightBounds":false,"minValues":${bounds}}`)
  expect(wideStats('{"numRecords":3}', 3)).toBe('{"numRecords":3,"tightBounds":false}')
  expect(wideStats('no JSON', 4)).toBe('{"numRecords":4,"tightBounds":false}')
  expect(wideStats(undefined, 4)).toBe('{"numRecords":4,"tightBounds":false}')
})

test('an update reads rows as they were, moves them between partitions, sets fields within', async () => {
  await createIn(table, table.log, {
    columns: ['id BIGINT', 'n INTEGER', 'p STRUCT(x INTEGER, y STRUCT(z VARCHAR))'],
    partitionColumns: ['n'],
  })
  const rows = "values (1, 10, {x: 1, y: {z: 'a'}}), (2, 20, null)"
  await table.commit(async tx => (await append(tx, `from (${rows}) as r(id, n, p)`)).operation)
  const set = { ID: 'target.n', n: 'id', 'p.y.z': "coalesce(p.y.z, '') || '!'" }
  expect(await change(tx => updateRows(tx, { set }))).toMatchObject({ updated: 2, copied: 0 })
  expect(await listed('id, n, p')).toBe('10 1 {"x":1,"y":{"z":"a!"}}, 20 2 {"x":null,"y":{"z":"!"}}')
  const missing = updateRows(await table.log.begin({ session: table.session }), { set: { 'p.q': '1' } })
  await expect(missing).rejects.toEqual(failed('SLUICE_DELTA_COLUMN_NOT_FOUND'))
})

test('assignments go to the column whose own name has the dots', () => {
  const scalar = { kind: 'scalar', sql: 'INTEGER' } as const
  const field = (name: string) => ({ name, stored: name, type: scalar, nullable: true })
  const fields = [field('a.b'), { ...field('a'), type: { kind: 'struct', fields: [field('b')] } as const }]
  expect(assignmentsOf(fields, { 'a.b': '1' }, 't')).toEqual({ 'a.b': '1' })
  expect(assignmentsOf(fields, { 'A.B': '1' }, 't')).toEqual({ 'a.b': '1' })
})

test('a merge: clauses in order, the first that applies; rows are counted as what they became', async () => {
  await begin()
  const changed = await merge({
    source: "select i * 3 as id, 'new' as v, date '2026-02-01' as day from range(6) as r(i)",
    as: { source: 's', target: 't' },
    on: 't.id = s.id',
    clauses: [
      { when: 'matched', and: 't.id = 3', do: 'delete' },
      { when: 'matched', do: { update: { v: "t.v || '+' || s.v" } } },
      { when: 'not matched', and: 's.id > 12', do: { insert: 'all' } },
      { when: 'not matched', do: { insert: { id: 's.id' } } },
      { when: 'not matched by source', and: 't.id = 1', do: 'delete' },
      { when: 'not matched by source', and: 't.id = 2', do: { update: { v: "'alone'" } } },
    ],
  })
  expect(changed).toMatchObject({ inserted: 2, updated: 4, deleted: 2 })
  expect(await listed()).toBe('0 v0+new, 2 alone, 4 v4, 5 v5, 6 v6+new, 7 v7, 8 v8, 9 v9+new, 12 , 15 new')
  expect(changed.operation).toMatchObject({
    name: 'MERGE',
    parameters: {
      predicate: '["t.id = s.id"]',
      matchedPredicates: '[{"predicate":"t.id = 3","actionType":"delete"},{"actionType":"update"}]',
    },
    metrics: {
      numSourceRows: '6',
      numTargetRowsInserted: '2',
      numTargetRowsUpdated: '4',
      numTargetRowsDeleted: '2',
    },
  })
})

test('two rows of the source for one of the target are ambiguous, unless matches are deleted', async () => {
  await begin()
  const source = 'select unnest([3, 3, 3]) as id'
  const on = 'target.id = source.id'
  const twice = merge({ source, on, clauses: [{ when: 'matched', do: { update: { v: "'x'" } } }] })
  await expect(twice).rejects.toEqual(failed('SLUICE_DELTA_MERGE_AMBIGUOUS'))
  const conditional = merge({
    source,
    on,
    clauses: [{ when: 'matched', and: 'target.id > 0', do: 'delete' }],
  })
  await expect(conditional).rejects.toEqual(failed('SLUICE_DELTA_MERGE_AMBIGUOUS'))
  expect(await merge({ source, on, clauses: [{ when: 'matched', do: 'delete' }] })).toMatchObject({
    deleted: 1,
  })
})

test('no NULL matches a NULL; what only inserts looks at the keys it could meet', async () => {
  await begin()
  await change(tx => updateRows(tx, { set: { id: 'null' }, where: 'id = 0' }))
  const source = "select unnest([null, 5, 20]) as id, 'n' as v, null::date as day"
  const clauses = [{ when: 'not matched', do: { insert: 'all' } }] as const
  expect(await merge({ source, on: 'target.id = source.id', clauses })).toMatchObject({
    inserted: 2,
    updated: 0,
  })
  expect(await kinds()).toEqual(['add', 'commitInfo'])
})

test('columns that a source lacks are named; those that it has besides are added on request', async () => {
  await begin()
  const on = 'target.id = source.id'
  const source = "select 3 as id, 'x' as v, 7 as more"
  const clauses = [
    { when: 'matched', do: { update: 'all' } },
    { when: 'not matched', do: { insert: 'all' } },
  ] as const
  await expect(merge({ source, on, clauses })).rejects.toEqual(failed('SLUICE_DELTA_COLUMN_NOT_FOUND'))
  await merge({ source, on, clauses, schemaEvolution: true })
  expect((await listed('id, v, day, more')).split(', ')[3]).toBe('3 x 2026-01-01 7')
})

test('rows go and come in one commit; a place that is none is refused', async () => {
  await begin()
  const changed = await change(async tx => {
    const { sql } = await tx.scan({ where: 'id < 3', positions: true })
    return changeRows(tx, { remove: `select _file, _pos from (${sql})`, add: "select 77 as id, 'new' as v" })
  })
  expect(changed).toMatchObject({ deleted: 3, inserted: 1 })
  expect(await listed('id')).toBe('3, 4, 5, 6, 7, 8, 9, 77')
  const nowhere = change(tx => changeRows(tx, { remove: "select 'elsewhere' as _file, 0 as _pos" }))
  await expect(nowhere).rejects.toEqual(failed('SLUICE_DELTA_POSITION_UNKNOWN'))
})

test('what is changed twice in one transaction is one change of each file', async () => {
  await begin()
  await table.commit(async tx => {
    await append(tx, "select 50 as id, 'a' as v")
    await deleteRows(tx, { where: 'id = 1', mode: 'merge-on-read' })
    await updateRows(tx, { set: { v: "'b'" }, where: 'id = 50' })
    return (await deleteRows(tx, { where: 'id = 2', mode: 'merge-on-read' })).operation
  })
  expect(await listed()).toBe('0 v0, 3 v3, 4 v4, 5 v5, 6 v6, 7 v7, 8 v8, 9 v9, 50 b')
  expect(await kinds()).toEqual(['add', 'add', 'commitInfo', 'remove'])
})

test('what another writer adds where an update has looked is a conflict; elsewhere it is not', async () => {
  await begin()
  const tx = await table.log.begin({ session: table.session, isolation: 'Serializable' })
  const { operation } = await updateRows(tx, { set: { v: "'u'" }, where: 'id between 3 and 4' })
  await table.commit(async other => (await append(other, "select 100 as id, 'far' as v")).operation)
  await tx.commit(operation)
  const late = await table.log.begin({ session: table.session, isolation: 'Serializable' })
  const again = await deleteRows(late, { where: 'id between 3 and 4' })
  await table.commit(async other => (await append(other, "select 3 as id, 'near' as v")).operation)
  await expect(late.commit(again.operation)).rejects.toEqual(failed('SLUICE_DELTA_CONFLICT'))
  await late.abandon()
})

test('rules of the table hold for updated and merged rows, and say no values', async () => {
  await begin({ properties: { 'delta.constraints.short': 'length(v) < 6' } })
  const set = { v: "'secret ' || v" }
  const refused = await change(tx => updateRows(tx, { set, where: 'id = 1' })).catch(
    (thrown: unknown) => thrown,
  )
  expect(refused).toEqual(failed('SLUICE_DELTA_CONSTRAINT_BROKEN'))
  expect(JSON.stringify(refused)).not.toContain('secret')
  expect(await listed('count(*)')).toBe('10')
})

test('the feed tells updates by both images, deletes by vectors without a file', async () => {
  await begin({ properties: { 'delta.enableChangeDataFeed': 'true' } })
  await change(tx => deleteRows(tx, { where: 'id = 1', mode: 'merge-on-read' }))
  expect(await kinds()).toEqual(['add', 'commitInfo', 'remove'])
  await change(tx =>
    updateRows(tx, { set: { v: 'random()::varchar' }, where: 'id = 2', mode: 'merge-on-read' }),
  )
  expect(await kinds()).toEqual(['add', 'add', 'cdc', 'commitInfo', 'remove'])
  const [cdc] = (await actions()).flatMap(action => ('cdc' in action ? [action.cdc.path] : []))
  const rows = await table.session.rows(
    `select id, v, _change_type from '${join(table.folder, cdc ?? '')}' order by _change_type`,
  )
  const value = (await listed()).split(', ').find(row => row.startsWith('2 '))
  expect(rows).toEqual([
    ['2', value?.slice(2), 'update_postimage'],
    ['2', 'v2', 'update_preimage'],
  ])
})
