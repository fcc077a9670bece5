import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asksForTables,
  atOffset,
  bareQuery,
  findReferences,
  lineStarts,
  nameOf,
  normalType,
  quoteAsset,
  quoteName,
  quoteNumber,
  quoteText,
  readFacts,
  selectItems,
  tokenize,
  writingWord,
} from './index.ts'

/** Text made of what SQL is made of, whole and broken. */
const pieces = [
  'select',
  'from',
  'with',
  'as',
  'join',
  'union',
  'pivot',
  'using',
  'distinct',
  'on',
  'recursive',
  'a',
  'b.c',
  '"q""x"',
  '"open',
  "'it''s'",
  "'open",
  "E'\\'",
  '$$ x $$',
  '$t$ y',
  '$1',
  '-- line\n',
  '--',
  '/* block /* deep */ */',
  '/*',
  '*/',
  '@key id',
  '@column c: d',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '.',
  '::',
  '->>',
  '*',
  '1.5e-3',
  '0x1F',
  '.5',
  'é',
  '🌊',
  '\u00a0',
  '\r\n',
  '\n',
  ' ',
  '`b`',
  '?',
  '\0',
]
const anySql = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map(parts => parts.join(' ')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map(parts => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

test('any text is cut into tokens that give it back, with exact offsets', () => {
  fc.assert(
    fc.property(anySql, fc.boolean(), (sql, brackets) => {
      let end = 0
      for (const token of tokenize(sql, { brackets })) {
        expect(sql.slice(token.offset, token.offset + token.text.length)).toBe(token.text)
        expect(sql.slice(end, token.offset).trim()).toBe('')
        expect(token.text).not.toBe('')
        end = token.offset + token.text.length
      }
      expect(sql.slice(end).trim()).toBe('')
    }),
    { numRuns: 2000 },
  )
})

test('nothing throws on any text, and every place lies in the text', () => {
  fc.assert(
    fc.property(anySql, sql => {
      for (const { offset, length } of [...findReferences(sql), ...selectItems(sql)]) {
        expect(offset + length).toBeLessThanOrEqual(sql.length)
      }
      const { facts, strays } = readFacts(sql, 'x.sql')
      const lines = sql.split(/\r\n|\r|\n/)
      for (const { name, words, at } of [...facts, ...strays]) {
        const found = (lines[at.line - 1] ?? '').slice(at.column - 1, at.column - 1 + at.length)
        expect(found.startsWith(`@${name}`)).toBe(true)
        expect(found.slice(name.length + 1).trim()).toBe(words)
      }
      expect(bareQuery(sql)).toHaveLength(sql.length)
    }),
    { numRuns: 2000 },
  )
})

test('a long text is no reason to fail or to be slow', () => {
  const [text, name] = [`'${"''".repeat(2_000_000)}'`, `"${'x'.repeat(1_000_000)}"`]
  const long = `select ${text}, ${name} -- ${'@'.repeat(1_000_000)}\nfrom t`
  expect(tokenize(long)).toHaveLength(7)
  const many = 'select a -- c\n, b /* d */\n'.repeat(20_000)
  expect(tokenize(many)).toHaveLength(20_000 * 6)
})

test('places are lines and columns as editors count them', () => {
  const text = 'a\r\nbb\rc\n\nd'
  const source = { file: 'f', starts: lineStarts(text) }
  const places = [...text].map((_, offset) => {
    const { line, column } = atOffset(source, offset, 1)
    return `${line}:${column}`
  })
  expect(places).toEqual(['1:1', '1:2', '1:3', '2:1', '2:2', '2:3', '3:1', '3:2', '4:1', '5:1'])
})

test('quoting: whatever a name or text holds, it reads back as itself, in one token', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const [name, ...more] = tokenize(quoteName(text))
      expect(name && nameOf(name)).toBe(text)
      expect(more).toEqual([])
      const [literal, ...rest] = tokenize(quoteText(text))
      expect(literal?.text.slice(1, -1).replaceAll("''", "'")).toBe(text)
      expect(rest).toEqual([])
    }),
  )
  expect(quoteAsset('a"b.c.d')).toBe('"a""b"."c.d"')
  expect(['1', '-0.50', '1e6', '.5', 12n, 3].map(quoteNumber)).toEqual(['1', '-0.50', '1e6', '.5', '12', '3'])
  for (const text of ['', '1; drop', '0x1', 'NaN', '1 ', '--1', Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => quoteNumber(text)).toThrow('is not a number')
  }
})

describe('facts in comments', () => {
  const said = (sql: string) => {
    const { doc, facts, columns, strays } = readFacts(sql, 'assets/m/a.sql')
    return {
      doc,
      facts: facts.map(({ name, words, column }) =>
        `${column === undefined ? '' : `${column}: `}@${name} ${words}`.trim(),
      ),
      columns: columns.map(({ column, doc: words }) => `${column}: ${words}`),
      strays: strays.map(({ name }) => name),
    }
  }

  test('the example of the guide', () => {
    const sql = `-- assets/m/a.sql
-- Revenue per country and day,
-- in euro.
-- @key country, day   @partition day   @every day   @owner finance
with paid as (
  select * from staging.orders where amount > 0     -- refunds live elsewhere
)
select
  country,                                           -- ISO code. @in DE FR IN
  day,
  sum(amount)   as revenue,                          -- Net of refunds. @not_null @min 0
  count(*)      as orders                            -- @min 1
from paid
group by all
/* @column revenue: In euro.  @max 1e9
 * @column "odd ""name""" strange @not_null */`
    expect(said(sql)).toEqual({
      doc: 'Revenue per country and day,\nin euro.',
      facts: [
        '@key country, day',
        '@partition day',
        '@every day',
        '@owner finance',
        'country: @in DE FR IN',
        'revenue: @not_null',
        'revenue: @min 0',
        'orders: @min 1',
        'revenue: @max 1e9',
        'odd "name": @not_null',
      ],
      columns: ['country: ISO code.', 'revenue: Net of refunds. In euro.', 'odd "name": strange'],
      strays: [],
    })
  })

  const owners: readonly (readonly [
    what: string,
    sql: string,
    facts: readonly string[],
    strays?: readonly string[],
  ])[] = [
    ['commas first', 'select\n a -- @f\n , t.b -- @g\n , 1 c -- @h\nfrom t', ['a: @f', 'b: @g', 'c: @h']],
    [
      'an item over several lines',
      'select case when x -- @f\n then 1 end as z, -- @g\n b from t',
      ['z: @f', 'z: @g'],
    ],
    ['several items on a line: the last', 'select a, b, -- @f\n c from t', ['b: @f']],
    ['a comment between two items', 'select a,\n -- @f\n b from t', [], ['f']],
    ['behind FROM', 'select a\nfrom t -- @f\nwhere x -- @g', [], ['f', 'g']],
    ['in a CTE', 'with c as (select a -- @f\n from t) select b -- @g\nfrom c', ['b: @g'], ['f']],
    [
      'in a subquery of an item',
      'select (select max(x) -- @f\n from u) as m -- @g\nfrom t',
      ['m: @f', 'm: @g'],
    ],
    [
      'a later branch of a UNION',
      'select a -- @f\nfrom t union all select b -- @g\nfrom u',
      ['a: @f'],
      ['g'],
    ],
    ['FROM first', 'from t select a, -- @f\n b -- @g', ['a: @f', 'b: @g']],
    ['a query in parentheses', '(select a -- @f\nfrom t)', ['a: @f']],
    ['DISTINCT ON', 'select distinct on (x, y) a -- @f\nfrom t', ['a: @f']],
    ['an item without a name', 'select count(*), -- @f\n a::date -- @g\nfrom t', [], ['f', 'g']],
    [
      'a prefix alias, quoted and unquoted',
      'select "A b": x + 1, -- @f\n c: y -- @g\nfrom t',
      ['A b: @f', 'c: @g'],
    ],
    [
      'words that only look like the end',
      'select a is distinct from b as d, -- @f\n list(x order by y) as l -- @g\nfrom t',
      ['d: @f', 'l: @g'],
    ],
    ['strings and quotes hold no comments', `select '-- @f' as a, "/* @g */" b -- @h\nfrom t`, ['b: @h']],
    [
      'an @ in quotes or in a word begins nothing',
      "select a -- mail x@y.z @matches '^a @b$' @in 'it''s @c' d\nfrom t",
      ["a: @matches '^a @b$'", "a: @in 'it''s @c' d"],
    ],
    [
      'an apostrophe does not swallow facts',
      "select a -- don't @f Tom's @g\nfrom t",
      ["a: @f Tom's", 'a: @g'],
    ],
    ['leading block comment with stars', '/**\n * Doc.\n * @key a\n */\nselect a from t', ['@key a']],
    [
      'Windows line ends',
      '-- @key a\r\nselect a, -- @f\r\n b -- @g x\r\nfrom t',
      ['@key a', 'a: @f', 'b: @g x'],
    ],
  ]
  const cases = owners.map(([what, sql, facts, strays = []]) => ({ what, sql, facts, strays }))
  test.each(cases)('$what', ({ sql, facts, strays }) => {
    const found = said(sql)
    expect(found.facts).toEqual(facts)
    expect(found.strays).toEqual(strays)
  })
})

const dialects: readonly (readonly [sql: string, tables: readonly string[]])[] = [
  ['select a from `p.d`.`t` as x join d.u on x.id = u.id -- from nothing', ['p.d.t', 'd.u']],
  ['with recursive r as (select 1 union all select * from r) select * from r, s', ['s']],
  ['with a(x) as (select * from a) select * from a', ['a']],
  ['select extract(year from d), trim(both from x), a is distinct from b from t', ['t']],
  ['select * from t1, lateral (select * from t2) q, unnest(t1.l) u, generate_series(1, 2)', ['t1', 't2']],
  ['select * from (a cross join b.c) left join d using (id)', ['a', 'b.c', 'd']],
  [
    'select (select max(x) from s1) from t where exists (select 1 from s2) and y in (select z from s3)',
    ['s1', 't', 's2', 's3'],
  ],
  ['merge into m using s on m.id = s.id when matched then delete', ['m', 's']],
  ['pivot t on a, b using sum(x), max(y) group by z', ['t']],
  ['select \'from x\', "from y" from z', ['z']],
  ['select * from a.b.c.d where x = (from e)', ['c.d', 'e']],
  ['explain from a.b', ['a.b']],
  ['explain analyze from a.b', ['a.b']],
  ['explain (format json, analyze) from a.b join (from c)', ['a.b', 'c']],
  ['explain analyze (format json) select * from a, b', ['a', 'b']],
  ['explain pivot a.b on c', ['a.b']],
  ['table a.b', ['a.b']],
  ['with x as (table a.b) table x', ['a.b']],
  ['select (table a.b)', ['a.b']],
  ['describe a.b; show a.c; desc "a"."d"; summarize e', ['a.b', 'a.c', 'a.d', 'e']],
  ['describe from a.b', ['a.b']],
  ['describe table a.b', ['a.b']],
  ['summarize select * from a.b', ['a.b']],
  [
    'from (summarize a.b) join (describe c) join (show d) join (desc select * from e)',
    ['a.b', 'c', 'd', 'e'],
  ],
  ['summarize (with x as (from a.b) from x)', ['a.b']],
  ['show tables; show all tables; show databases; describe; show; show tables from a', []],
  ['show tables.x', ['tables.x']],
  ["copy a.b to 'f.csv' (format csv)", ['a.b']],
  ["copy a.b (c, d) to 'f.csv'", ['a.b']],
  ["copy (with x as (from a.b) from x) to 'f.csv'", ['a.b']],
  ["copy (pivot a.b on c) to 'f.csv'", ['a.b']],
  ['unpivot a.b on c, d into name n value v', ['a.b']],
  ['with x as (from a) from x; from x', ['a', 'x']],
  ["from query_table('a.b'), query_table(['c', '\"d e\".f'])", ['a.b', 'c', 'd e.f']],
  ['create table desc_of as select 1; select describe, show from t', ['t']],
]
test.each(dialects)('references by tokens: %s', (sql, tables) => {
  const found = findReferences(sql).map(({ schema, table }) =>
    schema === undefined ? table : `${schema}.${table}`,
  )
  expect(found).toEqual(tables)
})

test('T-SQL brackets are quotes where they are asked for', () => {
  const found = findReferences('select [a b] from [dbo].[my ]] table], x[1]', { brackets: true })
  expect(found.map(({ schema, table }) => [schema, table])).toEqual([
    ['dbo', 'my ] table'],
    [undefined, 'x'],
  ])
})

const types: readonly (readonly [written: string, normal: string])[] = [
  ['int', 'INTEGER'],
  ['decimal( 10 , 2 )', 'DECIMAL(10,2)'],
  ['numeric', 'DECIMAL(18,3)'],
  ['decimal(9)', 'DECIMAL(9,0)'],
  ['varchar(20)', 'VARCHAR'],
  ['timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['timestamp  with time zone', 'TIMESTAMP WITH TIME ZONE'],
  ['text[]', 'VARCHAR[]'],
  ['int [3] []', 'INTEGER[3][]'],
  ['struct(a int, "b c" text[])', 'STRUCT(a INTEGER, "b c" VARCHAR[])'],
  ['map(text, struct(Int bigint))', 'MAP(VARCHAR, STRUCT(Int BIGINT))'],
  ["enum('int','b c')", "ENUM('int', 'b c')"],
]
test.each(types)('type %s is %s', (written, normal) => {
  expect(normalType(written)).toBe(normal)
  expect(normalType(normal)).toBe(normal)
})

test.each([
  ['select 1', undefined],
  ['-- a word\n (select 1) union all (from t); ;', undefined],
  ['with a as (select 1) from a', undefined],
  ["values ('; create table x')", undefined],
  ['create table x (a int)', 'create'],
  ["select 1; ATTACH 'x.db' as x", 'ATTACH'],
  ["copy t to 'a.csv'", undefined],
  ['COPY a.b (c, "to") TO \'a.csv\' (format csv)', undefined],
  ["copy (select 'x' from t) to 'a.csv'; select 1", undefined],
  ["copy t from 'a.csv'", 'copy'],
  ["select 1; copy t (a) from 'a.csv'", 'copy'],
  ['copy from database a to b', 'copy'],
  ['copy t', 'copy'],
  ['set threads = 1', 'set'],
])('what %s may write', (sql, word) => {
  expect(writingWord(sql)).toBe(word)
})

test.each([
  'show tables',
  'SHOW ALL TABLES;',
  'show databases',
  'show tables from gold',
  'describe',
  'select 1; show',
  "pragma table_info('a.b')",
  'from duckdb_tables()',
  'select * from duckdb_columns',
  'from Information_Schema.tables t join information_schema."columns" c using (table_name)',
  'select count(*) from pg_catalog.pg_class',
  'from pg_tables',
  'from sqlite_master',
  "select (select count(*) from pragma_table_info('a.b'))",
  'select current_database()',
])('%s asks for tables', sql => {
  expect(asksForTables(sql)).toBe(true)
})

test.each([
  'from raw.orders',
  'describe raw.orders',
  'show raw.orders',
  'show tables.x',
  'explain from raw.orders',
  'select duckdb_tables, pragma from raw.duckdb_tables',
  "select 'show tables', 'duckdb_tables()' -- from information_schema.tables",
  'from duckdb_settings()',
  "from query_table('raw.orders')",
  'select version()',
])('%s asks for no tables', sql => {
  expect(asksForTables(sql)).toBe(false)
})
