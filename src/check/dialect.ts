import type { Dialect } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import { quoteText } from '../sql/index.ts'

/** The few things that engines spell differently. */
export type Spelling = {
  /** True where text matches anywhere. */
  readonly matches: (text: string, pattern: string) => string
  /** An actual value: the smallest that at least this share of the rows does not exceed. */
  readonly quantile: (value: string, share: string) => string
  /** Microseconds since 1970 of a date or time. */
  readonly epochUs: (value: string) => string
  /**
   * True: a GROUP BY over few values costs less than a predicate over all rows, so that it is worth a query
   * of its own.
   */
  readonly cheapGroups: boolean
}

/**
 * Engines against which the checks are proven; one more is one more entry here, and the tests of this room
 * over it.
 */
const spellings: { readonly [dialect in Dialect]?: Spelling } = {
  duckdb: {
    matches: (text, pattern) => `regexp_matches(${text}, ${quoteText(pattern)})`,
    quantile: (value, share) => `quantile_disc(${value}, ${share})`,
    epochUs: value => `epoch_us(${value})`,
    cheapGroups: true,
  },
}

export function spellingOf(dialect: Dialect): Spelling {
  const spelling = spellings[dialect]
  if (spelling === undefined)
    throw failure('SLUICE_CHECK_DIALECT', { dialect, known: Object.keys(spellings) })
  return spelling
}
