import type { PartitionSlice } from '../../connect/index.ts'
import type { AssetUpdate } from '../../ledger/index.ts'
import type { Column, PartitionKey, PartitionRange, PartitionScheme } from '../../model/index.ts'
import { isPartitioned, partitionsDue, recordOf, whereOf } from '../../plan/index.ts'
import { partitionKey } from '../../sql/index.ts'
import { type Job, nextVersion, type StepTools } from './tools.ts'

/**
 * The partitions that a step owns; none: nothing is due. undefined: all rows, whatever partitions they lie
 * in.
 */
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
  return due.whole ? undefined : due.ranges.map(it => it.range)
}

export function sliceOf(
  scheme: PartitionScheme,
  range: PartitionRange,
  columns: readonly Column[],
): PartitionSlice {
  const type = columns.find(column => column.name === scheme.column)?.type ?? 'VARCHAR'
  return { scheme, first: range.first, last: range.last, where: whereOf(scheme, range, type) }
}

export type Built = {
  /** Partitions whose rows changed; undefined: any may have. */
  readonly changed: readonly PartitionKey[] | undefined
  /** Partitions that rows lie in, as far as the step cannot tell by itself. */
  readonly found: readonly PartitionKey[]
  /** The table was made anew as a whole. */
  readonly whole: boolean
}

/**
 * What the ledger shall know once this step is published. Partitions whose rows stayed keep the version they
 * had.
 */
export function recorded(job: Job, tools: StepTools, built: Built): AssetUpdate {
  const { partitions, ...state } = recordOf(tools.graph, job.around, { step: job.step, touched: built.found })
  if (partitions === undefined) return state
  const { keys, ...from } = partitions
  const before = job.history?.partitions ?? {}
  const changed = new Set(built.changed ?? keys)
  const byVersion = new Map<number, PartitionKey[]>()
  for (const key of keys) {
    const version = changed.has(key) ? nextVersion(job) : (before[key]?.version ?? nextVersion(job))
    const same = byVersion.get(version)
    if (same) same.push(key)
    else byVersion.set(version, [key])
  }
  return {
    ...state,
    ...(built.whole ? { partitionsReset: true as const } : {}),
    partitions: Array.from(byVersion, ([version, of]) => ({ keys: of, version, ...from })),
  }
}

/** SQL expression for the key of the partition that a row lies in. */
export function keySql(scheme: PartitionScheme, columns: readonly Column[]): string {
  return partitionKey(scheme, columns.find(column => column.name === scheme.column)?.type)
}
