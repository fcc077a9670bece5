import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Store, Target, TargetContext } from '../../connect/index.ts'
import { openTable } from '../../formats/delta/index.ts'
import type { WriteStrategy } from '../../model/index.ts'
import { memoryStore } from '../../objects/index.ts'
import { fresh } from './conform.ts'
import { openLake } from './store.ts'

let trial: { target: Target; context: TargetContext; dispose: () => Promise<void> }
let folder: string
let store: Store
const opened: Store[] = []
beforeEach(async () => {
  trial = await fresh()
  folder = join(trial.context.root, 'lake')
  store = await open()
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
  await trial.dispose()
})

const { signal } = new AbortController()
const open = async (more: Partial<TargetContext> = {}) => {
  const next = await trial.target.open({ ...trial.context, ...more })
  opened.push(next)
  return next
}

type How = { readonly strategy?: WriteStrategy; readonly to?: Store }

async function publish(asset: string, sql: string, { strategy = 'replace', to = store }: How = {}) {
  const work = await to.begin({ asset, effect: `${asset} ${Math.random()}`, keyed: true, signal })
  const request = { columns: [], cursor: undefined, partition: undefined, atMs: 0, deleteMissing: false }
  await work.write({ ...request, table: asset, strategy, sql, key: [] })
  const counts = { in: 0, out: 0, refused: 0, deduplicated: 0 }
  await work.publish({ asset, run: 'run', atMs: 0, counts, record: null })
}

const all = async (sql: string, of = store) => (await of.query(sql)).rows.map(row => row.join(' '))

test('every way in which DuckDB lists tells tables and views under their names, and nothing else', async () => {
  await publish('raw.orders', "select 1 as id, 'x' as what, 2::hugeint as n, [1]::integer[1] as l")
  await publish('marts.totals', 'select count(*) as orders, max(what) as "last what" from raw.orders', {
    strategy: 'view',
  })
  await publish('marts.above', 'select orders + 1 as more from marts.totals', { strategy: 'view' })
  await publish('main.plain', 'select 1 as a')
  // Opened, so that the engine holds their logs.
  expect(await all('select id, orders from raw.orders, marts.totals')).toEqual(['1 1'])
  expect(await all('show tables')).toEqual(['marts.above', 'marts.totals', 'plain', 'raw.orders'])
  const names = ['lake main plain', 'lake marts above', 'lake marts totals', 'lake raw orders']
  for (const sql of [
    'select database, schema, name from (show all tables) order by all',
    'select table_catalog, table_schema, table_name from information_schema.tables order by all',
    `select database_name, schema_name, table_name from duckdb_tables()
     union all select database_name, schema_name, view_name from duckdb_views() where not internal order by all`,
    `select 'lake', schemaname, tablename from pg_tables union all
     select 'lake', schemaname, viewname from pg_catalog.pg_views where schemaname in ('marts') order by all`,
  ])
    expect(await all(sql), sql).toEqual(names)
  expect(
    await all(`select table_name, table_type from information_schema.tables where table_schema = 'marts'
      order by all`),
  ).toEqual(['above VIEW', 'totals VIEW'])
  expect(
    await all(`select table_name, ordinal_position, column_name, data_type from information_schema.columns
      where table_schema <> 'main' order by all`),
  ).toEqual([
    'above 1 more BIGINT',
    'orders 1 id INTEGER',
    'orders 2 what VARCHAR',
    'orders 3 n HUGEINT',
    'orders 4 l INTEGER[1]',
    'totals 1 orders BIGINT',
    'totals 2 last what VARCHAR',
  ])
  expect(await all('show databases')).toEqual(['lake'])
  expect(await all('select current_database()')).toEqual(['lake'])
  expect(await all("select name, type from pragma_table_info('raw.orders') limit 1")).toEqual(['id INTEGER'])
})

test('what tables say of themselves is listed: columns without NULL, comments', async () => {
  const table = await openTable(join(folder, 'raw/told'), {
    create: {
      columns: { id: 'BIGINT not null', n: 'INTEGER' },
      comment: 'One row each.',
    },
  })
  await table.close()
  const commit = join(folder, 'raw/told/_delta_log/00000000000000000000.json')
  const none = String.raw`\"metadata\":{}`
  const comment = String.raw`\"metadata\":{\"comment\":\"the shop's own\"}`
  const said = (await readFile(commit, 'utf8')).replace(none, comment)
  await writeFile(commit, said)
  expect(
    await all('select column_name, is_nullable, "COLUMN_COMMENT" from information_schema.columns'),
  ).toEqual(["id NO the shop's own", 'n YES '])
  expect(await all('select table_name, comment from duckdb_tables()')).toEqual(['told One row each.'])
})

test('a table is listed as its newest version is, wherever in its log that stands', async () => {
  const create = { columns: { id: 'BIGINT' }, properties: { 'delta.checkpointInterval': '3' } }
  const table = await openTable(join(folder, 'raw/orders'), { create })
  for (let n = 0; n < 4; n++) await table.append([{ id: n }])
  await table.close()
  const columns = () =>
    all('select column_name from duckdb_columns() where not internal order by column_index')
  const log = join(folder, 'raw/orders/_delta_log')
  const sum = join(log, '00000000000000000003.crc')
  await rm(join(log, '00000000000000000000.json'))
  expect(existsSync(sum)).toBe(true)
  expect(await columns()).toEqual(['id'])
  await writeFile(sum, '{"metadata":')
  expect(await columns()).toEqual(['id'])
  await rm(sum)
  expect(await columns()).toEqual(['id'])
  await publish('raw.orders', 'select 1::bigint as id, 2 as more')
  expect(await columns()).toEqual(['id', 'more'])
  await publish('raw.orders', 'select 1::bigint as id, 2 as more', { strategy: 'append' })
  expect(await columns()).toEqual(['id', 'more'])
})

test('a table that cannot be read hides no other one, and is told of', async () => {
  await publish('raw.orders', 'select 1 as id')
  await cp(join(folder, 'raw/orders'), join(folder, 'raw/odd'), { recursive: true })
  const commit = join(folder, 'raw/odd/_delta_log/00000000000000000000.json')
  await writeFile(commit, (await readFile(commit, 'utf8')).replace('\\"integer\\"', '\\"geometry\\"'))
  await mkdir(join(folder, 'raw/broken/_delta_log'), { recursive: true })
  await writeFile(join(folder, 'raw/broken/_delta_log/00000000000000000000.json'), '{"no')
  expect(await all('show tables')).toEqual(['raw.broken', 'raw.odd', 'raw.orders'])
  const [broken, odd] = await all(
    "select comment from duckdb_tables() where table_name <> 'orders' order by table_name",
  )
  expect(odd).toMatch(/geometry/)
  expect(broken).not.toBe('')
})

test('an environment lists its own tables under their names, and those of its base', async () => {
  const objects = { ...memoryStore(), close: async () => undefined }
  const within = async (environment: string | undefined) => {
    const next = await openLake(objects, { options: {}, context: { ...trial.context, environment } })
    opened.push(next)
    return next
  }
  const base = await within(undefined)
  await publish('raw.orders', 'select 1 as id', { to: base })
  await publish('raw.more', 'select 1 as id', { to: base })
  const dev = await within('dev')
  await publish('raw.orders', "select 'x' as text", { to: dev })
  const columns =
    "select table_name || '.' || column_name from duckdb_columns() where not internal order by all"
  expect(await all(columns, dev)).toEqual(['more.id', 'orders.text'])
  expect(await all(columns, await within(undefined))).toEqual(['more.id', 'orders.id', 'orders.text'])
})

test('a query that lists and reads is refused, not answered by tables without rows', async () => {
  await publish('raw.orders', 'select 1 as id')
  for (const sql of [
    'select (select count(*) from Raw.Orders) from duckdb_tables()',
    "select * from query('from raw.orders'), duckdb_tables()",
    'show tables; from raw.orders',
  ])
    await expect(store.query(sql), sql).rejects.toMatchObject({ code: 'SLUICE_LAKE_LISTING' })
})

test('statements of a table find it, now and as it was, under the name of the listing too', async () => {
  await publish('raw.orders', 'select 1 as id')
  await publish('raw.orders', "select 2 as id, 'x' as more")
  const file = join(trial.context.root, 'out.csv')
  for (const table of ['raw.orders', 'RAW."Orders"', 'lake.raw.orders', '"lake"."raw"."orders"']) {
    expect(await all(`table ${table}`)).toEqual(['2 x'])
    expect(await all(`table ${table} as of version 0`)).toEqual(['1'])
    for (const word of ['describe', 'desc', 'show', 'summarize', 'describe from', 'describe table']) {
      expect(await all(`${word} ${table}`), word).toHaveLength(2)
      expect(await all(`${word} ${table} as of version 0`), word).toHaveLength(1)
    }
    for (const word of ['explain', 'explain analyze', 'explain (format json)']) {
      expect(await all(`${word} from ${table}`)).toHaveLength(1)
      expect(await all(`${word} select * from ${table} as of version 0`)).toHaveLength(1)
    }
    expect(await all(`pivot ${table} on more using sum(id)`)).toEqual(['2'])
    expect(await all(`unpivot ${table} on id`)).toEqual(['x id 2'])
    expect(await all(`copy ${table} (id) to '${file}'`)).toEqual(['1'])
    expect(await readFile(file, 'utf8')).toBe('id\n2\n')
    expect(await all(`copy (from ${table} as of version 0) to '${file}'`)).toEqual(['1'])
    expect(await readFile(file, 'utf8')).toBe('id\n1\n')
  }
  expect(await all("from query_table('raw.orders')")).toEqual(['2 x'])
  await expect(all(`copy raw.orders from '${file}'`)).rejects.toMatchObject({ code: 'SLUICE_LAKE_READ_ONLY' })
})

test('what was seen of a table is remembered, and never believed of another one', async () => {
  const cacheDir = join(trial.context.root, 'cache')
  store = await open({ cacheDir })
  await publish('raw.orders', 'select 1 as id')
  await publish('raw.gone', 'select 1 as id')
  const columns = async () => {
    const again = await open({ cacheDir, mode: 'read' })
    return all("select table_name || '.' || column_name from information_schema.columns order by all", again)
  }
  expect(await columns()).toEqual(['gone.id', 'orders.id'])
  const [file = ''] = await readdir(cacheDir)
  const text = await readFile(join(cacheDir, file), 'utf8')
  // Only what is kept can tell this name: the log is not read again.
  await writeFile(join(cacheDir, file), text.replaceAll(String.raw`\"id\"`, String.raw`\"kept\"`))
  expect(await columns()).toEqual(['gone.kept', 'orders.kept'])
  await publish('raw.orders', 'select 1 as id, 2 as more')
  await rm(join(folder, 'raw/gone'), { recursive: true })
  await publish('raw.other', 'select 1 as id')
  await cp(join(folder, 'raw/other'), join(folder, 'raw/gone'), { recursive: true })
  expect(await columns()).toEqual(['gone.id', 'orders.id', 'orders.more', 'other.id'])
  await writeFile(join(cacheDir, file), '{"raw/or')
  expect(await columns()).toEqual(['gone.id', 'orders.id', 'orders.more', 'other.id'])
})

test.each([
  'VARCHAR) as v, (select 1',
  'VARCHAR, more INTEGER',
  'VARCHAR DEFAULT (1)',
  'ENUM(select 1)',
  'UUID -- no more',
])('a table of others whose property says `%s` for a type is refused by name', async type => {
  const properties = { 'sluice.types': JSON.stringify({ v: type }) }
  const table = await openTable(join(folder, 'raw/foreign'), {
    create: { columns: { v: 'VARCHAR' }, properties },
  })
  await table.append([{ v: 'a' }])
  await table.close()
  const refused = { code: 'SLUICE_LAKE_TYPES', title: expect.stringContaining('raw.foreign') }
  await expect(store.query('select * from raw.foreign')).rejects.toMatchObject(refused)
  const [told] = await all('select comment from duckdb_tables()')
  expect(told).toContain('`sluice.types` of `raw.foreign`')
})
