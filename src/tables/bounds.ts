// Statistics of a file as typed bounds: what `prune.ts` asks for.

/** What is known of a column's values in a file, in SQL; each may be NULL. */
export type Bounds = {
  readonly lo: string
  readonly hi: string
  readonly nulls: string
  readonly rows: string
}

/** Bounds of statistics that are text. What cannot be read is not known. */
export function boundsOfText(type: string, { lo, hi, nulls, rows }: Bounds): Bounds {
  const count = (text: string) => `try_cast(${text} as BIGINT)`
  return { lo: lower(type, lo), hi: upper(type, hi), nulls: count(nulls), rows: count(rows) }
}

/** Bounds of a column that has one value in the whole file; `value` is SQL of its type. */
export function boundsOfConstant(value: string): Bounds {
  return {
    lo: value,
    hi: value,
    nulls: `case when ${value} is null then 1 else 0 end::BIGINT`,
    rows: '1::BIGINT',
  }
}

/** Columns as conditions name them: `lo_1`, `hi_1`, `nulls_1`, `rows_1`. */
export function numbered({ lo, hi, nulls, rows }: Bounds, number: number): string {
  return `${lo} as lo_${number}, ${hi} as hi_${number},
    ${nulls} as nulls_${number}, ${rows} as rows_${number}`
}

function lower(type: string, text: string): string {
  if (hasManyDigits(type)) return widened(type, text, '-')
  // As a bound NaN says nothing: some writers order it first, some last.
  return floats.includes(type) ? `nullif(${cast(type, text)}, 'nan'::${type})` : cast(type, text)
}

function upper(type: string, text: string): string {
  if (hasManyDigits(type)) return widened(type, text, '+')
  // Timestamps are cut off to milliseconds (Delta protocol, "Per-file Statistics").
  if (type.startsWith('TIMESTAMP')) return `try(${cast(type, text)} + interval 999 microseconds)`
  return lower(type, text)
}

/** Digits of a decimal that a double keeps. */
const digitsOfDouble = 15

function hasManyDigits(type: string): boolean {
  return Number(/^DECIMAL\((\d+),/.exec(type)?.[1] ?? 0) > digitsOfDouble
}

/**
 * The engine reads a JSON number with a point as a double: 1234567890123456.749 comes as …456.8, and files
 * that have the value would be left out. A double is off by 2⁻⁵³ of itself at most.
 */
function widened(type: string, text: string, sign: '-' | '+'): string {
  const double = `try_cast(${text} as DOUBLE)`
  return `try_cast(${double} ${sign} abs(${double}) * 1e-15 as ${type})`
}

function cast(type: string, text: string): string {
  return isOrdered(type) ? `try_cast(${text} as ${type})` : `NULL::${type}`
}

const floats: readonly string[] = ['FLOAT', 'DOUBLE']

/** Types whose text in statistics is theirs in the engine. */
function isOrdered(type: string): boolean {
  return /^((TINY|SMALL|BIG)INT|INTEGER|DECIMAL.*|FLOAT|DOUBLE|BOOLEAN|VARCHAR|DATE|TIMESTAMP.*)$/.test(type)
}
