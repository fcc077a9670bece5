import { randomUUID } from 'node:crypto'
import type { Optimized } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { Failure } from '../../../../errors/index.ts'
import { quoteName, quoteText } from '../../../../sql/index.ts'
import { type TableField, zOrdered } from '../../../../tables/index.ts'
import type { AddFile } from '../../actions.ts'
import type { DeltaLog, Operation, Transaction } from '../../face.ts'
import { addFileCells, addFileOf, removalOf } from '../../files.ts'
import { writeFiles } from '../../rows/files.ts'
import { cubeTag } from './candidates.ts'
import type { ColumnPaths } from './columns.ts'
import { type Bin, clusteringProvider } from './plan.ts'

/** How rows lie in the files that are written. */
export type Layout =
  | { readonly kind: 'bins' }
  | { readonly kind: 'zorder' | 'cluster'; readonly by: ColumnPaths }

export type Rewriting = {
  readonly session: Session
  readonly layout: Layout
  readonly targetBytes: number
  readonly where: string | undefined
  readonly auto: boolean
}

/** Bins in one commit; undefined: nothing of them is left to do, or others changed the same files. */
export async function rewriteGroup(
  log: DeltaLog,
  bins: readonly Bin[],
  rewriting: Rewriting,
): Promise<Optimized | undefined> {
  const tx = await log.begin({ session: rewriting.session })
  try {
    const removed: AddFile[] = []
    const added: AddFile[] = []
    for (const bin of bins) {
      const files = await stillWorth(tx, bin, rewriting.layout)
      if (files.length === 0) continue
      removed.push(...files)
      added.push(...(await rewrite(tx, files, rewriting)))
    }
    if (removed.length === 0) return undefined
    const nowMs = log.place.nowMs()
    await tx.stage([
      ...removed.map(file => ({ remove: removalOf(file, nowMs) })),
      ...added.map(add => ({ add })),
    ])
    const { version } = await tx.commit(operationOf(rewriting, { removed, added }))
    return { version, ...counted({ removed, added }) }
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'SLUICE_DELTA_CONFLICT') return undefined
    throw thrown
  } finally {
    await tx.abandon()
  }
}

/** Files of the bin as they are by now; none: others took so many that the rest is not worth it. */
async function stillWorth(tx: Transaction, { files }: Bin, layout: Layout): Promise<readonly AddFile[]> {
  const paths = files.map(({ path }) => quoteText(path)).join(', ')
  const rows = await tx.session.rows(`select ${addFileCells} from (${tx.filesSql}) where path in (${paths})`)
  const live = rows.map(cells => addFileOf(cells, false))
  const isAlone = layout.kind === 'bins' && live.length === 1 && live[0]?.deletionVector === undefined
  return isAlone ? [] : live
}

async function rewrite(
  tx: Transaction,
  files: readonly AddFile[],
  { layout, targetBytes }: Rewriting,
): Promise<readonly AddFile[]> {
  const numbers = rowNumbers(tx)
  const scan = await tx.scan({ files: files.map(({ path }) => path), positions: numbers.length > 0 })
  const columns = [...tx.fields, ...numbers].map(({ name }) => quoteName(name)).join(', ')
  const rows = `select ${columns} from (${scan.sql}\n)`
  const hidden = numbers
  if (layout.kind === 'bins') {
    // A bin is one file, even where it comes out a little larger than its parts.
    return writeFiles(tx, { sql: rows, hidden, dataChange: false, targetBytes: 2 * targetBytes })
  }
  const count = await tx.session.count(`select count(*) from (${scan.sql}\n)`)
  const sql = await zOrdered(tx.session, { sql: rows, by: layout.by, rows: count })
  const written = await writeFiles(tx, { sql, hidden, dataChange: false, targetBytes })
  if (layout.kind === 'zorder') return written
  const tags = { [cubeTag]: randomUUID() }
  return written.map(file => ({ ...file, tags, clusteringProvider }))
}

/** "Row Tracking": a row that is copied keeps its number, in a column that only files have. */
function rowNumbers({ metadata: { configuration } }: Transaction): readonly TableField[] {
  if (configuration['delta.enableRowTracking'] !== 'true') return []
  return Object.entries(numberProperties).flatMap(([name, property]) => {
    const stored = configuration[property]
    if (stored === undefined) return []
    return [{ name, stored, type: { kind: 'scalar', sql: 'BIGINT' }, nullable: true }]
  })
}

/** What a scan calls the number, and which property says what files call it. */
const numberProperties = {
  _row_id: 'delta.rowTracking.materializedRowIdColumnName',
  _row_commit_version: 'delta.rowTracking.materializedRowCommitVersionColumnName',
} as const

const counted = ({ removed, added }: Rewritten): Omit<Optimized, 'version'> => ({
  filesRemoved: removed.length,
  filesAdded: added.length,
  bytesRemoved: sumOf(removed),
  bytesAdded: sumOf(added),
})

type Rewritten = { readonly removed: readonly AddFile[]; readonly added: readonly AddFile[] }

function operationOf({ layout, where, auto }: Rewriting, { removed, added }: Rewritten): Operation {
  const by = layout.kind === 'bins' ? [] : layout.by.map(path => path.join('.'))
  const vectors = removed.flatMap(({ deletionVector }) => deletionVector ?? [])
  const sizes = added.map(({ size }) => size).toSorted((a, b) => a - b)
  const quantile = (share: number) => String(sizes[Math.floor(share * (sizes.length - 1))] ?? 0)
  return {
    name: 'OPTIMIZE',
    parameters: {
      predicate: JSON.stringify(where === undefined ? [] : [where]),
      zOrderBy: JSON.stringify(layout.kind === 'zorder' ? by : []),
      clusterBy: JSON.stringify(layout.kind === 'cluster' ? by : []),
      auto,
    },
    metrics: {
      numAddedFiles: String(added.length),
      numRemovedFiles: String(removed.length),
      numAddedBytes: String(sumOf(added)),
      numRemovedBytes: String(sumOf(removed)),
      minFileSize: quantile(0),
      p25FileSize: quantile(0.25),
      p50FileSize: quantile(0.5),
      p75FileSize: quantile(0.75),
      maxFileSize: quantile(1),
      numDeletionVectorsRemoved: String(vectors.length),
    },
  }
}

function sumOf(files: readonly AddFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}
