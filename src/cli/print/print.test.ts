import fc from 'fast-check'
import { expect, test } from 'vitest'
import { count, duration } from './numbers.ts'
import { coloured, paletteFor, plain } from './palette.ts'
import { csv, cut, table, visible, widthOf } from './table.ts'

test.each([
  [0, '0.00s'],
  [4, '0.00s'],
  [309, '0.31s'],
  [9_994, '9.99s'],
  [9_995, '10.0s'],
  [59_949, '59.9s'],
  [59_950, '1m 00s'],
  [125_000, '2m 05s'],
  [3_599_499, '59m 59s'],
  [3_599_500, '1h 00m'],
  [11_220_000, '3h 07m'],
])('%i ms reads %s', (ms, words) => {
  expect(duration(ms)).toBe(words)
})

test('counts are grouped by three and stay exact beyond 2^53', () => {
  expect([0, 999, 1000, 3_000_000].map(count)).toEqual(['0', '999', '1,000', '3,000,000'])
  expect(count(9_007_199_254_740_993n)).toBe('9,007,199,254,740,993')
})

test('a table is aligned by what a terminal shows, and no cell can steer it', () => {
  const rows = [
    ['Zürich', '12', null],
    ['東京', '3', 'a\nb\u001b[31m'],
    ['', '1,000', 'x'.repeat(80)],
  ]
  const columns = [{ name: 'city' }, { name: 'rows', align: 'right' as const }, { name: 'note' }]
  expect(table(columns, rows, { palette: plain }).join('\n')).toMatchInlineSnapshot(`
    "city     rows  note
    Zürich     12  NULL
    東京        3  a\\nb\\x1b[31m
            1,000  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
  `)
})

test('a table fits the terminal: the widest columns give way', () => {
  const columns = [{ name: 'id' }, { name: 'reason' }, { name: 'raw' }]
  const rows = [['1', 'the day is not a DATE', '{"id":"10","country":"FR","day":"soon"}']]
  expect(table(columns, rows, { palette: plain, widthMax: 40 }).join('\n')).toMatchInlineSnapshot(`
    "id  reason             raw
    1   the day is not a…  {"id":"10","coun…"
  `)
  const narrow = table(columns, rows, { palette: plain, widthMax: 5 })
  expect(narrow.map(widthOf)).toEqual([21, 30])
})

test('CSV tells null from empty text, and what is quoted comes back', () => {
  const cells = fc.array(
    fc.tuple(fc.option(fc.string(), { nil: null }), fc.option(fc.string(), { nil: null })),
  )
  fc.assert(
    fc.property(cells, rows => {
      expect(readCsv(csv(['a', 'b'], rows))).toEqual([['a', 'b'], ...rows])
    }),
  )
})

test('text is cut by letters, never inside one', () => {
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(cut('😀😀😀', 4)).toBe('😀…')
  expect(cut('日本語', 6)).toBe('日本語')
  expect(widthOf('日本')).toBe(4)
  expect(visible('a\u0000\u009b')).toBe('a\\x00\\x9b')
})

test('colours only where a person sees them and did not refuse', () => {
  const at = (env: { [name: string]: string }, isTty = true, refused = false) =>
    paletteFor({ env, isTty, refused }) === coloured
  expect(at({})).toBe(true)
  expect(at({}, false)).toBe(false)
  expect(at({}, true, true)).toBe(false)
  expect(at({ NO_COLOR: '1' })).toBe(false)
  expect(at({ NO_COLOR: '' })).toBe(true)
  expect(at({ CI: 'true' })).toBe(false)
  expect(at({ TERM: 'dumb' })).toBe(false)
  expect(at({ FORCE_COLOR: '1' }, false)).toBe(true)
  expect(at({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(false)
})

/** A reader of RFC 4180, for the test only: a field without quotes and without letters is null. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]]
  const field = /("(?:[^"]|"")*"|[^,\n"]*)(,|\n|$)/gy
  for (let match = field.exec(text); match; match = field.exec(text)) {
    const [, raw = '', end] = match
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw
    rows.at(-1)?.push(raw === '' ? null : value)
    if (end === '') break
    if (end === '\n') rows.push([])
  }
  return rows
}
