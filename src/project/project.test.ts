import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Failure } from '../errors/index.ts'
import { findRoot, type ProjectRead, readProject } from './index.ts'

const folders: string[] = []
const open: ProjectRead[] = []

afterEach(() => {
  for (const read of open.splice(0)) read.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

type Files = { readonly [path: string]: string }

/** A project in a folder far from any node_modules. */
function project(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-project-')))
  folders.push(root)
  write(root, files)
  return root
}

function write(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

async function reading(root: string): Promise<ProjectRead> {
  const read = await readProject(root)
  open.push(read)
  return read
}

async function read(files: Files): Promise<ProjectRead> {
  return reading(project(files))
}

function told({ code, at }: Failure): string {
  return at ? `${code} ${at.file}:${at.line}:${at.column}` : code
}

const rates = `import { ingest } from 'sluice'
import { notNull } from 'sluice/checks'
const rates = async function* () { yield { day: '2026-01-01', rate: 1 } }
export default ingest(rates, { key: 'day', checks: [notNull('rate')] })
`

describe('what is found', () => {
  test('files of assets/, checks/ and tests/, named by paths; nothing that begins with _ or .', async () => {
    const { declarations, checkFiles, fixtures, failures, config, root } = await read({
      'assets/raw/rates.ts': rates,
      'assets/marts/finance/revenue.sql': '-- Revenue.\nselect 1 as a',
      'assets/top.sql': 'select 2 as a',
      'assets/raw/plain.js': "import { source } from 'sluice'\nexport default source({ columns: {} })\n",
      'assets/_draft.sql': 'select 3',
      'assets/_old/x.sql': 'select 3',
      'assets/.hidden/x.sql': 'select 3',
      'assets/raw/rates.test.ts': 'throw 1',
      'assets/raw/types.d.ts': 'export type A = 1',
      'assets/README.md': 'no asset',
      'checks/totals/match.sql': '-- @severity warn\nselect 1 where false',
      'checks/plain.sql': 'select 1 where false',
      'tests/marts/revenue/raw.rates.csv': 'day,rate\n',
      'tests/marts/revenue/marts.revenue.csv': 'a\n1\n',
      'tests/marts/revenue/empty/marts.revenue.csv': 'a\n1\n',
    })
    expect(failures).toEqual([])
    expect(declarations.map(({ name, at, body }) => `${name} ${at.file}:${at.line} ${body.kind}`)).toEqual([
      'marts.revenue assets/marts/finance/revenue.sql:1 sql',
      'raw.plain assets/raw/plain.js:2 source',
      'raw.rates assets/raw/rates.ts:4 ingest',
      'main.top assets/top.sql:1 sql',
    ])
    expect(checkFiles.map(({ name, severity }) => `${name} ${severity}`)).toEqual([
      'plain error',
      'totals/match warn',
    ])
    expect(fixtures.map(({ name, asset, inputs, expected }) => ({ name, asset, inputs, expected }))).toEqual([
      {
        name: 'marts/revenue/empty',
        asset: 'marts.revenue',
        inputs: [],
        expected: 'tests/marts/revenue/empty/marts.revenue.csv',
      },
      {
        name: 'marts/revenue',
        asset: 'marts.revenue',
        inputs: [{ asset: 'raw.rates', file: 'tests/marts/revenue/raw.rates.csv' }],
        expected: 'tests/marts/revenue/marts.revenue.csv',
      },
    ])
    expect(config).toMatchObject({ file: undefined, target: undefined, pools: {} })
    expect(root.endsWith(config.name)).toBe(true)
    expect(findRoot(join(root, 'assets/marts/finance'))).toBe(root)
  })

  test('a folder that is no project says so, and what to do', async () => {
    const root = project({ 'readme.txt': '' })
    await expect(readProject(root)).rejects.toMatchObject({ code: 'SLUICE_PROJECT_NOT_FOUND' })
    expect(() => findRoot(root)).toThrow('No project')
  })

  test('files that cannot be read, and folders that lead back into themselves', async () => {
    const root = project({ 'assets/raw/a.sql': '\uFEFFselect 1 as a', 'checks/b.sql': 'select 1' })
    // The word "für" as Latin-1: decoding it anyhow would put other letters into a literal.
    writeFileSync(join(root, 'assets/raw/latin.sql'), Buffer.from("select 'f\u00fcr' as a", 'latin1'))
    symlinkSync(join(root, 'assets'), join(root, 'assets/raw/again'))
    symlinkSync(join(root, 'nowhere.sql'), join(root, 'checks/gone.sql'))
    const { failures, declarations, checkFiles } = await reading(root)
    expect(failures.map(told)).toEqual([
      'SLUICE_FILE_UNREADABLE assets/raw/latin.sql:1:1',
      'SLUICE_FILE_UNREADABLE checks/gone.sql:1:1',
    ])
    expect(declarations.map(({ body }) => body)).toEqual([
      { kind: 'sql', text: 'select 1 as a', origin: 'file' },
      // The unreadable one keeps its name, for whatever reads it.
      { kind: 'source' },
    ])
    expect(checkFiles.map(({ name }) => name)).toEqual(['b'])
  })

  test('the config, its pools, limits and the tables that something else makes', async () => {
    const { config, declarations, failures } = await read({
      'sluice.config.ts': `import { defineConfig, source } from 'sluice'
        export default defineConfig({ name: 'shop', pools: { api: 2 }, limits: { stepsMax: 9 },
          sources: { 'crm.people': source({ columns: { id: 'BIGINT not null' } }) } })`,
    })
    expect(failures).toEqual([])
    expect(config).toMatchObject({
      name: 'shop',
      pools: { api: 2 },
      limits: { stepsMax: 9, graceMs: 10_000 },
    })
    expect(declarations).toMatchObject([
      {
        name: 'crm.people',
        body: { kind: 'source' },
        facts: { columns: [{ name: 'id', type: 'BIGINT', nullable: false }] },
      },
    ])
  })
})

describe('facts in SQL comments', () => {
  test('mean what the options of TypeScript assets mean', async () => {
    const { declarations, failures } = await read({
      'assets/marts/revenue.sql': `-- Revenue per country and day.
-- @key country, day   @cursor day  @lag 2 hours  @partition day(day) in Europe/Berlin from 2026-01-01
-- @materialize incremental  @write merge  @every 15 minutes  @owner finance  @tag daily  @tag money eu
-- @trigger all_done  @retries 5 wait 10 seconds factor 3  @timeout 1 hour  @pool api  @nested split
-- @contract onNewColumn fail onNull quarantine
-- @unique country, day
select country,             -- ISO code. @in DE FR IN
  day,                      -- @type DATE not null
  sum(amount) as revenue    -- Net of refunds. @not_null warn
from staging.orders group by all`,
    })
    expect(failures).toEqual([])
    const { facts, spots } = declarations[0] as (typeof declarations)[number]
    const { checks, ...rest } = facts
    expect(rest).toEqual({
      doc: 'Revenue per country and day.',
      key: ['country', 'day'],
      cursor: 'day',
      lagMs: 7_200_000,
      partition: { kind: 'time', column: 'day', unit: 'day', zone: 'Europe/Berlin', from: '2026-01-01' },
      materialize: 'incremental',
      write: 'merge',
      everyMs: 900_000,
      owner: 'finance',
      tags: ['daily', 'money', 'eu'],
      trigger: 'all_done',
      retry: { attemptsMax: 6, baseMs: 10_000, factor: 3 },
      timeoutMs: 3_600_000,
      pool: 'api',
      nested: 'split',
      contract: { onNewColumn: 'fail', onNull: 'quarantine' },
      columns: [
        { name: 'country', type: '', nullable: true, doc: 'ISO code.' },
        { name: 'revenue', type: '', nullable: true, doc: 'Net of refunds.' },
        { name: 'day', type: 'DATE', nullable: false },
      ],
    })
    expect(checks.map(({ id, severity, at }) => `${id} ${severity} ${at?.line}`)).toEqual([
      'unique(country, day) error 6',
      'country in error 7',
      'revenue not_null warn 9',
    ])
    expect(spots['key']).toMatchObject({ file: 'assets/marts/revenue.sql', line: 2, column: 4 })
    expect(spots['revenue']).toMatchObject({ line: 9 })
  })

  test.each([
    ['an unknown fact', '-- @kee id\nselect 1 as id', 'SLUICE_FACT_UNKNOWN a.sql:1:4', '@key'],
    ['an unknown column fact', 'select 1 as id -- @not_nul', 'SLUICE_FACT_UNKNOWN a.sql:1:19', '@not_null'],
    ['a fact of an asset on a column', 'select 1 as id -- @owner me', 'SLUICE_FACT_UNKNOWN a.sql:1:19', '@'],
    [
      'a duration that is none',
      '-- @every now and then\nselect 1 as id',
      'SLUICE_FACT_WRONG a.sql:1:4',
      '15 minutes',
    ],
    [
      'a zone that is none',
      '-- @partition day(d) in Europe/Nowhere\nselect 1 as d',
      'SLUICE_FACT_WRONG a.sql:1:4',
      'IANA',
    ],
    ['a fact said twice', '-- @owner a\n-- @owner b\nselect 1 as id', 'SLUICE_FACT_WRONG a.sql:2:4', 'twice'],
    [
      'a check with a wrong argument',
      'select 1 as id -- @between low',
      'SLUICE_FACT_WRONG a.sql:1:19',
      'between',
    ],
    [
      'a promise about a column of a CTE',
      'with x as (\n  select 1 as id -- @not_null\n) select * from x',
      'SLUICE_FACT_STRAY a.sql:2:21',
      'Move',
    ],
  ])('%s is told at its place', async (...[, sql, place, words]) => {
    const { failures } = await read({ 'assets/a.sql': sql })
    expect(failures.map(told)).toEqual([place.replace('a.sql', 'assets/a.sql')])
    expect(`${failures[0]?.why} ${failures[0]?.fix}`).toContain(words)
  })
})

describe('assets in TypeScript', () => {
  const orders = "import { source } from 'sluice'\nexport default source({ columns: { id: 'BIGINT' } })\n"

  test('know each other by identity, whatever the order of their files', async () => {
    const { declarations, code, failures } = await read({
      'assets/a/top.ts': `import { asset, ref, sql } from 'sluice'
import orders from '../raw/orders.ts'
export default asset(sql\`select id from \${orders} join \${ref('staging.x')} using (id) limit \${3}\`)`,
      'assets/a/scored.ts': `import { asset } from 'sluice'
import orders from '../raw/orders.ts'
export default asset({ orders }, async function* ({ orders }) { yield* orders })`,
      'assets/raw/orders.ts': orders,
    })
    expect(failures).toEqual([])
    expect(declarations.map(({ name, body }) => [name, body])).toEqual([
      ['a.scored', { kind: 'rows', inputs: [{ as: 'orders', asset: 'raw.orders' }] }],
      [
        'a.top',
        {
          kind: 'sql',
          text: 'select id from "raw"."orders" join "staging"."x" using (id) limit 3',
          origin: 'template',
        },
      ],
      ['raw.orders', { kind: 'source' }],
    ])
    expect([...code.keys()].sort()).toEqual(['a.scored', 'a.top', 'raw.orders'])
  })

  test.each<[string, Files, string[], string]>([
    [
      'one that throws, at the line that did, however deep',
      {
        'assets/raw/x.ts': "import { boom } from '../../lib.ts'\n\nexport default boom()\n",
        'lib.ts': "export function boom(): never {\n  throw new RangeError('no such thing')\n}\n",
      },
      ['SLUICE_ASSET_THROWS lib.ts:2:9'],
      'RangeError: no such thing',
    ],
    [
      'a wrong option, at the call',
      { 'assets/raw/x.ts': "import { source } from 'sluice'\n\nexport default source({ kee: 'id' })\n" },
      ['SLUICE_OPTION_UNKNOWN assets/raw/x.ts:3:16'],
      'key',
    ],
    [
      'a syntax error, at its characters',
      { 'assets/raw/x.ts': 'const a: number = 1\nconst b = = 2\nexport default b\n' },
      ['SLUICE_ASSET_SYNTAX assets/raw/x.ts:2:11'],
      'Expression expected',
    ],
    [
      'what types alone cannot be stripped of',
      { 'assets/raw/x.ts': 'enum A { b }\nexport default A\n' },
      ['SLUICE_ASSET_SYNTAX assets/raw/x.ts:1:1'],
      'enum',
    ],
    [
      'a module that is not there, at the import',
      { 'assets/raw/x.ts': "import { a } from './nope.ts'\nexport default a\n" },
      ['SLUICE_IMPORT_NOT_FOUND assets/raw/x.ts:1:19'],
      './orders.ts',
    ],
    [
      'a package that is not there',
      { 'assets/raw/x.ts': "\nimport { a } from 'no-such-package-here'\nexport default a\n" },
      ['SLUICE_IMPORT_NOT_FOUND assets/raw/x.ts:2:19'],
      'npm install no-such-package-here',
    ],
    [
      'an export that a module lacks',
      {
        'assets/raw/x.ts': "import { nope } from '../../lib.ts'\nexport default nope\n",
        'lib.ts': 'export const a = 1\n',
      },
      ['SLUICE_ASSET_SYNTAX assets/raw/x.ts:1:10'],
      'nope',
    ],
    [
      'a connector that does not exist',
      { 'assets/raw/x.ts': "import { file } from 'sluice/file'\nexport default file\n" },
      ['SLUICE_IMPORT_UNKNOWN assets/raw/x.ts:1:22'],
      'sluice/files',
    ],
    [
      'no default export',
      { 'assets/raw/x.ts': 'export const a = 1\n' },
      ['SLUICE_ASSET_EXPORT assets/raw/x.ts:1:1'],
      '_',
    ],
    [
      'something else as default export',
      { 'assets/raw/x.ts': '// first\nexport default 5\n' },
      ['SLUICE_ASSET_EXPORT assets/raw/x.ts:2:1'],
      'export default ingest',
    ],
    [
      'the same asset under two names',
      { 'assets/raw/x.ts': orders, 'assets/raw/y.ts': "export { default } from './x.ts'\n" },
      ['SLUICE_ASSET_TWICE assets/raw/y.ts:1:1'],
      'import',
    ],
    [
      'an asset without a name',
      {
        'assets/a/x.ts': [
          "import { asset, sql } from 'sluice'",
          "import o from '../../lib.ts'",
          'export default asset(sql`from ${o}`)',
        ].join('\n'),
        'lib.ts': orders,
      },
      ['SLUICE_ASSET_NAMELESS assets/a/x.ts:3:1'],
      'below `assets/`',
    ],
    [
      'a name with a dot',
      { 'assets/raw/x.y.sql': 'select 1' },
      ['SLUICE_ASSET_NAME assets/raw/x.y.sql:1:1'],
      'dot',
    ],
    [
      'a config that is none',
      { 'sluice.config.ts': "export default { name: 'x' }\n" },
      ['SLUICE_CONFIG_EXPORT sluice.config.ts:1:1'],
      'defineConfig',
    ],
    [
      'a test of an asset that does not exist, and one without its outcome',
      {
        'assets/raw/orders.ts': orders,
        'tests/raw/orders/raw.order.csv': '',
        'tests/raw/orders/second/x/raw.orders.parquet': '',
        'tests/raw/lines/raw.orders.csv': '',
      },
      [
        'SLUICE_FIXTURE_EXPECTED tests/raw/lines:1:1',
        'SLUICE_FIXTURE_FILE tests/raw/orders/raw.order.csv:1:1',
      ],
      'raw.lines.csv',
    ],
  ])('bad: %s', async (...[, files, places, words]) => {
    const { failures, declarations } = await read({ 'assets/good.sql': 'select 1 as a', ...files })
    expect(failures.map(told)).toEqual(places)
    expect(`${failures[0]?.why} ${failures[0]?.fix}`).toContain(words)
    // One bad file does not hide the others.
    expect(declarations.map(({ name }) => name)).toContain('main.good')
  })

  test('an edited module, or one that it imports, is loaded anew; what did not change is not', async () => {
    const root = project({
      'assets/raw/x.ts': [
        "import { source } from 'sluice'",
        "import { doc } from '../../lib.ts'",
        'export default source({ doc, columns: {} })',
      ].join('\n'),
      'assets/raw/y.ts': orders,
      'lib.ts': "export const doc = 'first'\n",
    })
    const first = await reading(root)
    write(root, { 'lib.ts': "export const doc = 'second'\n" })
    const second = await reading(root)
    const docOf = ({ declarations }: ProjectRead) =>
      declarations.find(({ name }) => name === 'raw.x')?.facts.doc
    expect([docOf(first), docOf(second)]).toEqual(['first', 'second'])
    expect(second.code.get('raw.y')).toBe(first.code.get('raw.y'))
  })

  test('functions may import while they run', async () => {
    const { code } = await read({
      'assets/raw/x.ts': `import { ingest } from 'sluice'
export default ingest(async function* () {
  yield { names: Object.keys(await import('sluice/checks')).join() }
})`,
    })
    const made = code.get('raw.x')
    expect(made?.kind).toBe('ingest')
    if (made?.kind !== 'ingest') return
    const context = {
      root: '',
      signal: new AbortController().signal,
      http: {},
      nowMs: () => 0,
      log: () => undefined,
    }
    const batches: unknown[] = []
    const reading = made.source.read({ position: undefined, since: undefined } as never, context as never)
    for await (const batch of reading) batches.push(batch)
    expect(JSON.stringify(batches)).toContain('notNull')
  })
})
