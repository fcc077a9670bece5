import type { PartitionSlice } from '../../connect/index.ts'
import type { AssetUpdate } from '../../ledger/index.ts'
import type { Column, PartitionKey, PartitionRange, PartitionScheme } from '../../model/index.ts'
import { isPartitioned, partitionsDue, recordOf, whereOf } from '../../plan/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { type Job, nextVersion, type StepTools } from './tools.ts'

/** The partitions that a step owns. undefined: all rows of the asset, whatever partitions they lie in. */
export function rangesOf(job: Job, tools: StepTools): readonly PartitionRange[] | undefined {
  const { asset, step } = job
  if (!isPartitioned(asset)) return undefined
  if (step.partitions) return [step.partitions]
  const due = partitionsDue(tools.graph, job.around, {
    asset: asset.name,
    nowMs: tools.atMs,
    force: false,
    chunkMax: Number.MAX_SAFE_INTEGER,
    probes: tools.probes,
  })
  return due.whole || due.ranges.length === 0 ? undefined : due.ranges.map(it => it.range)
}

export function sliceOf(
  scheme: PartitionScheme,
  range: PartitionRange,
  columns: readonly Column[],
): PartitionSlice {
  const type = columns.find(column => column.name === scheme.column)?.type ?? 'VARCHAR'
  return { scheme, first: range.first, last: range.last, where: whereOf(scheme, range, type) }
}

/** What the ledger shall know once this step is published. `touched`: partitions that rows were written to. */
export function recorded(
  job: Job,
  tools: StepTools,
  built: { readonly touched: readonly PartitionKey[]; readonly whole: boolean; readonly changed: boolean },
): AssetUpdate {
  const { partitions, ...state } = recordOf(tools.graph, job.around, {
    step: job.step,
    touched: built.touched,
  })
  if (partitions === undefined) return state
  const version = built.changed ? nextVersion(job) : (job.history?.version ?? 0)
  return {
    ...state,
    ...(built.whole ? { partitionsReset: true as const } : {}),
    partitions: { ...partitions, version },
  }
}

/** SQL expression for the key of the partition that a row lies in, in DuckDB's dialect. */
export function keySql(scheme: PartitionScheme, columns: readonly Column[]): string {
  const name = quoteName(scheme.column)
  if (scheme.kind === 'static') return `${name}::varchar`
  const type = columns.find(column => column.name === scheme.column)?.type ?? ''
  const wall = type.startsWith('TIMESTAMP WITH')
    ? `timezone(${quoteText(scheme.zone)}, ${name})`
    : `${name}::timestamp`
  const formats = { hour: '%Y-%m-%dT%H', day: '%Y-%m-%d', week: '%Y-%m-%d', month: '%Y-%m' } as const
  const start = scheme.unit === 'week' ? `date_trunc('week', ${wall})` : wall
  return `strftime(${start}, ${quoteText(formats[scheme.unit])})`
}
