import { afterEach, expect, test } from 'vitest'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { config, openShop, type Shop, type Tree } from './shop.ts'

let shop: Shop
afterEach(() => shop.close())

const good = {
  'sluice.config.ts': config,
  'data/orders.csv': 'id,amount\n1,10\n2,20\n',
  'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/orders.csv'), { key: 'id', columns: { id: 'bigint', amount: 'bigint' } })
`,
  'assets/marts/revenue.sql': '-- @key one\nselect 1 as one, sum(amount) as revenue\nfrom raw.orders\n',
} as const satisfies Tree

/** What is wrong with a project is found before anything is done: exit 2, and nothing is written. */
async function told(bad: Tree): Promise<string> {
  shop = openShop({ ...good, ...bad })
  const check = await shop.type('check')
  expect(check).toMatch(/exit 2$/)
  expect((await shop.pipe('run')).code).toBe(2)
  expect(existsSync(join(shop.folder, 'shop.duckdb'))).toBe(false)
  const mend = Object.fromEntries(
    Object.keys(bad).map(file => [file, good[file as keyof typeof good] ?? null]),
  )
  shop.put(mend)
  expect(await shop.type('run')).toMatch(/exit 0$/)
  expect(await shop.rows('select revenue from marts.revenue')).toEqual([['30']])
  shop.put({ 'data/orders.csv': 'id,amount\n1,11\n', ...bad })
  expect((await shop.pipe('run')).code).toBe(2)
  shop.put({ 'sluice.config.ts': config })
  expect(await shop.rows('select revenue from marts.revenue')).toEqual([['30']])
  return check.replaceAll(basename(shop.folder), '[name]')
}

test('a reference to nothing', async () => {
  expect(
    await told({ 'assets/marts/revenue.sql': 'select 1 as one\nfrom raw.ordres\n' }),
  ).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error No asset is called \`raw.ordres\`.
      assets/marts/revenue.sql:2:6

      1 │ select 1 as one
      2 │ from raw.ordres
        ╵      ~~~~~~~~~~

      \`marts.revenue\` reads it, and nothing in this project or its sources makes it.
      fix  Did you mean \`raw.orders\`?
      SLUICE_REF_NOT_FOUND · sluice explain SLUICE_REF_NOT_FOUND

      wrong  2 assets, 0 edges, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('assets that read one another in a circle', async () => {
  const bad = {
    'assets/marts/a.sql': 'select * from marts.b\n',
    'assets/marts/b.sql': 'select * from marts.c\n',
    'assets/marts/c.sql': 'select * from marts.a\n',
    'assets/marts/after.sql': 'select * from marts.c\n',
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error Assets read one another in a circle: marts.a → marts.b → marts.c → marts.a.
      assets/marts/a.sql:1:15

      1 │ select * from marts.b
        ╵               ~~~~~~~

      \`marts.b\` reads \`marts.c\`.
      assets/marts/b.sql:1:15

      1 │ select * from marts.c
        ╵               ~~~~~~~

      \`marts.c\` reads \`marts.a\`.
      assets/marts/c.sql:1:15

      1 │ select * from marts.a
        ╵               ~~~~~~~

      fix  Let one of them read what the next one reads, instead of the next one itself.
      SLUICE_GRAPH_CYCLE · sluice explain SLUICE_GRAPH_CYCLE

      wrong  6 assets, 5 edges, 0 checks, 6 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('an asset that reads itself', async () => {
  const bad = { 'assets/marts/revenue.sql': 'select 1 as one\nunion all\nselect * from marts.revenue\n' }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`marts.revenue\` reads itself.
      assets/marts/revenue.sql:3:15

      2 │ union all
      3 │ select * from marts.revenue
        ╵               ~~~~~~~~~~~~~

      fix  Read the asset that its rows come from; what was loaded before is kept by \`@write merge\` or \`@write append\`.
      SLUICE_GRAPH_CYCLE · sluice explain SLUICE_GRAPH_CYCLE

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('two files that make one asset', async () => {
  const bad = {
    'assets/marts/eu/revenue.sql': 'select 1 as one\n',
    'assets/marts/Revenue.sql': 'select 2 as one\n',
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error Two files make \`marts.Revenue\`.
      assets/marts/eu/revenue.sql:1:1

      1 │ select 1 as one
        ╵ ~

      assets/marts/Revenue.sql and assets/marts/eu/revenue.sql: names come from paths, and letter case does not part them.
      It is made here already.
      assets/marts/Revenue.sql:1:1

      1 │ select 2 as one
        ╵ ~

      fix  Rename one of the files, or remove assets/marts/eu/revenue.sql.
      SLUICE_ASSET_DUPLICATE · sluice explain SLUICE_ASSET_DUPLICATE

    error Two files make \`marts.Revenue\`.
      assets/marts/revenue.sql:1:1

      1 │ -- @key one
        ╵ ~
      2 │ select 1 as one, sum(amount) as revenue

      assets/marts/Revenue.sql and assets/marts/revenue.sql: names come from paths, and letter case does not part them.
      It is made here already.
      assets/marts/Revenue.sql:1:1

      1 │ select 2 as one
        ╵ ~

      fix  Rename one of the files, or remove assets/marts/revenue.sql.
      SLUICE_ASSET_DUPLICATE · sluice explain SLUICE_ASSET_DUPLICATE

    2 errors in 2 files

      wrong  2 assets, 0 edges, 0 checks, 1 asset typed at the first load, 2 errors [time]
    exit 2"
  `)
})

test('SQL that does not parse', async () => {
  const bad = { 'assets/marts/revenue.sql': 'select 1 as one,\n  sum(amount) a revenue from\nraw.orders\n' }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error The SQL of \`marts.revenue\` does not parse.
      assets/marts/revenue.sql:2:17

      1 │ select 1 as one,
      2 │   sum(amount) a revenue from
        ╵                 ~~~~~~~
      3 │ raw.orders

      Syntax error at or near "revenue".
      fix  Mend the SQL at the marked place.
      SLUICE_SQL_SYNTAX · sluice explain SLUICE_SQL_SYNTAX

      wrong  2 assets, 0 edges, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('SQL that parses and cannot run', async () => {
  const bad = {
    'assets/marts/revenue.sql': 'select orders + amount as revenue\nfrom marts.days\nwhere amuont > 1\n',
    'assets/marts/days.sql': "select date '2026-01-01' as day, 5 as orders, 'x' as amount\n",
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error No column is called \`amuont\`.
      assets/marts/revenue.sql:3:7

      2 │ from marts.days
      3 │ where amuont > 1
        ╵       ~~~~~~

      Nothing that \`marts.revenue\` reads at this place has it.
      fix  Did you mean \`amount\`?
      SLUICE_SQL_COLUMN · sluice explain SLUICE_SQL_COLUMN

      wrong  3 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('a TypeScript asset that throws while it is imported; what reads it is not blamed', async () => {
  const bad = {
    'assets/raw/orders.ts': `import { ingest } from 'sluice'
const { url } = JSON.parse('{"url": ')
export default ingest(url)
`,
    'assets/marts/scored.ts': `import { asset } from 'sluice'
import orders from '../raw/orders.ts'
export default asset({ orders }, async function* ({ orders }) { for await (const { id } of orders) yield { id } })
`,
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`assets/raw/orders.ts\` throws while it is loaded.
      assets/raw/orders.ts:2:22

      1 │ import { ingest } from 'sluice'
      2 │ const { url } = JSON.parse('{"url": ')
        ╵                      ~
      3 │ export default ingest(url)

      SyntaxError: Unexpected end of JSON input
      fix  Mend it at the marked place. What needs the world belongs into the function, not beside it.
      SLUICE_ASSET_THROWS · sluice explain SLUICE_ASSET_THROWS

      wrong  3 assets, 1 edge, 0 checks, 3 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('a TypeScript asset that does not parse', async () => {
  const bad = {
    'assets/raw/orders.ts': "import { ingest } from 'sluice'\nexport default ingest(async function* ( {\n",
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`assets/raw/orders.ts\` cannot be read as TypeScript.
      assets/raw/orders.ts:2:1

      1 │ import { ingest } from 'sluice'
      2 │ export default ingest(async function* ( {
        ╵ ~

      Unexpected token \`<eof>\`. Expected identifier, string literal, numeric literal or [ for the computed key
      fix  Mend it at the marked place. Types are stripped, not compiled: no enums and no namespaces.
      SLUICE_ASSET_SYNTAX · sluice explain SLUICE_ASSET_SYNTAX

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('a file that exports no asset', async () => {
  expect(await told({ 'assets/raw/orders.ts': 'export default 42\n' })).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`assets/raw/orders.ts\` has a number as its default export, and not an asset.
      assets/raw/orders.ts:1:1

      1 │ export default 42
        ╵ ~

      fix  Write \`export default ingest(…)\`, \`asset(…)\`, \`exportTo(…)\` or \`source(…)\`; a file that is no asset lies outside \`assets/\` or has a name that begins with \`_\`.
      SLUICE_ASSET_EXPORT · sluice explain SLUICE_ASSET_EXPORT

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('an option that does not exist', async () => {
  const bad = {
    'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/orders.csv', { delimitr: ';' }), { key: 'id' })
`,
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`delimitr\` is not an option of \`files\`.
      assets/raw/orders.ts:3:23

      2 │ import { files } from 'sluice/files'
      3 │ export default ingest(files('data/orders.csv', { delimitr: ';' }), { key: 'id' })
        ╵                       ~

      fix  Did you mean \`delimiter\`?
      SLUICE_OPTION_UNKNOWN · sluice explain SLUICE_OPTION_UNKNOWN

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('options whose values cannot be used', async () => {
  const bad = {
    'assets/raw/orders.ts': `import { ingest } from 'sluice'
import { files } from 'sluice/files'
export default ingest(files('data/orders.csv'), {
  key: 'id',
  write: 'upsert',
})
`,
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error The option \`write\` has a value that cannot be used.
      assets/raw/orders.ts:3:16

      2 │ import { files } from 'sluice/files'
      3 │ export default ingest(files('data/orders.csv'), {
        ╵                ~
      4 │   key: 'id',

      fix  Give \`write\` one of \`append\`, \`replace\`, \`merge\`, \`replace-partition\`, \`scd2\`, \`snapshot\`, \`view\`.
      SLUICE_OPTION_WRONG · sluice explain SLUICE_OPTION_WRONG

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
})

test('facts that do not exist, stand in the wrong place or name no column', async () => {
  const bad = {
    'assets/marts/revenue.sql': `-- @kye id   @key none
select
  id,        -- @not_nul
  amount     -- @min few
from raw.orders -- @max 3
`,
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  shop → lake ./lake

    error \`@kye\` is no fact.
      assets/marts/revenue.sql:1:4

      1 │ -- @kye id   @key none
        ╵    ~~~~~~~
      2 │ select

      fix  Did you mean \`@key\`?
      SLUICE_FACT_UNKNOWN · sluice explain SLUICE_FACT_UNKNOWN

    error \`@not_nul\` is no fact of a column.
      assets/marts/revenue.sql:3:17

      2 │ select
      3 │   id,        -- @not_nul
        ╵                 ~~~~~~~~
      4 │   amount     -- @min few

      fix  Did you mean \`@not_null\`?
      SLUICE_FACT_UNKNOWN · sluice explain SLUICE_FACT_UNKNOWN

    error \`@max\` stands where it belongs to no column.
      assets/marts/revenue.sql:5:20

      4 │   amount     -- @min few
      5 │ from raw.orders -- @max 3
        ╵                    ~~~~~~

      Facts of a column stand on its line in the outermost SELECT; columns of a CTE are not the asset’s.
      fix  Move \`@max\` to the column's line, or above the query for the whole asset.
      SLUICE_FACT_STRAY · sluice explain SLUICE_FACT_STRAY

    3 errors in 1 file

      wrong  2 assets, 1 edge, 1 check, 2 assets typed at the first load, 3 errors [time]
    exit 2"
  `)
})

test('a configuration that is wrong', async () => {
  const bad = {
    'sluice.config.ts': `import { defineConfig } from 'sluice'
export default defineConfig({
  name: 'shop',
  limits: { stepMax: 1 },
})
`,
  }
  expect(await told(bad)).toMatchInlineSnapshot(`
    "  [name] → a target that is not known

    error \`stepMax\` is not an option of \`limits\`.
      sluice.config.ts:2:16

      1 │ import { defineConfig } from 'sluice'
      2 │ export default defineConfig({
        ╵                ~
      3 │   name: 'shop',

      fix  Did you mean \`stepsMax\`?
      SLUICE_OPTION_UNKNOWN · sluice explain SLUICE_OPTION_UNKNOWN

      wrong  2 assets, 1 edge, 0 checks, 2 assets typed at the first load, 1 error [time]
    exit 2"
  `)
  shop.put(bad)
  // Without it nobody knows where the tables are: no other file is asked, no environment is unknown.
  for (const line of [
    ['sql', 'select 1'],
    ['run', '--env', 'prod'],
    ['sql', 'select 1', '--env', 'prod'],
  ])
    expect(await shop.type(...line)).toMatch(/`stepMax` is not an option of `limits`[^]*exit 2$/)
})
