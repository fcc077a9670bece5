import type { Sink } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import {
  type Authored,
  type AuthoredExport,
  type AuthoredRows,
  type AuthoredSource,
  type AuthoredSql,
  type Inputs,
  type Readable,
  type RowsContext,
  type RowsFunction,
  type RowsOf,
  isAuthored,
} from './authored.ts'
import { assetMark } from './brand.ts'
import { type AssetOptions, readOptions } from './options.ts'
import { isRef } from './ref.ts'
import type { RowOfYield, Walk } from './rows.ts'
import { type Sql, fragment, isSql } from './sql.ts'

/**
 * An asset made by SQL, or by a function from the rows of other assets.
 * @example asset(sql<{ country: string }>`select distinct country from ${orders}`, { key: 'country' })
 * @example asset({ orders }, async function* ({ orders }) {
 *   for await (const o of orders) yield { id: o.id, score: rate(o) }
 * }, { key: 'id' })
 */
export function asset<Row>(query: Sql<Row>, options?: AssetOptions<Row>): AuthoredSql<Row>
export function asset<const Given extends Inputs, Yielded>(
  inputs: Given,
  rows: (inputs: RowsOf<Given>, context: RowsContext) => Walk<Yielded>,
  options?: AssetOptions<RowOfYield<Yielded>>,
): AuthoredRows<RowOfYield<Yielded>>
export function asset(
  from: Sql | Inputs,
  second?: AssetOptions | ((inputs: never, context: RowsContext) => Walk<unknown>),
  third?: AssetOptions,
): Authored {
  if (isSql(from)) {
    if (typeof second === 'function') throw failure('SLUICE_ASSET_SHAPE', { what: 'SQL and a function' })
    return Object.freeze({ [assetMark]: true as const, kind: 'sql', query: from, facts: readOptions(second) })
  }
  if (typeof second !== 'function') {
    throw failure('SLUICE_ASSET_SHAPE', { what: typeof from === 'string' ? 'a string' : 'no function' })
  }
  const inputs = readInputs(from)
  const rows = second as RowsFunction
  return Object.freeze({ [assetMark]: true as const, kind: 'rows', inputs, rows, facts: readOptions(third) })
}

/**
 * Rows pushed out of the project: to a file, an API, another system.
 * @example exportTo(toFiles('out/revenue.parquet'), revenue, { every: 'day' })
 */
export function exportTo<Row>(
  sink: Sink,
  rows: Sql<Row> | Readable<Row>,
  options?: AssetOptions<Row>,
): AuthoredExport {
  if (typeof (sink as Partial<Sink> | undefined)?.write !== 'function') {
    throw failure('SLUICE_ASSET_SHAPE', { what: 'an export without a sink' })
  }
  if (!isSql(rows) && !isRef(rows) && !isReadable(rows)) {
    throw failure('SLUICE_ASSET_SHAPE', { what: 'an export of something that is no asset and no `sql`' })
  }
  const query = isSql(rows) ? rows : fragment(['select * from ', rows])
  return Object.freeze({
    [assetMark]: true as const,
    kind: 'export',
    sink,
    query,
    facts: readOptions(options),
  })
}

/**
 * A table that something else makes and this project only reads. Its columns are its contract.
 * @example source<{ id: bigint }>({ columns: { id: 'BIGINT not null' } })
 */
export function source<Row = unknown>(options: AssetOptions<Row>): AuthoredSource<Row> {
  return Object.freeze({ [assetMark]: true as const, kind: 'source', facts: readOptions(options) })
}

function readInputs(given: Inputs): Inputs {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (entries.length === 0) throw failure('SLUICE_ASSET_SHAPE', { what: 'a function without inputs' })
  for (const [as, input] of entries) {
    if (!isRef(input) && !isReadable(input)) throw failure('SLUICE_ASSET_INPUT', { as })
  }
  return Object.freeze({ ...given })
}

function isReadable(value: unknown): boolean {
  return isAuthored(value) && value.kind !== 'export'
}
