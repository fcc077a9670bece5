import { type Batch, quarantineOf, type Work } from '../../connect/index.ts'
import { quoteAsset, quoteName } from '../../sql/index.ts'
import type { Input } from './input.ts'
import type { Job, StepTools } from './tools.ts'

/**
 * The open rows of the asset's quarantine as a source: rows that were kept as JSON, and lines of CSV under
 * the columns of the contract. They go through today's code and contract; what does not fit is refused anew.
 */
export function replayInput(job: Job, tools: StepTools): Input {
  const { asset, context, history } = job
  const table = quoteAsset(quarantineOf(asset.name))
  const open = `select raw from ${table} where status = 'open'`
  const raws = (where: string) =>
    tools.store.read(`${open} and ${where} order by id`, { signal: context.signal })
  const batches = async function* (): AsyncGenerator<Batch> {
    for await (const rows of raws(`starts_with(raw, '{')`)) {
      yield { kind: 'bytes', format: 'ndjson', data: linesOf(rows), rows: rows.length }
    }
    const header = (history?.contract?.columns ?? []).map(column => quoteName(column.name)).join(',')
    for await (const rows of raws(`not starts_with(raw, '{')`)) {
      const data = Buffer.concat([Buffer.from(`${header}\n`), linesOf(rows)])
      yield { kind: 'bytes', format: 'csv', data, rows: rows.length }
    }
  }
  return { batches, position: () => history?.position, complete: false, done: async () => undefined }
}

/** In the replay's own work: what it took out of quarantine is no longer open once its rows are published. */
export async function closeReplayed(job: Job, work: Work): Promise<void> {
  const table = quoteAsset(quarantineOf(job.asset.name))
  await work.query(`update ${table} set status = 'replayed' where status = 'open'`)
}

function linesOf(rows: readonly { readonly [column: string]: unknown }[]): Uint8Array {
  return Buffer.from(rows.map(row => `${String(row['raw']).trimEnd()}\n`).join(''))
}
