import { failure } from '../errors/index.ts'
import type { CheckName } from '../model/index.ts'
import type { Duration } from './duration.ts'
import { type CheckJob, type CheckOptions, job, splitOptions } from './job.ts'
import { type Ref, isRef } from './ref.ts'
import type { OneOrMany } from './rows.ts'

/**
 * A bound that is a number promises a column of numbers; as text it is exact and fits decimals, dates and
 * text alike.
 */
type Bound = number | bigint
type Scalar = string | number | bigint | boolean
type AssetByName = string | Ref

/** No row is NULL. @example notNull('country') */
export function notNull<const C extends string>(column: C, options?: CheckOptions): CheckJob<C> {
  return job({ check: 'not_null', columns: [column], args: {}, options })
}

/**
 * No value, or set of values, stands twice; rows with a NULL are not looked at.
 * @example unique('id', 'day') · unique(['id', 'day'], { severity: 'warn' })
 */
export function unique<const C extends string>(...columns: readonly [C, ...C[]]): CheckJob<C>
export function unique<const C extends string>(columns: OneOrMany<C>, options: CheckOptions): CheckJob<C>
export function unique(...given: readonly unknown[]): CheckJob<never> {
  return job({ check: 'unique', args: {}, ...splitOptions(given) })
}

/** As `unique`, but NULL equals NULL. @example compoundUnique('id', 'day') */
export function compoundUnique<const C extends string>(...columns: readonly [C, ...C[]]): CheckJob<C>
export function compoundUnique<const C extends string>(
  columns: OneOrMany<C>,
  options: CheckOptions,
): CheckJob<C>
export function compoundUnique(...given: readonly unknown[]): CheckJob<never> {
  return job({ check: 'compound_unique', args: {}, ...splitOptions(given) })
}

/** Every value is one of these. @example isIn('country', ['DE', 'FR', 'IN']) */
export function isIn<const C extends string>(
  column: C,
  values: readonly Scalar[],
  options?: CheckOptions,
): CheckJob<C> {
  return job({ check: 'in', columns: [column], args: { values }, options })
}

/** No value is one of these. @example notIn('country', ['XX', 'ZZ']) */
export function notIn<const C extends string>(
  column: C,
  values: readonly Scalar[],
  options?: CheckOptions,
): CheckJob<C> {
  return job({ check: 'not_in', columns: [column], args: { values }, options })
}

/** Every value lies between two values, both inside. @example between('amount', 0, 100_000) */
export function between<const C extends string>(
  ...args: readonly [column: C, min: Bound, max: Bound, options?: CheckOptions]
): CheckJob<never, C>
export function between<const C extends string>(
  ...args: readonly [column: C, min: string, max: string, options?: CheckOptions]
): CheckJob<C>
export function between(
  ...args: readonly [string, Bound | string, Bound | string, CheckOptions?]
): CheckJob<never> {
  const [column, min, max, options] = args
  return job({ check: 'between', columns: [column], args: { min, max }, options })
}

/** No value is smaller than this. @example atLeast('amount', 0) */
export function atLeast<const C extends string>(
  column: C,
  min: Bound,
  options?: CheckOptions,
): CheckJob<never, C>
export function atLeast<const C extends string>(column: C, min: string, options?: CheckOptions): CheckJob<C>
export function atLeast(column: string, min: Bound | string, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'min', columns: [column], args: { min }, options })
}

/** No value is larger than this. @example atMost('share', 100) */
export function atMost<const C extends string>(
  column: C,
  max: Bound,
  options?: CheckOptions,
): CheckJob<never, C>
export function atMost<const C extends string>(column: C, max: string, options?: CheckOptions): CheckJob<C>
export function atMost(column: string, max: Bound | string, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'max', columns: [column], args: { max }, options })
}

/** Every text has so many characters. @example lengthBetween('code', 3, 3) */
export function lengthBetween<const C extends string>(
  ...args: readonly [column: C, min: number, max: number, options?: CheckOptions]
): CheckJob<never, never, C> {
  const [column, min, max, options] = args
  return job({ check: 'length', columns: [column], args: { min, max }, options })
}

/** Every text matches a regular expression (RE2) somewhere. @example matches('code', '^[A-Z]{3}$') */
export function matches<const C extends string>(
  column: C,
  pattern: string | RegExp,
  options?: CheckOptions,
): CheckJob<never, never, C> {
  return job({ check: 'matches', columns: [column], args: { pattern: patternOf(pattern) }, options })
}

/** The column has this type. @example isType('id', 'BIGINT') */
export function isType<const C extends string>(column: C, type: string, options?: CheckOptions): CheckJob<C> {
  return job({ check: 'is_type', columns: [column], args: { type }, options })
}

/**
 * Every value stands in a column of another asset.
 * @example relationships('customer_id', 'staging.customers', 'id')
 */
export function relationships<const C extends string>(
  ...args: readonly [column: C, asset: AssetByName, otherColumn: string, options?: CheckOptions]
): CheckJob<C> {
  const [column, asset, other, options] = args
  const to = { asset: nameOf(asset), column: other }
  return job({ check: 'relationships', columns: [column], args: to, options })
}

/** The table has at least, and at most, so many rows. @example rowCount(1_000, 1_000_000) */
export function rowCount(min: Bound, max?: Bound, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'row_count', columns: [], args: { min, max }, options })
}

/** The table has at least, and at most, so many columns. @example columnCount(4, 8) */
export function columnCount(min: number, max?: number, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'column_count', columns: [], args: { min, max }, options })
}

/** The table has these columns. @example columnsPresent('id', 'day') */
export function columnsPresent<const C extends string>(...columns: readonly [C, ...C[]]): CheckJob<C>
export function columnsPresent<const C extends string>(
  columns: OneOrMany<C>,
  options: CheckOptions,
): CheckJob<C>
export function columnsPresent(...given: readonly unknown[]): CheckJob<never> {
  const { columns: names, options } = splitOptions(given)
  return job({ check: 'columns_present', columns: [], args: { names }, options })
}

/** The newest value of a date or time is at most so old. @example freshness('loaded_at', '2 hours') */
export function freshness<const C extends string>(
  column: C,
  age: Duration,
  options?: CheckOptions,
): CheckJob<C> {
  return job({ check: 'freshness', columns: [column], args: { age }, options })
}

type Range<C extends string, B> = readonly [column: C, min: B, max?: B, options?: CheckOptions]

/** The mean lies in a range; NULLs are left out. @example meanBetween('amount', 10, 20) */
export function meanBetween<const C extends string>(...args: Range<C, Bound>): CheckJob<never, C>
export function meanBetween<const C extends string>(...args: Range<C, string>): CheckJob<C>
export function meanBetween(...args: Range<string, Bound | string>): CheckJob<never> {
  return figure('mean_between', args)
}

/** The sum lies in a range. @example sumBetween('amount', 0, 1_000_000) */
export function sumBetween<const C extends string>(...args: Range<C, Bound>): CheckJob<never, C>
export function sumBetween<const C extends string>(...args: Range<C, string>): CheckJob<C>
export function sumBetween(...args: Range<string, Bound | string>): CheckJob<never> {
  return figure('sum_between', args)
}

/** The median lies in a range. @example medianBetween('amount', 10, 20) */
export function medianBetween<const C extends string>(...args: Range<C, Bound>): CheckJob<never, C>
export function medianBetween<const C extends string>(...args: Range<C, string>): CheckJob<C>
export function medianBetween(...args: Range<string, Bound | string>): CheckJob<never> {
  return figure('median_between', args)
}

/** The standard deviation of a sample lies in a range. @example stddevBetween('amount', 0, 5) */
export function stddevBetween<const C extends string>(...args: Range<C, Bound>): CheckJob<never, C>
export function stddevBetween<const C extends string>(...args: Range<C, string>): CheckJob<C>
export function stddevBetween(...args: Range<string, Bound | string>): CheckJob<never> {
  return figure('stddev_between', args)
}

type QuantileRange<C extends string, B> = readonly [
  column: C,
  quantile: number,
  min: B,
  max?: B,
  options?: CheckOptions,
]

/** A quantile lies in a range. @example quantileBetween('amount', 0.95, 0, 200) */
export function quantileBetween<const C extends string>(...args: QuantileRange<C, Bound>): CheckJob<never, C>
export function quantileBetween<const C extends string>(...args: QuantileRange<C, string>): CheckJob<C>
export function quantileBetween(...args: QuantileRange<string, Bound | string>): CheckJob<never> {
  const [column, quantile, min, max, options] = args
  return job({ check: 'quantile_between', columns: [column], args: { quantile, min, max }, options })
}

/** So many different values, NULL not counted. @example distinctCount('country', 2, 50) */
export function distinctCount<const C extends string>(...args: Range<C, Bound>): CheckJob<C> {
  return figure('distinct_count', args)
}

/** At most this share of the rows is NULL. @example nullShare('email', 0.1) */
export function nullShare<const C extends string>(
  column: C,
  max: number,
  options?: CheckOptions,
): CheckJob<C> {
  return job({
    check: 'null_share',
    columns: [column],
    args: { max },
    options,
  })
}

/**
 * Ordered by another column, no value is smaller than the one before.
 * @example increasing('total', 'loaded_at')
 */
export function increasing<const C extends string>(
  column: C,
  by: C,
  options?: CheckOptions & { /** Equal neighbours fail too. */ readonly strictly?: boolean },
): CheckJob<C> {
  const { strictly = false, ...rest } = options ?? {}
  const args = { by, strictly: strictly ? true : undefined }
  return job({ check: 'increasing', columns: [column], args, options: rest })
}

/** An SQL predicate is not false for any row. @example expression('amount >= 0 or refunded') */
export function expression(predicate: string, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'expression', columns: [], args: { predicate }, options })
}

/** The table and another asset hold the same rows, as often. @example equalTo('staging.orders') */
export function equalTo(asset: AssetByName, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'equal_to_other_table', columns: [], args: { asset: nameOf(asset) }, options })
}

/** The number of rows differs from the last build by at most this share. @example changedByAtMost(0.2) */
export function changedByAtMost(share: number, options?: CheckOptions): CheckJob<never> {
  return job({ check: 'changed_by_at_most', columns: [], args: { share }, options })
}

function figure(check: CheckName, given: Range<string, Bound | string>): CheckJob<never> {
  const [column, min, max, options] = given
  return job({ check, columns: [column], args: { min, max }, options })
}

function nameOf(asset: AssetByName): string {
  return isRef(asset) ? asset.name : asset
}

/** RE2 knows the flags i, m and s at the head of a pattern; `u` is what it always does. */
function patternOf(pattern: string | RegExp): string {
  if (!(pattern instanceof RegExp)) return pattern
  const { source } = pattern
  const flags = pattern.flags.replace('u', '')
  if (/^[ims]*$/.test(flags)) return flags === '' ? source : `(?${flags})${source}`
  const words = `The flags \`${flags}\` of the pattern mean nothing to RE2; it knows i, m and s.`
  throw failure('SLUICE_CHECK_ARGUMENT', { check: 'matches', words, near: [] })
}
