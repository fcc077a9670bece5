import type { Check } from '../model/index.ts'
import { durationMs } from '../model/index.ts'
import { compareDecimals, decimalText, multiply, parseDecimal, quotientText, whole } from './decimal.ts'
import { spellingOf } from './dialect.ts'
import { count, inRange } from './finding.ts'
import { plural, text, thousands } from './promise.ts'
import { counted, type Probe } from './reads.ts'
import { columnOf, fenced, type Named, type Problem } from './rows.ts'
import type { Subject } from './subject.ts'
import { isNumber } from './types.ts'

/** The column of an aggregate; rows outside `where` are NULL, which aggregates leave out. */
function looked(check: Check, subject: Subject): Named | Problem {
  const column = columnOf(check.columns[0] ?? '', subject.columns)
  if ('problem' in column || check.where === undefined) return column
  return { ...column, sql: `case when ${fenced(check.where)} then ${column.sql} end` }
}

function numbers(check: Check, subject: Subject): Named | Problem {
  const column = looked(check, subject)
  if ('problem' in column || isNumber(column.family)) return column
  return { problem: `the column is ${column.type}, not a number` }
}

export function figureProbe(
  check: Check,
  subject: Subject,
  item: (value: string) => string,
): Probe | Problem {
  const column = numbers(check, subject)
  if ('problem' in column) return column
  return {
    reads: [{ from: subject.relation, item: item(column.sql) }],
    decide: ([figure]) => inRange(figure, check),
  }
}

/**
 * STDDEV_SAMP stops the query at a `nan` or `inf` (DuckDB 1.5), and with it every other check: such values
 * are counted apart.
 */
export function stddevProbe(check: Check, subject: Subject): Probe | Problem {
  const column = numbers(check, subject)
  if ('problem' in column) return column
  if (column.family.kind !== 'float') return figureProbe(check, subject, value => `stddev_samp(${value})`)
  const from = subject.relation
  return {
    reads: [
      { from, item: `stddev_samp(case when isfinite(${column.sql}) then ${column.sql} end)` },
      { from, item: `count(case when not isfinite(${column.sql}) then 1 end)` },
    ],
    decide: ([figure, infinite]) => inRange(count(infinite) > 0 ? 'nan' : figure, check),
  }
}

/** Of integers and decimals the mean is decided from the exact sum: AVG goes through a double. */
export function meanProbe(check: Check, subject: Subject): Probe | Problem {
  const column = numbers(check, subject)
  if ('problem' in column) return column
  if (column.family.kind === 'float') return figureProbe(check, subject, value => `avg(${value})`)
  const from = subject.relation
  return {
    reads: [
      { from, item: `sum(${column.sql})` },
      { from, item: `count(${column.sql})` },
    ],
    decide: ([sum, rows]) => {
      const total = parseDecimal(sum ?? '')
      if (total === undefined || count(rows) === 0) return inRange(null, check)
      const over = (bound: string) => multiply(parseDecimal(bound) ?? total, whole(count(rows)))
      const shown = quotientText(total, whole(count(rows)))
      return inRange(shown, check, { compare: bound => compareDecimals(total, over(bound)) })
    },
  }
}

/**
 * DuckDB's MEDIAN rounds decimals to their own scale (0.01 and 0.02 give 0.01) and turns BIGINT into a
 * double, so the two middle values are read as they are: the lower, and of the negated column the lower
 * again.
 */
export function medianProbe(check: Check, subject: Subject): Probe | Problem {
  const column = numbers(check, subject)
  if ('problem' in column) return column
  if (column.family.kind === 'float') return figureProbe(check, subject, value => `median(${value})`)
  const { quantile } = spellingOf(subject.dialect)
  const signed = column.family.kind === 'decimal' ? column.sql : `cast(${column.sql} as HUGEINT)`
  const from = subject.relation
  return {
    reads: [
      { from, item: quantile(column.sql, '0.5') },
      { from, item: quantile(`-(${signed})`, '0.5') },
    ],
    decide: ([low, high]) => {
      const [a, b] = [parseDecimal(low ?? ''), parseDecimal(high ?? '')]
      if (a === undefined || b === undefined) return inRange(null, check)
      const scale = Math.max(a.scale, b.scale)
      const twice = a.units * 10n ** BigInt(scale - a.scale) - b.units * 10n ** BigInt(scale - b.scale)
      return inRange(decimalText({ units: twice * 5n, scale: scale + 1 }), check)
    },
  }
}

export function nullShareProbe(check: Check, subject: Subject): Probe | Problem {
  const column = looked(check, subject)
  if ('problem' in column) return column
  const from = subject.relation
  return {
    reads: [
      { from, item: counted(check) },
      { from, item: `count(${column.sql})` },
    ],
    decide: ([all, filled]) => {
      const [rows, nulls] = [count(all), count(all) - count(filled)]
      if (rows === 0) return { outcome: 'fail', rows, words: 'no rows' }
      const most = multiply(parseDecimal(text(check.args, 'max')) ?? whole(0), whole(rows))
      return {
        outcome: compareDecimals(whole(nulls), most) <= 0 ? 'pass' : 'fail',
        rows,
        observed: quotientText(whole(nulls), whole(rows)),
        words: `${thousands(nulls)} of ${plural(rows, 'row')}`,
      }
    },
  }
}

export function freshnessProbe(check: Check, subject: Subject): Probe | Problem {
  const column = looked(check, subject)
  if ('problem' in column) return column
  if (!['date', 'timestamp', 'timestamptz'].includes(column.family.kind)) {
    return { problem: `the column is ${column.type}, not a date or time` }
  }
  const item = spellingOf(subject.dialect).epochUs(`max(${column.sql})`)
  const ageMsMax = BigInt(durationMs(text(check.args, 'age')) ?? 0)
  return {
    reads: [{ from: subject.relation, item }],
    decide: ([newest]) => {
      if (newest === null || newest === undefined) return { outcome: 'fail', words: 'no rows with a value' }
      const ageUs = BigInt(subject.nowMs) * 1000n - BigInt(newest)
      const observed = new Date(Number(BigInt(newest) / 1000n)).toISOString()
      return {
        outcome: ageUs <= ageMsMax * 1000n ? 'pass' : 'fail',
        observed,
        words: `newest is of ${observed}, ${ageWords(ageUs)}`,
      }
    },
  }
}

function ageWords(ageUs: bigint): string {
  const minutes = ageUs / 60_000_000n
  if (minutes < 1n) return 'less than a minute ago'
  if (minutes < 120n) return `${minutes} minutes ago`
  return minutes < 2880n ? `${minutes / 60n} hours ago` : `${minutes / 1440n} days ago`
}

export function changedProbe(check: Check, subject: Subject): Probe {
  const { previousRows: before, relation: from } = subject
  if (before === undefined) return { outcome: 'pass', words: 'there is no earlier build' }
  return {
    reads: [{ from, item: counted(check) }],
    decide: ([now]) => {
      const change = Math.abs(count(now) - before)
      const most = multiply(parseDecimal(text(check.args, 'share')) ?? whole(0), whole(before))
      return {
        outcome: compareDecimals(whole(change), most) <= 0 ? 'pass' : 'fail',
        observed: String(count(now)),
        words: `${thousands(before)} then, ${thousands(count(now))} now`,
      }
    },
  }
}
