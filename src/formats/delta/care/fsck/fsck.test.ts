import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIn, type TestTable, testTable } from '../../../../../test/lake/table.ts'
import { append } from '../../rows/append.ts'
import { deleteRows } from '../../rows/delete.ts'
import { fsck } from './fsck.ts'
import { repair } from './repair.ts'

let table: TestTable
beforeEach(async () => {
  table = await testTable()
  await createIn(table, table.log, {
    columns: ['id BIGINT', 'v VARCHAR', 't TIMESTAMP WITH TIME ZONE'],
    properties: { 'delta.checkpointInterval': '10' },
  })
  await write('0, 1000')
  await write('1000, 2000')
  await table.commit(
    async tx => (await deleteRows(tx, { where: 'id % 2 = 0 and id < 900', mode: 'merge-on-read' })).operation,
  )
})
afterEach(() => table.close())

const write = (range: string) =>
  table.commit(async tx => {
    const rows = `select i::bigint as id, repeat('ö', 40) || i as v,
      timestamptz '2024-01-01 00:00:00.000001Z' + to_microseconds(i) as t from range(${range}) t(i)`
    return (await append(tx, rows)).operation
  })

/** As another process finds it. */
async function check() {
  return fsck(await table.again(), { session: table.session })
}

const kinds = async () => (await check()).flaws.map(({ kind }) => kind)
const filesWith = (ending: string) => readdirSync(table.folder).filter(name => name.endsWith(ending))
const inLog = (name: string) => join(table.folder, '_delta_log', name)

/** Change the text of a version in the log. */
function edit(version: number, change: (text: string) => string): void {
  const path = inLog(`${String(version).padStart(20, '0')}.json`)
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}

test('a table that is as its log says has no flaws, also with checkpoints', async () => {
  for (let i = 0; i < 12; i++) await write(`${i * 10}, ${i * 10 + 10}`)
  expect(readdirSync(inLog('')).some(name => name.includes('.checkpoint'))).toBe(true)
  writeFileSync(join(table.folder, 'left-behind.parquet'), '12345')
  expect(await check()).toEqual({
    version: 15,
    files: 14,
    filesOpened: 14,
    flaws: [],
    orphans: { files: 1, bytes: 5 },
  })
})

test('a file that is gone is told by its name; repair gives up its rows', async () => {
  const [file = ''] = filesWith('.parquet')
  rmSync(join(table.folder, file))
  const { flaws } = await check()
  expect(flaws).toMatchObject([{ kind: 'file missing', words: `\`${file}\` is not there.` }])
  const before = await table.session.count(`select count(*) from (${(await table.newest()).filesSql})`)
  const { version, files, rows } = await repair(await table.again(), { session: table.session })
  expect({ version, files }).toEqual({ version: 4, files: 1 })
  expect(rows).toBeGreaterThan(0)
  expect(await kinds()).toEqual([])
  expect(await table.session.count(`select count(*) from (${(await table.newest()).filesSql})`)).toBe(
    before - 1,
  )
  const nothing = { version: undefined, files: 0, rows: 0 }
  expect(await repair(await table.again(), { session: table.session })).toEqual(nothing)
  expect((await table.rows()).length).toBeGreaterThan(0)
})

test('a file of another size', async () => {
  appendFileSync(join(table.folder, filesWith('.parquet')[0] ?? ''), 'x')
  expect(await kinds()).toContain('file size')
})

test('a deletion vector that is gone or broken', async () => {
  edit(3, text => text.replace(/"pathOrInlineDv":"...../, '"pathOrInlineDv":"00000'))
  expect(await kinds()).toEqual(['file unreadable'])
})

test('rows that are not as many as the log says', async () => {
  edit(2, text => text.replace(String.raw`\"numRecords\":1000`, String.raw`\"numRecords\":1001`))
  expect(await kinds()).toEqual(['row count'])
})

test.each([
  ['a number', String.raw`\"id\":1000`, String.raw`\"id\":1001`],
  ['a time', '2024-01-01T00:00:00.001Z', '2024-01-01T00:00:00.002Z'],
])('bounds that hide a row: %s', async (_, right, wrong) => {
  edit(2, text => text.replace(right, wrong))
  const { flaws } = await check()
  expect(flaws).toMatchObject([{ kind: 'bounds' }])
  // What the value is, is nobody's business here.
  expect(JSON.stringify(flaws)).not.toContain('1000')
})

test('a version that is missing in the middle', async () => {
  for (let i = 0; i < 12; i++) await write(`${i * 10}, ${i * 10 + 10}`)
  rmSync(inLog('00000000000000000005.json'))
  expect(await kinds()).toEqual(['log gap'])
})

test('a checkpoint that says something else than the commits before it', async () => {
  for (let i = 0; i < 12; i++) await write(`${i * 10}, ${i * 10 + 10}`)
  edit(7, text => text.replace(/"size":\d+/, '"size":7'))
  expect((await check()).flaws).toMatchObject([
    {
      kind: 'checkpoint',
      words: 'The checkpoint of version 10 differs from the commits before it in 2 files.',
    },
  ])
})
