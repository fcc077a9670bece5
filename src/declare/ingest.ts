import type { Source } from '../connect/index.ts'
import { failure } from '../errors/index.ts'
import type { AuthoredIngest } from './authored.ts'
import { assetMark } from './brand.ts'
import { type IngestFunction, generatorSource } from './generator.ts'
import { type AssetOptions, readOptions } from './options.ts'
import type { RowOfYield } from './rows.ts'

/**
 * An asset whose rows come from outside: from a connector's source, or from an async generator that yields
 * rows.
 * @example ingest(files('data/orders-*.csv'), { key: 'id' })
 * @example ingest(async function* ({ since, http }) {
 *   for await (const page of http.pages('https://api.example.com/rates', { since })) yield* page.records
 * }, { key: ['day', 'currency'], cursor: 'day' })
 */
export function ingest<Row>(from: Source<Row>, options?: AssetOptions<Row>): AuthoredIngest<Row>
export function ingest<Yielded>(
  from: IngestFunction<Yielded>,
  options?: AssetOptions<RowOfYield<Yielded>>,
): AuthoredIngest<RowOfYield<Yielded>>
export function ingest(from: Source | IngestFunction<unknown>, options?: AssetOptions): AuthoredIngest {
  const source = typeof from === 'function' ? generatorSource(from) : from
  if (typeof (source as Partial<Source> | undefined)?.read !== 'function') {
    throw failure('SLUICE_ASSET_SHAPE', { what: 'an ingest without a source' })
  }
  return Object.freeze({ [assetMark]: true as const, kind: 'ingest', source, facts: readOptions(options) })
}
