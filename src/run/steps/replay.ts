import { type Batch, quarantineOf } from '../../connect/index.ts'
import { quoteAsset, quoteName } from '../../sql/index.ts'
import { type Input, nothingKept } from './input.ts'
import type { Job, StepTools } from './tools.ts'

/**
 * The open rows of the asset's quarantine as a source: rows that were kept as JSON, and lines of CSV under
 * the columns of the contract. They go through today's code and contract; what does not fit is refused anew.
 */
export function replayInput(job: Job, tools: StepTools): Input {
  const { asset, context, history } = job
  const table = quoteAsset(quarantineOf(asset.name))
  const open = `select source, raw from ${table} where status = 'open'`
  const raws = (where: string) =>
    tools.store.read(`${open} and ${where} order by id`, { signal: context.signal })
  const batches = async function* (): AsyncGenerator<Batch> {
    for await (const rows of raws(`starts_with(raw, '{')`)) {
      for (const [name, of] of bySource(rows)) {
        yield { kind: 'bytes', format: 'ndjson', data: linesOf(of), rows: of.length, ...name }
      }
    }
    const header = (history?.contract?.columns ?? []).map(column => quoteName(column.name)).join(',')
    for await (const rows of raws(`not starts_with(raw, '{')`)) {
      for (const [name, of] of bySource(rows)) {
        const data = Buffer.concat([Buffer.from(`${header}\n`), linesOf(of)])
        yield { kind: 'bytes', format: 'csv', data, rows: of.length, ...name }
      }
    }
  }
  return { batches, position: () => history?.position, complete: false, ...nothingKept }
}

type Rows = readonly { readonly [column: string]: unknown }[]

/** A row that comes in late still says where it came from. */
function* bySource(rows: Rows): Generator<readonly [name: { readonly name?: string }, of: Rows]> {
  for (const [source, of] of Map.groupBy(rows, row => row['source'])) {
    yield [typeof source === 'string' && source !== '' ? { name: source } : {}, of]
  }
}

function linesOf(rows: Rows): Uint8Array {
  return Buffer.from(rows.map(row => `${String(row['raw']).trimEnd()}\n`).join(''))
}
