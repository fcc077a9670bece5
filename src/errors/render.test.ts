import { expect, test } from 'vitest'
import { Failures, type RenderOptions, failure, render } from './index.ts'

const file = 'assets/marts/revenue.sql'
const query = `-- Revenue per country and day, in euro.
-- @key country, day

with paid as (
  select * from staging.ordres where amount > 0   -- refunds live elsewhere
)
select country from paid
`
const textOf = (name: string) => (name === file ? query : undefined)
const unknown = (name: string, at: { line: number; column: number; file?: string }) =>
  failure(
    'SLUICE_REF_NOT_FOUND',
    { name, asset: 'marts.revenue', near: name === 'staging.ordres' ? ['raw.orders', 'staging.orders'] : [] },
    { at: { file, length: name.length, ...at } },
  )

test('what happened, where with its lines, why, and what to do', () => {
  expect(render(unknown('staging.ordres', { line: 5, column: 17 }), { textOf })).toMatchInlineSnapshot(`
    "error No asset is called \`staging.ordres\`.
      assets/marts/revenue.sql:5:17

      4 │ with paid as (
      5 │   select * from staging.ordres where amount > 0   -- refunds live elsewhere
        ╵                 ~~~~~~~~~~~~~~
      6 │ )

      \`marts.revenue\` reads it, and nothing in this project or its sources makes it.
      fix  Did you mean \`raw.orders\` or \`staging.orders\`?
      SLUICE_REF_NOT_FOUND · sluice explain SLUICE_REF_NOT_FOUND"
  `)
})

test('a place in a file that is gone, or past its end, is told without lines', () => {
  const gone = unknown('a.b', { line: 1, column: 1, file: 'assets/gone.sql' })
  expect(render(gone, { textOf })).toMatchInlineSnapshot(`
    "error No asset is called \`a.b\`.
      assets/gone.sql:1:1
      \`marts.revenue\` reads it, and nothing in this project or its sources makes it.
      fix  Add the asset, or declare the table as a source.
      SLUICE_REF_NOT_FOUND · sluice explain SLUICE_REF_NOT_FOUND"
  `)
  expect(render(unknown('a.b', { line: 99, column: 1 }), { textOf })).not.toContain('│')
})

test('first and last line, tabs, wide characters, CRLF, control characters and lines without end', () => {
  const framed = (text: string, at: { line: number; column: number; length: number }) =>
    render(failure('SLUICE_SQL_SYNTAX', { asset: 'a.b', words: '' }, { at: { file, ...at } }), {
      textOf: () => text,
    })
      .split('\n')
      .filter(line => /[│╵]/.test(line))
      .join('\n')
  expect(framed('select 1 frm a', { line: 1, column: 10, length: 3 })).toMatchInlineSnapshot(`
    "  1 │ select 1 frm a
        ╵          ~~~"
  `)
  expect(framed('a\r\n\tselect\tx\r\n', { line: 2, column: 9, length: 1 })).toMatchInlineSnapshot(`
    "  1 │ a
      2 │   select  x
        ╵           ~"
  `)
  expect(framed(`select '東京', bad`, { line: 1, column: 14, length: 3 })).toMatchInlineSnapshot(`
    "  1 │ select '東京', bad
        ╵                ~~~"
  `)
  expect(framed('a\u001b[31mb', { line: 1, column: 7, length: 0 })).toMatchInlineSnapshot(`
    "  1 │ a�[31mb
        ╵       ~"
  `)
  expect(
    framed(`${'x, '.repeat(500)}bad${', y'.repeat(500)}`, { line: 1, column: 1501, length: 3 }),
  ).toMatchInlineSnapshot(`
      "  1 │ …x, x, x, x, x, x, x, x, bad, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y, y…
          ╵                          ~~~"
    `)
  expect(framed('select (1\nfrom a\nwhere b', { line: 1, column: 8, length: 400 })).toMatchInlineSnapshot(`
    "  1 │ select (1
        ╵        ~~
      2 │ from a"
  `)
})

test('causes are told at most three deep, and nothing is said twice', () => {
  const chain = ['socket closed', 'no answer', 'page 7 is missing', 'the read stopped'].reduce<unknown>(
    (cause, words) => new Error(words, { cause }),
    undefined,
  )
  const told = failure('SLUICE_INTERNAL', { doing: 'reading', words: 'the read stopped' }, { cause: chain })
  expect(render(told)).toMatchInlineSnapshot(`
    "error Something unforeseen happened while reading.
      the read stopped
      ╰─ page 7 is missing
      ╰─ no answer
      fix  If this is your own code, mend it there; if not, \`sluice doctor\` gathers what a report needs.
      SLUICE_INTERNAL · sluice explain SLUICE_INTERNAL"
  `)
})

test('stacks of causes only when asked for', () => {
  const cause = new TypeError('x is not a function')
  cause.stack = 'TypeError: x is not a function\n    at f (a.ts:1:2)\n    at g (b.ts:3:4)'
  const told = failure('SLUICE_INTERNAL', { doing: 'reading', words: cause.message }, { cause })
  expect(render(told)).not.toContain('a.ts')
  expect(render(told, { stacks: true })).toMatchInlineSnapshot(`
    "error Something unforeseen happened while reading.
      x is not a function
         at f (a.ts:1:2)
         at g (b.ts:3:4)
      fix  If this is your own code, mend it there; if not, \`sluice doctor\` gathers what a report needs.
      SLUICE_INTERNAL · sluice explain SLUICE_INTERNAL"
  `)
})

test('notes stand with their own place', () => {
  const told = failure(
    'SLUICE_SQL_SYNTAX',
    { asset: 'marts.revenue', words: 'A name stands here twice.' },
    { notes: [{ text: 'The first one is here.', at: { file, line: 7, column: 8, length: 7 } }] },
  )
  expect(render(told, { textOf })).toMatchInlineSnapshot(`
    "error The SQL of \`marts.revenue\` does not parse.
      A name stands here twice.
      The first one is here.
      assets/marts/revenue.sql:7:8

      6 │ )
      7 │ select country from paid
        ╵        ~~~~~~~

      fix  Mend the SQL at the marked place.
      SLUICE_SQL_SYNTAX · sluice explain SLUICE_SQL_SYNTAX"
  `)
})

test('many are told file by file from top to bottom, without a place last', () => {
  const all = [
    unknown('b.two', { line: 9, column: 1, file: 'assets/b.sql' }),
    failure('SLUICE_INTERNAL', { doing: 'reading', words: 'x' }),
    unknown('a.one', { line: 1, column: 1, file: 'assets/a.sql' }),
    unknown('b.one', { line: 2, column: 1, file: 'assets/b.sql' }),
  ]
  const lines = render(new Failures(all)).split('\n')
  expect(lines.filter(line => /^error|errors/.test(line))).toMatchInlineSnapshot(`
    [
      "error No asset is called \`b.one\`.",
      "error No asset is called \`b.two\`.",
      "error No asset is called \`a.one\`.",
      "error Something unforeseen happened while reading.",
      "4 errors in 2 files",
    ]
  `)
})

test('twenty are shown, and how many there are', () => {
  const all = Array.from({ length: 23 }, (_, index) => unknown(`a.b${index}`, { line: index + 1, column: 1 }))
  const told = render(new Failures(all))
  expect(told.match(/^error /gm)).toHaveLength(20)
  expect(told.split('\n').at(-1)).toMatchInlineSnapshot(`"23 errors in 1 file; the first 20 are shown"`)
})

test('colours only paint: without them every line is the same', () => {
  const paint = (mark: string) => (text: string) => `<${mark}>${text}</${mark}>`
  const palette = { bad: paint('bad'), place: paint('place'), dim: paint('dim') }
  const told = unknown('staging.ordres', { line: 5, column: 17 })
  const painted: RenderOptions = { textOf, palette }
  expect(render(told, painted)).toContain('<bad>~~~~~~~~~~~~~~</bad>')
  expect(render(told, painted).replaceAll(/<\/?(bad|place|dim)>/g, '')).toBe(render(told, { textOf }))
})
