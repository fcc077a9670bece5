import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationMs } from '../model/index.ts'
import { checkOf, promiseOf, readCheck, vocabulary } from './index.ts'
import { patternProblem } from './pattern.ts'

/** What a fact becomes, short. */
function told(name: string, words: string, column?: string): unknown {
  const read = readCheck(name, words, column)
  if (!read.ok) return read.near.length > 0 ? [read.words, read.near] : read.words
  const { id, columns, args, severity, mostly, where } = read.check
  return {
    id,
    columns,
    args,
    severity,
    mostly,
    ...(where === undefined ? {} : { where }),
    says: promiseOf(read.check),
  }
}

describe('words of a fact become a check', () => {
  const cases: readonly [name: string, words: string, column: string | undefined, expected: object][] = [
    ['not_null', '', 'country', { id: 'country not_null', columns: ['country'], says: 'country not null' }],
    ['not_null', 'warn', 'country', { severity: 'warn' }],
    ['not_null', 'country warn', undefined, { id: 'country not_null', severity: 'warn' }],
    ['in', 'DE FR IN', 'country', { args: { values: ['DE', 'FR', 'IN'] }, says: 'country in DE FR IN' }],
    [
      'in',
      "DE, 'a, b', 'it''s', 'warn'",
      'c',
      { args: { values: ['DE', 'a, b', "it's", 'warn'] }, severity: 'error' },
    ],
    ['not_in', 'XX mostly 0.95', 'c', { args: { values: ['XX'] }, mostly: 0.95 }],
    [
      'between',
      '0 100.50',
      'amount',
      { args: { min: '0', max: '100.50' }, says: 'amount between 0 and 100.50' },
    ],
    ['between', '0 9007199254740993', 'n', { args: { min: '0', max: '9007199254740993' } }],
    ['between', "yesterday '2026-01-01 10:00'", 'd', { args: { min: 'yesterday', max: '2026-01-01 10:00' } }],
    ['min', '0 quarantine', 'amount', { severity: 'quarantine' }],
    ['length', '3', 'code', { args: { min: '3' }, says: 'code 3 characters long' }],
    ['length', '1 20', 'code', { args: { min: '1', max: '20' }, says: 'code 1 to 20 characters long' }],
    ['matches', '^[A-Z]{2,3}$', 'code', { args: { pattern: '^[A-Z]{2,3}$' } }],
    ['matches', "'^a b$' warn", 'code', { args: { pattern: '^a b$' }, severity: 'warn' }],
    ['is_type', 'DECIMAL(18,3)', 'amount', { args: { type: 'DECIMAL(18,3)' } }],
    ['is_type', "'TIMESTAMP WITH TIME ZONE'", 't', { args: { type: 'TIMESTAMP WITH TIME ZONE' } }],
    [
      'relationships',
      'staging.customers.id',
      'customer_id',
      { args: { asset: 'staging.customers', column: 'id' }, says: 'customer_id in staging.customers.id' },
    ],
    ['relationships', 'customer_id staging.customers.id', undefined, { id: 'customer_id relationships' }],
    ['unique', '', 'id', { id: 'id unique', columns: ['id'] }],
    [
      'unique',
      'id, day',
      undefined,
      { id: 'unique(id, day)', columns: ['id', 'day'], says: '(id, day) unique' },
    ],
    ['unique', 'day', 'id', { columns: ['id', 'day'] }],
    ['compound_unique', 'id day warn', undefined, { columns: ['id', 'day'], severity: 'warn' }],
    ['row_count', '1000 1000000', undefined, { id: 'row_count', args: { min: '1000', max: '1000000' } }],
    ['row_count', '1', undefined, { says: 'at least 1 row' }],
    ['columns_present', 'id, day', undefined, { columns: [], args: { names: ['id', 'day'] } }],
    ['freshness', 'loaded_at 2 hours', undefined, { columns: ['loaded_at'], args: { age: '2 hours' } }],
    ['freshness', '30 minutes warn', 'loaded_at', { args: { age: '30 minutes' }, severity: 'warn' }],
    ['quantile_between', '95% 0 200', 'ms', { args: { quantile: '0.95', min: '0', max: '200' } }],
    ['null_share', '2.5%', 'email', { args: { max: '0.025' } }],
    ['increasing', 'loaded_at strictly', 'total', { args: { by: 'loaded_at', strictly: true } }],
    [
      'expression',
      'amount >= 0 or refunded warn',
      undefined,
      {
        id: 'expression(amount >= 0 or refunded)',
        args: { predicate: 'amount >= 0 or refunded' },
        severity: 'warn',
      },
    ],
    ['expression', "name <> 'warn'", undefined, { args: { predicate: "name <> 'warn'" }, severity: 'error' }],
    [
      'expression',
      "f(a) where (b = ')' and (c))",
      undefined,
      { args: { predicate: 'f(a)' }, where: "b = ')' and (c)" },
    ],
    [
      'not_null',
      "mostly 95% where (country = 'DE') warn",
      'email',
      { mostly: 0.95, where: "country = 'DE'", severity: 'warn', id: "email not_null where country = 'DE'" },
    ],
    ['equal_to_other_table', 'staging.orders', undefined, { id: 'equal_to_other_table(staging.orders)' }],
    ['changed_by_at_most', '150%', undefined, { args: { share: '1.50' } }],
  ]
  test.each(cases)('@%s %s (%s)', (...[name, words, column, expected]) => {
    expect(told(name, words, column)).toMatchObject(expected)
  })
})

test('what is no check says what it should look like', () => {
  expect([
    told('not_nul', '', 'a'),
    told('query', '', 'a'),
    told('between', '0', 'a'),
    told('between', '5 1', 'a'),
    told('row_count', 'many'),
    told('row_count', '1', 'a'),
    told('freshness', 'loaded_at soon'),
    told('in', '', 'a'),
    told('in', "'open", 'a'),
    told('min', '1 2', 'a'),
    told('null_share', '1.5', 'a'),
    told('changed_by_at_most', '-1'),
    told('not_null', 'mostly 0.5 quarantine', 'a'),
    told('row_count', '1 mostly 0.5'),
    told('unique', 'id id'),
    told('unique', 'quarantine', 'id'),
    told('not_null', 'warn error', 'id'),
    told('matches', '(?!a)b', 'id'),
    told('is_type', 'BIGINT where (a)', 'id'),
  ]).toMatchInlineSnapshot(`
    [
      [
        "There is no check \`not_nul\`.",
        [
          "not_null",
        ],
      ],
      "There is no check \`query\`.",
      "\`between\` needs max. Write it as \`@between 0 100000\`.",
      "Nothing lies between 5 and 1. Write it as \`@between 0 100000\`.",
      "\`many\` is not a number. Write it as \`@row_count 1000 1000000\`.",
      "\`row_count\` speaks of the whole table: write it above the query. Write it as \`@row_count 1000 1000000\`.",
      "\`soon\` is not a duration such as \`2 hours\`. Write it as \`@freshness loaded_at 2 hours\`.",
      "\`in\` needs values. Write it as \`@in DE FR 'IN'\`.",
      "The ' is not closed. Write it as \`@in DE FR 'IN'\`.",
      "\`2\` is one word too many. Write it as \`@min 0\`.",
      "\`1.5\` is not a share, 0 to 1. Write it as \`@null_share 0.1\`.",
      "\`-1\` is not a share such as \`0.2\`. Write it as \`@changed_by_at_most 0.2\`.",
      "\`quarantine\` refuses every row that fails, so \`mostly\` means nothing. Write it as \`@not_null\`.",
      "\`row_count\` does not count rows, so \`mostly\` means nothing. Write it as \`@row_count 1000 1000000\`.",
      "\`unique\` names a column twice. Write it as \`@unique id, day\`.",
      "\`quarantine\` refuses single rows, and \`unique\` is not about single rows: use error or warn. Write it as \`@unique id, day\`.",
      "\`severity\` is said twice. Write it as \`@not_null\`.",
      "\`(?!a)b\` is not a regular expression of RE2: \`(?!a\` looks around, which RE2 does not know. Write it as \`@matches '^[A-Z]{3}$'\`.",
      "\`is_type\` does not look at rows, so \`where\` means nothing. Write it as \`@is_type BIGINT\`.",
    ]
  `)
})

test('parts become the same check as words, and what fits no argument is refused', () => {
  const words = readCheck('between', '0 100 warn mostly 0.5', 'amount')
  const parts = checkOf({
    check: 'between',
    columns: ['amount'],
    args: { min: 0, max: '100' },
    severity: 'warn',
    mostly: 0.5,
  })
  expect(parts).toEqual(words)
  const wrong = [
    checkOf({ check: 'between', columns: ['a'], args: { mini: 0, max: 1 } }),
    checkOf({ check: 'between', columns: ['a'], args: { min: [0], max: 1 } }),
    checkOf({ check: 'in', columns: ['a'], args: { values: 'DE' } }),
    checkOf({ check: 'not_null', columns: [] }),
    checkOf({ check: 'not_null', columns: ['a'], mostly: 2 }),
    checkOf({ check: 'not_null', columns: ['a'], where: ' ' }),
  ]
  expect(wrong.map(read => (read.ok ? 'ok' : read.words))).toMatchInlineSnapshot(`
    [
      "\`between\` has no argument \`mini\`. Write it as \`@between 0 100000\`.",
      "\`min\` is one value. Write it as \`@between 0 100000\`.",
      "\`values\` names nothing. Write it as \`@in DE FR 'IN'\`.",
      "\`not_null\` speaks of one column. Write it as \`@not_null\`.",
      "\`mostly\` is a share: 0 to 1. Write it as \`@not_null\`.",
      "\`where\` is empty. Write it as \`@not_null\`.",
    ]
  `)
})

test('every example of the vocabulary reads as its check', () => {
  for (const [name, spec] of Object.entries(vocabulary)) {
    if (name === 'query') continue
    const words = spec.example.sql.replace(/^@\w+ ?/, '')
    const column = spec.on === 'column' && !words.startsWith('loaded_at 2') ? 'c' : undefined
    const read = readCheck(name, words, column)
    expect(read, spec.example.sql).toMatchObject({ ok: true, check: { check: name } })
  }
})

test('a duration is read in whole milliseconds or not at all, as the builders read it', () => {
  const lengths = [
    '2 hours',
    '1.5 hours',
    '90 ms',
    'day',
    '1 week',
    '0 seconds',
    '0.0005 seconds',
    'days',
    '2h',
    '',
  ]
  const read = [
    7_200_000,
    5_400_000,
    90,
    86_400_000,
    604_800_000,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]
  expect(lengths.map(durationMs)).toEqual(read)
})

test('no words at all make it throw', () => {
  const names = fc.constantFrom(...Object.keys(vocabulary), 'nope', 'toString')
  const pieces = fc.constantFrom(
    'warn',
    'mostly',
    '0.5',
    'where',
    '(',
    ')',
    "'",
    '"',
    ',',
    'a',
    '1',
    ' ',
    '{',
    '\\',
    '@',
  )
  const words = fc.array(pieces).map(parts => parts.join(' ').replaceAll("' ", "'"))
  fc.assert(
    fc.property(names, words, fc.option(fc.string(), { nil: undefined }), (name, text, column) => {
      expect(typeof readCheck(name, text, column).ok).toBe('boolean')
    }),
    { numRuns: 2000 },
  )
})

test('a pattern is taken exactly when the engine can run it', async () => {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  const runs = async (pattern: string): Promise<boolean> => {
    const literal = `'${pattern.replaceAll("'", "''")}'`
    return connection.run(`select regexp_matches('x', ${literal})`).then(
      () => true,
      () => false,
    )
  }
  const good = [
    '^[A-Z]{3}$',
    'a*?',
    '(?i)a',
    '(?P<n>a)',
    '(?:a|b)+',
    '\\d+\\.\\d',
    '[]a]',
    '[^]a]',
    '[[:alpha:]]',
    'a{2}',
    'a(?i)+',
    'a*(?)+',
  ]
  const bad = [
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<n>a)',
    '(a)\\1',
    'a*+',
    '(?i)+',
    'a|(?)+',
    '(?>a)',
    'a**',
    '*a',
    '(',
    ')',
    '[a',
    'a{2,1}',
    'a{1001}',
  ]
  for (const pattern of good) expect([pattern, patternProblem(pattern)]).toEqual([pattern, undefined])
  for (const pattern of bad)
    expect([pattern, patternProblem(pattern) === undefined]).toEqual([pattern, false])
  const pieces = [
    'a',
    'b',
    '\\d',
    '\\1',
    '.',
    '*',
    '+',
    '?',
    '{2}',
    '{3,1}',
    '|',
    '(',
    '(?:',
    '(?=',
    ')',
    '[ab]',
    '[',
    ']',
  ]
  const patterns = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map(parts => parts.join(''))
  await fc.assert(
    fc.asyncProperty(patterns, async pattern => {
      expect([pattern, patternProblem(pattern) === undefined]).toEqual([pattern, await runs(pattern)])
    }),
    { numRuns: 1500 },
  )
  connection.closeSync()
  database.closeSync()
})
