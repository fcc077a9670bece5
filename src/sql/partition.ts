import type { ColumnType, PartitionScheme } from '../model/index.ts'
import { quoteName, quoteText } from './quote.ts'

const formats = { hour: '%Y-%m-%dT%H', day: '%Y-%m-%d', week: '%Y-%m-%d', month: '%Y-%m' } as const

/**
 * SQL (DuckDB's) for the key of the partition that a row lies in, by the wall clock of the scheme's zone;
 * NULL where the column is.
 */
export function partitionKey(scheme: PartitionScheme, type: ColumnType | undefined): string {
  const name = quoteName(scheme.column)
  if (scheme.kind === 'static') return `${name}::varchar`
  const wall =
    type === 'TIMESTAMP WITH TIME ZONE'
      ? `timezone(${quoteText(scheme.zone)}, ${name})`
      : `${name}::timestamp`
  const start = scheme.unit === 'week' ? `date_trunc('week', ${wall})` : wall
  return `strftime(${start}, ${quoteText(formats[scheme.unit])})`
}
