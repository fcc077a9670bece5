import type { PartitionSlice } from '../../connect/index.ts'
import type { AssetUpdate } from '../../ledger/index.ts'
import {
  type AssetHistory,
  type AssetName,
  type Column,
  calendarOf,
  type History,
  type PartitionKey,
  type PartitionRange,
  type PartitionScheme,
} from '../../model/index.ts'
import { isPartitioned, partitionsDue, whereOf } from '../../plan/index.ts'
import { quoteName, quoteText } from '../../sql/index.ts'
import { type Job, nextVersion, type StepTools } from './tools.ts'

/** The partitions that a step owns. undefined: all rows of the asset, whatever partitions they lie in. */
export async function rangesOf(job: Job, tools: StepTools): Promise<readonly PartitionRange[] | undefined> {
  const { asset, step } = job
  if (!isPartitioned(asset)) return undefined
  if (step.partitions) return [step.partitions]
  const due = partitionsDue(tools.manifest, await historyAround(job, tools), {
    asset: asset.name,
    nowMs: tools.atMs,
  })
  return due.whole || due.ranges.length === 0 ? undefined : due.ranges.map(it => it.range)
}

export function sliceOf(scheme: PartitionScheme, range: PartitionRange, columns: readonly Column[]): PartitionSlice {
  const type = columns.find(column => column.name === scheme.column)?.type ?? 'VARCHAR'
  return { scheme, first: range.first, last: range.last, where: whereOf(scheme, range, type) }
}

/** What the ledger shall know of the partitions that were built. */
export function partitionState(
  job: Job,
  built: { readonly ranges: readonly PartitionRange[] | undefined; readonly keys: readonly PartitionKey[]; readonly changed: boolean },
): Pick<AssetUpdate, 'partitions' | 'partitionsReset'> {
  const scheme = job.asset.partition
  if (scheme === undefined) return {}
  const keys = built.ranges ? built.ranges.flatMap(range => keysOf(scheme, range)) : built.keys
  const version = built.changed ? nextVersion(job) : (job.history?.version ?? 0)
  return {
    ...(built.ranges ? {} : { partitionsReset: true as const }),
    partitions: { keys, version, fingerprint: job.asset.fingerprint, upstream: job.versions },
  }
}

/** SQL expression for the key of the partition that a row lies in, in DuckDB's dialect. */
export function keySql(scheme: PartitionScheme, columns: readonly Column[]): string {
  const name = quoteName(scheme.column)
  if (scheme.kind === 'static') return `${name}::varchar`
  const type = columns.find(column => column.name === scheme.column)?.type ?? ''
  const wall = type.startsWith('TIMESTAMP WITH') ? `timezone(${quoteText(scheme.zone)}, ${name})` : `${name}::timestamp`
  const formats = { hour: '%Y-%m-%dT%H', day: '%Y-%m-%d', week: '%Y-%m-%d', month: '%Y-%m' } as const
  const start = scheme.unit === 'week' ? `date_trunc('week', ${wall})` : wall
  return `strftime(${start}, ${quoteText(formats[scheme.unit])})`
}

function keysOf(scheme: PartitionScheme, range: PartitionRange): readonly PartitionKey[] {
  if (scheme.kind === 'static') {
    return scheme.values.slice(scheme.values.indexOf(range.first), scheme.values.indexOf(range.last) + 1)
  }
  return calendarOf(scheme.unit, scheme.zone).between(range.first, range.last)
}

async function historyAround(job: Job, tools: StepTools): Promise<History> {
  const names = [job.asset.name, ...(tools.upstream.get(job.asset.name) ?? []).map(edge => edge.asset)]
  const known = await Promise.all(names.map(name => tools.memory.asset(name)))
  const pairs = names.flatMap((name, i): readonly (readonly [AssetName, AssetHistory])[] => {
    const history = known[i]
    return history ? [[name, history]] : []
  })
  return { assets: Object.fromEntries(pairs) }
}
