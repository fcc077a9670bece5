import type { Flaw } from '../../../../connect/index.ts'
import type { Session } from '../../../../engine/index.ts'
import { quoteText } from '../../../../sql/index.ts'
import type { DeltaLog, Snapshot } from '../../face.ts'
import { addFileCells, addFileOf } from '../../files.ts'
import { takeKept } from '../kept.ts'
import { withListing } from '../listing.ts'
import { newest } from '../newest.ts'
import { missingFiles } from './files.ts'
import { logFlaws } from './log.ts'
import { rowFlaws } from './rows.ts'

export type FsckRequest = {
  readonly session: Session
  /** So many files are opened; all are looked for. */
  readonly filesOpened?: number | undefined
}

export type Checked = {
  readonly version: number
  readonly files: number
  readonly filesOpened: number
  readonly flaws: readonly Flaw[]
  /** What no version in the log needs: left by writers that were killed, or for VACUUM to delete. */
  readonly orphans: { readonly files: number; readonly bytes: number }
}

/** Opening one costs a few milliseconds here, and its bytes on a remote store. */
const filesOpenedDefault = 200

/** Hold the log of a table against itself and against its files. */
export async function fsck(log: DeltaLog, request: FsckRequest): Promise<Checked> {
  const { session, filesOpened = filesOpenedDefault } = request
  const snapshot = await newest(log)
  const { missing, flaws, orphans } = await filesAndOrphans(log, session, snapshot)
  const there = await sampleOf(session, snapshot, { missing, count: filesOpened })
  const inLog = await logFlaws(log.place, session)
  const inRows = await rowFlaws(snapshot, { session, files: there })
  const files = await session.count(`select count(*) from (${snapshot.filesSql})`)
  return {
    version: snapshot.version,
    files,
    filesOpened: there.length,
    flaws: [...inLog, ...flaws, ...inRows],
    orphans,
  }
}

async function filesAndOrphans({ place }: DeltaLog, session: Session, snapshot: Snapshot) {
  return withListing(session, { place, snapshot }, async ({ table }) => {
    const { missing, flaws } = await missingFiles({ place, session, snapshot, listing: table })
    await takeKept(session, table, { place, snapshot, sinceMs: 0 })
    const [files, bytes] = await session.row(`select count(*), coalesce(sum(size_bytes), 0) from ${table}`)
    return { missing, flaws, orphans: { files: Number(files), bytes: Number(bytes) } }
  })
}

type Sampling = { readonly missing: readonly string[]; readonly count: number }

/** Files by the hash of their paths: any of them may be one, and the same ones the next time. */
async function sampleOf(session: Session, snapshot: Snapshot, { missing, count }: Sampling) {
  const others = missing.length === 0 ? '' : `where path not in (${missing.map(quoteText).join(', ')})`
  const rows = await session.rows(
    `select ${addFileCells} from (${snapshot.filesSql}) ${others} order by hash(path) limit ${count}`,
  )
  return rows.map(cells => addFileOf(cells, false))
}
