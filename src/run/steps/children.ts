import type { Loaded, Work } from '../../connect/index.ts'
import { type ChildContract, childTable, type WriteStrategy } from '../../model/index.ts'
import { quoteAsset, quoteName } from '../../sql/index.ts'
import type { Job, StepTools } from './tools.ts'

type Bench = { readonly job: Job; readonly tools: StepTools; readonly work: Work }

export type Children = { readonly children: readonly ChildContract[]; readonly changed: boolean }

export type Parents = {
  readonly loaded: Loaded
  /** SELECT of the parents that were accepted, `_key`, `_source` and `_position` among its columns. */
  readonly acceptSql: string
  /** How the parents were written. */
  readonly strategy: WriteStrategy
  /** The parents are all there are: those that did not come are gone. */
  readonly complete: boolean
}

/**
 * Child tables of nested lists, `<table>__<path>`: children of a parent are replaced as a whole whenever it
 * is written, so that an element that vanished from its list vanishes here too. Only rows that became parents
 * have children: not refused ones, and of several with one key only the one that was taken. Returns the child
 * tables as they then stand, and whether one of their rows is another than before.
 */
export async function writeChildren(bench: Bench, parents: Parents): Promise<Children> {
  const { job, tools, work } = bench
  const { asset } = job
  const taken = takenRows(bench, parents)
  const strategy = childStrategy(parents)
  const known = await standing(bench)
  const paths = new Set([...known, ...parents.loaded.children.map(({ path }) => path)])
  let changed = false
  for (const path of paths) {
    const child = parents.loaded.children.find(one => one.path === path)
    const rows = child && rowsOf(child, taken)
    if (child && rows) {
      const written = await work.write({
        table: childTable(asset.name, path),
        strategy,
        sql: rows,
        columns: child.columns,
        key: strategy === 'merge' ? ['_parent_key', '_index'] : [],
        cursor: undefined,
        partition: undefined,
        atMs: tools.atMs,
        deleteMissing: false,
      })
      changed ||= !written.unchanged
    }
    if (strategy !== 'merge' && (child || strategy !== 'replace')) continue
    const gone = { path, rows, paths: [...paths], all: strategy === 'replace' }
    changed = (await forget(bench, parents, gone)) || changed
  }
  const found: ChildContract[] = []
  for (const path of paths) {
    const { columns } = await work.query(`select * from ${tableOf(bench, path)} limit 0`)
    found.push({ path, columns })
  }
  return { children: found, changed }
}

function tableOf({ job }: Bench, path: string): string {
  return quoteAsset(childTable(job.asset.name, path))
}

/** Child tables of earlier loads, ancestors first; one that a person dropped is not looked for. */
async function standing({ job, tools }: Bench): Promise<readonly string[]> {
  const there: string[] = []
  for (const { path } of job.history?.contract?.children ?? []) {
    if (await tools.store.columns(childTable(job.asset.name, path))) there.push(path)
  }
  return there
}

/**
 * Of current parents, children are current too; beside parents of other times stand children of other times.
 */
function childStrategy({ strategy, complete }: Parents): WriteStrategy {
  if (strategy === 'replace' || strategy === 'replace-partition') return 'replace'
  if (strategy === 'snapshot' || strategy === 'append') return strategy
  return complete ? 'replace' : 'merge'
}

/** Places of the rows that became parents: of one key the one that the target takes too. */
function takenRows({ job }: Bench, { acceptSql }: Parents): string {
  const { key, cursor } = job.asset
  if (key.length === 0) return acceptSql
  const latest = cursor === undefined ? '' : `${quoteName(cursor)} desc nulls last, `
  return `select * from (select *, row_number() over () as "_read" from (${acceptSql}\n))
    qualify row_number() over (
      partition by ${key.map(quoteName).join(', ')} order by ${latest}"_read" desc) = 1`
}

function rowsOf({ columns, relation }: Loaded['children'][number], taken: string): string {
  const names = columns.map(column => quoteName(column.name)).join(', ')
  return `select ${names} from ${relation} c where exists (select 1 from (${taken}) r
    where r."_source" is not distinct from c."_row_source"
      and r."_position" is not distinct from c."_row_position")`
}

/**
 * Children that are no longer in the lists of the parents that were written, or all of a list that none has
 * any more. After the write: DuckDB cannot commit an ALTER that follows a DELETE. Returns whether there were
 * any.
 */
async function forget(
  bench: Bench,
  { acceptSql, loaded }: Parents,
  child: {
    readonly path: string
    readonly rows: string | undefined
    readonly paths: readonly string[]
    readonly all: boolean
  },
): Promise<boolean> {
  const above = child.paths.findLast(path => child.path.startsWith(`${path}__`))
  const parents = above === undefined ? `(${acceptSql}\n)` : relationOf(loaded, above)
  const orphan =
    above === undefined ? 'false' : `"_parent_key" not in (select "_key" from ${tableOf(bench, above)})`
  const written = parents === undefined ? 'false' : `"_parent_key" in (select "_key" from ${parents})`
  const still =
    child.rows === undefined
      ? ''
      : ` and ("_parent_key", "_index") not in (select ("_parent_key", "_index") from (${child.rows}))`
  const gone = child.all ? 'true' : `${orphan} or (${written}${still})`
  return (await bench.work.remove(childTable(bench.job.asset.name, child.path), gone)) > 0
}

function relationOf(loaded: Loaded, path: string): string | undefined {
  return loaded.children.find(child => child.path === path)?.relation
}
