import type { DeltaTable, NewTable } from '../../src/formats/delta/index.ts'

/** A table that we write, and what a reader must understand to read it. */
export type Case = {
  readonly name: string
  readonly create: NewTable
  readonly fill: (table: DeltaTable) => Promise<void>
  readonly needs: readonly Feature[]
}

export type Feature =
  | 'deletion vectors'
  | 'column mapping'
  | 'partitions of mapped columns'
  | 'v2 checkpoint'
  | 'type widening'
  | 'timestamp without zone'
  | 'nested values that are NULL'

const scalars = {
  id: 'BIGINT not null',
  flag: 'BOOLEAN',
  tiny: 'TINYINT',
  small: 'SMALLINT',
  number: 'INTEGER',
  real: 'FLOAT',
  double: 'DOUBLE',
  amount: 'DECIMAL(18,4)',
  huge: 'DECIMAL(38,9)',
  name: 'VARCHAR',
  bytes: 'BLOB',
  day: 'DATE',
  at: 'TIMESTAMP WITH TIME ZONE',
} as const

/** Rows with the edges of every type, NULL and empty text among them; `from` and `count` tell which ids. */
function rowsOf(from: number, count: number): string {
  return `select i::bigint as id,
    case i % 3 when 0 then true when 1 then false end as flag,
    (case when i % 7 = 0 then -128 when i % 7 = 1 then 127 when i % 7 > 2 then i % 100 end)::tinyint as tiny,
    (case when i % 5 = 0 then -32768 when i % 5 = 1 then 32767 else i % 1000 end)::smallint as small,
    (case when i % 11 = 0 then -2147483648 when i % 11 = 1 then 2147483647 when i % 11 > 2 then i end)::integer
      as number,
    (case i % 6 when 0 then 'nan' when 1 then 'inf' when 2 then '-0.0' when 3 then '1.5e-30' else '3.25' end)::float
      as real,
    (case i % 6 when 0 then 'nan' when 1 then '-inf' when 2 then '5e-324' else '0.1' end)::double + 0 as double,
    (case when i % 9 = 0 then '99999999999999.9999' when i % 9 = 1 then '-0.0001' when i % 9 > 3 then i || '.5' end)
      ::decimal(18,4) as amount,
    (case when i % 4 = 0 then '99999999999999999999999999999.999999999' else '-1.000000001' end)::decimal(38,9) as huge,
    case i % 8 when 0 then '' when 1 then null when 2 then 'Ünïcödé 🚲' when 3 then 'a/b=c%20d' when 4 then 'it''s "so"'
      else 'name ' || i % 13 end as name,
    case i % 5 when 0 then '\\x00\\xFF'::blob when 1 then ''::blob when 2 then null else encode('b' || i) end as bytes,
    case when i % 10 = 0 then null else date '1969-12-28' + (i % 9)::integer end as day,
    case when i % 10 = 1 then null
      else timestamptz '2024-02-29 23:59:59.999999Z' - to_microseconds((i % 17) * 3600000001) end as at
    from range(${from}, ${from + count}) r(i)`
}

type Partition = readonly (keyof typeof scalars)[]
const partitions: readonly Partition[] = [
  [],
  ['name'],
  ['day'],
  ['number'],
  ['flag', 'small'],
  ['at'],
  ['amount'],
  ['day', 'name'],
]
const mappings = ['none', 'name'] as const
const deletes = ['none', 'deletion vectors', 'copy on write', 'merge'] as const
const evolutions = ['none', 'add', 'rename', 'drop'] as const
const checkpoints = ['none', 'classic', 'v2'] as const

/** Partitions × mapping × deletes; evolution and checkpoints go round, so that each meets each. */
export function cases(): readonly Case[] {
  let turn = 0
  const product = partitions.flatMap(partition =>
    mappings.flatMap(mapping =>
      deletes.map(deleted => {
        turn++
        return caseOf({
          partition,
          mapping,
          deleted,
          evolution: evolutions[turn % (mapping === 'name' ? 4 : 2)] ?? 'none',
          checkpoint: checkpoints[turn % 3] ?? 'none',
        })
      }),
    ),
  )
  return [...product, ...special]
}

type Traits = {
  readonly partition: Partition
  readonly mapping: (typeof mappings)[number]
  readonly deleted: (typeof deletes)[number]
  readonly evolution: (typeof evolutions)[number]
  readonly checkpoint: (typeof checkpoints)[number]
}

function caseOf(traits: Traits): Case {
  const { partition, mapping, deleted, evolution, checkpoint } = traits
  const vectors = deleted !== 'copy on write'
  const properties = {
    'delta.enableDeletionVectors': String(vectors),
    ...(mapping === 'name' ? { 'delta.columnMapping.mode': 'name' } : {}),
    ...(checkpoint === 'v2' ? { 'delta.checkpointPolicy': 'v2' } : {}),
  }
  const needs: Feature[] = [
    ...(vectors ? (['deletion vectors'] as const) : []),
    ...(mapping === 'name' ? (['column mapping'] as const) : []),
    ...(mapping === 'name' && partition.length > 0 ? (['partitions of mapped columns'] as const) : []),
    ...(checkpoint === 'v2' ? (['v2 checkpoint'] as const) : []),
  ]
  const by = partition.length === 0 ? 'whole' : `by ${partition.join('+')}`
  return {
    name: [by, mapping === 'name' ? 'mapped' : 'plain', deleted, evolution, checkpoint].join(', '),
    create: { columns: scalars, partitionBy: partition, properties },
    needs,
    fill: table => fill(table, traits),
  }
}

async function fill(table: DeltaTable, traits: Traits): Promise<void> {
  // '' is no value of a partition: the protocol reads it as NULL.
  const named = traits.partition.includes('name')
    ? `select * replace (nullif(name, '') as name) from`
    : 'from'
  const rows = (from: number, count: number) => ({ sql: `${named} (${rowsOf(from, count)})` })
  await table.append(rows(0, 60))
  await table.append(rows(60, 30))
  if (traits.deleted === 'deletion vectors' || traits.deleted === 'copy on write')
    await table.delete('id % 7 = 3 or id between 20 and 22')
  if (traits.deleted === 'merge') await table.upsert(rows(80, 30), { key: ['id'] })
  if (traits.evolution === 'add') await table.addColumns([{ path: ['added'], type: 'VARCHAR' }])
  if (traits.evolution === 'rename') await table.renameColumn('double', 'twofold of it')
  if (traits.evolution === 'drop') await table.dropColumns(['huge'])
  if (traits.checkpoint !== 'none') await table.checkpoint()
  if (traits.evolution === 'none') await table.append(rows(200, 20))
  if (traits.evolution === 'add')
    await table.append({ sql: `select *, 'a' || id as added from (${rows(200, 20).sql})` })
}

const people = `from (values (1, 'Ada', date '1915-12-10'), (2, 'Grace', null), (3, null, date '1906-12-09'))
  t(id, name, born)`
const personColumns = { id: 'INTEGER', name: 'VARCHAR', born: 'DATE' }

const special: readonly Case[] = [
  {
    name: 'nested',
    create: {
      columns: {
        id: 'INTEGER',
        person: 'STRUCT(name VARCHAR, address STRUCT(city VARCHAR, zip INTEGER))',
        tags: 'VARCHAR[]',
        scores: 'MAP(VARCHAR, DOUBLE)',
        deep: 'STRUCT(a INTEGER, b DATE[])[]',
      },
    },
    needs: ['deletion vectors', 'nested values that are NULL'],
    fill: async table => {
      await table.append({
        sql: `select i::integer as id,
          case when i % 4 = 0 then null else {name: 'n' || i, address: {city: 'c', zip: i::integer}} end as person,
          case when i % 3 = 0 then null when i % 3 = 1 then [] else ['x', null, 'y'] end::varchar[] as tags,
          map {'k' || i: i / 2} as scores,
          [{a: i::integer, b: [date '2024-01-01', null]}, null] as deep from range(40) r(i)`,
      })
      await table.delete('id = 5')
    },
  },
  {
    name: 'empty',
    create: { columns: personColumns },
    needs: ['deletion vectors'],
    fill: async () => undefined,
  },
  {
    name: 'emptied',
    create: { columns: personColumns },
    needs: ['deletion vectors'],
    fill: async table => {
      await table.append({ sql: people })
      await table.delete()
    },
  },
  {
    name: 'without zone',
    create: { columns: { id: 'INTEGER', at: 'TIMESTAMP', day: 'DATE' }, partitionBy: ['day'] },
    needs: ['timestamp without zone', 'deletion vectors'],
    fill: async table => {
      await table.append({
        sql: `select i::integer as id, timestamp '1969-12-31 23:59:59.999999' + to_days(i::integer) as at,
          date '2024-01-01' + (i % 3)::integer as day from range(20) r(i)`,
      })
    },
  },
  {
    name: 'widened',
    create: { columns: { id: 'INTEGER', n: 'SMALLINT' }, properties: { 'delta.enableTypeWidening': 'true' } },
    needs: ['type widening', 'deletion vectors'],
    fill: async table => {
      await table.append({ sql: 'select i::integer as id, i::smallint as n from range(10) r(i)' })
      await table.changeColumn('n', { type: 'INTEGER' })
      await table.append({
        sql: 'select 100 + i::integer as id, (70000 + i)::integer as n from range(10) r(i)',
      })
    },
  },
  {
    name: 'optimized, sorted, restored',
    create: { columns: personColumns },
    needs: ['deletion vectors'],
    fill: async table => {
      for (let i = 0; i < 12; i++)
        await table.append({ sql: `select id + ${i * 10} as id, name, born ${people}` })
      await table.delete('id % 10 = 2')
      const before = await table.version()
      await table.optimize({ zorder: ['id', 'born'] })
      await table.delete('id > 50')
      await table.restore({ version: before })
    },
  },
  {
    name: 'generated, numbered, ruled',
    create: {
      columns: {
        day: 'DATE',
        month: { kind: 'generated', expression: 'month(day)', type: 'INTEGER' },
        n: { kind: 'identity', values: 'always', type: 'BIGINT' },
        label: { kind: 'default', expression: "'none'", type: 'VARCHAR' },
      },
      properties: { 'delta.feature.allowColumnDefaults': 'supported' },
    },
    needs: ['deletion vectors'],
    fill: async table => {
      await table.addConstraint('recent', "day > '2000-01-01'")
      await table.append({ sql: "select date '2024-01-31' + i::integer as day from range(40) r(i)" })
    },
  },
  {
    name: 'changes kept, rows tracked, times in commits',
    create: {
      columns: personColumns,
      properties: {
        'delta.enableChangeDataFeed': 'true',
        'delta.enableRowTracking': 'true',
        'delta.enableInCommitTimestamps': 'true',
      },
    },
    needs: ['deletion vectors'],
    fill: async table => {
      await table.append({ sql: people })
      await table.update({ name: "'X'" }, 'id = 2')
      await table.upsert({ sql: `select id + 1 as id, 'U' as name, born ${people}` }, { key: ['id'] })
      await table.delete('id = 1')
    },
  },
  {
    name: 'names that files cannot have',
    create: { columns: { 'a b': 'INTEGER', 'c;{}()=': 'VARCHAR', "it's": 'DATE' }, partitionBy: ["it's"] },
    needs: ['column mapping', 'partitions of mapped columns', 'deletion vectors'],
    fill: async table => {
      await table.append({
        sql: `select i::integer as "a b", 'v' || i as "c;{}()=", date '2024-01-01' + (i % 2)::integer as "it's"
          from range(9) r(i)`,
      })
    },
  },
  {
    name: 'forty commits and their checkpoints',
    create: { columns: { id: 'INTEGER' }, properties: { 'delta.checkpointInterval': '7' } },
    needs: ['deletion vectors'],
    fill: async table => {
      for (let i = 0; i < 40; i++) await table.append({ sql: `select ${i}::integer as id` })
      await table.delete('id in (3, 39)')
    },
  },
]
