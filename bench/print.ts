import type { Figure, Gate } from './bench.ts'

/** One line per figure, in columns: what, figure, ratio, gate, whether it is met. */
export function lines(figures: readonly Figure[]): readonly string[] {
  const rows = figures.map(cells)
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function cells(figure: Figure): readonly string[] {
  const against = figure.against === undefined ? '' : ` ${figure.against}`
  const ratio = figure.ratio === undefined ? against.trim() : `${digits(figure.ratio)} ×${against}`
  const verdict = isMet(figure) ? 'met' : 'NOT MET'
  return [
    figure.what,
    `${digits(figure.figure)} ${figure.unit}`,
    ratio,
    figure.gate ? words(figure.gate, figure.unit) : '',
    figure.gate ? verdict : '',
  ]
}

/** A gate on a ratio that was not measured is not met: a benchmark that could not compare proves nothing. */
export function isMet({ figure, ratio, gate }: Figure): boolean {
  if (!gate) return true
  const value = gate.of === 'ratio' ? (ratio ?? Number.NaN) : figure
  return (
    value <= (gate.atMost ?? Number.POSITIVE_INFINITY) && value >= (gate.atLeast ?? Number.NEGATIVE_INFINITY)
  )
}

function words({ of, atMost, atLeast }: Gate, unit: string): string {
  const measure = of === 'ratio' ? '×' : unit
  const parts = [
    atLeast === undefined ? [] : [`at least ${atLeast} ${measure}`],
    atMost === undefined ? [] : [`at most ${atMost} ${measure}`],
  ]
  return parts.flat().join(', ')
}

function digits(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
