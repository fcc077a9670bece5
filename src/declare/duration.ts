type Unit = 'millisecond' | 'second' | 'minute' | 'hour' | 'day' | 'week'

/**
 * A length of time in words: `'15 minutes'`, `'1 hour'`; a bare unit is one of it: `'day'`. Months and years
 * are no lengths: they differ. Read by `durationMs` of the room `model`.
 */
export type Duration = Unit | `${number} ${Unit}` | `${number} ${Unit}s`
