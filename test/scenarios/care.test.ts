import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { enter, type Stage, troubles } from './stage.ts'

// A table that many small loads made: few files again, close by two columns, swept after a week; and back.
let stage: Stage
beforeAll(async () => {
  stage = await enter('care')
})
afterAll(() => stage.leave())
afterEach(() => {
  vi.restoreAllMocks()
})

const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
const loads = 8
const dayMs = 24 * 3_600_000

const table = () => join(stage.cwd, 'lake/raw/visits')
const files = () => readdirSync(table()).filter(name => name.endsWith('.parquet'))
const rows = (asOf = '') => stage.rows(`select id, country, page, ms from raw.visits ${asOf} order by id`)
const history = () => stage.ask(project => project.lake.history('raw.visits', { limit: 100 }))
const words = async (line: string) => {
  const { code, stdout, stderr } = await stage.sluice(line)
  return `${stderr}${stdout}exit ${code}`.replaceAll(/\d+(\.\d)? kB/g, '[size]')
}
const visit = (id: number) => `${id},${['DE', 'FR', 'IN'][id % 3]},/${id % 4},${id}\n`

test('many small loads make many files and versions', async () => {
  expect(troubles(await stage.run())).toEqual([])
  for (let load = 1; load <= loads; load++) {
    // The last row of the load before comes again, changed: a deleted row in a file of its own.
    const ids = Array.from({ length: 10 }, (_, i) => load * 9 + i)
    await stage.write(`data/visits-${load}.csv`, `id,country,page,ms\n${ids.map(visit).join('')}`)
    expect(troubles(await stage.run())).toEqual([])
  }
  expect((await rows()).length).toBe(75)
  expect((await history()).length).toBe(loads + 1)
  expect(files().length).toBeGreaterThanOrEqual(loads)
})

test('optimize killed when its first file is written: the rows are as they were, and it can begin again', async () => {
  const before = await rows()
  const seen = watch(join(table(), '.sluice-writing'), { recursive: true })
  const child = spawn(process.execPath, [bin, 'lake', 'optimize', 'raw.visits'], {
    cwd: stage.cwd,
    stdio: 'ignore',
  })
  const killed = new Promise(done => child.once('close', (_, signal) => done(signal)))
  seen.once('change', () => child.kill('SIGKILL'))
  expect(await killed).toBe('SIGKILL')
  seen.close()
  expect(await rows()).toEqual(before)
  expect(await words('lake fsck')).toBe('  ✓ raw.visits\nexit 0')
})

test('optimize: one file, sorted by two columns; the same rows now and at every version before', async () => {
  const [before, past] = [await rows(), await rows('as of version 3')]
  expect(await words('lake optimize raw.visits --sort-by country,page')).toMatchInlineSnapshot(`
    "  raw.visits: 9 files of [size] became 1 file of [size], version 9
    exit 0"
  `)
  expect(await rows()).toEqual(before)
  expect(await rows('as of version 3')).toEqual(past)
  expect(await stage.rows('select count(*) from raw.visits')).toEqual([['75']])
  const places = await stage.rows('select country from raw.visits')
  expect(places.flat().filter((country, i, all) => country !== all[i - 1]).length).toBeLessThan(15)
  expect(await words('lake optimize raw.visits')).toMatchInlineSnapshot(`
    "  raw.visits: nothing to do
    exit 0"
  `)
  // No row is another one: nothing that is read from it is built again.
  expect((await stage.run()).plan.steps).toEqual([])
})

test('care that cannot be given is refused, and changes nothing', async () => {
  const before = await history()
  expect(await words('lake optimize raw.visits --sort-by colour')).toMatchInlineSnapshot(`
    "error Rows cannot be laid out by \`colour\`.
      The table has no such column.
      fix  Name other columns, or none.
      SLUICE_DELTA_LAYOUT_REFUSED · sluice explain SLUICE_DELTA_LAYOUT_REFUSED
    exit 2"
  `)
  expect(await words('lake optimize raw.visits --where "ms > 3"')).toMatchInlineSnapshot(`
    "error \`ms > 3\` does not choose partitions of the table.
      It has no partition columns.
      ╰─ The database refused a query.
      fix  Use the partition columns alone, which are whole folders of files.
      SLUICE_DELTA_PARTITIONS_UNKNOWN · sluice explain SLUICE_DELTA_PARTITIONS_UNKNOWN
    exit 2"
  `)
  expect(await words('lake restore raw.visits --to 99')).toMatchInlineSnapshot(`
    "error The table cannot be read as of version 99.
      Its log holds the versions 0 to 9.
      fix  Ask for one of these. How long old versions are kept is \`delta.logRetentionDuration\`.
      SLUICE_DELTA_VERSION_MISSING · sluice explain SLUICE_DELTA_VERSION_MISSING
    exit 2"
  `)
  expect(await words('lake vacuum raw.nothing')).toMatchInlineSnapshot(`
    "error \`raw.nothing\` has no past versions.
      It is a view, or there is no such table.
      fix  Ask for it as it is now, or for the tables that it reads: \`sluice show raw.nothing\`.
      SLUICE_LAKE_NO_PAST · sluice explain SLUICE_LAKE_NO_PAST
    exit 2"
  `)
  expect(await history()).toEqual(before)
})

test('within a week vacuum deletes nothing, and less than a week is refused', async () => {
  const before = files()
  expect(await words('lake vacuum raw.visits')).toMatchInlineSnapshot(`
    "  raw.visits: 0 files of 0 B deleted
    exit 0"
  `)
  expect(await words('lake vacuum raw.visits --retain "1 hour"')).toMatchInlineSnapshot(`
    "error VACUUM shall keep files for 1 hour; the table asks for 7 days.
      Readers and writers that began before may still need what would be deleted.
      fix  Keep them longer, or say \`--force\` when nobody else works on the table.
      SLUICE_DELTA_RETENTION_SHORT · sluice explain SLUICE_DELTA_RETENTION_SHORT
    exit 2"
  `)
  expect(files()).toEqual(before)
})

test('after a week the files that nobody needs go, and with them the versions that stood on them', async () => {
  const [before, kept] = [await rows(), files().length]
  const real = Date.now.bind(Date)
  vi.spyOn(Date, 'now').mockImplementation(() => real() + 8 * dayMs)
  const dry = await stage.sluice('lake vacuum raw.visits --dry-run')
  expect(dry.stdout.trim().split('\n').length).toBe(kept - 1)
  expect(files().length).toBe(kept)
  expect(await words('lake vacuum raw.visits')).toMatchInlineSnapshot(`
    "  raw.visits: 9 files of [size] deleted
    exit 0"
  `)
  expect(files().length).toBe(1)
  expect(await rows()).toEqual(before)
  expect(await words('lake fsck')).toBe('  ✓ raw.visits\nexit 0')
  expect(
    (await words('lake restore raw.visits --to 3')).replaceAll(/part-\S+\.parquet/g, '[file]'),
  ).toMatchInlineSnapshot(`
    "error Version 3 cannot be restored: files of it are deleted, 4 in all.
      Among them is [file], [file], [file], [file].
      fix  Restore a newer version: \`sluice lake history\` tells them.
      SLUICE_DELTA_VERSION_GONE · sluice explain SLUICE_DELTA_VERSION_GONE
    exit 1"
  `)
  expect(await rows()).toEqual(before)
})

test('what went wrong after the care is undone by it: restored to the version that optimize made', async () => {
  const [good, optimized] = [
    await rows(),
    (await history()).find(({ operation }) => operation === 'OPTIMIZE'),
  ]
  await stage.write('data/visits-9.csv', 'id,country,page,ms\n1,XX,/wrong,0\n')
  expect(troubles(await stage.run())).toEqual([])
  expect(await rows()).not.toEqual(good)
  expect((await stage.sluice(`lake restore raw.visits --to ${optimized?.version}`)).code).toBe(0)
  expect(await rows()).toEqual(good)
  const sweep = ['VACUUM END', 'VACUUM START']
  const told = (await history()).map(({ operation }) => operation).filter(name => name !== 'MERGE')
  expect(told).toEqual(['RESTORE', ...sweep, ...sweep, 'OPTIMIZE', 'CREATE TABLE AS SELECT'])
})

test('a restore is a run like any other: the history names it, and it can be taken back', async () => {
  const [restored, load] = await history()
  const events = await stage.ask(project => project.events({ run: restored?.run ?? '' }))
  expect(events[0]?.body).toMatchObject({ kind: 'run.started', trigger: 'restore' })
  const good = await rows()
  const early = await words(`rollback ${load?.run}`)
  expect(early.replaceAll(/01[a-z0-9]{14}/g, '[run]')).toMatchInlineSnapshot(`
    "  care → lake ./lake

    error Later runs than \`[run]\` published \`raw.visits\`.
      fix  Take those back first, newest first: \`sluice rollback [run]\`.
      SLUICE_ROLLBACK_LATER · sluice explain SLUICE_ROLLBACK_LATER
    exit 2"
  `)
  expect(early).toContain(`sluice rollback ${restored?.run}`)
  expect((await stage.sluice(`rollback ${restored?.run}`)).code).toBe(0)
  expect(await rows()).not.toEqual(good)
  expect(await rows()).toEqual(await rows(`as of version ${load?.version}`))
  expect((await stage.sluice(`rollback ${load?.run}`)).code).toBe(0)
  expect(await rows()).toEqual(good)
})

test('a data file that is cut is told by its name; one that is gone is given up by a repair', async () => {
  const [before, runs] = [await rows(), (await history()).length]
  await stage.write('data/visits-10.csv', 'id,country,page,ms\n1001,XX,/new,0\n1002,XX,/new,0\n')
  expect(troubles(await stage.run())).toEqual([])
  const [{ added = 0 } = {}] = [{ added: (await rows()).length - before.length }]
  expect(added).toBeGreaterThan(0)
  const newest = files()
    .map(name => ({ name, at: statSync(join(table(), name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at)[0]
  const file = join(table(), newest?.name ?? '')
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  const cut = await words('sql "select * from raw.visits"')
  expect(cut.replaceAll(file, '[file]')).toMatchInlineSnapshot(`
    "error The data file \`[file]\` cannot be read.
      No magic bytes found at end of file
      fix  Restore it from a backup, or build the table anew that it belongs to. \`sluice lake fsck\` looks at the other files of a table.
      SLUICE_PARQUET_BROKEN · sluice explain SLUICE_PARQUET_BROKEN
    exit 3"
  `)
  rmSync(file)
  const named = (text: string) => text.replaceAll(newest?.name ?? '', '[file]')
  expect(named(await words('lake fsck raw.visits'))).toMatchInlineSnapshot(`
    "  ✗ raw.visits: 1 flaw
          \`[file]\` is not there.
          fix  Restore the file from a backup, or go back to an older version: \`sluice lake restore\`. To give its rows up: \`sluice lake fsck --repair\`.
    exit 1"
  `)
  expect(named(await words('lake fsck raw.visits --repair --dry-run'))).toMatchInlineSnapshot(`
    "  ✗ raw.visits: 1 flaw
          \`[file]\` is not there.
          fix  Restore the file from a backup, or go back to an older version: \`sluice lake restore\`. To give its rows up: \`sluice lake fsck --repair\`.
          1 missing file would be taken from the table
    exit 1"
  `)
  expect((await history()).length).toBe(runs + 1)
  expect(named(await words('lake fsck raw.visits --repair'))).toMatchInlineSnapshot(`
    "  raw.visits: 1 missing file with 77 rows taken from the table, version 19
      ✓ raw.visits
    exit 0"
  `)
  expect(await words('lake fsck raw.visits --repair')).toBe('  ✓ raw.visits\nexit 0')
  const [repaired] = await history()
  expect(repaired).toMatchObject({ operation: 'FSCK', run: expect.stringMatching(/^01/) })
  expect((await words('sql "select count(*) from raw.visits"')).endsWith('exit 0')).toBe(true)
})
