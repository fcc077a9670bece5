import type { PartitionSlice } from '../../../connect/index.ts'
import {
  changedPartitions,
  instant,
  names,
  partitionsIn,
  printOf,
  printsByPartition,
  reserve,
  reshaped,
  stage,
  telling,
} from '../../../engine/index.ts'
import { failure } from '../../../errors/index.ts'
import type { WriteStrategy } from '../../../model/index.ts'
import { fill, first } from './fill.ts'
import { merge } from './merge.ts'
import { apply, type Outcome } from './apply.ts'
import { scd2 } from './scd2.ts'
import { evolved, inShape } from './shape.ts'
import { placed, type Writing } from './writing.ts'

/** Strategies that keep rows: each brings those of a query into the asset's table, inside the work. */
export const strategies: {
  readonly [strategy in Exclude<WriteStrategy, 'view'>]: (writing: Writing) => Promise<Outcome>
} = { append, replace, merge, 'replace-partition': replacePartition, scd2, snapshot }

async function append(writing: Writing): Promise<Outcome> {
  const { session, request, columns, standing, table } = writing
  const slice = request.partition
  if (standing === undefined) return first(writing)
  // Without a key every row counts, and nothing has to be staged to find out which.
  const keyed = request.key.length > 0 || slice !== undefined
  const staged = keyed ? await stage(writing) : { relation: `(${request.sql}\n)`, deduplicated: 0 }
  const shape = await evolved(writing, staged.relation)
  const done = await apply(table, { shape, add: staged.relation })
  const partitions = await partitionsIn(session, staged.relation, { slice, columns })
  const unchanged = done.added === 0 && !reshaped(standing, shape)
  const written = { out: done.added, deduplicated: staged.deduplicated, unchanged, partitions }
  return unchanged ? { table, changed: false, written } : { ...done, written }
}

/** The query's rows and columns, and nothing else. */
async function replace(writing: Writing): Promise<Outcome> {
  const { session, request, columns, standing, rows, table } = writing
  if (standing === undefined) return first(writing)
  const slice = request.partition
  const told = telling(request, columns)
  const byPartition = slice !== undefined && names(columns) === names(standing)
  const before = await printOf(session, rows, telling(request, standing))
  const beforeOf = byPartition ? await printsByPartition(session, rows, { slice, columns: told }) : new Map()
  const filled = await fill(writing)
  const unchanged = before === (await printOf(session, filled.relation, told))
  const afterOf =
    slice === undefined
      ? new Map()
      : await printsByPartition(session, filled.relation, { slice, columns: told })
  const { rows: out, deduplicated } = filled
  const written = { out, deduplicated, unchanged, partitions: changedPartitions(beforeOf, afterOf) }
  // Rows that are the same are not written again: history would tell of a change that was none.
  return unchanged && table.again
    ? { table: await table.again(), changed: false, written }
    : { ...filled, written }
}

/**
 * Exactly the partitions of the slice: their rows go, the query's rows come. Without a slice: all of them.
 */
async function replacePartition(writing: Writing): Promise<Outcome> {
  const { session, request, standing, table, rows: standingRows } = writing
  const slice = request.partition
  if (slice === undefined) return replace(writing)
  const { relation, rows, deduplicated } = await stage(writing)
  await demandInside(writing, slice, relation)
  const shape = await evolved(writing, relation)
  const lists = { slice, columns: telling(request, shape) }
  const after = await printsByPartition(session, inShape(writing.columns, shape, { relation }), lists)
  const stood = inShape(standing ?? [], shape, { relation: standingRows })
  const owned = `(select * from ${stood} where ${slice.where})`
  const before = standing === undefined ? new Map() : await printsByPartition(session, owned, lists)
  const partitions = changedPartitions(before, after)
  const unchanged = partitions.length === 0 && !reshaped(standing, shape)
  const written = { out: rows, deduplicated, unchanged, partitions }
  if (unchanged) return { table, changed: false, written }
  const gone = standing && (await placed(table, slice.where))
  return { ...(await apply(table, { shape, gone, add: relation })), written }
}

/**
 * The rows as they were at the run's logical time, kept beside those of other times; the same time again
 * replaces itself.
 */
async function snapshot(writing: Writing): Promise<Outcome> {
  const { session, request, standing, table } = writing
  reserve(writing, '_snapshot_at')
  const { relation, rows, deduplicated } = await stage(writing)
  const stamp = { name: '_snapshot_at', type: 'TIMESTAMP WITH TIME ZONE', nullable: true }
  const shape = await evolved(writing, relation, [stamp])
  const at = instant(request.atMs)
  const add = `(select *, ${at} as _snapshot_at from ${relation})`
  const come = inShape([...writing.columns, stamp], shape, { relation: add })
  const there =
    standing &&
    `(select * from ${inShape(standing, shape, { relation: writing.rows })} where _snapshot_at = ${at})`
  const unchanged =
    there !== undefined && (await printOf(session, there, shape)) === (await printOf(session, come, shape))
  const written = { out: rows, deduplicated, unchanged, partitions: [] }
  if (unchanged && !reshaped(standing, shape)) return { table, changed: false, written }
  const gone = standing && (await placed(table, `_snapshot_at = ${at}`))
  return { ...(await apply(table, { shape, gone, add })), written }
}

async function demandInside(
  { session, request }: Writing,
  slice: PartitionSlice,
  relation: string,
): Promise<void> {
  const outside = await session.count(`select count(*) from ${relation} where (${slice.where}) is not true`)
  if (outside === 0) return
  const { first: begin, last } = slice
  throw failure('SLUICE_WRITE_OUTSIDE_PARTITION', { table: request.table, rows: outside, first: begin, last })
}
