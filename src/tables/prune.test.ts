import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine, type Session } from '../engine/index.ts'
import { boundsOfConstant, boundsOfText, numbered } from './bounds.ts'
import { type Bounded, conjunctsOf } from './prune.ts'

let engine: Engine
let session: Session
beforeAll(async () => {
  engine = await openEngine({ tempDir: join(tmpdir(), 'sluice-prune'), memoryBytesMax: 256 * 2 ** 20 })
  session = await engine.session({ path: 'nowhere' })
})
afterAll(() => engine.close())

const columns: { readonly [name: string]: Bounded } = {
  i: { number: 0, type: 'BIGINT', constant: false },
  t: { number: 1, type: 'VARCHAR', constant: false },
  f: { number: 2, type: 'DOUBLE', constant: false },
  w: { number: 3, type: 'TIMESTAMP', constant: false },
  d: { number: 4, type: 'DECIMAL(10,2)', constant: false },
  p: { number: 5, type: 'DATE', constant: true },
  's.x': { number: 6, type: 'BIGINT', constant: false },
}

async function conditionOf(where: string): Promise<string> {
  const conjuncts = await conjunctsOf(session, where, path => columns[path.join('.').toLowerCase()])
  return conjuncts.map(({ sql }) => sql).join(' and ') || 'true'
}

describe('never a file too few', () => {
  // Ten files of three rows each, with the bounds a writer would give them: NaN left out, times cut off to
  // milliseconds, texts to two letters.
  beforeAll(async () => {
    await session.run(`create temp table data as select n // 3 as file,
        case when n % 7 = 0 then null else (n * 13) % 20 end::bigint as i,
        case when n % 5 = 0 then null else chr(97 + (n * 7)::int % 5) || repeat('x', n::int % 4) end as t,
        case when n % 6 = 0 then 'nan'::double when n % 11 = 0 then null else (n * 17) % 10 - 5 end as f,
        timestamp '2024-01-01' + (n * 333) * interval 1 microsecond as w,
        ((n % 9 - 4) / 4)::decimal(10,2) as d,
        case when n // 3 = 4 then null else date '2024-01-01' + (n // 3)::int end as p,
        {'x': n % 3} as s
      from range(30) r(n)`)
    const text = (column: string, lo: string, hi: string) => `${lo} as lo_${column}, ${hi} as hi_${column},
      (count(*) - count(${column.replace('_', '.')}))::varchar as nulls_${column}`
    await session.run(`create temp table stats as select file, count(*)::varchar as n, any_value(p) as p,
        ${text('i', 'min(i)::varchar', 'max(i)::varchar')},
        ${text('t', 'left(min(t), 2)', "left(max(t), 2) || '~'")},
        ${text('f', 'min(f) filter (not isnan(f))::varchar', 'max(f) filter (not isnan(f))::varchar')},
        ${text('w', "strftime(min(w), '%Y-%m-%dT%H:%M:%S.%g')", "strftime(max(w), '%Y-%m-%dT%H:%M:%S.%g')")},
        ${text('d', 'min(d)::varchar', 'max(d)::varchar')},
        ${text('s_x', 'min(s.x)::varchar', 'max(s.x)::varchar')}
      from data group by file`)
    const bounds = Object.entries(columns).map(([name, { number, type, constant }]) => {
      const of = name.replace('.', '_')
      const known = { lo: `lo_${of}`, hi: `hi_${of}`, nulls: `nulls_${of}`, rows: 'n' }
      return numbered(constant ? boundsOfConstant(name) : boundsOfText(type, known), number)
    })
    await session.run(`create temp table bounds as select file, ${bounds.join(', ')} from stats`)
  })

  const value: { readonly [column: string]: fc.Arbitrary<string> } = {
    i: fc.integer({ min: -2, max: 22 }).map(String),
    t: fc.constantFrom("'a'", "'axx'", "'cx'", "'e'", "''"),
    f: fc.constantFrom('-5', '0', '2.5', '4', "'nan'::double", "'inf'::double"),
    w: fc.nat({ max: 12_000 }).map(us => `timestamp '2024-01-01' + interval ${us} microseconds`),
    d: fc.constantFrom('-1', '0.25', '0.5', '1.00', '3'),
    p: fc.constantFrom("date '2024-01-03'", "'2024-01-05'", 'null'),
    's.x': fc.nat({ max: 3 }).map(String),
  }
  const name = fc.constantFrom(...Object.keys(value))
  const comparison = name.chain(column => {
    const values = value[column] ?? fc.constant('null')
    return fc.oneof(
      fc
        .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), values, fc.boolean())
        .map(([operator, other, turned]) =>
          turned ? `${other} ${operator} ${column}` : `${column} ${operator} ${other}`,
        ),
      fc.tuple(values, values).map(([low, high]) => `${column} between ${low} and ${high}`),
      fc.array(values, { minLength: 1, maxLength: 4 }).map(list => `${column} in (${list.join(', ')})`),
      fc.constantFrom(`${column} is null`, `${column} is not null`, `${column} is distinct from null`),
      fc.constantFrom(
        "t like 'a%'",
        "t like '%x'",
        "starts_with(t, 'cx')",
        "t not like 'e%'",
        'year(p) = 2024',
      ),
      fc.constantFrom(
        'dayofmonth(p) in (2, 5)',
        'p + 1 = p',
        'coalesce(i, 7) = 7',
        'i = f',
        'random() < 0',
        'true',
      ),
    )
  })
  const { where } = fc.letrec<{ where: string }>(tie => ({
    where: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      fc
        .tuple(tie('where'), fc.constantFrom('and', 'or'), tie('where'))
        .map(([a, word, b]) => `(${a}) ${word} (${b})`),
      tie('where').map(inner => `not (${inner})`),
    ),
  }))

  test('whatever the condition', async () => {
    let pruned = 0
    await fc.assert(
      fc.asyncProperty(where, async condition => {
        const kept = await conditionOf(condition)
        const lost = await session.count(`select count(*) from data
          where (${condition}) and file not in (select file from bounds where ${kept})`)
        expect(lost, `${condition} => ${kept}`).toBe(0)
        pruned += await session.count(`select count(*) from bounds where not (${kept})`)
      }),
      {
        numRuns: 300,
        examples: [["f = 'nan'::double"], ["f in (4, 'nan'::double)"], ['s.x = 3 or t is null']],
      },
    )
    expect(pruned).toBeGreaterThan(500)
  })
})

describe('what bounds can say', () => {
  const files = (condition: string) =>
    session.row(`select ${condition} from (select 10::bigint as lo_0, 20::bigint as hi_0, 0 as nulls_0,
      3 as rows_0, 'b' as lo_1, 'd' as hi_1, 3 as nulls_1, 3 as rows_1, date '2024-02-29' as lo_5)`)

  test.each([
    ['i = 5', 'false'],
    ["i = '15'", 'true'],
    ['i < 10', 'false'],
    ['10 > i', 'false'],
    ['not (i >= 10)', 'false'],
    ['i between 21 and 30', 'false'],
    ['i in (1, 2, 30)', 'false'],
    ['i is null', 'false'],
    ["t = 'c'", 'false'],
    ['t is null', 'true'],
    ['month(p) = 3', 'false'],
    ["p + interval 1 day = '2024-03-01'", 'true'],
    ['i = 5 or month(p) = 2', 'true'],
  ])('%s: %s', async (where, kept) => {
    expect(await files(await conditionOf(where))).toEqual([kept])
  })

  test.each([
    'random() < 0.5',
    'i > (select 3)',
    't = 5',
    'i + 1 = 3',
    'unknown = 3',
    'this is no condition',
    'p = current_date',
    'case when i = 1 then true else false end',
    'f > 3',
  ])('%s: nothing', async where => {
    expect(await conditionOf(where)).toBe('true')
  })
})
