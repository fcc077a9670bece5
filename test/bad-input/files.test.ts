import { afterEach, expect, test } from 'vitest'
import { openShop, type Shop, type Tree } from './shop.ts'

let shop: Shop
afterEach(() => shop.close())

const ingest = (options: string, path = 'data/*') => `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('${path}', ${options}), { key: 'id', write: 'merge' })
`

const total = `-- @key one
select 1 as one, count(*) as orders, sum(amount) as amount
from raw.orders
`

/** One good file is loaded; then `bad` is laid beside it and the run of it is told. */
async function told(bad: Tree, { options = '{}', first = 'data/1.csv' } = {}): Promise<string> {
  const rows = first.endsWith('csv')
    ? 'id,amount,name\n1,10,a\n2,20,b\n'
    : '{"id":1,"amount":10,"name":"a"}\n{"id":2,"amount":20,"name":"b"}\n'
  shop = openShop({ 'assets/raw/orders.ts': ingest(options), 'assets/marts/total.sql': total, [first]: rows })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.total')).toEqual([['1', '2', '30']])
  shop.put(bad)
  return shop.type('run')
}

/** After a failure nothing is changed; with `mended` a run brings the rows of both. */
async function keptThenMended(mended: Tree, after: readonly string[]): Promise<void> {
  expect(await shop.rows('from marts.total')).toEqual([['1', '2', '30']])
  await made(mended, after)
}

async function made(mended: Tree, after: readonly string[]): Promise<void> {
  shop.put(mended)
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('from marts.total')).toEqual([['1', ...after]])
  await shop.counts()
}

test('a CSV with ragged rows', async () => {
  const bad = 'id,amount,name\n3,30,c\n4,40\n5,50,e,more\n6,60,f\n'
  expect(await told({ 'data/2.csv': bad })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders           2 rows [time]  2 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 2 rows refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect((await shop.counts())['raw.orders']).toEqual({ in: 4, out: 2, refused: 2, deduplicated: 0 })
  expect(await shop.type('quarantine', 'show', 'raw.orders')).toMatchInlineSnapshot(`
    "id,status,rule,reason,source,position,raw
    [id]-1,open,columns,"3 columns expected, 2 found",data/2.csv,3,"4,40"
    [id]-2,open,columns,"3 columns expected, 4 found",data/2.csv,4,"5,50,e,more"
    exit 0"
  `)
  await made({ 'data/2.csv': 'id,amount,name\n3,30,c\n4,40,d\n5,50,e\n6,60,f\n' }, ['6', '210'])
})

test('a CSV with broken quotes', async () => {
  const bad = 'id,amount,name\n3,30,"c"\n4,40,"d\n5,50,"e" x\n6,60,f\n'
  expect(await told({ 'data/2.csv': bad })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders           2 rows [time]  1 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 1 row refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect(await shop.counts()).toMatchInlineSnapshot(`
    {
      "marts.total": {
        "deduplicated": 0,
        "in": 1,
        "out": 1,
        "refused": 0,
      },
      "raw.orders": {
        "deduplicated": 0,
        "in": 3,
        "out": 2,
        "refused": 1,
      },
    }
  `)
  expect(await shop.type('quarantine', 'show', 'raw.orders')).toMatchInlineSnapshot(`
    "id,status,rule,reason,source,position,raw
    [id]-1,open,quotes,"a quote is not closed, or text follows it",data/2.csv,3,"4,40,""d
    5,50,""e"" x"
    exit 0"
  `)
  await made({ 'data/2.csv': 'id,amount,name\n3,30,"c"\n4,40,"d"\n5,50,"e x"\n6,60,f\n' }, ['6', '210'])
})

test('a CSV in another encoding', async () => {
  const text = 'id,amount,name\n3,30,café\n4,40,d\n'
  expect(await told({ 'data/2.csv': Buffer.from(text, 'latin1') })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders            1 row [time]  1 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 1 row refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect(await shop.counts()).toMatchInlineSnapshot(`
    {
      "marts.total": {
        "deduplicated": 0,
        "in": 1,
        "out": 1,
        "refused": 0,
      },
      "raw.orders": {
        "deduplicated": 0,
        "in": 2,
        "out": 1,
        "refused": 1,
      },
    }
  `)
  await made({ 'data/2.csv': text }, ['4', '100'])
  expect(await shop.rows('select name from raw.orders where id = 3')).toEqual([['café']])
})

test('a CSV in UTF-16', async () => {
  const text = 'id,amount,name\n3,30,café\n4,40,d\n'
  expect(await told({ 'data/2.csv': Buffer.from(`\ufeff${text}`, 'utf16le') })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  \`data/2.csv\` cannot be read as CSV.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error \`data/2.csv\` cannot be read as CSV.
      It is not text in utf-8. If it is UTF-16, say so: \`files(…, { encoding: 'utf-16' })\`.
      fix  Fetch the file again; if it has another format, say so: \`files(…, { format })\`.
      SLUICE_FILE_BROKEN · sluice explain SLUICE_FILE_BROKEN

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  await keptThenMended({ 'data/2.csv': text }, ['4', '100'])
})

test('fields of ten megabytes', async () => {
  const large = 'x'.repeat(10 * 1024 * 1024)
  expect(await told({ 'data/2.csv': `id,amount,name\n3,30,${large}\n4,40,d\n` })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders           2 rows [time]
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed [time]
            tables in lake ./lake
      next  sluice show marts.total
    exit 0"
  `)
  expect(await shop.counts()).toMatchInlineSnapshot(`
    {
      "marts.total": {
        "deduplicated": 0,
        "in": 1,
        "out": 1,
        "refused": 0,
      },
      "raw.orders": {
        "deduplicated": 0,
        "in": 2,
        "out": 2,
        "refused": 0,
      },
    }
  `)
  expect(
    await shop.rows('select id, length(name) from raw.orders where id > 2 order by id'),
  ).toMatchInlineSnapshot(`
    [
      [
        "3",
        "10485760",
      ],
      [
        "4",
        "1",
      ],
    ]
  `)
})

test('a line longer than the limit', async () => {
  const options = '{ lineBytesMax: 1000 }'
  const bad = `id,amount,name\n3,30,${'x'.repeat(2000)}\n4,40,d\n`
  expect(await told({ 'data/2.csv': bad }, { options })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders            1 row [time]  1 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 1 row refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect((await shop.counts())['raw.orders']).toEqual({ in: 2, out: 1, refused: 1, deduplicated: 0 })
  await made({ 'data/2.csv': 'id,amount,name\n3,30,x\n4,40,d\n' }, ['4', '100'])
})

test('NDJSON that is cut off in the middle', async () => {
  const bad = '{"id":3,"amount":30,"name":"c"}\n{"id":4,"amo'
  expect(await told({ 'data/2.ndjson': bad }, { first: 'data/1.ndjson' })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders            1 row [time]  1 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 1 row refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect(await shop.counts()).toMatchInlineSnapshot(`
    {
      "marts.total": {
        "deduplicated": 0,
        "in": 1,
        "out": 1,
        "refused": 0,
      },
      "raw.orders": {
        "deduplicated": 0,
        "in": 2,
        "out": 1,
        "refused": 1,
      },
    }
  `)
  await made({ 'data/2.ndjson': `${bad}unt":40,"name":"d"}\n` }, ['4', '100'])
})

test('a JSON document that is cut off in the middle', async () => {
  const bad = '[{"id":3,"amount":30,"name":"c"},\n{"id":4,"amo'
  expect(await told({ 'data/2.json': bad }, { first: 'data/1.ndjson' })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  \`data/2.json\` cannot be read as JSON.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error \`data/2.json\` cannot be read as JSON.
      Malformed JSON, at byte 13 in record/value 3: unexpected end of data.
      fix  Fetch the file again; if it has another format, say so: \`files(…, { format })\`.
      SLUICE_FILE_BROKEN · sluice explain SLUICE_FILE_BROKEN

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  await keptThenMended({ 'data/2.json': `${bad}unt":40,"name":"d"}]\n` }, ['4', '100'])
})

test('a Parquet file that is none', async () => {
  expect(await told({ 'data/2.parquet': 'id,amount\n3,30\n' })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  \`data/2.parquet\` cannot be read as Parquet.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error \`data/2.parquet\` cannot be read as Parquet.
      No magic bytes found at end of file
      fix  Fetch the file again; if it has another format, say so: \`files(…, { format })\`.
      SLUICE_FILE_BROKEN · sluice explain SLUICE_FILE_BROKEN

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  await keptThenMended({ 'data/2.parquet': null, 'data/2.csv': 'id,amount,name\n3,30,c\n' }, ['3', '60'])
})

test('a gzip file that is cut off in the middle', async () => {
  const { gzipSync } = await import('node:zlib')
  const rows = Array.from({ length: 20_000 }, (_, i) => `${i + 3},1,n${(i * 7919) % 104_729}\n`).join('')
  const whole = gzipSync(`id,amount,name\n${rows}`)
  expect(await told({ 'data/2.csv.gz': whole.subarray(0, whole.length / 2) })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  \`data/2.csv.gz\` is cut off or damaged: it does not unpack.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error \`data/2.csv.gz\` is cut off or damaged: it does not unpack.
      unexpected end of file.
      fix  Fetch the file again. Nothing of it was loaded.
      SLUICE_FILES_CUT · sluice explain SLUICE_FILES_CUT

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  await keptThenMended({ 'data/2.csv.gz': whole }, ['20002', '20030'])
})

test('an empty file beside a full one, and a file of a header only', async () => {
  expect(await told({ 'data/2.csv': '', 'data/3.csv': 'id,amount,name\n' })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      = raw.orders   unchanged
      = marts.total  unchanged               nothing that it reads has a new version

      done  0 assets, 0 checks, 0 failed, 2 up to date [time]
            tables in lake ./lake
    exit 0"
  `)
  await made({ 'data/2.csv': 'id,amount,name\n3,30,c\n' }, ['3', '60'])
})

test('nothing but an empty file', async () => {
  shop = openShop({ 'assets/raw/orders.ts': ingest('{}'), 'assets/marts/total.sql': total, 'data/1.csv': '' })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  \`data/1.csv\` is empty.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error \`data/1.csv\` is empty.
      There are no columns to make a table of, and none are known from an earlier load.
      fix  Fetch the file again, or declare the columns of the asset.
      SLUICE_FILE_EMPTY · sluice explain SLUICE_FILE_EMPTY

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  shop.put({ 'data/1.csv': 'id,amount,name\n1,10,a\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
})

test('a file that is not there', async () => {
  const path = 'data/orders.csv'
  shop = openShop({
    'assets/raw/orders.ts': ingest('{}', path),
    'assets/marts/total.sql': total,
    'data/order.csv': 'id,amount\n1,2\n',
  })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  There is no file \`data/orders.csv\`.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error There is no file \`data/orders.csv\`.
      It was looked for in \`[folder]/data\`; relative paths begin at the project.
      fix  Did you mean \`order.csv\`?
      SLUICE_FILES_MISSING · sluice explain SLUICE_FILES_MISSING

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
  shop.put({ [path]: 'id,amount\n1,2\n' })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  shop.put({ [path]: null })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  There is no file \`data/orders.csv\`.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error There is no file \`data/orders.csv\`.
      It was looked for in \`[folder]/data\`; relative paths begin at the project.
      fix  Did you mean \`order.csv\`?
      SLUICE_FILES_MISSING · sluice explain SLUICE_FILES_MISSING

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
  expect(await shop.rows('from marts.total')).toEqual([['1', '1', '2']])
})

test('a pattern that names no file', async () => {
  shop = openShop({ 'assets/raw/orders.ts': ingest('{}', 'data/*.csv'), 'assets/marts/total.sql': total })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  No file matches \`data/*.csv\`.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error No file matches \`data/*.csv\`.
      \`*\` does not match \`/\` (that is \`**\`), nor names that begin with a dot.
      fix  See what is there: \`ls data/\`.
      SLUICE_FILES_NONE · sluice explain SLUICE_FILES_NONE

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 3"
  `)
})

test('a column that changes its type between files', async () => {
  const bad = 'id,amount,name\n3,thirty,c\n4,40,d\n5,5.5,e\n'
  expect(await told({ 'data/2.csv': bad })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ raw.orders            1 row [time]  2 refused
      ✓ marts.total           1 row [time]

      done  2 assets, 0 checks, 0 failed, 2 rows refused [time]
            tables in lake ./lake
      next  sluice quarantine show raw.orders
    exit 0"
  `)
  expect(await shop.counts()).toMatchInlineSnapshot(`
    {
      "marts.total": {
        "deduplicated": 0,
        "in": 1,
        "out": 1,
        "refused": 0,
      },
      "raw.orders": {
        "deduplicated": 0,
        "in": 3,
        "out": 1,
        "refused": 2,
      },
    }
  `)
  expect(await shop.type('quarantine', 'show', 'raw.orders')).toMatchInlineSnapshot(`
    "id,status,rule,reason,source,position,raw
    [id]-1,open,type,amount is not a BIGINT,data/2.csv,2,"{""id"":""3"",""amount"":""thirty"",""name"":""c""}"
    [id]-2,open,type,amount is not a BIGINT,data/2.csv,4,"{""id"":""5"",""amount"":""5.5"",""name"":""e""}"
    exit 0"
  `)
  await made({ 'data/2.csv': 'id,amount,name\n3,30,c\n4,40,d\n5,5,e\n' }, ['5', '105'])
})

test('two files of one first load that disagree about a type', async () => {
  shop = openShop({
    'assets/raw/orders.ts': ingest('{}'),
    'data/1.csv': 'id,amount\n1,10\n9007199254740993,20\n',
    'data/2.csv': 'id,amount\n3,thirty\n',
  })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('select id, amount from raw.orders order by id')).toEqual([
    ['1', '10'],
    ['3', 'thirty'],
    ['9007199254740993', '20'],
  ])
})

test('a contract that fails on a changed type publishes nothing', async () => {
  shop = openShop({
    'assets/raw/orders.ts': ingest('{}').replace(
      "write: 'merge'",
      "write: 'merge', contract: { onTypeChange: 'fail', onNewColumn: 'fail', onMissing: 'fail' }",
    ),
    'assets/marts/total.sql': total,
    'data/1.csv': 'id,amount,name\n1,10,a\n2,20,b\n',
  })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  shop.put({ 'data/2.csv': 'id,amount,name\n3,thirty,c\n' })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  1 row for \`raw.orders\` does not fit the types of its contract.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error 1 row for \`raw.orders\` does not fit the types of its contract.
      The contract says onTypeChange: fail.
      fix  Mend the source, or set onTypeChange to quarantine: those rows are then refused, each with its reason, and the rest is published.
      SLUICE_CONTRACT_UNFIT · sluice explain SLUICE_CONTRACT_UNFIT

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  shop.put({ 'data/2.csv': 'id,amount,name,more\n3,30,c,1\n' })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  The source of \`raw.orders\` has a new column \`more\`.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The source of \`raw.orders\` has a new column \`more\`.
      It is BIGINT, and the contract says onNewColumn: fail.
      fix  Declare \`more\` in the asset's columns, or set onNewColumn to add, ignore or quarantine.
      SLUICE_CONTRACT_NEW_COLUMN · sluice explain SLUICE_CONTRACT_NEW_COLUMN

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  shop.put({ 'data/2.csv': 'id,name\n3,c\n' })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✗ raw.orders [time]  The source of \`raw.orders\` no longer has the column \`amount\`.
      ■ marts.total  blocked                 raw.orders failed

      ✗ raw.orders
    error The source of \`raw.orders\` no longer has the column \`amount\`.
      The contract promises it as BIGINT, with onMissing: fail.
      fix  Mend the source, or set onMissing to ignore: \`amount\` is then NULL.
      SLUICE_CONTRACT_MISSING · sluice explain SLUICE_CONTRACT_MISSING

      failed  1 asset, 0 checks, 1 failed, 1 blocked [time]
      next  sluice run  goes on where this run stopped
    exit 1"
  `)
  await keptThenMended({ 'data/2.csv': 'id,amount,name\n3,30,c\n' }, ['3', '60'])
})

test('a query without rows', async () => {
  shop = openShop({
    'assets/marts/empty.sql': '-- @row_count 1\nselect 1 as id where false\n',
    'assets/marts/fine.sql': 'select 1 as id where false\n',
    'assets/marts/after.sql': 'select id from marts.fine\n',
    'assets/raw/none.ts':
      "import { ingest } from 'sluice'\nexport default ingest(async function* () {}, { key: 'id' })\n",
    'assets/marts/behind.sql': 'select * from raw.none\n',
  })
  expect(await shop.type('run')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      ✓ marts.fine            0 rows [time]
      = raw.none      unchanged
      ✓ marts.after           0 rows [time]
      ✗ marts.behind [time]  \`marts.behind\` reads \`raw.none\`, which has no table yet.
      ✗ marts.empty [time]  0/1 check

      ✗ marts.empty  at least 1 row: 0 rows

      ✗ marts.behind
    error \`marts.behind\` reads \`raw.none\`, which has no table yet.
      assets/marts/behind.sql:1:1

      1 │ select * from raw.none
        ╵ ~

      The source of \`raw.none\` has shown no rows so far, and so no columns.
      fix  Declare the columns of \`raw.none\`: \`columns: { id: 'bigint' }\`; or run again when there are rows.
      SLUICE_INPUT_NO_TABLE · sluice explain SLUICE_INPUT_NO_TABLE

      failed  4 assets, 1 check, 2 failed, 1 up to date [time]
      next  sluice quality marts.empty
    exit 1"
  `)
  expect(await shop.rows('from marts.after')).toEqual([])
  expect(await shop.type('check')).toMatchInlineSnapshot(`
    "  shop → lake ./lake

      right  5 assets, 2 edges, 1 check, 2 assets typed at the first load, 0 errors [time]
    exit 0"
  `)
  const declared = "export default ingest(async function* () {}, { key: 'id', columns: { id: 'bigint' } })\n"
  shop.put({
    'assets/raw/none.ts': `import { ingest } from 'sluice'\n${declared}`,
    'assets/marts/empty.sql': null,
  })
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('select count(*) from marts.behind')).toEqual([['0']])
})
