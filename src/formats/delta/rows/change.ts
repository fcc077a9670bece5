import { bareQuery, quoteName } from '../../../sql/index.ts'
import type { AddFile, ChangeFile } from '../actions.ts'
import type { Operation, Transaction } from '../face.ts'
import { removalOf } from '../files.ts'
import { fit, type Fitted } from '../schema/fit.ts'
import { needsFeed } from './feed.ts'
import { numbersOf, writeNew, writeTold } from './fresh.ts'
import { heldPositions } from './held.ts'
import { changeMetrics, mergeMetrics } from './metrics.ts'
import { type Fate, fatesOf, type Mode, numRecords, type Touched, touchedBy } from './touched.ts'
import { deleteByVectors } from './vectors.ts'

/** What a change did, staged and not yet committed. */
export type RowsChanged = Counts & {
  /** For `commit`. */
  readonly operation: Operation
}

export type Counts = {
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  /** Rows that stayed as they are and lie in another file now. */
  readonly copied: number
}

export type ChangeRequest = {
  /** SELECT of `_file` and `_pos` as a scan of the same transaction gives them: these rows go. */
  readonly remove?: string | undefined
  /** SELECT of rows that come, by name of column. */
  readonly add?: string | undefined
  readonly mode?: Mode | undefined
  /** It is a MERGE: so many of the rows that go come back changed. Its figures are those of Spark. */
  readonly updated?: number | undefined
}

/**
 * Take rows away by their positions and put others in, at once. What was read to decide it, the caller tells
 * the transaction (`readWhere`, `readAll`). Staged: `tx.commit(changed.operation)`.
 */
export async function changeRows(tx: Transaction, request: ChangeRequest): Promise<RowsChanged> {
  const { remove, add, mode = 'auto', updated } = request
  const positions = `select distinct _file, _pos, false as _updated from (${bareQuery(remove ?? '')}\n)`
  const gone = remove === undefined ? undefined : await heldPositions(tx, positions)
  try {
    const inserted = add === undefined ? [] : [await fit(tx, bareQuery(add), { mode: 'strict' })]
    const change = await applyChange(tx, { gone: gone?.relation, inserted, mode })
    const counts = { ...change.counts, ...merged(change.counts, updated) }
    const metrics =
      updated === undefined
        ? changeMetrics(change, {
            numDeletedRows: counts.deleted,
            numOutputRows: counts.inserted + counts.copied,
          })
        : mergeMetrics({ ...change, counts }, {})
    return { ...counts, operation: { name: 'WRITE', parameters: { mode: 'Append' }, metrics } }
  } finally {
    await gone?.drop()
  }
}

/** A row that goes and comes back is neither inserted nor deleted. */
function merged({ inserted, deleted }: Counts, updated = 0): Omit<Counts, 'copied'> {
  return { inserted: inserted - updated, updated, deleted: deleted - updated }
}

export type Change = {
  /** Relation of `_file`, `_pos`, each pair once, and `_updated`: the row comes back changed. */
  readonly gone: string | undefined
  /** What updated rows become, given the files that they lie in. */
  readonly updated?: (files: readonly string[]) => Promise<readonly Fitted[]>
  readonly inserted?: readonly Fitted[]
  readonly mode: Mode
}

export type Changed = {
  readonly counts: Counts
  readonly added: readonly AddFile[]
  /** Files of which nothing stays; copied rows lie elsewhere now. */
  readonly removed: readonly Touched[]
  /** Files that stay, with a new deletion vector. */
  readonly vectors: readonly Touched[]
  readonly feed: readonly ChangeFile[]
}

/** Write what a change needs, each file as it costs least, and stage it. */
export async function applyChange(tx: Transaction, change: Change): Promise<Changed> {
  const { gone = '', mode } = change
  const touched = change.gone === undefined ? [] : await touchedBy(tx, gone)
  const fates = fatesOf(touched, { mode, vectors: tx.property('delta.enableDeletionVectors') === 'true' })
  const fated = (fate: Fate) => touched.filter((_, at) => fates[at] === fate)
  const [rewritten, vectors] = [fated('rewrite'), fated('vector')]
  const updated = (await change.updated?.(touched.map(({ file }) => file.path))) ?? []
  const copied = rewritten.length === 0 ? undefined : await copiedRows(tx, rewritten, gone)
  const rows = { copied, updated, inserted: change.inserted ?? [] }
  const told = needsFeed(tx, { updated: updated.length > 0, rewritten: rewritten.length > 0 })
  const { added, feed } = told ? await writeTold(tx, rows, { touched, gone }) : await writeNew(tx, rows)
  const shrunk = await deleteByVectors(tx, vectors, gone)
  const nowMs = tx.log.place.nowMs()
  await tx.stage([
    ...touched.map(({ file }) => ({ remove: removalOf(file, nowMs) })),
    ...[...shrunk, ...added].map(add => ({ add })),
    ...feed.map(cdc => ({ cdc })),
  ])
  const removed = touched.filter((_, at) => fates[at] !== 'vector')
  return { counts: countsOf({ touched, rewritten, added }), added, removed, vectors, feed }
}

/** The rows that stay of files that are written anew. They fit the table already. */
async function copiedRows(tx: Transaction, rewritten: readonly Touched[], gone: string): Promise<string> {
  const { sql } = await tx.scan({ files: rewritten.map(({ file }) => file.path), positions: true })
  const { id, version } = numbersOf(tx)
  const columns = [...tx.fields, ...id, ...version].map(({ name }) => quoteName(name))
  return `select ${columns.join(', ')} from (${sql}) as r
    anti join ${gone} as g on g._file = r._file and g._pos = r._pos`
}

type Files = {
  readonly touched: readonly Touched[]
  readonly rewritten: readonly Touched[]
  readonly added: readonly AddFile[]
}

function countsOf({ touched, rewritten, added }: Files): Counts {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  const copied = sum(rewritten.map(file => file.rows - file.deletedBefore - file.deletedNow))
  const updated = sum(touched.map(file => file.updated))
  return {
    inserted: sum(added.map(({ stats }) => numRecords(stats) ?? 0)) - copied - updated,
    updated,
    deleted: sum(touched.map(file => file.deletedNow)) - updated,
    copied,
  }
}
