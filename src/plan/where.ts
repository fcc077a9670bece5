import {
  type Asset,
  type ColumnType,
  calendarOf,
  type PartitionKey,
  type PartitionScheme,
} from '../model/index.ts'
import { quoteName, quoteText } from '../sql/index.ts'

/**
 * Is it built partition by partition? Only SQL and rows can be asked for some partitions, and only strategies
 * that leave the other partitions alone may be. Any other asset is built as a whole, whether or not it names
 * a partition column.
 */
export function isPartitioned(asset: Asset): boolean {
  return (
    asset.partition !== undefined &&
    (asset.kind === 'sql' || asset.kind === 'rows') &&
    (asset.write === 'replace-partition' || asset.write === 'merge')
  )
}

/**
 * SQL predicate that is true for exactly the rows of the partitions from first to last, for a column of this
 * type. Bounds are literals, so that an engine can skip row groups and files by their statistics.
 */
export function whereOf(
  scheme: PartitionScheme,
  range: { readonly first: PartitionKey; readonly last: PartitionKey },
  type: ColumnType,
): string {
  const column = quoteName(scheme.column)
  if (scheme.kind === 'static') {
    const { values } = scheme
    const listed = values.slice(values.indexOf(range.first), values.indexOf(range.last) + 1)
    const text = isText(type) ? column : `CAST(${column} AS VARCHAR)`
    return `${text} IN (${listed.map(quoteText).join(', ')})`
  }
  const bounds = calendarOf(scheme.unit, scheme.zone).bounds(range.first, range.last)
  const between = (operand: string, from: string, until: string) =>
    `${operand} >= ${from} AND ${operand} < ${until}`
  if (type === 'TIMESTAMP WITH TIME ZONE' || type === 'TIMESTAMPTZ')
    // With their offset: neither the session's time zone nor an extension has a say in what they mean.
    return between(column, `TIMESTAMPTZ '${bounds.fromUtc}+00'`, `TIMESTAMPTZ '${bounds.untilUtc}+00'`)
  if (type === 'DATE' && scheme.unit !== 'hour')
    return between(
      column,
      `DATE '${bounds.fromWall.slice(0, 10)}'`,
      `DATE '${bounds.untilWall.slice(0, 10)}'`,
    )
  // Without a zone of its own a timestamp is wall clock; text and integers are read as one by the engine.
  const operand = type.startsWith('TIMESTAMP') ? column : `CAST(${column} AS TIMESTAMP)`
  return between(operand, `TIMESTAMP '${bounds.fromWall}'`, `TIMESTAMP '${bounds.untilWall}'`)
}

function isText(type: ColumnType): boolean {
  return type === 'VARCHAR' || type === 'TEXT'
}
