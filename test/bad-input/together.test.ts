import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Event } from '../../src/model/index.ts'
import { onDuckdb, openShop, type Shop } from './shop.ts'

const bin = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url))
let shop: Shop
afterEach(() => {
  vi.restoreAllMocks()
  shop.close()
})

async function ended(child: ChildProcess): Promise<{ code: number; words: string }> {
  const closed = once(child, 'close')
  const words = await text(child.stderr ?? process.stdin)
  const [code] = (await closed) as [number]
  return { code, words }
}

test('a database file that another process holds', async () => {
  shop = openShop({ ...onDuckdb, 'assets/marts/one.sql': '-- @key id\nselect 1 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  const engine = pathToFileURL(fileURLToPath(import.meta.resolve('@duckdb/node-api'))).href
  const script = `const { DuckDBInstance } = await import(${JSON.stringify(engine)})
    const held = await DuckDBInstance.create(${JSON.stringify(join(shop.folder, 'shop.duckdb'))})
    process.stdout.write('held')
    setInterval(() => held, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(holder.stdout, 'data')
    shop.put({ 'assets/marts/one.sql': '-- @key id\nselect 2 as id\n' })
    const words = (await shop.type('run'))
      .replaceAll(String(holder.pid), '[pid]')
      .replaceAll(/\(\S*node\S*\)/g, '([node])')
    expect(words).toMatchInlineSnapshot(`
      "  shop → duckdb shop.duckdb

      error The database file \`[folder]/shop.duckdb\` is held by another process.
        Process [pid] ([node]) has it open.
        fix  Close it, or wait for it: \`ps -p [pid]\`.
        SLUICE_TARGET_LOCKED · sluice explain SLUICE_TARGET_LOCKED
      exit 3"
    `)
    expect(await shop.type('plan')).toMatch(/exit 0$/)
    expect(await shop.type('sql', 'from marts.one')).toMatch(/SLUICE_TARGET_LOCKED[^]*exit 3$/)
  } finally {
    holder.kill('SIGKILL')
    await once(holder, 'close')
  }
  expect(await shop.rows('from marts.one')).toEqual([['1']])
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.one')).toEqual([['2']])
})

test('two runs of one project at once: one of them makes the tables, the other says why it does not', async () => {
  shop = openShop({
    'assets/raw/slow.ts': `import { ingest } from 'sluice'
import { setTimeout as wait } from 'node:timers/promises'
export default ingest(async function* () {
  for (let id = 0; id < 20; id++) { yield { id }; await wait(60) }
}, { key: 'id', write: 'append' })
`,
    'assets/marts/total.sql': '-- @key one\nselect 1 as one, count(*) as rows from raw.slow\n',
  })
  const start = () =>
    spawn(process.execPath, [bin, 'run'], { cwd: shop.folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const both = await Promise.all([start(), start()].map(ended))
  const [won, lost] = both.sort((a, b) => a.code - b.code)
  expect(won?.words).toContain('done  2 assets')
  expect(won?.code).toBe(0)
  expect([1, 3]).toContain(lost?.code)
  expect(lost?.words).toMatch(/SLUICE_(TARGET_LOCKED|RUN_BUSY)/)
  expect(lost?.words).not.toMatch(/SLUICE_INTERNAL|\n\s+at /)
  expect(await shop.rows('from marts.total')).toEqual([['1', '20']])
  // The source gives its rows with every run, and each run appends them once.
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.total')).toEqual([['1', '40']])
})

test('a database file and a ledger that are damaged', async () => {
  shop = openShop({ ...onDuckdb, 'assets/marts/one.sql': '-- @key id\nselect 1 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  const database = readFileSync(join(shop.folder, 'shop.duckdb'))
  shop.put({ 'shop.duckdb': 'this is no database, and it is long enough to be looked at'.repeat(200) })
  expect(await shop.type('run', '--force')).toMatchInlineSnapshot(`
    "  shop → duckdb shop.duckdb

    error \`[folder]/shop.duckdb\` cannot be opened as a DuckDB database.
      IO Error: The file "[folder]/shop.duckdb" exists, but it is not a valid DuckDB database file!
      fix  Move the file away to start anew, or restore it from a backup: \`mv [folder]/shop.duckdb [folder]/shop.duckdb.broken\`.
      SLUICE_TARGET_UNREADABLE · sluice explain SLUICE_TARGET_UNREADABLE
    exit 3"
  `)
  shop.put({ 'shop.duckdb': database })
  expect(await shop.type('run', '--force')).toMatch(/exit 0$/)
  const ledger = readFileSync(join(shop.folder, '.sluice/ledger.sqlite'))
  shop.put({ '.sluice/ledger.sqlite': 'this is no ledger'.repeat(1000) })
  expect(await shop.type('run', '--force')).toMatchInlineSnapshot(`
    "  shop → duckdb shop.duckdb

    error \`[folder]/.sluice/ledger.sqlite\` is not a ledger, or it is damaged.
      file is not a database
      fix  Bring \`[folder]/.sluice/ledger.sqlite\` back from a backup, or move it away: the next run then begins anew.
      SLUICE_LEDGER_CORRUPT · sluice explain SLUICE_LEDGER_CORRUPT
    exit 3"
  `)
  expect(await shop.rows('from marts.one')).toEqual([['1']])
  shop.put({ '.sluice/ledger.sqlite': ledger })
  expect(await shop.type('run', '--force')).toMatch(/exit 0$/)
})

test('a table of the lake whose log is damaged', async () => {
  shop = openShop({ 'assets/marts/one.sql': '-- @key id\nselect 1 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  const first = 'lake/marts/one/_delta_log/00000000000000000000.json'
  const log = readFileSync(join(shop.folder, first))
  const lake = () => readdirSync(join(shop.folder, 'lake'), { recursive: true }).toSorted()
  const before = lake()
  shop.put({
    [first]: 'this is no commit\n',
    'assets/marts/one.sql': '-- @key id\nselect 2 as id\n',
  })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ marts.one [time]  \`_delta_log/00000000000000000000.json\` of the table's log is missing or cannot be read.

      ✗ marts.one
    error \`_delta_log/00000000000000000000.json\` of the table's log is missing or cannot be read.
      a line is no JSON
      ╰─ Unexpected token 'h', "this is no commit" is not valid JSON
      fix  Restore the file from a backup, or read an older version of the table.
      SLUICE_DELTA_LOG_BROKEN · sluice explain SLUICE_DELTA_LOG_BROKEN

      failed  1 asset, 0 checks, 1 failed [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
  expect(await shop.type('sql', 'from marts.one')).toMatchInlineSnapshot(`
    "error \`_delta_log/00000000000000000000.json\` of the table's log is missing or cannot be read.
      a line is no JSON
      ╰─ Unexpected token 'h', "this is no commit" is not valid JSON
      fix  Restore the file from a backup, or read an older version of the table.
      SLUICE_DELTA_LOG_BROKEN · sluice explain SLUICE_DELTA_LOG_BROKEN
    exit 3"
  `)
  expect(await shop.type('lake', 'fsck')).toMatchInlineSnapshot(`
    "error \`_delta_log/00000000000000000000.json\` of the table's log is missing or cannot be read.
      a line is no JSON
      ╰─ Unexpected token 'h', "this is no commit" is not valid JSON
      fix  Restore the file from a backup, or read an older version of the table.
      SLUICE_DELTA_LOG_BROKEN · sluice explain SLUICE_DELTA_LOG_BROKEN
    exit 3"
  `)
  shop.put({ [first]: log })
  expect(lake()).toEqual(before)
  expect(await shop.rows('from marts.one')).toEqual([['1']])
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.one')).toEqual([['2']])
})

test('a commit of the lake that ends in the middle, with one behind it', async () => {
  shop = openShop({ 'assets/marts/one.sql': '-- @key id\nselect 1 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  shop.put({ 'assets/marts/one.sql': '-- @key id\nselect 2 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  const last = 'lake/marts/one/_delta_log/00000000000000000001.json'
  const log = readFileSync(join(shop.folder, last), 'utf8')
  shop.put({ [last]: log.slice(0, log.length / 2) })
  expect(await shop.type('sql', 'from marts.one')).toMatchInlineSnapshot(`
    "error \`_delta_log/00000000000000000001.json\` of the table's log is missing or cannot be read.
      a line is no JSON
      ╰─ Expected ':' after property name in JSON at position 61 (line 1 column 62)
      fix  Restore the file from a backup, or read an older version of the table.
      SLUICE_DELTA_LOG_BROKEN · sluice explain SLUICE_DELTA_LOG_BROKEN
    exit 3"
  `)
  // As the words say: what was before can still be read.
  expect(await shop.rows('from marts.one as of version 0')).toEqual([['1']])
  shop.put({ [last]: log })
  expect(await shop.rows('from marts.one')).toEqual([['2']])
})

test('rows of the lake that somebody deleted or cut short', async () => {
  shop = openShop({ 'assets/marts/one.sql': '-- @key id\nselect 1 as id\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  const folder = join(shop.folder, 'lake/marts/one')
  const [file = ''] = readdirSync(folder).filter(name => name.endsWith('.parquet'))
  const bytes = readFileSync(join(folder, file))
  const plain = (words: string) => words.replaceAll(file, '[file]')
  shop.put({ [`lake/marts/one/${file}`]: null })
  expect(plain(await shop.type('sql', 'from marts.one'))).toMatchInlineSnapshot(`
    "error The file \`part-[id].zstd.parquet\` of the table is not there.
      The log says that it holds rows of this version; VACUUM may have deleted it.
      ╰─ ENOENT: no such file or directory, lstat '[folder]/lake/marts/one/part-[id].zstd.parquet'
      fix  Read a newer version of the table.
      SLUICE_DELTA_FILE_MISSING · sluice explain SLUICE_DELTA_FILE_MISSING
    exit 3"
  `)
  expect(plain(await shop.type('lake', 'fsck'))).toMatchInlineSnapshot(`
    "  ✗ marts.one: 1 flaw
          \`part-[id].zstd.parquet\` is not there.
          fix  Restore the file from a backup, or go back to an older version: \`sluice lake restore\`. To give its rows up: \`sluice lake fsck --repair\`.
    exit 1"
  `)
  shop.put({ [`lake/marts/one/${file}`]: bytes.subarray(0, bytes.length / 2) })
  expect(plain(await shop.type('sql', 'from marts.one'))).toMatchInlineSnapshot(`
    "error The data file \`[folder]/lake/marts/one/part-[id].zstd.parquet\` cannot be read.
      No magic bytes found at end of file
      fix  Restore it from a backup, or build the table anew that it belongs to. \`sluice lake fsck\` looks at the other files of a table.
      SLUICE_PARQUET_BROKEN · sluice explain SLUICE_PARQUET_BROKEN
    exit 3"
  `)
  expect(plain(await shop.type('lake', 'fsck'))).toMatchInlineSnapshot(`
    "  ✗ marts.one: 2 flaws
          \`part-[id].zstd.parquet\` has 100 bytes; the log says 201.
          fix  Restore the file from a backup, or go back to an older version: \`sluice lake restore\`.
          \`part-[id].zstd.parquet\`: The data file \`[folder]/lake/marts/one/part-[id].zstd.parquet\` cannot be read. No magic bytes found at end of file
          fix  Restore the file from a backup, or go back to an older version: \`sluice lake restore\`.
    exit 1"
  `)
  shop.put({ [`lake/marts/one/${file}`]: bytes })
  expect(await shop.type('lake', 'fsck')).toMatch(/exit 0$/)
})

describe('a clock that jumps', () => {
  const hourMs = 3_600_000
  let offsetMs = 0

  function setClock(ms: number): void {
    offsetMs = ms
    const real = Date.now.bind(Date)
    if (!vi.isMockFunction(Date.now)) vi.spyOn(Date, 'now').mockImplementation(() => real() + offsetMs)
  }

  const customers = (city: string) => ({ 'data/customers.csv': `id,city\n1,${city}\n2,Rome\n` })
  const project = {
    'assets/raw/customers.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/customers.csv'), { key: 'id', write: 'merge' })
`,
    'assets/marts/customers.sql': '-- @key id  @write scd2\nselect id, city from raw.customers\n',
  }
  const history =
    'select id, city, is_current, valid_to is null or valid_to > valid_from from marts.customers order by id, valid_from'

  // While the clock is behind the beginning of a version, that version is corrected in place: none ends
  // before it began.
  test.each([
    [-hourMs, 'Bergen'],
    [hourMs, 'Oslo'],
  ])('by %i ms between two runs', async (jumpMs, kept) => {
    shop = openShop({ ...project, ...customers('Oslo') })
    setClock(0)
    expect(await shop.type('run')).toMatch(/exit 0$/)
    setClock(jumpMs)
    expect(await shop.type('run')).toContain('2 assets are up to date')
    shop.put(customers('Bergen'))
    const words = await shop.type('run')
    expect(words).toMatch(/exit 0$/)
    expect(words).not.toMatch(/-\d/)
    setClock(0)
    shop.put(customers('Narvik'))
    expect(await shop.type('run')).toMatch(/exit 0$/)
    expect(await shop.rows(history)).toEqual([
      ['1', kept, 'false', 'true'],
      ['1', 'Narvik', 'true', 'true'],
      ['2', 'Rome', 'true', 'true'],
    ])
    await orderly()
  })

  test.each([-hourMs, hourMs])('by %i ms inside a run', async jumpMs => {
    const jump = Symbol.for('sluice.test.jump')
    Reflect.set(globalThis, jump, () => setClock(jumpMs))
    try {
      shop = openShop({
        'assets/raw/orders.ts': `import { ingest } from 'sluice'
export default ingest(async function* () {
  yield { id: 1 }
  globalThis[Symbol.for('sluice.test.jump')]()
  yield { id: 2 }
}, { key: 'id' })
`,
        'assets/marts/total.sql': '-- @key one\nselect 1 as one, count(*) as orders from raw.orders\n',
      })
      setClock(0)
      const words = await shop.type('run')
      expect(words).toMatch(/exit 0$/)
      expect(words).not.toMatch(/-\d/)
      expect(await shop.rows('from marts.total')).toEqual([['1', '2']])
      await orderly()
      expect(await shop.type('run', '--force')).toMatch(/exit 0$/)
      expect(await shop.rows('from marts.total')).toEqual([['1', '2']])
    } finally {
      Reflect.deleteProperty(globalThis, jump)
    }
  })

  /** Events of the last run stand in the order in which they happened, and nothing took less than no time. */
  async function orderly(): Promise<void> {
    const { stdout } = await shop.pipe('logs', '--json')
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Event)
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b))
    for (const { body } of events) if ('durationMs' in body) expect(body.durationMs).toBeGreaterThanOrEqual(0)
  }
})
