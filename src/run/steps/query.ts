import type { PartitionSlice, Work, WriteRequest, Written } from '../../connect/index.ts'
import { failure } from '../../errors/index.ts'
import type { Column, PartitionRange } from '../../model/index.ts'
import { quoteAsset, quoteName } from '../../sql/index.ts'
import type { StepEnd } from '../ports.ts'
import { cursorAfter, sinceOf, withoutStanding } from './cursor.ts'
import { publishing } from './publish.ts'
import { keySql, rangesOf, recorded, sliceOf } from './slices.ts'
import type { Job, Made, StepTools } from './tools.ts'

/**
 * An asset that is a query: run it, whole or for the partitions of the step, and write its rows by the
 * strategy.
 */
export async function queryStep(job: Job, tools: StepTools): Promise<StepEnd> {
  const { sql } = job.asset
  if (sql === undefined) throw failure('SLUICE_CODE_MISSING', { asset: job.asset.name, kind: 'SQL' })
  const ranges = rangesOf(job, tools)
  if (ranges?.length === 0) {
    const state = recorded(job, tools, { changed: [], found: [], whole: false })
    return { outcome: 'unchanged', state, words: 'no partition of it is due' }
  }
  return publishing(job, tools, async work => {
    const { columns } = await work.query(`select * from (${sql}\n) limit 0`)
    const written = await writeAll({ job, tools, work }, { sql, columns, ranges })
    return made({ job, tools, work }, { columns, ranges, written })
  })
}

type Bench = { readonly job: Job; readonly tools: StepTools; readonly work: Work }

async function writeAll(
  { job, tools, work }: Bench,
  query: {
    readonly sql: string
    readonly columns: readonly Column[]
    readonly ranges: readonly PartitionRange[] | undefined
  },
): Promise<readonly Written[]> {
  const { asset } = job
  const { partition } = asset
  const write = (sql: string, change: Pick<WriteRequest, 'strategy' | 'partition'>) =>
    work.write({
      table: asset.name,
      sql,
      columns: query.columns,
      key: asset.key,
      cursor: asset.cursor,
      atMs: tools.atMs,
      deleteMissing: false,
      ...change,
    })
  if (query.ranges === undefined || partition === undefined) {
    const strategy = anew(job) ? 'replace' : asset.write
    return [await write(await fresh({ job, tools, work }, query), { strategy, partition: undefined })]
  }
  await demandPartitions({ job, tools, work }, query.sql)
  const written: Written[] = []
  for (const range of query.ranges) {
    const slice: PartitionSlice = sliceOf(partition, range, query.columns)
    const sql = `select * from (${query.sql}\n) where ${slice.where}`
    written.push(await write(sql, { strategy: asset.write, partition: slice }))
  }
  return written
}

/** A row that lies in no partition would be lost without a word. */
async function demandPartitions({ job, work }: Bench, sql: string): Promise<void> {
  const column = job.asset.partition?.column ?? ''
  const answer = await work.query(`select count(*) from (${sql}\n) where ${quoteName(column)} is null`)
  const rows = Number(answer.rows[0]?.[0] ?? 0)
  if (rows > 0)
    throw failure('SLUICE_PARTITION_NULL', { asset: job.asset.name, column, rows }, { at: job.asset.at })
}

/** Whole partitions, and rows that other code made, go; history that cannot be made again stays. */
function anew({ asset, history }: Job): boolean {
  if (asset.write === 'replace-partition') return true
  return (asset.write === 'append' || asset.write === 'merge') && history?.fingerprint !== asset.fingerprint
}

/** With a cursor, only rows that lie behind what was built before; a view and a first build take all. */
async function fresh(
  { job, tools }: Bench,
  query: { readonly sql: string; readonly columns: readonly Column[] },
): Promise<string> {
  const { asset } = job
  const column = query.columns.find(it => it.name === asset.cursor)
  if (column === undefined || anew(job) || (asset.write !== 'append' && asset.write !== 'merge'))
    return query.sql
  const since = await sinceOf(job, tools, column)
  if (since === undefined) return query.sql
  const sql = `select * from (${query.sql}\n) where ${quoteName(column.name)} >= ${since.sql}`
  // Merged rows may be read twice; appended ones may not.
  if (asset.write === 'merge') return sql
  return withoutStanding(sql, { asset, cursor: column.name, columns: query.columns })
}

async function made(
  { job, tools, work }: Bench,
  built: {
    readonly columns: readonly Column[]
    readonly ranges: readonly PartitionRange[] | undefined
    readonly written: readonly Written[]
  },
): Promise<Made> {
  const { asset } = job
  const out = sum(built.written, it => it.out)
  const deduplicated = sum(built.written, it => it.deduplicated)
  const changed = built.written.some(it => !it.unchanged)
  const isView = asset.write === 'view'
  const relation = quoteAsset(asset.name)
  const rows = isView
    ? undefined
    : Number((await work.query(`select count(*) from ${relation}`)).rows[0]?.[0] ?? 0)
  const keys =
    asset.partition && !built.ranges && !isView
      ? await work.query(
          `select distinct ${keySql(asset.partition, built.columns)} as k from ${relation} order by k`,
        )
      : undefined
  const cursor = await cursorAfter(job, work)
  return {
    counts: isView ? undefined : { in: out + deduplicated, out, refused: 0, deduplicated },
    unchanged: !changed && job.history?.fingerprint === asset.fingerprint,
    state: {
      ...recorded(job, tools, {
        changed: built.ranges && built.written.flatMap(it => it.partitions),
        found: keys?.rows.flatMap(row => row[0] ?? []) ?? [],
        whole: built.ranges === undefined,
      }),
      ...(rows === undefined ? {} : { rows }),
      ...(cursor === undefined ? {} : { cursor }),
    },
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
