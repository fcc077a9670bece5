import type { CheckName } from '../model/index.ts'

/** How an argument is written and read. Numbers, dates and times stay text, so that no digit is lost. */
export type ArgType =
  /** A plain decimal number. */
  | 'number'
  /** A number between 0 and 1, or with `%`. */
  | 'share'
  /** A number that is not negative, or with `%`; it may be more than 1. */
  | 'ratio'
  /**
   * A number, date, time or text, as the column's type asks; `now`, `today`, `yesterday` and `tomorrow` for
   * times.
   */
  | 'value'
  | 'values'
  /**
   * A regular expression of RE2: no look-around, no references back. It may match anywhere: anchor it with
   * ^ and $.
   */
  | 'pattern'
  /** SQL that is true or false for one row. */
  | 'predicate'
  | 'asset'
  | 'column'
  | 'names'
  | 'type'
  /** `2 hours`, `30 minutes`. */
  | 'duration'
  /** Present or not. */
  | 'flag'

export type ArgSpec = {
  readonly name: string
  readonly type: ArgType
  readonly required: boolean
  readonly summary: string
}

export type CheckSpec = {
  readonly summary: string
  /** What a check of this kind hangs on: one column, one or more columns, or the whole table. */
  readonly on: 'column' | 'columns' | 'table'
  /**
   * How it is measured. `row`: each row keeps or breaks it · `aggregate`: one figure over the rows ·
   * `metadata`: decided without a query · `group`: rows compared by key · `window`: each row with the one
   * before · `join`: with another asset · `history`: with the last build · `query`: a query of its own.
   */
  readonly kind: 'row' | 'aggregate' | 'metadata' | 'group' | 'window' | 'join' | 'history' | 'query'
  /** In the order in which they are written as words. */
  readonly args: readonly ArgSpec[]
  /** True where `mostly` makes sense: the check counts rows. */
  readonly counts: boolean
  readonly example: { readonly sql: string; readonly typescript: string }
}

const range: readonly ArgSpec[] = [
  { name: 'min', type: 'number', required: true, summary: 'Smallest figure that passes.' },
  { name: 'max', type: 'number', required: false, summary: 'Largest figure that passes.' },
]

/**
 * Every check there is: what it promises, its arguments, how it is measured. Docs and parsers are made from
 * this table.
 */
export const vocabulary: { readonly [name in CheckName]: CheckSpec } = {
  not_null: {
    summary: 'No row is NULL.',
    on: 'column',
    kind: 'row',
    args: [],
    counts: true,
    example: { sql: '@not_null', typescript: "notNull('country')" },
  },
  unique: {
    summary: 'No value, or set of values, stands in two rows. Rows with a NULL among them are not looked at.',
    on: 'columns',
    kind: 'group',
    args: [],
    counts: true,
    example: { sql: '@unique id, day', typescript: "unique('id', 'day')" },
  },
  compound_unique: {
    summary: 'No set of values stands in two rows; NULL equals NULL. Rows of NULLs alone are not looked at.',
    on: 'columns',
    kind: 'group',
    args: [],
    counts: true,
    example: { sql: '@compound_unique id, day', typescript: "compoundUnique('id', 'day')" },
  },
  in: {
    summary: 'Every value is one of these.',
    on: 'column',
    kind: 'row',
    args: [{ name: 'values', type: 'values', required: true, summary: 'The values that pass.' }],
    counts: true,
    example: { sql: "@in DE FR 'IN'", typescript: "isIn('country', ['DE', 'FR', 'IN'])" },
  },
  not_in: {
    summary: 'No value is one of these.',
    on: 'column',
    kind: 'row',
    args: [{ name: 'values', type: 'values', required: true, summary: 'The values that fail.' }],
    counts: true,
    example: { sql: '@not_in XX ZZ', typescript: "notIn('country', ['XX', 'ZZ'])" },
  },
  between: {
    summary: 'Every value lies between two values, both inside.',
    on: 'column',
    kind: 'row',
    args: [
      { name: 'min', type: 'value', required: true, summary: 'Smallest value that passes.' },
      { name: 'max', type: 'value', required: true, summary: 'Largest value that passes.' },
    ],
    counts: true,
    example: { sql: '@between 0 100000', typescript: "between('amount', 0, 100_000)" },
  },
  min: {
    summary: 'No value is smaller than this.',
    on: 'column',
    kind: 'row',
    args: [{ name: 'min', type: 'value', required: true, summary: 'Smallest value that passes.' }],
    counts: true,
    example: { sql: '@min 0', typescript: "atLeast('amount', 0)" },
  },
  max: {
    summary: 'No value is larger than this.',
    on: 'column',
    kind: 'row',
    args: [{ name: 'max', type: 'value', required: true, summary: 'Largest value that passes.' }],
    counts: true,
    example: { sql: '@max 100', typescript: "atMost('share', 100)" },
  },
  length: {
    summary: 'Every text has this many characters. With one number: exactly so many.',
    on: 'column',
    kind: 'row',
    args: [
      { name: 'min', type: 'number', required: true, summary: 'Fewest characters that pass.' },
      {
        name: 'max',
        type: 'number',
        required: false,
        summary: 'Most characters that pass; the same as the fewest unless said.',
      },
    ],
    counts: true,
    example: { sql: '@length 3', typescript: "lengthBetween('code', 3, 3)" },
  },
  matches: {
    summary:
      'Every text matches a regular expression (RE2); it may match anywhere, so anchor it with ^ and $.',
    on: 'column',
    kind: 'row',
    args: [{ name: 'pattern', type: 'pattern', required: true, summary: 'The regular expression.' }],
    counts: true,
    example: { sql: "@matches '^[A-Z]{3}$'", typescript: "matches('code', '^[A-Z]{3}$')" },
  },
  is_type: {
    summary: 'The column has this type. A name without parameters (`DECIMAL`) stands for the whole family.',
    on: 'column',
    kind: 'metadata',
    args: [{ name: 'type', type: 'type', required: true, summary: 'The type, as DuckDB spells it.' }],
    counts: false,
    example: { sql: '@is_type BIGINT', typescript: "isType('id', 'BIGINT')" },
  },
  relationships: {
    summary: 'Every value stands in a column of another asset.',
    on: 'column',
    kind: 'join',
    args: [
      {
        name: 'asset',
        type: 'asset',
        required: true,
        summary: 'The asset that is pointed to; written `schema.table.column`.',
      },
      { name: 'column', type: 'column', required: true, summary: 'Its column.' },
    ],
    counts: true,
    example: {
      sql: '@relationships staging.customers.id',
      typescript: "relationships('customer_id', 'staging.customers', 'id')",
    },
  },
  row_count: {
    summary: 'The table has at least, and at most, so many rows.',
    on: 'table',
    kind: 'aggregate',
    args: range,
    counts: false,
    example: { sql: '@row_count 1000 1000000', typescript: 'rowCount(1_000, 1_000_000)' },
  },
  column_count: {
    summary: 'The table has at least, and at most, so many columns.',
    on: 'table',
    kind: 'metadata',
    args: range,
    counts: false,
    example: { sql: '@column_count 4 8', typescript: 'columnCount(4, 8)' },
  },
  columns_present: {
    summary: 'The table has these columns.',
    on: 'table',
    kind: 'metadata',
    args: [{ name: 'names', type: 'names', required: true, summary: 'Names of columns.' }],
    counts: false,
    example: { sql: '@columns_present id, day', typescript: "columnsPresent('id', 'day')" },
  },
  freshness: {
    summary:
      'The newest value of a date or time is at most so old. Values without a time zone are read as UTC.',
    on: 'column',
    kind: 'aggregate',
    args: [{ name: 'age', type: 'duration', required: true, summary: 'How old the newest row may be.' }],
    counts: false,
    example: { sql: '@freshness loaded_at 2 hours', typescript: "freshness('loaded_at', '2 hours')" },
  },
  mean_between: {
    summary: 'The mean lies in a range. NULLs are left out.',
    on: 'column',
    kind: 'aggregate',
    args: range,
    counts: false,
    example: { sql: '@mean_between 10 20', typescript: "meanBetween('amount', 10, 20)" },
  },
  sum_between: {
    summary: 'The sum lies in a range.',
    on: 'column',
    kind: 'aggregate',
    args: range,
    counts: false,
    example: { sql: '@sum_between 0 1000000', typescript: "sumBetween('amount', 0, 1_000_000)" },
  },
  median_between: {
    summary:
      'The median lies in a range; of an even number of values it is the mean of the two in the middle.',
    on: 'column',
    kind: 'aggregate',
    args: range,
    counts: false,
    example: { sql: '@median_between 10 20', typescript: "medianBetween('amount', 10, 20)" },
  },
  stddev_between: {
    summary: 'The standard deviation (of a sample) lies in a range.',
    on: 'column',
    kind: 'aggregate',
    args: range,
    counts: false,
    example: { sql: '@stddev_between 0 5', typescript: "stddevBetween('amount', 0, 5)" },
  },
  quantile_between: {
    summary:
      'A quantile lies in a range: the smallest value that at least this share of the rows does not exceed.',
    on: 'column',
    kind: 'aggregate',
    args: [{ name: 'quantile', type: 'share', required: true, summary: 'Which quantile, 0 to 1.' }, ...range],
    counts: false,
    example: { sql: '@quantile_between 0.95 0 200', typescript: "quantileBetween('amount', 0.95, 0, 200)" },
  },
  distinct_count: {
    summary: 'So many different values, NULL not counted.',
    on: 'column',
    kind: 'group',
    args: range,
    counts: false,
    example: { sql: '@distinct_count 2 50', typescript: "distinctCount('country', 2, 50)" },
  },
  null_share: {
    summary: 'At most this share of the rows is NULL.',
    on: 'column',
    kind: 'aggregate',
    args: [{ name: 'max', type: 'share', required: true, summary: 'Largest share that passes.' }],
    counts: false,
    example: { sql: '@null_share 0.1', typescript: "nullShare('email', 0.1)" },
  },
  increasing: {
    summary:
      'Ordered by another column, no value is smaller than the one before (with `strictly`: nor equal).',
    on: 'column',
    kind: 'window',
    args: [
      { name: 'by', type: 'column', required: true, summary: 'The column that orders the rows.' },
      { name: 'strictly', type: 'flag', required: false, summary: 'Equal neighbours fail too.' },
    ],
    counts: true,
    example: { sql: '@increasing loaded_at', typescript: "increasing('total', 'loaded_at')" },
  },
  expression: {
    summary: 'An SQL predicate is not false for any row.',
    on: 'table',
    kind: 'row',
    args: [
      { name: 'predicate', type: 'predicate', required: true, summary: 'SQL over the columns of the table.' },
    ],
    counts: true,
    example: {
      sql: '@expression amount >= 0 or refunded',
      typescript: "expression('amount >= 0 or refunded')",
    },
  },
  equal_to_other_table: {
    summary: 'The table and another asset hold the same rows, as often; columns are compared by name.',
    on: 'table',
    kind: 'join',
    args: [{ name: 'asset', type: 'asset', required: true, summary: 'The other asset.' }],
    counts: false,
    example: { sql: '@equal_to_other_table staging.orders', typescript: "equalTo('staging.orders')" },
  },
  changed_by_at_most: {
    summary: 'The number of rows differs from the last build by at most this share. The first build passes.',
    on: 'table',
    kind: 'history',
    args: [
      {
        name: 'share',
        type: 'ratio',
        required: true,
        summary: 'Largest change, as a share of the last number.',
      },
    ],
    counts: false,
    example: { sql: '@changed_by_at_most 0.2', typescript: 'changedByAtMost(0.2)' },
  },
  query: {
    summary: 'A query of its own, in a file under `checks/`, returns no rows.',
    on: 'table',
    kind: 'query',
    args: [{ name: 'sql', type: 'predicate', required: true, summary: 'The query.' }],
    counts: false,
    example: { sql: 'select * from marts.revenue where revenue < 0', typescript: '' },
  },
}

/** True: facts of this name are checks. `query` is not among them: it is written as a file. */
export function isCheckName(name: string): name is Exclude<CheckName, 'query'> {
  return name !== 'query' && Object.hasOwn(vocabulary, name)
}
