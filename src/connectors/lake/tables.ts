import type { RefuseRequest, WriteRequest, Written } from '../../connect/index.ts'
import type { Session } from '../../engine/index.ts'
import type { Operation } from '../../formats/delta/index.ts'
import type { AssetName } from '../../model/index.ts'
import { quoteAsset, quoteText } from '../../sql/index.ts'
import type { Lake } from './lake.ts'
import { openTable } from './open-table.ts'
import type { Ready } from './publish/parts.ts'
import { type Pinned, rowsOf, type Sight } from './sight.ts'
import type { Applied, Outcome } from './write/apply.ts'
import { refuse, settle } from './write/refused.ts'
import { emptied, remove } from './write/remove.ts'
import { strategies } from './write/strategies.ts'
import { by } from './told.ts'
import { following } from './views.ts'
import { columnsOf, startWriting, type Table, type Writing } from './write/writing.ts'

/** Tables and views that a work changes, until it is published or abandoned. */
export type Tables = {
  write(request: WriteRequest): Promise<Written>
  refuse(asset: AssetName, refusal: RefuseRequest): Promise<number>
  settle(asset: AssetName, how: Settling): Promise<number>
  remove(asset: AssetName, where: string): Promise<number>
  /** What was made, that of the first asset first. It belongs to the caller from here on. */
  take(first: AssetName, run: string): readonly Ready[]
  abandon(): Promise<void>
}

export type Settling = { readonly status: string; readonly ids?: readonly string[] | undefined }

/** `operation`: what the commit will say; undefined: nothing was staged. */
type Held = { readonly table: Table; readonly operation: Operation | undefined }
type HeldView = Extract<Ready, { readonly kind: 'view' }>
type Done = Applied | { readonly table: Table; readonly changed: false }
type Work = { readonly lake: Lake; readonly sight: Sight; readonly temp: () => string } & {
  readonly held: Map<AssetName, Held>
  readonly views: Map<AssetName, HeldView>
}

export function tablesOf(parts: Pick<Work, 'lake' | 'sight' | 'temp'>): Tables {
  const work: Work = { ...parts, held: new Map(), views: new Map() }
  const { sight, temp, held, views } = work
  return {
    write: async request => {
      const { strategy } = request
      if (strategy === 'view') return writeView(work, request)
      return writeRows(work, { ...request, sql: await sight.see(request.sql) }, strategies[strategy])
    },
    refuse: async (asset, { sql, run }) => {
      const done = await refuse(await tableOf(work, asset), { sql: await sight.see(sql), run })
      await keep(work, done)
      return done.added
    },
    settle: async (asset, how) => {
      const { rows, done } = await settle(await tableOf(work, asset), { ...how, temp: temp() })
      if (done) await keep(work, done)
      return rows
    },
    remove: async (asset, where) => {
      const removal = { where: await sight.see(where), temp: temp() }
      const { rows, done } = await remove(await tableOf(work, asset), removal)
      if (done) await keep(work, done)
      return rows
    },
    take: (first, run) => {
      const own = parts.lake.own(first)
      const tables = [...held.values()].flatMap(({ table, operation }): Ready[] => {
        const { at, tx, over } = table
        const began = table.begins || tx.base === undefined || over !== undefined
        const told = { run, began, instead: over?.sql }
        return operation === undefined
          ? []
          : [{ kind: 'table', asset: at, tx, operation: by(told, operation) }]
      })
      const all: readonly Ready[] = [
        ...tables,
        ...[...views.values()].map(it => ofRun(it, run)),
        ...uncovered(work),
      ]
      held.clear()
      views.clear()
      return [...all.filter(it => assetOf(it) === own), ...all.filter(it => assetOf(it) !== own)]
    },
    abandon: async () => {
      for (const { table } of held.values()) await table.tx.abandon()
      held.clear()
    },
  }
}

async function tableOf({ held, lake, sight }: Work, asset: AssetName): Promise<Table> {
  const known = held.get(asset)
  if (known) return known.table
  const table = await openTable(lake, sight, asset)
  held.set(asset, { table, operation: undefined })
  return table
}

/** Keep what was staged, and let the work see it. */
async function keep({ held, sight }: Work, done: Done): Promise<void> {
  const { asset, tx } = done.table
  const before = held.get(asset)?.operation
  if (!done.changed) {
    held.set(asset, { table: done.table, operation: before })
    return
  }
  const table: Table = { ...done.table, standing: await columnsOf(tx), again: undefined }
  held.set(asset, { table, operation: together(before, done.operation) })
  await sight.show(asset, rowsOf(tx, (await tx.scan()).sql))
}

async function writeRows(
  work: Work,
  request: WriteRequest,
  strategy: (writing: Writing) => Promise<Outcome>,
): Promise<Written> {
  const { sight, temp, views } = work
  const asset = request.table
  await look(sight, asset)
  const table = await tableOf(work, asset)
  const done = await strategy(await startWriting(sight.session, request, { table, temp }))
  await keep(work, done)
  views.delete(asset)
  return done.written
}

/** No rows are kept: readers run the query. `unchanged` compares what DuckDB keeps of its text. */
async function writeView(work: Work, { table: asset, sql }: WriteRequest): Promise<Written> {
  const { sight, views } = work
  const stood = await look(sight, asset)
  const before = stood?.kind === 'view' ? await viewText(sight.session, asset) : undefined
  await sight.show(asset, await sight.see(sql))
  const unchanged = before !== undefined && before === (await viewText(sight.session, asset))
  const at = work.lake.own(asset)
  const said = await sight.said(at)
  views.set(asset, {
    kind: 'view',
    view: following({ asset: at, sql, attempt: 0 }, said),
    over: said?.attempt,
  })
  // What others read in the place of the table is gone as well; its past stays.
  if (stood?.kind === 'table' && stood.at === at) {
    const { table, operation } = await emptied(await tableOf(work, asset))
    work.held.set(asset, { table, operation })
  }
  return { out: 0, deduplicated: 0, unchanged, partitions: [] }
}

function ofRun(ready: HeldView, run: string): HeldView {
  return { ...ready, view: { ...ready.view, run } }
}

/** Tables that got rows where a view, or nothing, had the name. */
function uncovered({ held, views }: Work): readonly Ready[] {
  return [...held.values()].flatMap(({ table: { asset, at, over }, operation }): Ready[] =>
    operation === undefined || over === undefined || views.has(asset)
      ? []
      : [{ kind: 'no view', asset: at, attempt: over.attempt }],
  )
}

/** What stands under the name, which the session can ask from here on. */
async function look({ see, pinned }: Sight, asset: AssetName): Promise<Pinned | undefined> {
  await see(`from ${quoteAsset(asset)}`)
  return pinned(asset)
}

async function viewText(session: Session, asset: AssetName): Promise<string | undefined> {
  const [text] = await session.row(
    `select sql from duckdb_views() where database_name = current_database()
     and schema_name || '.' || view_name = ${quoteText(asset)}`,
  )
  return text ?? undefined
}

function assetOf(ready: Ready): AssetName {
  return ready.kind === 'view' ? ready.view.asset : ready.asset
}

/** Of several writes of one table: the last one's words, and figures of all. */
function together(before: Operation | undefined, last: Operation): Operation {
  if (before === undefined) return last
  const metrics: { [name: string]: string } = { ...before.metrics }
  for (const [name, figure] of Object.entries(last.metrics ?? {}))
    metrics[name] = String(BigInt(metrics[name] ?? 0) + BigInt(figure))
  return { ...last, metrics, blindAppend: before.blindAppend === true && last.blindAppend === true }
}
