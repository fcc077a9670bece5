import type { Optimized } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { failure } from '../../../../errors/index.ts'
import type { DeltaLog, Snapshot } from '../../face.ts'
import { newest } from '../newest.ts'
import { type Candidate, candidatesOf } from './candidates.ts'
import { clusteringColumns, layoutColumns } from './columns.ts'
import {
  type Bin,
  clusteringBins,
  commitGroups,
  compactionBins,
  partitionBins,
  type Sizes,
  within,
} from './plan.ts'
import { type Layout, rewriteGroup } from './rewrite.ts'

export type { Optimized }

export type OptimizeRequest = {
  readonly session: Session
  /** SQL over partition columns: only these partitions. */
  readonly where?: string | undefined
  /** Files become about as large as this. */
  readonly targetBytes?: number | undefined
  /** Files that are not smaller stay; undefined: half of `targetBytes`, which packed files exceed. */
  readonly minBytes?: number | undefined
  /** A file of which at least this share of rows is deleted is written anew, whatever its size. */
  readonly deletedShareMin?: number | undefined
  /** Z-order: rows that are near in these columns lie near each other. `a.b` is a field of a struct. */
  readonly zorder?: readonly string[] | undefined
  /** Small files stay where a partition has fewer of them: two can be packed. */
  readonly filesMin?: number | undefined
  /** Files that are written anew by one commit: so much work is lost by a conflict or a kill. */
  readonly bytesPerCommitMax?: number | undefined
  /** Files that are written anew at all; what is over stays for the next time. */
  readonly bytesMax?: number | undefined
  /** Nobody asked for it: the history says so, as it does of Spark's auto compaction. */
  readonly auto?: boolean | undefined
}

/** A scan on two cores reads so much in a second or two. Spark's own default is 1 GiB. */
const targetBytesDefault = 256 * 2 ** 20
/** As Spark: a twentieth. */
const deletedShareDefault = 0.05
/** So many files make a cube that is not clustered again. */
const filesPerCube = 64
/** Some ten seconds of work on two cores. */
const bytesPerCommitDefault = 2 ** 30

/**
 * Small files into large ones, without deleted rows; or all rows of a partition in Z-order; a clustered table
 * by its own columns. No row changes, so that it conflicts only with what changes the same files: these stay
 * for the next time. What was done stays done when the rest is interrupted.
 */
export async function optimize(log: DeltaLog, request: OptimizeRequest): Promise<Optimized> {
  const { session, where, deletedShareMin = deletedShareDefault, filesMin = 2, auto = false } = request
  const snapshot = await newest(log)
  const targetBytes = request.targetBytes ?? targetBytesDefault
  const layout = await layoutOf(snapshot, request.zorder ?? [])
  const candidates = await candidatesOf(snapshot, { session, where, deletedShareMin })
  const minBytes = request.minBytes ?? targetBytes / 2
  const bins = within(binsOf(candidates, layout, { targetBytes, minBytes, filesMin }), request.bytesMax)
  let done: Optimized = { version: undefined, filesRemoved: 0, filesAdded: 0, bytesRemoved: 0, bytesAdded: 0 }
  const bytesMax = request.bytesPerCommitMax ?? bytesPerCommitDefault
  for (const group of commitGroups(bins, { bytesMax })) {
    const one = await rewriteGroup(log, group, { session, layout, targetBytes, where, auto })
    if (one) done = sumOf(done, one)
  }
  return done
}

async function layoutOf(snapshot: Snapshot, zorder: readonly string[]): Promise<Layout> {
  const clustered = await clusteringColumns(snapshot)
  const [named] = zorder
  if (clustered.length === 0)
    return named === undefined ? { kind: 'bins' } : { kind: 'zorder', by: layoutColumns(snapshot, zorder) }
  if (named === undefined) return { kind: 'cluster', by: clustered }
  const words = `The table is clustered by ${clustered.map(path => path.join('.')).join(', ')}.`
  throw failure('SLUICE_DELTA_LAYOUT_REFUSED', { column: named, words })
}

function binsOf(candidates: readonly Candidate[], layout: Layout, sizes: Sizes): readonly Bin[] {
  switch (layout.kind) {
    case 'bins':
      return compactionBins(candidates, sizes)
    case 'zorder':
      return partitionBins(candidates)
    case 'cluster':
      return clusteringBins(candidates, { cubeBytesMin: filesPerCube * sizes.targetBytes })
  }
}

function sumOf(a: Optimized, b: Optimized): Optimized {
  return {
    version: b.version,
    filesRemoved: a.filesRemoved + b.filesRemoved,
    filesAdded: a.filesAdded + b.filesAdded,
    bytesRemoved: a.bytesRemoved + b.bytesRemoved,
    bytesAdded: a.bytesAdded + b.bytesAdded,
  }
}
