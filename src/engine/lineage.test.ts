import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Analyzer, BindRequest } from '../connect/index.ts'
import type { ColumnLineage } from '../model/index.ts'
import { quoteName, quoteText } from '../sql/index.ts'
import { openAnalyzer } from './analyze.ts'

let analyzer: Analyzer
beforeAll(async () => {
  analyzer = await openAnalyzer()
})
afterAll(() => analyzer.close())

function table(name: string, ...specs: readonly string[]): BindRequest['tables'][number] {
  const columns = specs.map(spec => {
    const [column = '', type = ''] = spec.split(' ')
    return { name: column, type, nullable: true }
  })
  return { name, columns }
}

const tables = [
  table('r.o', 'id INTEGER', 'c INTEGER', 'x INTEGER', 'day DATE', 'l INTEGER[]'),
  table('r.p', 'c INTEGER', 'name VARCHAR', 'up INTEGER', 'day DATE'),
]

async function lineageOf(queries: readonly string[]): Promise<readonly (readonly ColumnLineage[])[]> {
  const named = queries.map((sql, index) => ({ name: `m.q${index}`, sql }))
  const bound = await analyzer.bind({ tables, queries: named, lineage: true })
  return bound.map((one, index) => {
    if (one.ok !== true || one.lineage === undefined)
      throw new TypeError(`${queries[index]}: ${JSON.stringify(one)}`)
    return one.lineage
  })
}

/** `sum <= o.x aggregation | o.day group by` */
function words(lineage: readonly ColumnLineage[]): readonly string[] {
  const name = (one: { asset: string; column: string; how: string }) =>
    `${one.asset.slice(2)}.${one.column} ${one.how}`
  return lineage.map(({ column, from, shapedBy }) => {
    const [flows, shapes] = [from.map(name).sort(), shapedBy.map(name).sort()]
    return `${column} <= ${flows.join(', ')}${shapes.length > 0 ? ` | ${shapes.join(', ')}` : ''}`
  })
}

/**
 * Per operator of the plan: what flows where. A new version of the engine that plans otherwise shows here.
 */
const golden: readonly (readonly [sql: string, ...expected: readonly string[]])[] = [
  [
    'select id, x + c as s, x::bigint b, 1 as one from r.o',
    'id <= o.id identity',
    's <= o.c transformation, o.x transformation',
    'b <= o.x transformation',
    'one <= ',
  ],
  [
    'select day, sum(x) as s, count(*) n from r.o where c > 1 group by day',
    'day <= o.day identity | o.c filter, o.day group by',
    's <= o.x aggregation | o.c filter, o.day group by',
    'n <=  | o.c filter, o.day group by',
  ],
  ['select sum(x) filter (where c > 1) as s from r.o', 's <= o.x aggregation | o.c conditional'],
  [
    'select case when c > 1 then x else id end as v from r.o',
    'v <= o.id transformation, o.x transformation | o.c conditional',
  ],
  [
    'select sum(x) over (partition by c order by day) as s from r.o',
    's <= o.x aggregation | o.c window, o.day window',
  ],
  [
    'select name, x from r.o join r.p using (c)',
    'name <= p.name identity | o.c join, p.c join',
    'x <= o.x identity | o.c join, p.c join',
  ],
  [
    'select id from r.o where c in (select c from r.p where up = 1)',
    'id <= o.id identity | o.c filter, o.c join, p.c filter, p.c join, p.up filter',
  ],
  [
    'select id, (select max(name) from r.p where p.c = o.c) as n from r.o',
    'id <= o.id identity | o.c filter, o.c group by, o.c join, p.c filter',
    'n <= p.name aggregation | o.c filter, o.c group by, o.c join, p.c filter',
  ],
  ['select day from r.o union all select day from r.p', 'day <= o.day identity, p.day identity'],
  ["select day from r.o union all select date '2026-01-01'", 'day <= o.day transformation'],
  ['select c from r.o except select c from r.p', 'c <= o.c identity | o.c group by, p.c filter'],
  [
    'with t as materialized (select id, x + 1 as y from r.o) select a.y, b.id from t a join t b using (id)',
    'y <= o.x transformation | o.id join',
    'id <= o.id identity | o.id join',
  ],
  [
    'with recursive t as (select c, up, name from r.p union all select p.c, p.up, t.name ' +
      'from t join r.p p on p.c = t.up) select c, name from t',
    'c <= p.c identity | p.c join, p.up join',
    'name <= p.name identity | p.c join, p.up join',
  ],
  ['select id, unnest(l) as e from r.o', 'id <= o.id identity', 'e <= o.l transformation'],
  ['select o.id, j.e from r.o o, unnest(o.l) as j(e)', 'id <= o.id identity', 'e <= o.l transformation'],
  ['select list_transform(l, lambda i: i + x) as t from r.o', 't <= o.l transformation, o.x transformation'],
  ['select id from r.o order by x limit 3', 'id <= o.id identity | o.x sort'],
  [
    'select distinct on (c) id from r.o order by c, x',
    'id <= o.id identity | o.c group by, o.c sort, o.x sort',
  ],
  [
    'pivot r.o on c in (1, 2) using sum(x) group by day',
    'day <= o.day identity | o.day group by',
    '1 <= o.x aggregation | o.c conditional, o.day group by',
    '2 <= o.x aggregation | o.c conditional, o.day group by',
  ],
  ['select a, b from (values (1, 2), (3, 4)) v(a, b)', 'a <= ', 'b <= '],
  ['select range, id from range(3), r.o', 'range <= ', 'id <= o.id identity'],
  [
    'with f as (select * from r.o), g as (select * from f) select * exclude (l, id, c, day) from g',
    'x <= o.x identity',
  ],
]
test('what flows where, by operator', async () => {
  const found = await lineageOf(golden.map(([sql]) => sql))
  golden.forEach(([sql, ...expected], index) => {
    expect(words(found[index] ?? []), sql).toEqual(expected)
  })
})

/** Queries with a column `day`, and the tables with whose days it must be aligned. */
const aligned: readonly (readonly [sql: string, ...assets: readonly string[]])[] = [
  ['select day, x from r.o where x > 1', 'r.o'],
  ['select day, sum(x) s from r.o group by all', 'r.o'],
  ['select day, c, sum(x) s from r.o group by all having sum(x) > 2', 'r.o'],
  ['select day, x, row_number() over (partition by day, c order by x, id) n from r.o', 'r.o'],
  ['select day, sum(x) over (order by day, id) s from r.o'],
  ['select day, row_number() over (partition by c order by id) n from r.o'],
  ['select distinct day, c from r.o', 'r.o'],
  ['select distinct on (c) day, c from r.o order by c, id'],
  ['select day, x from r.o order by x, id limit 3'],
  ['select day, sum(x) s from r.o group by grouping sets ((day), ())'],
  ['select o.day, o.x, p.name from r.o o join r.p p using (c)', 'r.o'],
  ['select o.day, o.x, p.name from r.o o join r.p p on o.c = p.c and o.day = p.day', 'r.o', 'r.p'],
  ['select o.day, o.x, p.name from r.o o left join r.p p on o.c = p.c and o.day = p.day', 'r.o', 'r.p'],
  ['select p.day, o.x, p.name from r.o o left join r.p p on o.c = p.c and o.day = p.day'],
  ['select o.day, o.x, p.name from r.o o right join r.p p on o.c = p.c and o.day = p.day'],
  ['select day, o.x, p.name from r.o o full join r.p p using (day)'],
  ['select a.day, a.x, b.x y from r.o a join r.o b on a.day = b.day and a.c = b.c', 'r.o'],
  ['select a.day, a.x, b.x y from r.o a join r.o b on a.day = b.day + 1'],
  ['select a.day, count(*) n from r.o a join r.o b on b.day <= a.day group by all'],
  ['select day, x, (select max(x) from r.o) m from r.o'],
  ['select day, x, (select max(name) from r.p where p.c = o.c) m from r.o o', 'r.o'],
  ['select day, x from r.o semi join r.p using (day)', 'r.o', 'r.p'],
  ['select day, x from r.o anti join r.p using (day)', 'r.o', 'r.p'],
  ['select day, x from r.o where c not in (select c from r.p where c is not null)', 'r.o'],
  ['select day, c from r.o union all select day, c from r.p', 'r.o', 'r.p'],
  ['select day, c from r.o union select day, up from r.p', 'r.o', 'r.p'],
  ['select day, c from r.o except select day, c from r.p', 'r.o', 'r.p'],
  ['select day, c from r.o intersect select day, c from r.p', 'r.o', 'r.p'],
  ['select day, c from r.o union all select day + 1, c from r.o'],
  ["select day, c from r.o union all select date '2026-01-02', max(c) from r.o"],
  ['select day + 1 as day, x from r.o'],
  ['select day, unnest(l) e from r.o', 'r.o'],
  ['select o.day, j.e from r.o o, unnest(o.l) j(e)', 'r.o'],
  ['with t as materialized (select day, x from r.o) select day, sum(x) s from t group by all', 'r.o'],
  ['with t as (select day, x from r.o) select a.day, a.x from t a where a.x = (select max(x) from t)'],
  [
    'with recursive t as (select day, x from r.o union all select day, x + 1 from t where x ' +
      '< 3) select * from t',
  ],
  ['select day, x from r.o qualify rank() over (partition by day order by x desc) = 1', 'r.o'],
  ['select day, x from r.o qualify rank() over (order by x desc) = 1'],
  ['select p.day, o.x from r.o o cross join r.p p', 'r.p'],
  ['select o.day, p.name from r.o o asof join r.p p on o.c = p.c and o.day >= p.day', 'r.o'],
  ['select day, x from r.o where day = (select max(day) from r.p)', 'r.o'],
]

const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']

/** Random rows in `whole`, NULLs among them; `r` holds what a query is to see of them. */
const setUp = `attach ':memory:' as whole; create schema r; select setseed(0.42);
  create table whole.o as select i::integer id, (i % 4)::integer c, (random() * 5)::integer x,
    case when i % 11 > 0 then date '2026-01-01' + (random() * 3)::integer end as day, [i % 3, i % 5]::integer[] l
    from range(60) t(i);
  create table whole.p as select (i % 5)::integer c, 'n' || i as name, (i % 3)::integer up,
    case when i % 7 > 0 then date '2026-01-01' + (random() * 3)::integer end as day from range(20) t(i)`

test('partitions are aligned where one can be built alone, and running them alone agrees', async () => {
  const found = await lineageOf(aligned.map(([sql]) => sql))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rowsOf = async (sql: string, day: string): Promise<readonly string[]> => {
    const of = `select q::varchar from (select * from (${sql}) where day = ${quoteText(day)}) q`
    return (await connection.runAndReadAll(of)).getRows().map(String).sort()
  }
  const fill = async (asset: string, where: string): Promise<void> => {
    const name = quoteName(asset.slice(2))
    await connection.run(`create or replace table r.${name} as from whole.${name} where ${where}`)
  }
  const rebuilt = async (sql: string, asset: string, day: string): Promise<void> => {
    await fill('r.o', 'true')
    await fill('r.p', 'true')
    const rows = await rowsOf(sql, day)
    await fill(asset, `day = ${quoteText(day)}`)
    expect(await rowsOf(sql, day), `${sql} for ${day} with only that day of ${asset}`).toEqual(rows)
  }
  try {
    await connection.run(setUp)
    for (const [index, [sql, ...assets]] of aligned.entries()) {
      const day = found[index]?.find(({ column }) => column === 'day')
      expect(day?.alignedWith?.map(({ asset }) => asset).sort() ?? [], sql).toEqual([...assets].sort())
      const pairs = assets.flatMap(asset => days.map(one => [asset, one] as const))
      for (const [asset, one] of pairs) await rebuilt(sql, asset, one)
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
})
