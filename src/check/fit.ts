import type { ColumnType } from '../model/index.ts'
import { normalType, quoteText } from '../sql/index.ts'
import { familyOf } from './types.ts'

/** A value of one type on its way to another, as SQL. A value fits if the cast loses nothing. */
export type Fit = {
  /** The value cast; NULL where it does not fit or is NULL. Never an error. */
  readonly cast: string
  /** True where there is a value and it does not fit. Never NULL. */
  readonly misfit: string
}

/**
 * TRY_CAST alone is no judge: it makes 2 of '1.5' and of 1.5, drops digits behind a decimal's scale, the
 * time of day for a DATE, and the offset of '… +02' for a TIMESTAMP (DuckDB 1.5). So text must also be
 * spelled as the type is, and other values must come back unchanged from a round trip.
 */
export function fitOf({ value, from, to }: { value: string; from: ColumnType; to: ColumnType }): Fit {
  const target = `try_cast(${value} as ${to})`
  const fits =
    familyOf(from).kind === 'text' || familyOf(from).kind === 'enum'
      ? textFits(value, to)
      : `try_cast(${target} as ${from}) is not distinct from ${value}`
  const misfit = `(${value} is not null and not coalesce(${target} is not null and ${fits}, false))`
  return { cast: `case when ${misfit} then null else ${target} end`, misfit }
}

/** What the text must look like besides being castable. */
function textFits(value: string, to: ColumnType): string {
  const family = familyOf(to)
  const text = `cast(${value} as VARCHAR)`
  const spelled = (pattern: string): string => `regexp_matches(${text}, ${quoteText(pattern)})`
  switch (family.kind) {
    case 'integer':
      return spelled(decimalSpelling(0))
    case 'decimal':
      return spelled(decimalSpelling(family.scale))
    case 'date':
      return spelled('^\\s*[0-9]+[-/. ][0-9]{1,2}[-/. ][0-9]{1,2}( \\(BC\\))?\\s*$')
    case 'timestamp':
      return `not ${spelled(offsetSpelling)} and ${wholeMicroseconds(spelled)} and ${sameMoment(text, to)}`
    case 'timestamptz':
      return wholeMicroseconds(spelled)
    default:
      return 'true'
  }
}

/** Digits, with at most `scale` behind the point that are not zero. */
function decimalSpelling(scale: number): string {
  const fraction = scale === 0 ? '0*' : `[0-9]{0,${scale}}0*`
  return `^\\s*[+-]?([0-9]+(\\.${fraction})?|\\.[0-9]${fraction})\\s*$`
}

/** A time of day and then an offset or a zone's name other than Z. */
const offsetSpelling = ':[0-9]{2}[0-9.]*\\s*([+-][0-9]|[A-Ya-y]|[Zz][A-Za-z])'

function wholeMicroseconds(spelled: (pattern: string) => string): string {
  return `not ${spelled('\\.[0-9]{6}[0-9]*[1-9]')}`
}

function sameMoment(text: string, to: ColumnType): string {
  const coarse = normalType(to) === 'TIMESTAMP_S' || normalType(to) === 'TIMESTAMP_MS'
  return coarse ? `try_cast(${text} as TIMESTAMP) = try_cast(${text} as ${to})` : 'true'
}
