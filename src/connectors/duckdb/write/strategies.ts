import type { Written } from '../../../connect/index.ts'
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
import { quoteText } from '../../../sql/index.ts'
import { evolve } from './evolve.ts'
import { fill, type Writing } from './incoming.ts'
import { merge } from './merge.ts'
import { scd2 } from './scd2.ts'

/** Each strategy: rows of a query into the asset's table, inside the work's transaction. */
export const strategies: { readonly [strategy in WriteStrategy]: (writing: Writing) => Promise<Written> } = {
  append,
  replace,
  merge,
  'replace-partition': replacePartition,
  scd2,
  snapshot,
  view,
}

async function append(writing: Writing): Promise<Written> {
  const { session, request, table, columns, standing } = writing
  const slice = request.partition
  if (standing === undefined) {
    const { rows, deduplicated } = await fill(writing)
    const partitions = await partitionsIn(session, table, { slice, columns })
    return { out: rows, deduplicated, unchanged: false, partitions }
  }
  // Without a key every row counts, and nothing has to be staged to find out which.
  const keyed = request.key.length > 0 || slice !== undefined
  const staged = keyed ? await stage(writing) : { relation: `(${request.sql}\n)`, deduplicated: 0 }
  const whole = await evolve(writing, staged.relation)
  const rows = await session.run(`insert into ${table} by name from ${staged.relation}`)
  const partitions = await partitionsIn(session, staged.relation, { slice, columns })
  const unchanged = rows === 0 && !reshaped(writing.standing, whole)
  return { out: rows, deduplicated: staged.deduplicated, unchanged, partitions }
}

/**
 * The query's rows and columns, and nothing else. Written straight into place: readers see it only after the
 * commit.
 */
async function replace(writing: Writing): Promise<Written> {
  const { session, request, table, columns, standing } = writing
  const slice = request.partition
  const byPartition = slice !== undefined && standing !== undefined && sameColumns(writing)
  const told = telling(request, columns)
  const before =
    standing === undefined ? undefined : await printOf(session, table, telling(request, standing))
  const beforeOf = byPartition ? await printsByPartition(session, table, { slice, columns: told }) : new Map()
  const { rows, deduplicated } = await fill(writing)
  const unchanged = before !== undefined && before === (await printOf(session, table, told))
  const afterOf =
    slice === undefined ? new Map() : await printsByPartition(session, table, { slice, columns: told })
  return { out: rows, deduplicated, unchanged, partitions: changedPartitions(beforeOf, afterOf) }
}

/**
 * Exactly the partitions of the slice: their rows go, the query's rows come. Without a slice: all of them.
 */
async function replacePartition(writing: Writing): Promise<Written> {
  const { session, request, table } = writing
  const slice = request.partition
  if (slice === undefined) return replace(writing)
  const { relation, rows, deduplicated } = await stage(writing)
  const outside = await session.count(`select count(*) from ${relation} where (${slice.where}) is not true`)
  if (outside > 0)
    throw failure('SLUICE_WRITE_OUTSIDE_PARTITION', {
      table: request.table,
      rows: outside,
      first: slice.first,
      last: slice.last,
    })
  const shape = await evolve(writing, relation)
  const whole = telling(request, shape)
  const owned = `(select * from ${table} where ${slice.where})`
  const before = await printsByPartition(session, owned, { slice, columns: whole })
  const filled = `(from (select * from ${table} limit 0) union all by name from ${relation})`
  const after = await printsByPartition(session, filled, { slice, columns: whole })
  const partitions = changedPartitions(before, after)
  if (partitions.length > 0) {
    await session.run(`delete from ${table} where ${slice.where}`)
    await session.run(`insert into ${table} by name select * from ${relation}`)
  }
  const unchanged = partitions.length === 0 && !reshaped(writing.standing, shape)
  return { out: rows, deduplicated, unchanged, partitions }
}

/**
 * The rows as they were at the run's logical time, kept beside those of other times; the same time again
 * replaces itself.
 */
async function snapshot(writing: Writing): Promise<Written> {
  const { session, request, table } = writing
  reserve(writing, '_snapshot_at')
  const { relation, rows, deduplicated } = await stage(writing)
  const stamp = { name: '_snapshot_at', type: 'TIMESTAMP WITH TIME ZONE', nullable: true }
  const whole = await evolve(writing, relation, [stamp])
  const at = instant(request.atMs)
  const comes = `(from (select * from ${table} limit 0) union all by name
    select *, ${at} as _snapshot_at from ${relation})`
  const before = await printOf(session, `(select * from ${table} where _snapshot_at = ${at})`, whole)
  const unchanged = writing.standing !== undefined && before === (await printOf(session, comes, whole))
  if (!unchanged) {
    await session.run(`delete from ${table} where _snapshot_at = ${at}`)
    await session.run(`insert into ${table} by name select *, ${at} as _snapshot_at from ${relation}`)
  }
  return { out: rows, deduplicated, unchanged, partitions: [] }
}

/** No rows are kept: readers run the query. `unchanged` compares what DuckDB keeps of its text. */
async function view(writing: Writing): Promise<Written> {
  const { session, request, table, standing } = writing
  if (standing !== undefined) await session.run(`drop table ${table}`)
  const text = () =>
    session.rows(`select sql from duckdb_views() where not internal
      and schema_name || '.' || view_name = ${quoteText(request.table)}`)
  const [before] = await text()
  await session.run(`create or replace view ${table} as ${request.sql}\n`)
  const [after] = await text()
  return {
    out: 0,
    deduplicated: 0,
    unchanged: before !== undefined && before[0] === after?.[0],
    partitions: [],
  }
}

function sameColumns({ columns, standing = [] }: Writing): boolean {
  return names(columns) === names(standing)
}
