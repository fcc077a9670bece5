import type { Session } from '../../../engine/index.ts'
import { quoteName, quoteText } from '../../../sql/index.ts'
import type { DeltaPlace, Snapshot } from '../face.ts'

/** What lies in a table's folder, as a relation of one session. */
export type Listing = {
  /** `key VARCHAR, size_bytes BIGINT, modified_ms BIGINT` */
  readonly table: string
  readonly folders: number
}

/** Rows between two flushes: all that is held in memory while a folder is listed. */
const rowsPerFlush = 10_000

/**
 * List what lies in the folder of a table and is its own: nothing hidden, nothing of a table further down.
 * What was listed is forgotten when `act` ends.
 */
export async function withListing<T>(
  session: Session,
  { place, snapshot }: { readonly place: DeltaPlace; readonly snapshot: Snapshot },
  act: (listing: Listing) => Promise<T>,
): Promise<T> {
  const name = `listing_${crypto.randomUUID()}`
  const table = `temp.main.${quoteName(name)}`
  await session.run(`create temporary table ${table} (key varchar, size_bytes bigint, modified_ms bigint)`)
  try {
    const folders = await fill(session, name, visibleKeys(place, snapshot))
    return await act({ table, folders })
  } finally {
    await session.run(`drop table ${table}`)
  }
}

type Visible = {
  readonly objects: DeltaPlace['store']
  readonly isHidden: (key: string) => boolean
}

function visibleKeys({ store }: DeltaPlace, snapshot: Snapshot): Visible {
  return { objects: store, isHidden: hiddenIn(snapshot) }
}

async function fill(session: Session, name: string, { objects, isHidden }: Visible): Promise<number> {
  const folders = new Set([''])
  const tablesBelow = new Set<string>()
  const appender = await session.connection.createAppender(name, 'main', 'temp')
  try {
    let rows = 0
    for await (const { key, sizeBytes, modifiedMs } of objects.list('')) {
      const log = key.indexOf('/_delta_log/')
      if (log > 0) tablesBelow.add(key.slice(0, log + 1))
      if (isHidden(key)) continue
      folders.add(key.slice(0, key.lastIndexOf('/') + 1))
      appender.appendVarchar(key)
      appender.appendBigInt(BigInt(sizeBytes))
      appender.appendBigInt(BigInt(Math.trunc(modifiedMs)))
      appender.endRow()
      rows++
      if (rows % rowsPerFlush === 0) appender.flushSync()
    }
  } finally {
    appender.closeSync()
  }
  for (const folder of tablesBelow) {
    const below = `starts_with(key, ${quoteText(folder)})`
    await session.run(`delete from temp.main.${quoteName(name)} where ${below}`)
  }
  return folders.size
}

/**
 * What VACUUM of Spark does not look at: names that begin with a dot or an underscore, in any folder of the
 * path, but for folders of partitions, of change files and of indexes; and Iceberg's metadata of the same
 * table.
 */
function hiddenIn({ partitionColumns, metadata }: Snapshot): (key: string) => boolean {
  const shown = ['_delta_index', '_change_data', ...partitionColumns.map(column => `${column}=`)]
  const formats = metadata.configuration['delta.universalFormat.enabledFormats'] ?? ''
  const iceberg = formats.includes('iceberg')
  return key =>
    key.split('/').some(name => {
      if (iceberg && name === 'metadata') return true
      return /^[._]/.test(name) && !shown.some(beginning => name.startsWith(beginning))
    })
}
