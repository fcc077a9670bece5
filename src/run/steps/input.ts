import { type Batch, rowsToNdjson, type RowObject, type Source } from '../../connect/index.ts'
import { type Authored, rowsOfYield } from '../../declare/index.ts'
import type { Spool } from '../../ledger/index.ts'
import type { Json } from '../../model/index.ts'
import { quoteAsset } from '../../sql/index.ts'
import { rangesOf } from './slices.ts'
import type { Job, StepTools } from './tools.ts'

/** Batches for the target, and where the source stands once they are safe. */
export type Input = {
  readonly batches: () => AsyncIterable<Batch>
  /** After the batches were read: the position to keep; undefined: the source has none. */
  readonly position: () => Json | undefined
  /** The read gave all rows there are: keys that it lacks are gone. */
  readonly complete: boolean
  /** Forget what was kept for a killed read: the rows are published, or there were none. */
  readonly done: () => Promise<void>
  /**
   * The step failed. A read that had come to its end is forgotten, so that the next one hears what the source
   * says then; one that broke off is kept, and gone on with.
   */
  readonly failed: () => Promise<void>
}

export async function ingestInput(
  job: Job,
  tools: StepTools,
  from: { readonly source: Source; readonly since: string | undefined },
): Promise<Input> {
  const { asset, context, history } = job
  // A spool belongs to one state of the asset: what an earlier load has published must not be loaded again.
  const spool = await tools.spool(asset.name, `${asset.fingerprint}.${history?.version ?? 0}`)
  const scratch = await tools.scratch(asset.name)
  const resumes = spool.position !== undefined
  let last: Json | undefined = spool.position ?? history?.position
  let ended = false
  const read = () =>
    from.source.read(
      { position: last, since: from.since, resumes, everything: asset.write === 'replace' },
      {
        root: tools.root,
        tempDir: scratch.path,
        signal: context.signal,
        http: tools.http,
        nowMs: tools.clock.nowMs,
        log: words => tools.onWords(asset.name, words),
      },
    )
  const batches = async function* () {
    for await (const batch of read()) {
      context.signal.throwIfAborted()
      if (isSpoolable(batch)) await keep({ job, spool }, batch)
      else yield batch
      if (batch.position !== undefined) last = batch.position
    }
    ended = true
    yield* spooled(asset.name, spool)
  }
  const done = async () => {
    await spool.discard()
    await scratch.remove()
  }
  const failed = async () => {
    if (ended && !context.signal.aborted) await done()
  }
  return { batches, position: () => last, complete: false, done, failed }
}

/** Of inputs that can be read again at any time. */
export const nothingKept: Pick<Input, 'done' | 'failed'> = {
  done: async () => undefined,
  failed: async () => undefined,
}

type SpoolableBatch = Extract<Batch, { kind: 'rows' | 'bytes' }>

function isSpoolable(batch: Batch): batch is SpoolableBatch {
  return batch.kind === 'rows' || (batch.kind === 'bytes' && batch.format === 'ndjson')
}

/** Rows are kept as they come; once a position follows, a killed read goes on behind them. */
async function keep({ job, spool }: { job: Job; spool: Spool }, batch: SpoolableBatch): Promise<void> {
  const data = batch.kind === 'rows' ? rowsToNdjson(batch.rows) : batch.data
  const rows = batch.kind === 'rows' ? batch.rows.length : (batch.rows ?? 0)
  const { position } = batch
  if (rows === 0 && position === undefined) return
  await spool.append({ data, rows, position })
  if (position !== undefined) await job.context.log({ kind: 'source.progress', position, rows })
}

function* spooled(asset: string, spool: Spool): Generator<Batch> {
  const files = spool.parts
    .filter(part => part.sizeBytes > 0)
    .map((part, i) => ({ path: part.path, name: `${asset} part ${i + 1}`, sizeBytes: part.sizeBytes }))
  if (files.length > 0) yield { kind: 'files', format: 'ndjson', files, options: {} }
}

const rowsPerBatchMax = 5_000

/** Rows that user code makes from the rows of other assets. */
export function rowsInput(job: Job, tools: StepTools, authored: Extract<Authored, { kind: 'rows' }>): Input {
  const { asset, context } = job
  const ranges = asset.partition ? rangesOf(job, tools) : undefined
  const inputs = Object.fromEntries(
    (tools.inputs.get(asset.name) ?? []).map(({ as, asset: name }) => [
      as,
      eachRow(tools, { name, signal: context.signal }),
    ]),
  )
  const batches = async function* () {
    const made = authored.rows(inputs as never, {
      signal: context.signal,
      http: tools.http,
      partitions: ranges?.length === 1 ? ranges[0] : undefined,
      log: words => tools.onWords(asset.name, words),
    })
    let rows: RowObject[] = []
    for await (const one of made) {
      context.signal.throwIfAborted()
      rows.push(...rowsOfYield(one))
      if (rows.length < rowsPerBatchMax) continue
      yield { kind: 'rows', rows } satisfies Batch
      rows = []
    }
    if (rows.length > 0) yield { kind: 'rows', rows } satisfies Batch
  }
  return { batches, position: () => undefined, complete: true, ...nothingKept }
}

async function* eachRow(
  tools: StepTools,
  of: { readonly name: string; readonly signal: AbortSignal },
): AsyncGenerator<RowObject> {
  for await (const rows of tools.store.read(`select * from ${quoteAsset(of.name)}`, { signal: of.signal }))
    yield* rows
}
