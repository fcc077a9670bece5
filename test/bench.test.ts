import { expect, test } from 'vitest'
import { isMet, lines } from '../bench/print.ts'

test('figures are told in columns with their gates', () => {
  const told = lines([
    { what: 'wide', figure: 0.1234, unit: 'ms a step', gate: { of: 'figure', atMost: 0.15 } },
    {
      what: 'the demo from nothing',
      figure: 3.456,
      unit: 's',
      ratio: 1.61,
      against: 'DuckDB alone, 2.15 s',
      gate: { of: 'ratio', atMost: 1.5 },
    },
    { what: 'fdatasync', figure: 1234.5, unit: 'µs' },
  ])
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "wide                   0.123 ms a step                               at most 0.15 ms a step  met
    the demo from nothing  3.46 s           1.61 × DuckDB alone, 2.15 s  at most 1.5 ×           NOT MET
    fdatasync              1,230 µs"
  `)
})

test.each([
  [{ figure: 5, gate: { of: 'figure', atMost: 5 } }, true],
  [{ figure: 5.01, gate: { of: 'figure', atMost: 5 } }, false],
  [{ figure: 9, ratio: 0.6, gate: { of: 'ratio', atLeast: 0.6 } }, true],
  [{ figure: 9, ratio: 0.59, gate: { of: 'ratio', atLeast: 0.6 } }, false],
  [{ figure: 9, ratio: Number.NaN, gate: { of: 'ratio', atMost: 1 } }, false],
  [{ figure: 9, gate: { of: 'ratio', atMost: 1 } }, false],
  [{ figure: 9 }, true],
] as const)('%j is met: %s', (figure, met) => {
  expect(isMet({ what: '', unit: '', ...figure })).toBe(met)
})
