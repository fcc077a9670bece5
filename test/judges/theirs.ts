import type { WritingJudge } from './judges.ts'

/** A table that a judge makes, step by step; each step is one version or more. */
export type Theirs = {
  readonly name: string
  readonly judge: 'deltalake' | 'spark'
  readonly make: (judge: WritingJudge, path: string, rows: Rows) => Promise<void>
  /** Its change feed can be compared from this version on. */
  readonly feedFrom?: number
  /** We may not write to it: what it needs of a writer we do not know. */
  readonly readOnly?: true
}

/** A Parquet file with the rows of a SELECT, for judges that take files. */
export type Rows = (sql: string) => Promise<string>

const people = (from: number, count: number) =>
  `select i::bigint as id, 'name ' || (i % 7) as name, date '2024-01-01' + (i % 3)::integer as day,
    (i * 1.25)::decimal(12,2) as amount, timestamptz '2024-02-29 23:59:59.999999Z' + to_days(i::integer) as at
  from range(${from}, ${from + count}) r(i)`

const spark = (
  name: string,
  statements: (table: string) => readonly string[],
  more: Partial<Theirs> = {},
): Theirs => ({
  name: `Spark: ${name}`,
  judge: 'spark',
  make: async (judge, path) => {
    for (const sql of statements(`delta.\`${path}\``)) await judge.ask({ op: 'sql', sql })
  },
  ...more,
})

const columns = 'id BIGINT, name STRING, day DATE, amount DECIMAL(12,2)'
const insert = (table: string, from: number, count: number) =>
  `insert into ${table} (id, name, day, amount) select id, concat('name ', id % 7), date_add(date'2024-01-01',
    cast(id % 3 as int)), cast(id * 1.25 as decimal(12,2)) from range(${from}, ${from + count})`

const life = (table: string) => [
  insert(table, 0, 40),
  `delete from ${table} where id % 5 = 2`,
  `update ${table} set name = 'updated', amount = amount + 1 where id % 7 = 3`,
  `merge into ${table} t using (select id + 30 as id, 'merged' as name from range(0, 20)) s on t.id = s.id
   when matched and t.id = 31 then delete when matched then update set t.name = s.name
   when not matched then insert (id, name) values (s.id, s.name)`,
]

export const theirs: readonly Theirs[] = [
  spark(
    'deletion vectors and a change feed',
    t => [
      `create table ${t} (${columns}) using delta
     tblproperties ('delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true')`,
      ...life(t),
    ],
    { feedFrom: 1 },
  ),
  spark(
    'copy on write, partitioned, a change feed',
    t => [
      `create table ${t} (${columns}) using delta partitioned by (day)
     tblproperties ('delta.enableDeletionVectors' = 'false', 'delta.enableChangeDataFeed' = 'true')`,
      ...life(t),
    ],
    { feedFrom: 1 },
  ),
  spark('columns renamed and dropped', t => [
    `create table ${t} (${columns}) using delta partitioned by (name)
     tblproperties ('delta.columnMapping.mode' = 'name')`,
    insert(t, 0, 20),
    `alter table ${t} rename column amount to sum`,
    `alter table ${t} rename column name to who`,
    `alter table ${t} add column note string`,
    `alter table ${t} drop column day`,
    `insert into ${t} (id, who, sum, note) values (100, 'x', 1.5, 'new')`,
  ]),
  spark('column ids', t => [
    `create table ${t} (id BIGINT, s STRUCT<a: INT, b: STRING>, l ARRAY<STRUCT<x: DATE>>, m MAP<STRING, INT>)
     using delta tblproperties ('delta.columnMapping.mode' = 'id')`,
    `insert into ${t} select id, named_struct('a', cast(id as int), 'b', 'b'), array(named_struct('x', date'2024-01-01')),
     map('k', cast(id as int)) from range(0, 10)`,
    `alter table ${t} rename column s.a to z`,
    `insert into ${t} select id, named_struct('z', cast(id as int), 'b', 'c'), array(), map() from range(10, 15)`,
  ]),
  spark('types widened', t => [
    `create table ${t} (id INT, n SMALLINT, f FLOAT, d DECIMAL(6,2)) using delta
     tblproperties ('delta.enableTypeWidening' = 'true')`,
    `insert into ${t} select cast(id as int), cast(id as smallint), cast(0.1 as float), cast(1.5 as decimal(6,2))
     from range(0, 5)`,
    `alter table ${t} alter column n type int`,
    `alter table ${t} alter column f type double`,
    `alter table ${t} alter column d type decimal(12,2)`,
    `insert into ${t} values (100, 70000, 0.1, 1234567890.25)`,
  ]),
  spark('checkpoints of the second kind', t => [
    `create table ${t} (id BIGINT) using delta
     tblproperties ('delta.checkpointPolicy' = 'v2', 'delta.checkpointInterval' = '3')`,
    ...Array.from({ length: 8 }, (_, i) => `insert into ${t} values (${i}), (${i + 100})`),
    `delete from ${t} where id in (3, 104)`,
  ]),
  spark('optimized, Z-ordered, restored', t => [
    `create table ${t} (${columns}) using delta tblproperties ('delta.enableDeletionVectors' = 'true')`,
    ...Array.from({ length: 4 }, (_, i) => insert(t, i * 10, 10)),
    `delete from ${t} where id = 7`,
    `optimize ${t} zorder by (id, day)`,
    `delete from ${t} where id > 20`,
    `restore table ${t} to version as of 5`,
  ]),
  spark('rows tracked, times in commits', t => [
    `create table ${t} (${columns}) using delta tblproperties ('delta.enableRowTracking' = 'true',
     'delta.enableInCommitTimestamps' = 'true', 'delta.enableDeletionVectors' = 'true')`,
    ...life(t),
  ]),
  spark('rules', t => [
    `create table ${t} (${columns}) using delta partitioned by (day)`,
    `alter table ${t} add constraint positive check (amount >= 0)`,
    insert(t, 0, 60),
  ]),
  spark('clustered', t => [
    `create table ${t} (${columns}) using delta cluster by (id, day)`,
    insert(t, 0, 30),
    `optimize ${t}`,
  ]),
  spark('times of both kinds', t => [
    `create table ${t} (id INT, at TIMESTAMP, wall TIMESTAMP_NTZ) using delta partitioned by (at)`,
    `insert into ${t} values (1, timestamp'2024-03-31 01:30:00.123456 UTC', timestamp_ntz'1969-12-31 23:59:59.999999'),
     (2, null, null)`,
  ]),
  {
    name: 'delta-rs: appended, partitioned, deleted from, compacted',
    judge: 'deltalake',
    make: async (judge, path, rows) => {
      await judge.write(path, await rows(people(0, 40)), { partitions: ['day'] })
      await judge.write(path, await rows(people(40, 20)))
      await judge.ask({ op: 'do', table: path, what: 'delete', where: 'id % 5 = 2' })
      await judge.ask({ op: 'do', table: path, what: 'update', set: { name: "'x'" }, where: 'id < 5' })
      await judge.ask({ op: 'do', table: path, what: 'optimize' })
      await judge.ask({ op: 'do', table: path, what: 'checkpoint' })
      await judge.write(path, await rows(people(100, 5)))
    },
  },
  {
    name: 'delta-rs: merged, with a change feed',
    judge: 'deltalake',
    feedFrom: 1,
    make: async (judge, path, rows) => {
      const properties = { 'delta.enableChangeDataFeed': 'true' }
      await judge.write(path, await rows(people(0, 30)), { properties })
      await judge.ask({
        op: 'do',
        table: path,
        what: 'merge',
        rows: await rows(people(20, 20)),
        on: 's.id = t.id',
      })
      await judge.ask({ op: 'do', table: path, what: 'z_order', columns: ['id'] })
    },
  },
]
