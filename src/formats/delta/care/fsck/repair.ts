import type { Repaired } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { quoteText } from '../../../../sql/index.ts'
import type { AddFile } from '../../actions.ts'
import type { DeltaLog, Operation } from '../../face.ts'
import { addFileCells, addFileOf, removalOf } from '../../files.ts'
import { numRecords } from '../../rows/touched.ts'
import { withListing } from '../listing.ts'
import { newest } from '../newest.ts'
import { missingFiles } from './files.ts'

export type { Repaired }

export type RepairRequest = {
  readonly session: Session
  /** What the commit says besides. */
  readonly as?: ((operation: Operation) => Operation) | undefined
}

/** Files that are not there are taken from the table, as FSCK REPAIR TABLE of Databricks does it. */
export async function repair(log: DeltaLog, { session, as = it => it }: RepairRequest): Promise<Repaired> {
  const { place } = log
  const snapshot = await newest(log)
  const missing = await withListing(session, { place, snapshot }, async ({ table }) => {
    return (await missingFiles({ place, session, snapshot, listing: table })).missing
  })
  if (missing.length === 0) return { version: undefined, files: 0, rows: 0 }
  const tx = await log.begin({ session })
  try {
    const paths = missing.map(quoteText).join(', ')
    const live = await session.rows(`select ${addFileCells} from (${tx.filesSql}) where path in (${paths})`)
    const gone = live.map(cells => addFileOf(cells, true))
    if (gone.length === 0) return { version: undefined, files: 0, rows: 0 }
    const nowMs = place.nowMs()
    await tx.stage(gone.map(file => ({ remove: removalOf(file, nowMs) })))
    const metrics = { numRemovedFiles: String(gone.length), numDeletedRows: String(rowsOf(gone)) }
    const { version } = await tx.commit(as({ name: 'FSCK', parameters: { dryRun: false }, metrics }))
    return { version, files: gone.length, rows: rowsOf(gone) }
  } finally {
    await tx.abandon()
  }
}

/** As far as the log counted them. */
function rowsOf(files: readonly AddFile[]): number {
  const rows = files.map(({ stats, deletionVector }) =>
    Math.max(0, (numRecords(stats) ?? 0) - (deletionVector?.cardinality ?? 0)),
  )
  return rows.reduce((sum, each) => sum + each, 0)
}
