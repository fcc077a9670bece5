import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Analyzer, BindRequest } from '../connect/index.ts'
import type { Column } from '../model/index.ts'
import { findReferences, quoteAsset, quoteName } from '../sql/index.ts'
import { openAnalyzer } from './analyze.ts'

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await openAnalyzer()
})
afterAll(() => analyzer.close())

function columns(...specs: readonly string[]): readonly Column[] {
  return specs.map(spec => {
    const space = spec.indexOf(' ')
    return { name: spec.slice(0, space), type: spec.slice(space + 1), nullable: true }
  })
}

const tables: BindRequest['tables'] = [
  {
    name: 'raw.orders',
    columns: columns(
      'id BIGINT',
      'customer INTEGER',
      'amount DECIMAL(18,3)',
      'ts TIMESTAMP WITH TIME ZONE',
      'day DATE',
      "state ENUM('open', 'paid')",
      'items STRUCT(sku VARCHAR, n INTEGER)[]',
      'tags VARCHAR[]',
      'meta MAP(VARCHAR, DOUBLE)',
      'Größe DOUBLE',
    ),
  },
  {
    name: 'raw.customers',
    columns: columns('customer INTEGER', 'name VARCHAR', 'parent INTEGER', 'day DATE'),
  },
]

/** One of each kind of query that people write. Every one is run for real below. */
const corpus: { readonly [name: string]: string } = {
  star: 'select * from raw.orders',
  exclude: 'select * exclude (items, meta) replace (amount * 2 as amount) from raw.orders',
  using: 'select * from raw.orders join raw.customers using (customer)',
  grouped: 'select day, state, sum(amount) as s, count(*) as n, avg(amount) a from raw.orders group by all',
  windowed:
    'select id, row_number() over w as r, lag(amount) over w p, sum(amount) over (order by ' +
    'ts) from raw.orders window w as (partition by day order by ts)',
  qualified: 'select * from raw.orders qualify row_number() over (partition by id order by ts desc) = 1',
  pivoted: "pivot raw.orders on state in ('open', 'paid') using sum(amount) as total group by day",
  standard_pivot: "select * from raw.orders pivot (count(*) for state in ('open', 'paid') group by day)",
  unpivoted: 'unpivot (select id, customer::bigint c, id as d from raw.orders) on c, d into name k value v',
  unnested: 'select id, unnest(items) as item, unnest(tags) tag from raw.orders',
  lateral_unnest: 'select o.id, i.sku, i.n from raw.orders o, unnest(o.items) as t(i)',
  lateral:
    'select * from raw.customers c, lateral (select max(amount) m from raw.orders o where ' +
    'o.customer = c.customer) q',
  recursive:
    'with recursive up as (select customer, parent, 1 as level from raw.customers union all ' +
    'select u.customer, c.parent, level + 1 from up u join raw.customers c on c.customer = ' +
    'u.parent where level < 9) select * from up',
  materialized:
    'with o as materialized (select id, day from raw.orders) select a.id, b.day from o a join o b using (id)',
  shadowing: 'with orders as (select id from raw.orders) select * from orders',
  sets: 'select id, day from raw.orders union all by name select day, customer as id from raw.customers',
  except_set: 'select customer from raw.orders except select customer from raw.customers',
  correlated:
    'select id, (select max(name) from raw.customers c where c.customer = o.customer) as n from raw.orders o',
  exists_in:
    'select id from raw.orders o where exists (from raw.customers c where c.customer = ' +
    'o.customer) and customer in (select customer from raw.customers)',
  nested:
    "select {'a': id, 'b': [amount]} as s, map {'k': day} as m, [1, 2]::integer[2] as fixed, " +
    "meta['x'] x from raw.orders",
  casts:
    "select amount::decimal(10, 2) d, ts at time zone 'UTC' l, ts::date, amount / 3 q, 7 " +
    '// 2 i, "Größe" from raw.orders',
  zoned:
    "select date_trunc('day', ts) t, ts - interval 1 hour h, extract(year from ts) y, " +
    'epoch_us(ts) u from raw.orders',
  from_first: 'from raw.orders select day, list(id order by ts) as ids where amount > 0 group by day',
  values_list: "select * from (values (1, 'a', null), (2, 'b', 3.5)) t(x, y, z)",
  distinct_on: 'select distinct on (customer) customer, ts from raw.orders order by customer, ts desc',
  semi: 'from raw.orders semi join raw.customers using (customer)',
  asof: 'select o.id, c.name from raw.orders o asof left join raw.customers c on o.day >= c.day',
  positional: 'select a.id, b.name from raw.orders a positional join raw.customers b',
  sampled: 'select id from raw.orders using sample 10% (bernoulli)',
  grouping:
    'select day, customer, sum(amount) s, grouping(day) g from raw.orders group by cube (day, customer)',
  lambda:
    'select id, list_transform(tags, lambda x: x || id) t, list_filter(items, lambda i: i.n ' +
    '> 1) f from raw.orders',
  branches:
    "select case when amount > 1 then day end as big, coalesce(state::varchar, 'none') s, " +
    'null as nothing from raw.orders',
  duplicates: 'select id, id, count(*), 1 from raw.orders group by all',
  from_nothing:
    "select 1 as one, 'x' as x, 1.50 as dec, date '2026-01-01' as d, " +
    '170141183460469231731687303715884105727 as huge',
  commented: '/* lead */ select id -- ; not the end\n from raw.orders; -- tail',
  columns_expression:
    "select columns('^(id|day)$'), columns(* exclude (items, meta, tags))::varchar from raw.orders",
  json_made:
    "select to_json(items) j, json_extract(to_json(items), '$[0].sku') e, '{}'::json k from raw.orders",
  ranges: 'select o.id, r.range from raw.orders o, range(3) r',
  by_position: 'select day, count(*) from raw.orders group by 1 order by 2 desc limit 3 offset 1',
}

const queries = Object.entries(corpus).map(([name, sql]) => ({ name: `m.${name}`, sql }))

/**
 * What the engine makes of the same queries when they really run, over tables with the same columns and no
 * rows.
 */
async function madeForReal(): Promise<ReadonlyMap<string, readonly string[]>> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run('create schema raw; create schema m')
    for (const table of tables) {
      const list = table.columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
      await connection.run(`create table ${quoteAsset(table.name)} (${list})`)
    }
    const made = new Map<string, readonly string[]>()
    for (const { name, sql } of queries) {
      await connection.run(`create table ${quoteAsset(name)} as ${sql}`)
      const answer = await connection.runAndReadAll(`describe ${quoteAsset(name)}`)
      made.set(
        name,
        answer.getRows().map(([column, type]) => `${column} ${type}`),
      )
    }
    return made
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

test('columns and types are those that the engine makes when the query runs', async () => {
  const bound = await analyzer.bind({ tables, queries, lineage: true })
  const real = await madeForReal()
  queries.forEach(({ name }, index) => {
    const answer = bound[index]
    expect(answer, name).toMatchObject({ ok: true })
    if (answer?.ok !== true) return
    expect(
      answer.columns.map(column => `${column.name} ${column.type}`),
      name,
    ).toEqual(real.get(name))
    expect(answer.lineage, `lineage of ${name}`).toHaveLength(answer.columns.length)
  })
})

test('tables that a query reads are found by the tree, and by tokens alike', async () => {
  const parsed = await analyzer.parse(queries.map(({ sql }) => sql))
  queries.forEach(({ name, sql }, index) => {
    const answer = parsed[index]
    if (answer?.ok !== true) throw answer
    const places = answer.reads.map(({ schema, table, offset, length }) => {
      expect(sql.slice(offset, offset + length), name).toBe(`${schema}.${table}`)
      return `${schema}.${table} ${offset}`
    })
    const byTokens = findReferences(sql).map(({ schema, table, offset }) => `${schema}.${table} ${offset}`)
    expect(byTokens, name).toEqual(places)
  })
})

test('places count characters, also behind text that is longer in bytes', async () => {
  const sql = `select 'süß 🌊', "Größe" as größe from raw.orders o join "raw"."customers" using (customer)`
  const [parsed] = await analyzer.parse([sql])
  if (parsed?.ok !== true) throw parsed
  const texts = parsed.reads.map(({ offset, length }) => sql.slice(offset, offset + length))
  expect(texts).toEqual(['raw.orders', '"raw"."customers"'])
  const wrong = `select 'süß 🌊', nope as größe from raw.orders`
  const broken = `select 'süß 🌊' from from raw.orders`
  const [bound] = await analyzer.bind({ tables, queries: [{ name: 'm.größer', sql: wrong }], lineage: false })
  const [syntax] = await analyzer.parse([broken])
  expect(bound).toMatchObject({
    ok: false,
    offset: wrong.indexOf('nope'),
    missing: { kind: 'column', name: 'nope' },
  })
  expect(syntax).toMatchObject({ ok: false, offset: broken.lastIndexOf('from') })
})

test('the normal form changes with meaning only', async () => {
  const same = [
    'select id, sum(amount) as s from raw.orders where day > 3 group by id',
    'SELECT id,  -- note "query_location":7\n sum( amount ) S FROM raw.orders /* x */ WHERE ' +
      'day>3 GROUP BY id;',
  ]
  const other = 'select id, sum(amount) as s from raw.orders where day > 4 group by id'
  const text = [`select '"query_location":1,' as t`, `select '"query_location":2,' as t`]
  const parsed = await analyzer.parse([...same, other, ...text])
  const normals = parsed.map(one => (one.ok ? one.normal.replaceAll('"S"', '"s"') : ''))
  expect(normals[1]).toBe(normals[0])
  expect(normals[2]).not.toBe(normals[0])
  expect(normals[4]).not.toBe(normals[3])
})

const refused: readonly (readonly [sql: string, words: RegExp, at: string | undefined])[] = [
  ['insert into t values (1)', /`insert` begins no query/, 'insert'],
  ['-- nothing\n', /no query/, undefined],
  ['select 1; select 2', /more than one query/, 'select 2'],
  ['select id frm orders x', /syntax error/i, 'orders x'],
  ["select 'open from t", /unterminated/i, "'open"],
]
test.each(refused)('%s is refused with words and a place', async (sql, words, at) => {
  const [answer] = await analyzer.parse([sql])
  expect(answer).toMatchObject({ ok: false, words: expect.stringMatching(words) })
  if (answer?.ok === false) expect(answer.offset).toBe(at === undefined ? undefined : sql.indexOf(at))
})

const unbound: readonly (readonly [sql: string, expected: object])[] = [
  [
    'select amonut from raw.orders',
    { ok: false, missing: { kind: 'column', name: 'amonut', near: expect.arrayContaining(['amount']) } },
  ],
  ['select o.amonut from raw.orders o', { ok: false, missing: { kind: 'column', name: 'amonut' } }],
  ['select x.id from raw.orders', { ok: false, missing: { kind: 'table', name: 'x' } }],
  ['select 1 from raw.nothing', { ok: false, missing: { kind: 'table', name: 'nothing' } }],
  ['select frobnicate(id) from raw.orders', { ok: false, missing: { kind: 'function', name: 'frobnicate' } }],
  [
    'select id + day from raw.orders',
    { ok: false, words: expect.stringMatching(/^No function matches .*casts\.$/) },
  ],
  ['select id, sum(amount) from raw.orders', { ok: false, words: expect.stringMatching(/GROUP BY/) }],
  ["select * from read_csv('x.csv')", { ok: 'unknown', words: expect.stringMatching(/reads files/) }],
  ["select * from 'x.parquet'", { ok: 'unknown' }],
  ['select st_point(1, 2)', { ok: 'unknown', words: expect.stringMatching(/extension spatial/) }],
  [
    'pivot raw.orders on customer using sum(amount)',
    { ok: 'unknown', words: expect.stringMatching(/PIVOT/) },
  ],
]
test('what does not bind says why; what is not known offline is no error; neighbours stand', async () => {
  const asked = unbound.flatMap(([sql], index) => [
    { name: `m.bad_${index}`, sql },
    { name: `m.above_${index}`, sql: `select * from m.bad_${index}` },
    { name: `m.good_${index}`, sql: 'select id from raw.orders' },
  ])
  const bound = await analyzer.bind({ tables, queries: asked, lineage: false })
  unbound.forEach(([sql, expected], index) => {
    expect(bound[index * 3], sql).toMatchObject(expected)
    expect(bound[index * 3 + 1], `above ${sql}`).toMatchObject({ ok: 'unknown' })
    expect(bound[index * 3 + 2], `beside ${sql}`).toMatchObject({ ok: true })
  })
})

test('columns that writing adds are seen behind a query and are not part of its answer', async () => {
  const adds = columns('valid_from TIMESTAMP', 'is_current BOOLEAN')
  const bound = await analyzer.bind({
    tables,
    queries: [
      { name: 'm.a', sql: 'select id from raw.orders', adds },
      { name: 'm.b', sql: 'select id, valid_from from m.a where is_current' },
    ],
    lineage: ['m.b'],
  })
  expect(bound).toMatchObject([
    { columns: [{ name: 'id' }], lineage: undefined },
    {
      columns: [{ name: 'id' }, { name: 'valid_from' }],
      lineage: [
        { from: [{ asset: 'm.a', column: 'id', how: 'identity' }] },
        {
          from: [{ asset: 'm.a', column: 'valid_from' }],
          shapedBy: [{ asset: 'm.a', column: 'is_current' }],
        },
      ],
    },
  ])
})

const deep: { readonly [what: string]: string } = {
  'a sum of 900': `select ${'id + '.repeat(899)}id as s from raw.orders`,
  '450 CASEs in one another': `select ${'case when id > 1 then id else '.repeat(450)}1${' end'.repeat(450)} as s from raw.orders`,
  '900 calls in one another': `select ${'coalesce(1, '.repeat(900)}id${')'.repeat(900)} as s from raw.orders`,
  '2,000 branches': Array.from({ length: 2000 }, () => 'select id as s from raw.orders').join(' union all '),
  '200 subqueries': `${'select * from ('.repeat(200)}select id as s from raw.orders${') t'.repeat(200)}`,
}
test.each(Object.entries(deep))('%s are no reason to fail', async (_, sql) => {
  const [parsed] = await analyzer.parse([sql])
  const [bound] = await analyzer.bind({ tables, queries: [{ name: 'm.deep', sql }], lineage: true })
  expect(parsed).toMatchObject({ ok: true })
  expect(bound).toMatchObject({
    columns: [{ name: 's', type: 'BIGINT' }],
    lineage: [{ column: 's', from: [{ asset: 'raw.orders', column: 'id' }] }],
  })
})
