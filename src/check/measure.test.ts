import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Check, Column, Verdict } from '../model/index.ts'
import {
  audit,
  checkOf,
  type CheckWish,
  distinctIds,
  type MeasureAnswer,
  measure,
  readCheck,
  type Subject,
  samples,
  verdicts,
  vocabulary,
} from './index.ts'

let database: DuckDBInstance
let duck: DuckDBConnection

beforeAll(async () => {
  database = await DuckDBInstance.create(':memory:')
  duck = await database.connect()
})

afterAll(() => {
  duck.closeSync()
  database.closeSync()
})

/** Every value as text, as a store answers. */
async function ask(sql: string): Promise<MeasureAnswer> {
  try {
    const reader = await duck.runAndReadAll(sql)
    return { rows: reader.getRows().map(row => row.map(value => (value === null ? null : String(value)))) }
  } catch (thrown) {
    return { failed: String(thrown).split('\n')[0] ?? '' }
  }
}

async function judge(checks: readonly Check[], subject: Subject): Promise<readonly Verdict[]> {
  const measures = measure(checks, subject)
  const answers: MeasureAnswer[] = []
  for (const sql of measures.queries) answers.push(await ask(sql))
  return verdicts(measures, answers)
}

function written(text: string, column?: string): Check {
  const [name = '', ...rest] = text.split(' ')
  const read = readCheck(name, rest.join(' '), column)
  if (!read.ok) expect.fail(`${text}: ${read.words}`)
  return read.check
}

function wished(wish: CheckWish): Check {
  const read = checkOf(wish)
  if (!read.ok) expect.fail(read.words)
  return read.check
}

const orders: readonly Column[] = [
  { name: 'id', type: 'BIGINT', nullable: true },
  { name: 'country', type: 'VARCHAR', nullable: true },
  { name: 'amount', type: 'DECIMAL(10,2)', nullable: true },
  { name: 'ratio', type: 'DOUBLE', nullable: true },
  { name: 'day', type: 'DATE', nullable: true },
  { name: 'at', type: 'TIMESTAMP WITH TIME ZONE', nullable: true },
  { name: 'Group', type: 'INTEGER', nullable: true },
]

const unbound = 'Error: Binder Error: Referenced column "nope" not found in FROM clause!'
const noon = Date.UTC(2026, 0, 31, 12)

function subjectOf(relation: string, columns: readonly Column[] = orders, previousRows?: number): Subject {
  return { relation, asset: 'shop.orders', columns, dialect: 'duckdb', nowMs: noon, previousRows }
}

describe('every check, on six orders', () => {
  beforeAll(async () => {
    await duck.run(`create or replace table orders as select * from (values
      (1::bigint, 'DE', 10.00::decimal(10,2), 0.5::double, '2026-01-30'::date,
        '2026-01-31 11:00:00+00'::timestamptz, 1),
      (2, 'FR', 20.01, 1.5, '2026-01-30', '2026-01-31 10:00:00+00', 1),
      (3, 'IN', 30.02, 2.5, '2026-01-31', '2026-01-31 09:00:00+00', 2),
      (3, 'XX', -1.00, 3.5, '2026-02-01', '2026-01-31 08:00:00+00', 2),
      (9007199254740993, null, null, null, null, null, 3),
      (null, 'DE', 30.02, 'nan', '2026-01-31', '2026-01-30 08:00:00+00', 3))
      t(${orders.map(c => `"${c.name}"`).join(', ')})`)
    await duck.run(
      `create or replace table countries as select * from (values ('DE'), ('FR'), (null)) t(code)`,
    )
    await duck.run(`create or replace table again as select * from orders where id is not null union all
      select * from orders where id = 1`)
  })

  const cases: readonly [fact: string, column: string | undefined, told: string][] = [
    ['not_null', 'country', 'fail country not null: 1 of 6 rows fails'],
    [
      'not_null mostly 0.8',
      'country',
      'pass country not null, for at least 0.8 of the rows: 1 of 6 rows fails',
    ],
    ['not_null where ("Group" = 1)', 'country', 'pass country not null, where "Group" = 1: all 2 rows'],
    ['not_null where (false)', 'country', 'pass country not null, where false: no rows'],
    ['unique', 'id', 'fail id unique: 2 of 5 rows fail'],
    ['unique country, day', undefined, 'pass (country, day) unique: all 5 rows'],
    ['unique amount, group', undefined, 'pass (amount, group) unique: all 5 rows'],
    ['compound_unique group, country', undefined, 'pass (group, country) unique: all 6 rows'],
    ['in DE FR IN', 'country', 'fail country in DE FR IN: 1 of 5 rows fails'],
    ['in DE FR IN where (id < 3)', 'country', 'pass country in DE FR IN, where id < 3: all 2 rows'],
    ['in 1 2 3 9007199254740993', 'id', 'pass id in 1 2 3 9007199254740993: all 5 rows'],
    ['in 1 2 3 9007199254740992 1.5', 'id', 'fail id in 1 2 3 9007199254740992 1.5: 1 of 5 rows fails'],
    ['in 10 20.01 30.020 -1', 'amount', 'pass amount in 10 20.01 30.020 -1: all 5 rows'],
    ['in 2026-01-30 2026-01-31', 'day', 'fail day in 2026-01-30 2026-01-31: 1 of 5 rows fails'],
    ['in 2026-02-30', 'day', 'error day in 2026-02-30: `2026-02-30` is not a date'],
    ['not_in XX', 'country', 'fail country not in XX: 1 of 5 rows fails'],
    ['not_in 99999999999999999999', 'id', 'pass id not in 99999999999999999999: all 5 rows'],
    ['between 0 30.02', 'amount', 'fail amount between 0 and 30.02: 1 of 5 rows fails'],
    ['between -1.005 30.015', 'amount', 'fail amount between -1.005 and 30.015: 2 of 5 rows fail'],
    ['between yesterday now', 'day', 'fail day between yesterday and now: 1 of 5 rows fails'],
    ['between yesterday now', 'at', 'pass at between yesterday and now: all 5 rows'],
    [
      'min 1e2',
      'country',
      'error country at least 1e2: the column is text, so it cannot be compared with the number 1e2: cast it',
    ],
    ['min 0.5', 'id', 'pass id at least 0.5: all 5 rows'],
    ['min 9007199254740993', 'id', 'fail id at least 9007199254740993: 4 of 5 rows fail'],
    ['max 1e30', 'id', 'pass id at most 1e30: all 5 rows'],
    ['min 1e30', 'id', 'fail id at least 1e30: 5 of 5 rows fail'],
    ['max 3.5', 'ratio', 'fail ratio at most 3.5: 1 of 5 rows fails'],
    ['max nope', 'ratio', 'error ratio at most nope: `nope` is not a number'],
    ["max '2026-01-31T12:00:00+01:00'", 'at', 'pass at at most 2026-01-31T12:00:00+01:00: all 5 rows'],
    ['length 2', 'country', 'pass country 2 characters long: all 5 rows'],
    ['length 3 5', 'country', 'fail country 3 to 5 characters long: 5 of 5 rows fail'],
    ["matches '^[A-W]{2}$'", 'country', 'fail country matches ^[A-W]{2}$: 1 of 5 rows fails'],
    ['matches a', 'id', 'error id matches a: the column is BIGINT, not text'],
    ['is_type DECIMAL', 'amount', 'pass amount of type DECIMAL: DECIMAL(10,2)'],
    ['is_type numeric(10,2)', 'amount', 'pass amount of type numeric(10,2): DECIMAL(10,2)'],
    ['is_type BIGINT', 'amount', 'fail amount of type BIGINT: DECIMAL(10,2)'],
    ['relationships countries.code', 'country', 'fail country in countries.code: 2 of 5 rows fail'],
    [
      'relationships countries.code where (id < 3)',
      'country',
      'pass country in countries.code, where id < 3: all 2 rows',
    ],
    ['row_count 6 6', undefined, 'pass 6 rows: 6 rows'],
    ['row_count 1000', undefined, 'fail at least 1000 rows: 6 rows'],
    ['row_count 1 where (amount < 0)', undefined, 'pass at least 1 row, where amount < 0: 1 row'],
    ['column_count 8', undefined, 'fail at least 8 columns: 7 columns'],
    ['columns_present ID, day', undefined, 'pass columns ID day: all there'],
    ['columns_present id, nope', undefined, 'fail columns id nope: missing nope'],
    [
      'freshness at 2 hours',
      undefined,
      'pass at at most 2 hours old: newest is of 2026-01-31T11:00:00.000Z, 60 minutes ago',
    ],
    [
      'freshness at 59 minutes',
      undefined,
      'fail at at most 59 minutes old: newest is of 2026-01-31T11:00:00.000Z, 60 minutes ago',
    ],
    [
      'freshness day 1 day',
      undefined,
      'pass day at most 1 day old: newest is of 2026-02-01T00:00:00.000Z, less than a minute ago',
    ],
    [
      'freshness country 1 day',
      undefined,
      'error country at most 1 day old: the column is VARCHAR, not a date or time',
    ],
    ['mean_between 17.81 17.81', 'amount', 'pass mean of amount 17.81: 17.81'],
    ['mean_between 17.8100000001', 'amount', 'fail mean of amount at least 17.8100000001: 17.81'],
    [
      'mean_between 1801439850948200.4 1801439850948200.4',
      'id',
      'pass mean of id 1801439850948200.4: 1801439850948200.4',
    ],
    [
      'sum_between 9007199254741002 9007199254741002',
      'id',
      'pass sum of id 9007199254741002: 9,007,199,254,741,002',
    ],
    ['sum_between 0 89.04', 'amount', 'fail sum of amount 0 to 89.04: 89.05'],
    ['sum_between 0', 'country', 'error sum of country at least 0: the column is VARCHAR, not a number'],
    ['median_between 20.01 20.01', 'amount', 'pass median of amount 20.01: 20.01'],
    [
      'median_between 15.005 15.005 where (id < 3)',
      'amount',
      'pass median of amount 15.005, where id < 3: 15.005',
    ],
    ['median_between 2 2.5', 'Group', 'pass median of Group 2 to 2.5: 2'],
    [
      'stddev_between 0 1 where (id < 3)',
      'ratio',
      'pass standard deviation of ratio 0 to 1, where id < 3: 0.7071067811865476',
    ],
    ['stddev_between 0 1', 'ratio', 'fail standard deviation of ratio 0 to 1: nan'],
    ['quantile_between 0.8 30.02 30.02', 'amount', 'pass quantile 0.8 of amount 30.02: 30.02'],
    ['distinct_count 4 4', 'country', 'pass 4 different values of country: 4 values'],
    ['distinct_count 0 3', 'country', 'fail 0 to 3 different values of country: 4 values'],
    ['null_share 0.17', 'country', 'pass at most 0.17 of country NULL: 1 of 6 rows'],
    ['null_share 0.16', 'country', 'fail at most 0.16 of country NULL: 1 of 6 rows'],
    ['increasing group', 'id', 'pass id increasing by group: all 5 rows'],
    ['increasing group strictly', 'id', 'fail id strictly increasing by group: 1 of 5 rows fails'],
    ['increasing at', 'id', 'fail id increasing by at: 2 of 5 rows fail'],
    ['expression amount >= 0 -- said', undefined, 'fail amount >= 0 -- said: 1 of 6 rows fails'],
    ['expression nope > 1', undefined, `error nope > 1: could not be measured: ${unbound}`],
    ['equal_to_other_table again', undefined, 'fail the same rows as again: 1 row only here, 1 only there'],
    ['equal_to_other_table orders', undefined, 'pass the same rows as orders: they are'],
    ['changed_by_at_most 0.2', undefined, 'pass rows changed by at most 0.2: 5 then, 6 now'],
    ['changed_by_at_most 0.19', undefined, 'fail rows changed by at most 0.19: 5 then, 6 now'],
    ['not_null', 'nope', 'error nope not null: there is no column `nope`'],
  ]

  test.each(cases)('@%s (%s)', async (fact, column, told) => {
    const [verdict] = await judge([written(fact, column)], subjectOf('orders', orders, 5))
    expect(`${verdict?.outcome} ${verdict?.words}`).toBe(told)
    expect(verdict?.rowsSql !== undefined).toBe((verdict?.failing ?? 0) > 0)
  })

  test('the table above leaves no check out', () => {
    const tried = new Set(cases.map(([fact]) => fact.split(' ')[0]))
    expect(Object.keys(vocabulary).filter(name => !tried.has(name))).toEqual(['query'])
  })

  test('fused, all of them say the same as alone', async () => {
    const all = cases
      .map(([fact, column]) => written(fact, column))
      .filter(check => check.args['predicate'] !== 'nope > 1')
    const told = cases.filter(([fact]) => !fact.includes('nope > 1')).map(([, , words]) => words)
    const fused = await judge(all, subjectOf('orders', orders, 5))
    expect(fused.map(verdict => `${verdict.outcome} ${verdict.words}`)).toEqual(told)
  })

  test('the query to paste shows exactly the failing rows', async () => {
    for (const [fact, column] of cases) {
      const [verdict] = await judge([written(fact, column)], {
        ...subjectOf('orders', orders, 5),
        asset: 'orders',
      })
      if (verdict?.rowsSql === undefined || verdict.check.startsWith('equal')) continue
      const answer = await ask(`select count(*) from (${verdict.rowsSql}\n)`)
      expect([fact, answer]).toEqual([fact, { rows: [[String(verdict.failing)]] }])
    }
  })

  test('zero rows: row checks pass, figures fail', async () => {
    const none = '(select * from orders where false)'
    for (const [fact, column] of cases) {
      const check = written(fact, column)
      const [verdict] = await judge([check], subjectOf(none))
      const { kind } = vocabulary[check.check]
      if (verdict?.outcome === 'error') continue
      if (kind === 'row' || (kind === 'group' && check.check !== 'distinct_count'))
        expect([fact, verdict?.outcome]).toEqual([fact, 'pass'])
      if (kind === 'aggregate') expect([fact, verdict?.outcome]).toEqual([fact, 'fail'])
    }
  })

  test('one query shows samples of all that failed', async () => {
    const failed = [
      written('in DE FR IN', 'country'),
      written('unique', 'id'),
      written('not_null', 'day'),
      written('row_count 9'),
    ]
    const sql = samples(failed, subjectOf('orders'), 1)
    const answer = await ask(sql ?? '')
    expect(
      'rows' in answer ? answer.rows.map(([check, row]) => [check, JSON.parse(row ?? '')['id']]) : answer,
    ).toEqual([
      ['country in', 3],
      ['id unique', 3],
      ['day not_null', 9007199254740992],
    ])
    expect(samples([written('row_count 9')], subjectOf('orders'), 1)).toBeUndefined()
  })

  test('a query of its own passes when it returns nothing', async () => {
    const query = (sql: string): Check => ({ ...wished({ check: 'query', args: { sql } }), id: 'no_debts' })
    const [pass, fail] = await judge(
      [query('select 1 where false;'), query('select * from orders where amount < 0 -- debts')],
      subjectOf('orders'),
    )
    expect([pass?.words, fail?.words]).toEqual(['no_debts: no rows', 'no_debts: 1 row'])
  })
})

test('one check with wrong SQL fails alone, and no value of a row gets into its words', async () => {
  await duck.run("create or replace table orders as select 1::bigint as id, 'secret' as word")
  const columns = [...orders.slice(0, 1), { name: 'word', type: 'VARCHAR', nullable: true }]
  const checks = ['row_count 1', 'expression nope = 1', 'expression word::int = 1'].map(fact => written(fact))
  const asked: string[] = []
  const found = await audit([...checks, written('not_null', 'id')], subjectOf('orders', columns), sql => {
    asked.push(sql)
    return ask(sql)
  })
  expect(found.map(({ outcome, words }) => `${outcome} ${words}`)).toEqual([
    'pass at least 1 row: 1 row',
    `error nope = 1: could not be measured: ${unbound}`,
    'error word::int = 1: could not be measured: Conversion Error',
    'pass id not null: the only row',
  ])
  expect(asked.length).toBe(5)
})

test('thirty checks are six queries, and one of them holds every row check and figure', () => {
  const facts = ['not_null', 'min 0', 'max 10', 'mean_between 0 1', 'null_share 1'].flatMap(fact =>
    ['id', 'amount', 'ratio', 'Group'].map(column => written(fact, column)),
  )
  const more = ['in DE FR', 'length 2', "matches '^[A-Z]+$'", 'not_in XX'].map(fact =>
    written(fact, 'country'),
  )
  const keys = ['unique id, day', 'compound_unique day', 'unique day, id', 'unique country'].map(fact =>
    written(fact),
  )
  const counts = [
    written('distinct_count 1 9', 'country'),
    written('relationships countries.code', 'country'),
  ]
  const { queries, usedBy } = measure([...facts, ...more, ...keys, ...counts], subjectOf('orders'))
  expect(usedBy.map(ids => ids.length)).toEqual([21, 4, 2, 1, 2, 1])
  expect(queries.filter(sql => sql.includes('filter (')).length).toBe(0)
  expect(queries.filter(sql => sql.includes('from orders as s')).length).toBe(1)
})

test('a SELECT holds at most 1,000 items', async () => {
  const many = Array.from({ length: 1500 }, (_, i) => written(`max ${i}`, 'id'))
  const { queries } = measure(distinctIds(many), subjectOf('orders'))
  expect(queries.length).toBe(2)
  await duck.run('create or replace table orders as select i as id from range(1000) t(i)')
  const found = await judge(
    distinctIds(many),
    subjectOf('orders', [{ name: 'id', type: 'BIGINT', nullable: true }]),
  )
  expect(found.map(verdict => verdict.failing)).toEqual(many.map((_, i) => Math.max(0, 999 - i)))
})

type Row = { id: bigint | null; word: string | null; cents: number | null; kind: number }

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.option(fc.bigInt({ min: -3n, max: 3n }).map(n => (n * 4611686018427387903n) / 3n)),
  word: fc.option(fc.constantFrom('', 'a', 'ab', 'B', "it's", 'ü', 'null', '10')),
  cents: fc.option(fc.integer({ min: -300, max: 300 })),
  kind: fc.integer({ min: 0, max: 2 }),
})

const table: readonly Column[] = [
  { name: 'id', type: 'BIGINT', nullable: true },
  { name: 'word', type: 'VARCHAR', nullable: true },
  { name: 'cents', type: 'DECIMAL(9,2)', nullable: true },
  { name: 'kind', type: 'INTEGER', nullable: false },
]

/** A check, and what a person would count by hand: rows looked at and rows that break it. */
type Judged = {
  readonly wish: CheckWish
  readonly count: (rows: readonly Row[]) => readonly [number, number]
}

function each<K extends keyof Row>(
  column: K,
  breaks: (value: NonNullable<Row[K]>) => boolean,
): Judged['count'] {
  return rows => {
    const filled = rows.map(r => r[column]).filter(value => value !== null) as NonNullable<Row[K]>[]
    return [filled.length, filled.filter(breaks).length]
  }
}

function grouped(keyOf: (row: Row) => string | undefined): Judged['count'] {
  return rows => {
    const keys = rows.map(keyOf).filter(key => key !== undefined)
    return [keys.length, keys.filter(key => keys.filter(k => k === key).length > 1).length]
  }
}

const word = fc.constantFrom('', 'a', 'ab', 'B', "it's", 'ü', 'null', '10', 'zz')
const cents = fc.integer({ min: -350, max: 350 })
const money = (n: number): string =>
  `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`

const judged: fc.Arbitrary<Judged> = fc.oneof(
  fc.constant<Judged>({
    wish: { check: 'not_null', columns: ['word'] },
    count: rows => [rows.length, rows.filter(r => r.word === null).length],
  }),
  fc.uniqueArray(word, { minLength: 1, maxLength: 4 }).map<Judged>((values: readonly string[]) => ({
    wish: { check: 'in', columns: ['word'], args: { values } },
    count: each('word', value => !values.includes(value)),
  })),
  fc.uniqueArray(word, { minLength: 1, maxLength: 4 }).map<Judged>((values: readonly string[]) => ({
    wish: { check: 'not_in', columns: ['word'], args: { values } },
    count: each('word', value => values.includes(value)),
  })),
  fc.tuple(cents, cents).map<Judged>(([a, b]) => ({
    wish: {
      check: 'between',
      columns: ['cents'],
      args: { min: money(Math.min(a, b)), max: money(Math.max(a, b)) },
    },
    count: each('cents', value => value < Math.min(a, b) || value > Math.max(a, b)),
  })),
  fc.integer({ min: -30, max: 30 }).map<Judged>(tenths => ({
    wish: { check: 'min', columns: ['kind'], args: { min: money(tenths * 10) } },
    count: each('kind', value => value * 10 < tenths),
  })),
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })).map<Judged>(([a, b]) => ({
    wish: { check: 'length', columns: ['word'], args: { min: Math.min(a, b), max: Math.max(a, b) } },
    count: each('word', value => value.length < Math.min(a, b) || value.length > Math.max(a, b)),
  })),
  fc.constantFrom('^[a-z]+$', 'b', '^$', "'").map<Judged>(pattern => ({
    wish: { check: 'matches', columns: ['word'], args: { pattern } },
    count: each('word', value => !new RegExp(pattern).test(value)),
  })),
  cents.map<Judged>(n => ({
    wish: { check: 'expression', args: { predicate: `cents <> ${money(n)} or kind = 1` } },
    count: rows => [rows.length, rows.filter(r => r.cents === n && r.kind !== 1).length],
  })),
  fc.constant<Judged>({ wish: { check: 'unique', columns: ['id'] }, count: grouped(r => r.id?.toString()) }),
  fc.constant<Judged>({
    wish: { check: 'unique', columns: ['word', 'id'] },
    count: grouped(r => (r.id === null || r.word === null ? undefined : `${r.id} ${r.word}`)),
  }),
  fc.constant<Judged>({
    wish: { check: 'compound_unique', columns: ['id', 'word'] },
    count: grouped(r =>
      r.id === null && r.word === null ? undefined : JSON.stringify([String(r.id), r.word]),
    ),
  }),
  fc.constant<Judged>({
    wish: { check: 'relationships', columns: ['kind'], args: { asset: 'kinds', column: 'kind' } },
    count: each('kind', value => value === 2),
  }),
)

const filter = fc.constantFrom<[string | undefined, (row: Row) => boolean]>(
  [undefined, () => true],
  ['kind = 1', r => r.kind === 1],
  ["word <> 'a'", r => r.word !== null && r.word !== 'a'],
)

test('fused counts equal counting by hand, for any rows, checks, filters and shares', async () => {
  await duck.run('create or replace table kinds as select * from (values (0), (1)) t(kind)')
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.array(fc.tuple(judged, filter, fc.integer({ min: 0, max: 100 })), { minLength: 1, maxLength: 12 }),
      async (rows, picked) => {
        await fill(rows)
        const checks = picked.map(([{ wish }, [where], percent]) =>
          wished({ ...wish, mostly: percent / 100, ...(where === undefined ? {} : { where }) }),
        )
        const found = await judge(distinctIds(checks), subjectOf('fuzz', table))
        const expected = picked.map(([{ count }, [, keep], percent]) => {
          const [looked, failing] = count(rows.filter(keep))
          return {
            rows: looked,
            failing,
            outcome: (looked - failing) * 100 >= percent * looked ? 'pass' : 'fail',
          }
        })
        expect(
          found.map(({ rows: looked, failing, outcome }) => ({ rows: looked, failing, outcome })),
        ).toEqual(expected)
      },
    ),
    { numRuns: 250 },
  )
})

test('figures equal those computed by hand with integers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), cents, async (rows, bound) => {
      await fill(rows)
      const values = rows.map(r => r.cents).filter(n => n !== null)
      const sorted = values.toSorted((a, b) => a - b)
      const at = (i: number): number => sorted[i] ?? 0
      const twice = at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2))
      const total = values.reduce((a, b) => a + b, 0)
      const args = { min: money(bound) }
      const wishes: CheckWish[] = [
        { check: 'sum_between', columns: ['cents'], args },
        { check: 'mean_between', columns: ['cents'], args },
        { check: 'median_between', columns: ['cents'], args },
        { check: 'quantile_between', columns: ['cents'], args: { ...args, quantile: '0.75' } },
        { check: 'distinct_count', columns: ['cents'], args: { min: String(Math.abs(bound) % 10) } },
      ]
      const found = await judge(wishes.map(wished), subjectOf('fuzz', table))
      const some = values.length > 0
      const expected = [
        some && total >= bound,
        some && total >= bound * values.length,
        some && twice >= 2 * bound,
        some && at(Math.ceil(sorted.length * 0.75) - 1) >= bound,
        new Set(values).size >= Math.abs(bound) % 10,
      ]
      expect(found.map(verdict => verdict.outcome === 'pass')).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})

async function fill(rows: readonly Row[]): Promise<void> {
  await duck.run('create or replace table fuzz(id BIGINT, word VARCHAR, cents DECIMAL(9,2), kind INTEGER)')
  const text = (value: string | null): string =>
    value === null ? 'null' : `'${value.replaceAll("'", "''")}'`
  const values = rows.map(
    r => `(${r.id ?? 'null'}, ${text(r.word)}, ${r.cents === null ? 'null' : money(r.cents)}, ${r.kind})`,
  )
  if (values.length > 0) await duck.run(`insert into fuzz values ${values.join(', ')}`)
}
