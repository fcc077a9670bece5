import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../test/lake/table.ts'
import { append } from '../rows/append.ts'
import { deleteRows } from '../rows/delete.ts'
import { optimize } from './optimize/optimize.ts'
import { vacuum } from './vacuum.ts'

const dayMs = 86_400_000
let table: TestTable
beforeEach(async () => {
  table = await testTable()
  await createIn(table, table.log, { columns: ['id BIGINT', '_p VARCHAR'], partitionColumns: ['_p'] })
})
afterEach(() => table.close())

const write = (sql: string) => table.commit(async tx => (await append(tx, sql)).operation)
const remove = (where: string) =>
  table.commit(async tx => (await deleteRows(tx, { where, mode: 'merge-on-read' })).operation)

/** All that lies in the table's folder but its log. */
function filesIn(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap(entry => {
    const name = `${below}${entry.name}`
    if (entry.name === '_delta_log' && below === '') return []
    return entry.isDirectory() ? filesIn(folder, `${name}/`) : [name]
  })
}

/** A file that nobody knows, as old as said. */
function stray(name: string, ageMs: number): string {
  const path = join(table.folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, 'x')
  const seconds = (Date.now() - ageMs) / 1000
  utimesSync(path, seconds, seconds)
  return name
}

test('files that no young version needs go; a dry run says which; the history tells of it', async () => {
  for (let i = 0; i < 4; i++) await write(`select ${i}::bigint as id, 'a' as _p`)
  await remove('id = 0')
  await optimize(table.log, { session: table.session })
  const before = filesIn(table.folder)
  expect(await vacuum(table.log, { session: table.session })).toMatchObject({ files: 0 })
  table.clock.aheadMs = 8 * dayMs
  const would = await vacuum(table.log, { session: table.session, dryRun: true })
  expect(filesIn(table.folder)).toEqual(before)
  const rows = await table.rows()
  const done = await vacuum(table.log, { session: table.session })
  expect(done).toEqual(would)
  expect(filesIn(table.folder).toSorted()).toEqual(
    before.filter(name => !done.paths.includes(name)).toSorted(),
  )
  expect(filesIn(table.folder)).toHaveLength(1)
  expect(await table.rows()).toEqual(rows)
  const log = readdirSync(join(table.folder, '_delta_log')).filter(name => name.endsWith('.json'))
  expect(log).toHaveLength(11)
})

test('a deletion vector stays as long as its file needs it', async () => {
  await write("select i::bigint as id, 'a' as _p from range(100000) t(i)")
  await remove('hash(id) % 2 = 0')
  table.clock.aheadMs = 8 * dayMs
  const rows = (await table.rows()).length
  expect(rows).toBeLessThan(60_000)
  expect(await vacuum(table.log, { session: table.session })).toMatchObject({ files: 0 })
  await remove('hash(id) % 3 = 0')
  table.clock.aheadMs = 17 * dayMs
  const done = await vacuum(table.log, { session: table.session })
  expect(done.paths.filter(path => path.endsWith('.bin'))).toEqual(done.paths)
  expect(done.paths).toHaveLength(1)
  expect((await table.rows()).length).toBeLessThan(rows)
})

test('strays go when they are old; hidden files, other tables below and the log stay', async () => {
  await write("select 1::bigint as id, 'a b%/ü' as _p")
  const gone = [
    stray('part-x.parquet', 8 * dayMs),
    stray('_p=q/part-y.parquet', 8 * dayMs),
    stray('_change_data/cdc.parquet', 8 * dayMs),
    stray('sub/dir/z', 8 * dayMs),
  ]
  stray('young.parquet', 6 * dayMs)
  stray('_hidden/x', 9 * dayMs)
  stray('sub/.hidden', 9 * dayMs)
  stray('_delta_log/old.tmp', 9 * dayMs)
  stray('other/_delta_log/00000000000000000000.json', 9 * dayMs)
  stray('other/part.parquet', 9 * dayMs)
  const before = filesIn(table.folder)
  const done = await vacuum(table.log, { session: table.session })
  expect(done.paths.toSorted()).toEqual(gone.toSorted())
  expect(filesIn(table.folder).toSorted()).toEqual(before.filter(name => !gone.includes(name)).toSorted())
  expect(existsSync(join(table.folder, '_delta_log/old.tmp'))).toBe(true)
  expect(await table.rows()).toEqual([['1', 'a b%/ü']])
})

test('a retention below the table’s own needs force', async () => {
  await write("select 1::bigint as id, 'a' as _p")
  await table.commit(async tx => (await deleteRows(tx, {})).operation)
  table.clock.aheadMs = dayMs
  const short = { session: table.session, retainMs: 3_600_000 }
  await expect(vacuum(table.log, short)).rejects.toMatchObject({ code: 'SLUICE_DELTA_RETENTION_SHORT' })
  expect(await vacuum(table.log, { ...short, force: true })).toMatchObject({ files: 1 })
  expect(await table.rows()).toEqual([])
})

test('what a writer has put there and not committed yet stays', async () => {
  await write("select 1::bigint as id, 'a' as _p")
  const tx = await table.log.begin({ session: table.session })
  const { operation } = await append(tx, "select 2::bigint as id, 'b' as _p")
  const other = await table.again()
  const session = await table.engine.session({ path: 'another' })
  stray('part-x.parquet', 8 * dayMs)
  expect(await vacuum(other, { session })).toMatchObject({ files: 1 })
  await tx.commit(operation)
  expect(await table.rows()).toHaveLength(2)
})

test('whatever a partition is called, its files are known again', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  const odd = fc.constantFrom(
    '%',
    '%2',
    '%2F',
    '..',
    '.',
    '/',
    'a/b',
    '\\',
    "'",
    '"',
    '[x]',
    '*',
    ' ',
    '=',
    '#',
  )
  const name = fc.oneof(
    text,
    odd,
    fc.array(odd, { minLength: 1, maxLength: 4 }).map(parts => parts.join('')),
  )
  const names = fc
    .sample(name, { seed: 7, numRuns: 60 })
    .filter(value => !value.includes('\0') && value.isWellFormed())
  const values = names.map((value, i) => `(${i}::bigint, '${value.replaceAll("'", "''")}')`).join(', ')
  await write(`select * from (values ${values}) v(id, _p)`)
  const rows = await table.rows()
  expect(rows).toHaveLength(names.length)
  table.clock.aheadMs = 30 * dayMs
  expect(await vacuum(table.log, { session: table.session })).toMatchObject({ files: 0 })
  expect(await table.rows()).toEqual(rows)
})

test('so many files at most; without its mark the next one is due at once', async () => {
  for (let i = 0; i < 4; i++) await write(`select ${i}::bigint as id, 'a' as _p`)
  await remove('true')
  table.clock.aheadMs = 8 * dayMs
  const some = { session: table.session, filesMax: 3 }
  expect(await vacuum(table.log, { ...some, dryRun: true })).toMatchObject({ files: 3 })
  expect(await vacuum(table.log, some)).toMatchObject({ files: 3 })
  expect(await (await table.newest()).txn('sluice/vacuum')).toBeUndefined()
  expect(await vacuum(table.log, some)).toMatchObject({ files: 1 })
  expect(await (await table.newest()).txn('sluice/vacuum')).toBeGreaterThan(0)
})
