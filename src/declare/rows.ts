/**
 * Types that speak of an asset's rows. `unknown` rows allow everything: a source that cannot say is not in
 * the way.
 */

/** Names of the columns of `Row`. */
export type ColumnOf<Row> = unknown extends Row ? string : Extract<keyof Row, string>

/** Columns of `Row` whose values, NULL aside, are all of type `Value`. */
export type ColumnOfType<Row, Value> = unknown extends Row
  ? string
  : { [C in Extract<keyof Row, string>]: Fits<Row[C], Value> extends true ? C : never }[Extract<
      keyof Row,
      string
    >]

type Fits<Given, Value> = unknown extends Given ? true : [NonNullable<Given>] extends [Value] ? true : false

/** What a generator yields: a row, several rows, or a page of `http.pages`. */
export type RowOfYield<Yielded> = Yielded extends readonly (infer Row)[]
  ? Row
  : Yielded extends { readonly records: readonly unknown[]; readonly position: unknown }
    ? unknown
    : Yielded

/** Anything that can be walked with `for await`. */
export type Walk<T> = AsyncIterable<T> | Iterable<T>

export type OneOrMany<T> = T | readonly T[]
