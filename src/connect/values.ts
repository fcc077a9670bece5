/**
 * A value of a row as TypeScript code gets it from `Store.read`, and as a `rows` batch may hold it. Exact
 * both ways:
 *
 * | column type                                     | value
 * |
 * | ----------------------------------------------- |
 * --------------------------------------------------------------- |
 * | NULL of any type                                | `null` (in a batch also `undefined` and an absent
 * field)         |
 * | BOOLEAN                                         | `boolean`
 * |
 * | TINYINT … INTEGER, unsigned up to UINTEGER       | `number`
 * |
 * | BIGINT, UBIGINT, HUGEINT, UHUGEINT, BIGNUM       | `bigint`
 * |
 * | FLOAT, DOUBLE                                   | `number`, NaN and infinities included
 * |
 * | DECIMAL                                         | text: `12.50`
 * |
 * | DATE, TIME, INTERVAL, UUID, ENUM, BIT, VARCHAR   | text
 * |
 * | TIMESTAMP (s, ms, µs, ns)                        | ISO 8601 text without zone:
 * `2024-01-31T23:59:59.999999`         |
 * | TIMESTAMP WITH TIME ZONE                        | ISO 8601 text in UTC: `2024-01-31T23:59:59.999999Z`
 * |
 * | BLOB                                            | `Uint8Array`
 * |
 * | LIST, ARRAY · STRUCT · MAP                       | array · object · array of `{ key, value }`
 * |
 *
 * In a batch, a `Date` is an instant (TIMESTAMP WITH TIME ZONE, milliseconds) and every bigint keeps all its
 * digits.
 */
export type RowValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly RowValue[]
  | { readonly [field: string]: RowValue }
